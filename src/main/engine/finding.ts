/** Finding cameras on the network, looking at them, adding them. */
import { invalid } from '#contract/error.ts';
import { sameDevice, type FoundDevice } from '#domain/device.ts';
import type { FoundView } from '#domain/finding.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { createFoundDevices } from './device-found.ts';
import { createGuess } from './device-guess.ts';
import { createDeviceLooks } from './device-look.ts';
import type { DeviceDoor } from './device-port.ts';
import { hostOf } from './device-streams.ts';
import type { IngestPool } from './ingest-pool.ts';
import { createListImport } from './list-import.ts';
import type { CameraRecord } from './index-port.ts';
import type { Cameras, Finding } from './rooms.ts';

const tickMs = 1_000;
/** While somebody follows; and else, where cameras hang on devices whose address may change. */
const probeEveryMs = 15_000;
const probeForLinkedMs = 300_000;
/** Answers to a probe come within this time (WS-Discovery 1.1 §3.1.2: APP_MAX_DELAY, and two repetitions). */
const probeLastsMs = 4_000;
/** A person's or a lost camera's wish for a probe is granted this often. */
const leastBetweenMs = 3_000;
const askLimitMs = 60_000;

export type FindingRoom = Finding & {
  start(): void;
  stop(): Promise<void>;
  onFound(listener: (device: FoundDevice) => void): () => void;
  /** Asks one host by unicast what it says it is. */
  askHost(host: string): Promise<FoundDevice[]>;
  found(): FoundDevice[];
  /** Cameras changed: what is known already looks different. */
  camerasChanged(): void;
};

export function createFinding(deps: {
  door: DeviceDoor;
  clock: Clock;
  log: Log;
  cameras: Pick<Cameras, 'addAll'>;
  records: () => CameraRecord[];
  pool: () => Pick<IngestPool, 'probe'>;
}): FindingRoom {
  const { clock, door } = deps;
  const listeners = new Set<(device: FoundDevice) => void>();
  const found = createFoundDevices({ clock, known: (device) => knownOf(device, deps.records()) });
  const looks = createDeviceLooks({ ...deps, found: (url) => found.byUrl(url) });
  const lists = createListImport({ ...deps, looks });
  const guess = createGuess(deps);
  let watching: ReturnType<DeviceDoor['watch']> | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;
  let probedMs = -Infinity;
  const stopping = new AbortController();

  const take = (device: FoundDevice): void => {
    found.take(device);
    for (const listener of listeners) listener(device);
  };
  const probe = (): void => {
    const now = clock.monoMs();
    if (watching === null || now - probedMs < leastBetweenMs) return;
    probedMs = now;
    found.probing(true);
    watching.probe();
  };
  const ask = async (hosts: string[], signal: AbortSignal): Promise<FoundDevice[]> => {
    const answers: FoundDevice[] = [];
    const limit = AbortSignal.any([signal, stopping.signal, AbortSignal.timeout(askLimitMs)]);
    await door.ask(
      hosts,
      (device) => {
        answers.push(device);
        take(device);
      },
      limit,
    );
    return answers;
  };

  return {
    async *watch(signal) {
      probe();
      yield* found.watch(signal);
    },
    probe,
    async ask(hosts, signal) {
      const list = hosts.split(/[\s,;]+/).filter((h) => h !== '');
      if (list.length === 0 || list.length > 256)
        throw invalid('hosts', list.length === 0 ? 'missing' : 'count', 'Give one to 256 addresses, names or ranges.', {
          most: 256,
        });
      const gone = new AbortController();
      const abort = (): void => gone.abort();
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      try {
        const devices = await ask(list, gone.signal);
        const records = deps.records();
        const once = new Map(devices.map((d) => [d.url, d]));
        return { devices: [...once.values()].map((d) => ({ ...d, known: knownOf(d, records) })) };
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    look: looks.look,
    guess,
    add: looks.add,
    readList: lists.read,
    importList: lists.import,
    start() {
      watching = door.watch({ found: take, gone: (endpoint) => found.bye(endpoint) });
      probe();
      timer = setInterval(() => {
        const age = clock.monoMs() - probedMs;
        if (age >= probeLastsMs) found.probing(false);
        found.expire();
        const linked = deps.records().some((c) => c.link !== null);
        if (found.followers() > 0 ? age >= probeEveryMs : linked && age >= probeForLinkedMs) probe();
      }, tickMs);
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      stopping.abort();
      found.stop();
      await watching?.stop();
      watching = null;
    },
    onFound(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    askHost: (host) => ask([host], stopping.signal),
    found: () => found.list(),
    camerasChanged: () => found.refresh(),
  };
}

/** The cameras that hang on a found device: by who it is, by where it is, or by where their pictures come from. */
export function knownOf(device: FoundDevice, cameras: CameraRecord[]): FoundView['known'] {
  const hosts = new Set([device.url, ...device.urls].map(hostOf));
  const identity = {
    endpoint: device.endpoint,
    macs: device.macs,
    serial: null,
    maker: null,
    model: null,
    firmware: null,
  };
  return cameras
    .filter(({ link, main }) => {
      if (link === null) return hosts.has(hostOf(main.url));
      if (sameDevice(link.identity, identity)) return true;
      const other =
        link.identity.endpoint !== null && device.endpoint !== null && link.identity.endpoint !== device.endpoint;
      return !other && hosts.has(hostOf(link.url));
    })
    .map(({ id, name }) => ({ id, name }))
    .slice(0, 64);
}
