import { HostNotice, type HostRequest } from '#contract/host.ts';
import { createBackoff } from '#lib/backoff.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';

/** A process with a message channel, as Electron's utility process and (wrapped) `child_process.fork` are. */
export type HostedProcess = {
  postMessage(message: HostRequest): void;
  kill(): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Told once, with the exit code. */
  onExit(listener: (code: number) => void): void;
};

export type StationState =
  | { state: 'starting' }
  | { state: 'ready'; url: string; recording: number }
  /** Ended against our will; starts again by itself after `waitMs`. */
  | { state: 'waiting'; waitMs: number; code: number }
  /** It said why it cannot start; starting again would not help until a person has done something. */
  | { state: 'failed'; message: string }
  | { state: 'stopped' };

/** null: it refused. */
export type ShellKeychain = (op: 'wrap' | 'unwrap', value: string) => Promise<string | null>;

export type StationProcess = {
  start(): void;
  state(): StationState;
  /** A one-time ticket for a local session; null when the station gives none or is not there. 5 s at most. */
  ticket(): Promise<string | null>;
  /**
   * Asks it to close its segments and end; resolves when it has, or was killed after `limitMs` (default 5000) in which it did not say that
   * it still writes video.
   */
  stop(limitMs?: number): Promise<void>;
};

/** Given up on after this many ends within `windowMs` of their start, none of which ever listened. */
const deadStarts = 5;
/** A station that ran this long counts as healthy: the next restart is quick again. */
const healthyMs = 60_000;

/**
 * Starts the station, watches it, and starts it again when it dies, after a wait that grows from under one second to 30 s. The
 * port of the first start is kept, so that open pages find it again.
 */
export function createStationProcess(deps: {
  fork: (args: string[]) => HostedProcess;
  args: string[];
  clock: Clock;
  log: Log;
  onState: (state: StationState) => void;
  /** Wraps and unwraps by the system's keychain; null: it refused. Absent: there is none. */
  keychain?: ShellKeychain | undefined;
}): StationProcess {
  const { clock, log } = deps;
  const args = deps.keychain === undefined ? deps.args : [...deps.args, '--keychain'];
  const backoff = createBackoff({ firstMs: 500 });
  let current: HostedProcess | null = null;
  let state: StationState = { state: 'stopped' };
  let port: string | null = null;
  let startedMs = 0;
  let fruitless = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let ended: (() => void) | null = null;
  let stillWrites: () => void = () => undefined;
  let lastTicket = 0;
  const tickets = new Map<number, (ticket: string | null) => void>();

  function become(next: StationState): void {
    state = next;
    deps.onState(next);
  }

  function start(): void {
    if (current !== null) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    startedMs = clock.monoMs();
    const child = deps.fork(port === null ? args : withPort(args, port));
    current = child;
    become({ state: 'starting' });
    child.onMessage((message) => {
      const notice = HostNotice.safeParse(message);
      if (notice.success) hear(notice.data, child);
      else log.warn('the station said something unknown', { issue: notice.error.issues[0]?.message });
    });
    child.onExit((code) => gone(child, code));
  }

  function hear(notice: HostNotice, child: HostedProcess): void {
    switch (notice.type) {
      case 'ready':
        port = new URL(notice.url).port;
        fruitless = 0;
        become({ state: 'ready', url: notice.url, recording: notice.recording });
        break;
      case 'recording':
        if (state.state === 'ready') become({ ...state, recording: notice.streams });
        break;
      case 'ticket':
        tickets.get(notice.id)?.(notice.ticket);
        break;
      case 'keychain':
        void answerKeychain(notice, child);
        break;
      case 'ending':
        stillWrites();
        break;
      case 'failed':
        become({ state: 'failed', message: notice.message });
        break;
    }
  }

  async function answerKeychain(notice: HostNotice & { type: 'keychain' }, child: HostedProcess): Promise<void> {
    const value = (await deps.keychain?.(notice.op, notice.value)) ?? null;
    if (current === child) child.postMessage({ type: 'keychain', id: notice.id, value });
  }

  function gone(child: HostedProcess, code: number): void {
    if (current !== child) return;
    current = null;
    for (const answer of tickets.values()) answer(null);
    if (ended !== null) {
      become({ state: 'stopped' });
      ended();
      return;
    }
    if (state.state === 'failed') return;
    const neverReady = state.state === 'starting';
    if (neverReady && ++fruitless >= deadStarts) {
      become({
        state: 'failed',
        message: `The station ended ${fruitless} times while starting (code ${code}). Its log in the data folder says why.`,
      });
      return;
    }
    if (clock.monoMs() - startedMs > healthyMs) backoff.reset();
    const waitMs = backoff.next();
    log.error('the station ended', { code, waitMs });
    become({ state: 'waiting', waitMs, code });
    timer = setTimeout(start, waitMs);
  }

  return {
    start,
    state: () => state,
    ticket() {
      const child = current;
      if (child === null || state.state !== 'ready') return Promise.resolve(null);
      const id = ++lastTicket;
      return new Promise((resolve) => {
        const answer = (ticket: string | null): void => {
          clearTimeout(limit);
          tickets.delete(id);
          resolve(ticket);
        };
        const limit = setTimeout(() => answer(null), 5000);
        tickets.set(id, answer);
        child.postMessage({ type: 'ticket', id });
      });
    },
    stop(limitMs = 5000) {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const child = current;
      if (child === null) {
        become({ state: 'stopped' });
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const tooLate = (): void => {
          log.error('the station did not end in time and is killed', { limitMs });
          child.kill();
        };
        let limit = setTimeout(tooLate, limitMs);
        stillWrites = () => {
          clearTimeout(limit);
          limit = setTimeout(tooLate, limitMs);
        };
        const before = ended;
        ended = () => {
          clearTimeout(limit);
          ended = null;
          stillWrites = () => undefined;
          before?.();
          resolve();
        };
        child.postMessage({ type: 'stop' });
      });
    },
  };
}

/** The same arguments with another port. */
function withPort(args: string[], port: string): string[] {
  const at = args.indexOf('--port');
  return at < 0 ? [...args, '--port', port] : [...args.slice(0, at), ...args.slice(at + 2), '--port', port];
}
