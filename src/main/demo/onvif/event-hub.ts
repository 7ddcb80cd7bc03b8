/**
 * What has happened at a device, and who wants to know: properties with their present value, PullPoint subscriptions with
 * bounded queues, and the past (ONVIF Core Specification §9).
 */
import type { Clock } from '#lib/clock.ts';
import { Fault } from './fault.ts';
import type { TopicName } from './event-topics.ts';
import { concreteSet, topics } from './event-topics.ts';
import type { Part, Xml } from './xml-write.ts';
import { el } from './xml-write.ts';
import { isoTime } from './xsd-time.ts';

export type Happening = {
  topic: TopicName;
  source: [string, string][];
  data: [string, string][];
  operation: 'Initialized' | 'Changed' | 'Deleted';
  /** By the device's clock. */
  deviceMs: number;
};

export type Subscription = {
  readonly id: string;
  /** Monotonic. */
  expiresMs: number;
  /** Up to `limit` of what waits; comes as soon as there is something, else empty after `waitMs` or when `gone`. */
  pull(limit: number, waitMs: number, gone: AbortSignal): Promise<Happening[]>;
  synchronize(): void;
  end(): void;
};

export type EventHub = {
  /** Sets a property; what was so already is no news. */
  set(topic: TopicName, source: [string, string][], data: [string, string][]): void;
  subscribe(filter: ((path: string) => boolean) | null, forMs: number): Subscription;
  /** Every property as it is now (`Initialized`), then every change as it comes. Returns the end. */
  follow(on: (happening: Happening) => void): () => void;
  find(id: string): Subscription | undefined;
  count(): number;
  /** The last changes, oldest first, initial values among them. */
  past(): readonly Happening[];
  stop(): void;
};

const maxQueue = 500;
const maxPast = 4_000;

/** What is in a notification message (wsnt:NotificationMessageHolderType). */
export const messageParts = (h: Happening): Part[] => {
  const items = (name: string, list: [string, string][]): Xml =>
    el(
      name,
      list.map(([n, v]) => el('tt:SimpleItem', { Name: n, Value: v })),
    );
  return [
    el('wsnt:Topic', { Dialect: concreteSet }, `tns1:${topics[h.topic].path}`),
    el(
      'wsnt:Message',
      el(
        'tt:Message',
        { UtcTime: isoTime(h.deviceMs), PropertyOperation: h.operation },
        items('tt:Source', h.source),
        items('tt:Data', h.data),
      ),
    ),
  ];
};

export const messageXml = (h: Happening): Xml => el('wsnt:NotificationMessage', messageParts(h));

export function createEventHub(options: {
  clock: Pick<Clock, 'monoMs'>;
  deviceMs: () => number;
  maxSubscriptions?: number;
}): EventHub {
  const { clock, deviceMs, maxSubscriptions = 16 } = options;
  type Live = Subscription & { offer(h: Happening): void };
  const live = new Map<string, Live>();
  const properties = new Map<string, Happening>();
  const past: Happening[] = [];
  const followers = new Set<(happening: Happening) => void>();
  let next = 1;
  let reaper: NodeJS.Timeout | null = null;

  /** One timer for all, only while there is somebody. */
  function watch(): void {
    if (reaper || live.size === 0) return;
    reaper = setInterval(() => {
      const now = clock.monoMs();
      for (const s of [...live.values()]) if (s.expiresMs < now) s.end();
      if (live.size > 0 || !reaper) return;
      clearInterval(reaper);
      reaper = null;
    }, 1000);
    reaper.unref();
  }

  function subscribe(filter: ((path: string) => boolean) | null, forMs: number): Subscription {
    if (live.size >= maxSubscriptions)
      throw new Fault(
        'Receiver',
        ['ter:Action', 'ter:MaxPullPoints'],
        'There are as many subscriptions as this device can hold.',
        el('wsnt:SubscribeCreationFailedFault', el('wsrfbf:Timestamp', isoTime(deviceMs()))),
      );
    const id = `${next++}`;
    let queue: Happening[] = [];
    let wake: (() => void) | null = null;
    /** A request that is being answered keeps the subscription. */
    let pulling = 0;
    let ended = false;
    const self: Live = {
      id,
      expiresMs: clock.monoMs() + forMs,
      offer(h) {
        if (filter && !filter(topics[h.topic].path)) return;
        queue.push(h);
        if (queue.length > maxQueue) queue.shift();
        wake?.();
      },
      async pull(limit, waitMs, gone) {
        // A second request while one waits: the first is answered with nothing, its client has given up on it.
        wake?.();
        pulling++;
        self.expiresMs = Math.max(self.expiresMs, clock.monoMs() + waitMs + 5_000);
        if (queue.length === 0 && waitMs > 0 && !gone.aborted && !ended) {
          await new Promise<void>((resolve) => {
            const done = (): void => {
              clearTimeout(timer);
              gone.removeEventListener('abort', done);
              if (wake === done) wake = null;
              resolve();
            };
            const timer = setTimeout(done, waitMs);
            gone.addEventListener('abort', done);
            wake = done;
          });
        }
        pulling--;
        self.expiresMs = Math.max(self.expiresMs, clock.monoMs() + waitMs);
        // What nobody is there to take stays for the next request.
        return gone.aborted || pulling > 0 ? [] : queue.splice(0, limit);
      },
      synchronize() {
        for (const h of properties.values()) self.offer({ ...h, operation: 'Initialized', deviceMs: deviceMs() });
      },
      end() {
        ended = true;
        queue = [];
        live.delete(id);
        wake?.();
      },
    };
    live.set(id, self);
    self.synchronize();
    watch();
    return self;
  }

  return {
    set(topic, source, data) {
      const key = JSON.stringify([topic, source]);
      const known = properties.get(key);
      if (known && JSON.stringify(known.data) === JSON.stringify(data)) return;
      const h: Happening = { topic, source, data, operation: known ? 'Changed' : 'Initialized', deviceMs: deviceMs() };
      properties.set(key, h);
      past.push(h);
      if (past.length > maxPast) past.splice(0, past.length - maxPast / 2);
      for (const s of live.values()) s.offer(h);
      for (const on of followers) on(h);
    },
    subscribe,
    follow(on) {
      for (const h of properties.values()) on({ ...h, operation: 'Initialized', deviceMs: deviceMs() });
      followers.add(on);
      return () => followers.delete(on);
    },
    find: (id) => live.get(id),
    count: () => live.size,
    past: () => past,
    stop() {
      for (const s of [...live.values()]) s.end();
      followers.clear();
      if (reaper) clearInterval(reaper);
      reaper = null;
    },
  };
}
