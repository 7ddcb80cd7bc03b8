/** The devices that were found lately: a bounded list with an expiry, and who follows it. */
import type { Pushed, Signal } from '#contract/call.ts';
import type { FoundDevice } from '#domain/device.ts';
import type { FoundView } from '#domain/finding.ts';
import type { Clock } from '#lib/clock.ts';
import { createBell } from './follow.ts';
import type { FoundPush } from './rooms.ts';

/** A device that was not seen for this long is gone. */
export const expireMs = 600_000;
/** An address that a device did not answer at for this long, while it answered at another, is not its own any more. */
const leftMs = 90_000;
const mostDevices = 1_024;
const mostUrls = 16;

/** One device, and when it was last seen at each of its addresses. */
type Entry = { device: FoundDevice; at: Map<string, number> };

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
  /** By the address that stands for the device. */
  const devices = new Map<string, Entry>();
  const followers = new Set<Follower>();
  let probing = false;
  let stopped = false;
  const toView = (device: FoundDevice): FoundView => ({ ...device, known: deps.known(device).slice(0, 64) });
  const list = (): FoundDevice[] => [...devices.values()].map((entry) => entry.device);
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
  /** One device surely: an address in common, or the same endpoint and a MAC address in common. */
  const isOne = ({ device: a }: Entry, b: FoundDevice): boolean => {
    const apart = a.macs.length > 0 && b.macs.length > 0 && !a.macs.some((m) => b.macs.includes(m));
    if (a.url === b.url) return true;
    if (a.endpoint === null || a.endpoint !== b.endpoint || apart) return false;
    return a.macs.some((m) => b.macs.includes(m)) || a.urls.includes(b.url) || b.urls.includes(a.url);
  };

  return {
    take(device) {
      const before = [...devices.values()].find((entry) => isOne(entry, device));
      const at = new Map(before?.at);
      for (const url of [device.url, ...device.urls]) at.set(url, device.seenMs);
      for (const [url, ms] of at) if (device.seenMs - ms > leftMs) at.delete(url);
      const old = before?.device;
      const url = old !== undefined && at.has(old.url) ? old.url : device.url;
      if (old !== undefined && old.url !== url) remove(old.url);
      devices.delete(url); // seen last stands last: the first is the one to drop
      const oldest = devices.size >= mostDevices ? devices.keys().next().value : undefined;
      if (oldest !== undefined) remove(oldest);
      // A Hello says less than an answer to a probe: what was known stays.
      const known = old?.endpoint === device.endpoint ? old : undefined;
      const merged: FoundDevice = {
        ...device,
        url,
        urls: [...new Set([url, ...at.keys()])].slice(0, mostUrls),
        address: url === device.url ? device.address : (old?.address ?? device.address),
        name: device.name ?? known?.name ?? null,
        maker: device.maker ?? known?.maker ?? null,
        model: device.model ?? known?.model ?? null,
        location: device.location ?? known?.location ?? null,
        macs: device.macs.length > 0 ? device.macs : (known?.macs ?? []),
      };
      devices.set(url, { device: merged, at });
      tell((f) => f.found.add(url));
    },
    bye(endpoint) {
      for (const { device } of [...devices.values()]) if (device.endpoint === endpoint) remove(device.url);
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
      for (const { device } of [...devices.values()]) if (device.seenMs < since) remove(device.url);
    },
    list,
    byUrl: (url) => devices.get(url)?.device ?? list().find((d) => d.urls.includes(url)) ?? null,
    async *watch(signal) {
      const bell = createBell(signal);
      const me: Follower = { ...nothingNew(), all: true, ring: bell.ring };
      followers.add(me);
      try {
        for (;;) {
          const { all, found, gone, probing: changed } = me;
          Object.assign(me, nothingNew());
          if (all) yield { value: { type: 'all', devices: list().map(toView), probing } };
          else {
            for (const url of gone) if (!devices.has(url)) yield { value: { type: 'gone', url } };
            for (const url of found) {
              const device = devices.get(url)?.device;
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
