/** The devices that were found lately: a bounded list with an expiry, and who follows it. */
import type { Pushed, Signal } from '#contract/call.ts';
import type { FoundDevice } from '#domain/device.ts';
import type { FoundView } from '#domain/finding.ts';
import type { Clock } from '#lib/clock.ts';
import { createBell } from './follow.ts';
import type { FoundPush } from './rooms.ts';

/** A device that was not seen for this long is gone. */
export const expireMs = 600_000;
/** A device seen at another address while its old entry is younger than this has two addresses; else it moved. */
const movedMs = 20_000;
const mostDevices = 1_024;

type Follower = { all: boolean; found: Set<string>; gone: Set<string>; probing: boolean | null; ring(): void };

const nothingNew = (): Omit<Follower, 'ring'> => ({ all: false, found: new Set(), gone: new Set(), probing: null });
const hasNews = (f: Follower): boolean => f.all || f.probing !== null || f.found.size + f.gone.size > 0;

export type FoundDevices = {
  take(device: FoundDevice): void;
  /** It said goodbye. */
  bye(endpoint: string): void;
  probing(on: boolean): void;
  expire(): void;
  list(): FoundDevice[];
  byUrl(url: string): FoundDevice | null;
  watch(signal: Signal): AsyncGenerator<Pushed<FoundPush>>;
  followers(): number;
  /** What is known of cameras changed: entries may look different. */
  refresh(): void;
  stop(): void;
};

export function createFoundDevices(deps: {
  clock: Clock;
  known: (device: FoundDevice) => FoundView['known'];
}): FoundDevices {
  const { clock } = deps;
  const devices = new Map<string, FoundDevice>();
  const followers = new Set<Follower>();
  let probing = false;
  let stopped = false;
  const toView = (device: FoundDevice): FoundView => ({ ...device, known: deps.known(device).slice(0, 64) });
  const tell = (change: (f: Follower) => void): void => {
    for (const f of followers) {
      change(f);
      f.ring();
    }
  };
  const remove = (url: string): void => {
    if (!devices.delete(url)) return;
    tell((f) => f.gone.add(url));
  };
  const overlap = (a: FoundDevice, b: FoundDevice): boolean =>
    [a.url, ...a.urls].some((u) => u === b.url || b.urls.includes(u));

  return {
    take(device) {
      for (const old of [...devices.values()]) {
        const one = old.endpoint !== null && old.endpoint === device.endpoint;
        const apart = old.macs.length > 0 && device.macs.length > 0 && !old.macs.some((m) => device.macs.includes(m));
        const here = old.url === device.url || (one && !apart && overlap(old, device));
        const moved = one && !apart && device.seenMs - old.seenMs > movedMs;
        if (old.url !== device.url && (here || moved)) remove(old.url);
      }
      const before = devices.get(device.url);
      devices.delete(device.url); // seen last stands last: the first is the one to drop
      const oldest = devices.size >= mostDevices ? devices.keys().next().value : undefined;
      if (oldest !== undefined) remove(oldest);
      // A Hello says less than an answer to a probe: what was known stays.
      devices.set(device.url, {
        ...device,
        name: device.name ?? before?.name ?? null,
        maker: device.maker ?? before?.maker ?? null,
        model: device.model ?? before?.model ?? null,
        location: device.location ?? before?.location ?? null,
        macs: device.macs.length > 0 ? device.macs : (before?.macs ?? []),
      });
      tell((f) => f.found.add(device.url));
    },
    bye(endpoint) {
      for (const d of [...devices.values()]) if (d.endpoint === endpoint) remove(d.url);
    },
    probing(on) {
      if (probing === on) return;
      probing = on;
      tell((f) => {
        f.probing = on;
      });
    },
    expire() {
      const since = clock.nowMs() - expireMs;
      for (const d of [...devices.values()]) if (d.seenMs < since) remove(d.url);
    },
    list: () => [...devices.values()],
    byUrl: (url) => devices.get(url) ?? [...devices.values()].find((d) => d.urls.includes(url)) ?? null,
    async *watch(signal) {
      const bell = createBell(signal);
      const me: Follower = { ...nothingNew(), all: true, ring: bell.ring };
      followers.add(me);
      try {
        for (;;) {
          const { all, found, gone, probing: changed } = me;
          Object.assign(me, nothingNew());
          if (all) yield { value: { type: 'all', devices: [...devices.values()].map(toView), probing } };
          else {
            for (const url of gone) if (!devices.has(url)) yield { value: { type: 'gone', url } };
            for (const url of found) {
              const device = devices.get(url);
              if (device !== undefined) yield { value: { type: 'found', device: toView(device) } };
            }
            if (changed !== null) yield { value: { type: 'probing', probing: changed } };
          }
          if (hasNews(me)) continue;
          if (stopped || !(await bell.next())) return;
        }
      } finally {
        followers.delete(me);
      }
    },
    followers: () => followers.size,
    refresh() {
      tell((f) => {
        f.all = true;
      });
    },
    stop() {
      stopped = true;
      tell(() => undefined);
    },
  };
}
