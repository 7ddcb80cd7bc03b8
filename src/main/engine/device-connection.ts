/** One device, spoken to through its circuit breaker, with what is known of it. Shared by the cameras of an encoder. */
import { AppError } from '#contract/error.ts';
import { askBreaker, freshBreaker, hintBreaker, tellBreaker, type Breaker } from '#domain/decide/breaker.ts';
import {
  DeviceTrouble,
  otherDevice,
  type CertificatePin,
  type DeviceFacts,
  type DeviceIdentity,
} from '#domain/device.ts';
import { summaryOf, type DeviceStatus } from '#domain/device-status.ts';
import type { Clock } from '#lib/clock.ts';
import type { Device, DeviceDoor, DeviceTarget } from './device-port.ts';

/** While the breaker is closed a device in trouble is tried again after this long. */
const soonMs = 5_000;
/** A device whose pictures come and go is asked for itself this often at most. */
const suspectMs = 30_000;
const factsEveryMs = 24 * 3_600_000;
const clockEveryMs = 3_600_000;
/** After trouble the facts are asked again when they are older than this: a restart may be a new firmware. */
const factsAfterTroubleMs = 300_000;

/** The trouble a device error tells of; null for an error of another kind. */
export function troubleOf(error: unknown): DeviceTrouble | null {
  if (!(error instanceof AppError) || error.code !== 'DEVICE') return null;
  const { data } = error;
  const trouble = typeof data === 'object' && data !== null && 'trouble' in data ? data.trouble : null;
  return DeviceTrouble.safeParse(trouble).data ?? null;
}

export const deviceError = (trouble: DeviceTrouble, sentence: string): AppError =>
  new AppError('DEVICE', sentence, { data: { trouble } });

export type DeviceConnection = {
  target: DeviceTarget;
  /** For what lasts (following events); single calls go through `run`. */
  device: Device;
  /** One call, if the breaker lets it through; rejects with DEVICE. */
  run<T>(work: (device: Device) => Promise<T>): Promise<T>;
  /** Facts at most `maxAgeMs` old; one question at a time. */
  facts(maxAgeMs: number): Promise<DeviceFacts>;
  known(): DeviceFacts | null;
  /** Asks what is due: facts once a day and after trouble, else the clock. Never rejects. */
  check(): Promise<void>;
  /** When `check` is due, on the monotonic clock. */
  dueMs(): number;
  clockOffset(ms: number | null): void;
  /** Its pictures stopped: it is asked soon whether it is still there. */
  suspect(): void;
  /** Its pictures are back: an open breaker waits no longer. */
  hint(): void;
  /** What was seen first is pinned from now on. */
  pin(certificate: CertificatePin): void;
  status(): DeviceStatus;
  close(): void;
};

/** `expected` says who should answer; another device there is trouble. `firstMs`: when it is asked first (monotonic). */
export function createDeviceConnection(deps: {
  door: Pick<DeviceDoor, 'connect'>;
  target: DeviceTarget;
  expected: () => DeviceIdentity | null;
  firstMs: number;
  clock: Clock;
  changed: () => void;
}): DeviceConnection {
  const { clock, target } = deps;
  let pinned = target.certificate;
  const device = deps.door.connect(target);
  let breaker: Breaker = freshBreaker;
  let state: 'idle' | 'up' | 'trouble' = 'idle';
  let sinceMs = clock.nowMs();
  let trouble: DeviceTrouble | null = null;
  let detail: string | null = null;
  let seen: CertificatePin | null = null;
  let offsetMs: number | null = null;
  let facts: DeviceFacts | null = null;
  let factsAtMs = -Infinity;
  let clockAtMs = -Infinity;
  let triedMs = -Infinity;
  /** It came back after trouble: what is known of it may be old. */
  let returned = false;
  /** Somebody has reason to think that it is gone or another one. */
  let suspected = false;
  let asking: Promise<DeviceFacts> | null = null;
  let checking: Promise<void> | null = null;
  let closed = false;

  const become = (next: 'up' | 'trouble', why: DeviceTrouble | null, words: string | null): void => {
    const same = state === next && trouble === why && detail === words;
    if (state !== next) sinceMs = clock.nowMs();
    if (state === 'trouble' && next === 'up') returned = true;
    state = next;
    trouble = why;
    detail = words?.slice(0, 500) ?? null;
    seen = why === 'certificate-changed' ? device.certificate() : null;
    if (!same && !closed) deps.changed();
  };
  const tell = (outcome: DeviceTrouble | 'no-word' | null, words: string | null): void => {
    const was = breaker.is;
    breaker = tellBreaker(breaker, outcome, clock.monoMs());
    if (outcome === null || outcome === 'unsupported' || outcome === 'refused') become('up', null, null);
    else if (outcome !== 'no-word' && outcome !== 'foreign-host') become('trouble', outcome, words);
    if (was !== breaker.is && !closed) deps.changed();
  };

  const run = async <T>(work: (device: Device) => Promise<T>): Promise<T> => {
    const [asked, may] = askBreaker(breaker, clock.monoMs());
    breaker = asked;
    if (!may) {
      const waitS = asked.nextTryMs === null ? 0 : Math.ceil((asked.nextTryMs - clock.monoMs()) / 1000);
      const when = waitS > 0 ? `It is asked again in ${String(waitS)} s.` : 'It is being asked just now.';
      throw deviceError(trouble ?? 'unreachable', `${detail ?? 'The camera did not answer.'} ${when}`);
    }
    triedMs = clock.monoMs();
    try {
      const value = await work(device);
      tell(null, null);
      return value;
    } catch (error) {
      tell(troubleOf(error) ?? 'no-word', error instanceof Error ? error.message : null);
      throw error;
    }
  };

  const askFacts = async (): Promise<DeviceFacts> => {
    const answer = await run(async (d) => {
      const told = await d.facts();
      const expected = deps.expected();
      if (expected !== null && otherDevice(expected, told.identity))
        throw deviceError('other-device', 'Another device answers at the address of this camera.');
      return told;
    });
    facts = answer;
    returned = false;
    suspected = false;
    factsAtMs = clock.monoMs();
    clockAtMs = factsAtMs;
    offsetMs = answer.clock.offsetMs;
    if (!closed) deps.changed();
    return answer;
  };
  const ask = (): Promise<DeviceFacts> => {
    asking ??= askFacts().finally(() => {
      asking = null;
    });
    return asking;
  };
  const stale = (): boolean => {
    const age = clock.monoMs() - factsAtMs;
    // In trouble only an answer to what needs the password says that it is over: the clock is told to everybody.
    return (
      facts === null ||
      state === 'trouble' ||
      suspected ||
      age >= factsEveryMs ||
      (returned && age >= factsAfterTroubleMs)
    );
  };

  return {
    target,
    device,
    run,
    facts: (maxAgeMs) => (facts !== null && clock.monoMs() - factsAtMs <= maxAgeMs ? Promise.resolve(facts) : ask()),
    known: () => facts,
    check() {
      checking ??= (
        stale()
          ? ask().then(() => undefined)
          : run((d) => d.clock.offsetMs()).then((ms) => {
              clockAtMs = clock.monoMs();
              offsetMs = ms;
              returned = false;
              deps.changed();
            })
      )
        .catch(() => undefined) // what it means is in the state already
        .finally(() => {
          checking = null;
        });
      return checking;
    },
    dueMs() {
      if (checking !== null || breaker.is === 'half-open') return Infinity;
      if (state === 'idle' && triedMs === -Infinity) return deps.firstMs;
      if (breaker.is === 'open') return breaker.nextTryMs ?? 0;
      if (state === 'trouble') return triedMs + soonMs;
      if (stale()) return triedMs + (suspected && state === 'up' ? suspectMs : soonMs);
      return Math.min(factsAtMs + factsEveryMs, clockAtMs + clockEveryMs);
    },
    clockOffset(ms) {
      offsetMs = ms;
      clockAtMs = clock.monoMs();
      deps.changed();
    },
    suspect() {
      suspected = true;
    },
    hint() {
      breaker = hintBreaker(breaker, clock.monoMs());
    },
    pin(certificate) {
      pinned = certificate;
    },
    status: () => ({
      state,
      sinceMs,
      trouble,
      detail,
      breaker: breaker.is,
      nextTryMs: breaker.nextTryMs === null ? null : Math.round(clock.nowMs() + (breaker.nextTryMs - clock.monoMs())),
      clockOffsetMs: offsetMs,
      certificate: seen !== null && pinned !== null && seen !== pinned ? { pinned, seen } : null,
      facts: facts === null ? null : summaryOf(facts),
    }),
    close() {
      closed = true;
      device.close();
    },
  };
}
