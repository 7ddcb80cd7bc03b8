/**
 * A device's events through one PullPoint (ONVIF Core §9.1), kept alive: renewed before its end, made again after faults with
 * growing pauses, taken down at the stop. While nothing happens one request waits at the device and nothing runs here.
 */
import { createBackoff } from '#lib/backoff.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { DeviceEvent } from '#domain/device-event.ts';
import type { Conversations } from './conversation.ts';
import { textAt } from './element.ts';
import { readNotification } from './events-topic.ts';
import type { Operation } from './envelope.ts';
import type { Session } from './session.ts';
import {
  addressed,
  createPullPoint,
  pullMessages,
  readLife,
  readMessages,
  readPullPoint,
  renew,
  setSynchronizationPoint,
  unsubscribe,
  type PullPoint,
} from './subscription.ts';
import { momentMs } from './time-text.ts';
import { deviceError, troubleOf } from './trouble.ts';
import type { Element } from './element.ts';

export type EventFollower = {
  event(event: DeviceEvent): void;
  state(state: { up: boolean; trouble: string | null }): void;
};

/** How long the device is asked to hold an empty request, and how long a subscription is asked to live. */
const waitMs = 55_000;
const longestLifeMs = 10 * 60_000;
const askMs = 10_000;
const atOnce = 100;
/** A device that answers at once though it has nothing to say is asked again no sooner than this, growing. */
const leastPauseMs = 1_000;
const mostPauseMs = 5_000;
/** After what does not pass by itself. A refused password above all: many small tries close an account as well. */
const hopelessMs = 15 * 60_000;

export function followEvents(
  conversations: Conversations,
  session: Session,
  deps: { clock: Clock; log: Log },
  on: EventFollower,
): { stop(): Promise<void> } {
  const { clock, log } = deps;
  const stopping = new AbortController();
  const stopped = (): boolean => stopping.signal.aborted;
  const backoff = createBackoff({ firstMs: 2_000, maxMs: 60_000 });
  let point: PullPoint | null = null;
  let told: { up: boolean; trouble: string | null } | null = null;
  /** What the device lets a request wait; cheap ones refuse or cut long waits. */
  let holdMs = waitMs;
  /** Lives to ask for, what was refused taken away. */
  const lives = [longestLifeMs, 60_000];

  function tell(up: boolean, trouble: string | null): void {
    if (stopped() || (told?.up === up && told.trouble === trouble)) return;
    told = { up, trouble };
    on.state(told);
  }

  async function ask(to: PullPoint, wanted: Operation, timeoutMs: number, signal?: AbortSignal): Promise<Element> {
    for (let i = 0; ; i++) {
      const url = to.urls[i];
      if (!url) throw deviceError('unreachable', 'The device gives no address for its events.');
      try {
        const answer = await session.post(url, wanted, {
          timeoutMs,
          apart: true,
          header: addressed(to, wanted),
          signal,
        });
        if (i > 0) to.urls = [url];
        return answer;
      } catch (error) {
        const trouble = troubleOf(error);
        const elsewhere = trouble === 'unreachable' || trouble === 'not-onvif' || trouble === 'tls';
        if (!elsewhere || i + 1 >= to.urls.length) throw error;
      }
    }
  }

  async function subscribe(): Promise<PullPoint> {
    const c = conversations.begin(askMs);
    let response: Element;
    for (;;) {
      try {
        response = await c.ask(createPullPoint(lives[0] ?? null));
        break;
      } catch (error) {
        // Some devices refuse a life that is too long for them instead of shortening it.
        if (troubleOf(error) !== 'refused' || lives.length === 0) throw error;
        lives.shift();
      }
    }
    const made = readPullPoint(response, session.base());
    if (made === null) throw deviceError('invalid-answer', 'The device made a subscription without an address.');
    return made;
  }

  async function pause(ms: number): Promise<void> {
    if (stopped()) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stopping.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      stopping.signal.addEventListener('abort', done, { once: true });
    });
  }

  /** One subscription's life; ends by rejecting, or at the stop. */
  async function follow(own: PullPoint): Promise<void> {
    const state = { endMs: clock.monoMs() + (own.lifeMs ?? 60_000), renewable: true, pulled: false, quick: 0 };
    const life = (): number => own.lifeMs ?? 60_000;
    const extend = (response: Element): void => {
      const left = readLife(response);
      if (left !== null) state.endMs = Math.max(clock.monoMs() + left, state.renewable ? 0 : state.endMs);
    };
    const renewed = async (): Promise<void> => {
      try {
        extend(await ask(own, renew(lives[0] ?? 60_000), askMs, stopping.signal));
      } catch (error) {
        const trouble = troubleOf(error);
        // Some devices know no Renew: each PullMessages extends the life (ONVIF Core §9.1.1 allows it).
        if (trouble !== 'unsupported' && trouble !== 'refused' && trouble !== 'not-onvif') throw error;
        state.renewable = false;
      }
    };
    // A first request that comes back soon: it tells the state of everything and shows how the device behaves.
    await ask(own, setSynchronizationPoint(), askMs, stopping.signal).catch((error: unknown) => {
      const trouble = troubleOf(error);
      if (trouble !== 'unsupported' && trouble !== 'refused' && trouble !== 'invalid-answer') throw error;
    });
    while (!stopped()) {
      // Never waiting beyond the subscription's own end.
      const leftMs = state.endMs - clock.monoMs();
      if (state.renewable && leftMs < Math.max(life() * 0.4, Math.min(holdMs, life() * 0.5) + 5_000)) {
        await renewed();
        if (stopped()) return;
      }
      const hold = Math.max(1_000, Math.min(holdMs, life() * 0.5));
      const from = clock.monoMs();
      let response: Element;
      try {
        response = await ask(own, pullMessages(hold, atOnce), hold + askMs, stopping.signal);
      } catch (error) {
        // A wait that is too long for the device, or for something between: a shorter one, before the subscription is given up.
        const trouble = troubleOf(error);
        if (stopped()) return;
        if (((trouble === 'refused' && !state.pulled) || trouble === 'timeout') && holdMs > 10_000) {
          holdMs = holdMs > 20_000 ? 20_000 : 5_000;
          if (trouble === 'refused') continue;
        }
        throw error;
      }
      state.pulled = true;
      tell(true, null);
      backoff.reset();
      extend(response);
      const deviceNow =
        momentMs(textAt(response, 'CurrentTime')) ??
        clock.nowMs() + ((await session.offsetMs(askMs).catch(() => null)) ?? 0);
      const messages = readMessages(response);
      for (const message of messages) {
        const event = readNotification(message, deviceNow);
        if (event !== null && !stopped()) on.event(event);
      }
      // Answers without news long before the time that was asked for: never a busy loop.
      const tookMs = clock.monoMs() - from;
      if (messages.length > 0 || tookMs > Math.min(hold * 0.5, leastPauseMs)) state.quick = 0;
      else state.quick++;
      if (tookMs < leastPauseMs && state.quick > 0) await pause(Math.min(mostPauseMs, leastPauseMs * state.quick));
      else if (tookMs < 50) await pause(50); // a flood of messages is taken in portions
    }
  }

  async function drop(): Promise<void> {
    const old = point;
    point = null;
    if (old === null) return;
    await ask(old, unsubscribe(), 3_000).catch(() => undefined); // it ends by itself
  }

  async function run(): Promise<void> {
    while (!stopped()) {
      try {
        point = await subscribe();
        if (stopped()) break;
        await follow(point);
      } catch (error) {
        if (stopped()) break;
        const trouble = troubleOf(error);
        tell(false, trouble ?? 'invalid-answer');
        log.debug('events of a device stopped', {
          trouble,
          reason: error instanceof Error ? error.message : 'unknown',
        });
        const reachable = trouble !== 'unreachable' && trouble !== 'timeout' && trouble !== 'tls';
        if (reachable && trouble !== 'certificate-changed') await drop();
        point = null;
        const hopeless =
          trouble === 'unsupported' ||
          trouble === 'certificate-changed' ||
          trouble === 'credentials-missing' ||
          trouble === 'credentials-refused' ||
          trouble === 'locked';
        await pause(hopeless ? hopelessMs : backoff.next());
      }
    }
    await drop();
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
