/** The feed (newest first, live) and the pages of the events list. */
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { Event } from '#domain/event.ts';
import type { EventId } from '#domain/id.ts';
import { forEver } from '../client/index.ts';
import { station } from './line.ts';

/** The feed keeps this many; older ones are on the Events page. */
export const feedLength = 200;

type Feed = { events: Event[]; loaded: boolean };
export const useFeed = create<Feed>(() => ({ events: [], loaded: false }));

/** Puts new events before older ones; one that is known (its end came) takes its old place. Pure. */
export function mergeFeed(was: readonly Event[], fresh: readonly Event[]): Event[] {
  const byId = new Map(was.map((e) => [e.id, e]));
  for (const e of fresh) byId.set(e.id, e);
  return [...byId.values()].sort((a, b) => b.fromMs - a.fromMs || b.seq - a.seq).slice(0, feedLength);
}

export async function followFeed(signal: AbortSignal): Promise<void> {
  const pushes = await station().events.watch({}, { signal, context: forEver });
  const page = await station().events.list({ limit: 100 }, { signal, context: forEver });
  useFeed.setState((was) => ({ events: mergeFeed(was.events, page.events), loaded: true }));
  for await (const event of pushes)
    useFeed.setState((was) => ({ events: mergeFeed(was.events, [event]), loaded: true }));
}

export const forgetFeed = (): void => {
  useFeed.setState({ events: [], loaded: false });
};

/** What decided an event, and when its pictures were. */
export type EventReason = Outputs['events']['why'];
export const readWhy = (id: EventId, signal: AbortSignal): Promise<EventReason> =>
  station().events.why({ id }, { signal });

export type EventQuery = Inputs['events']['list'];
export const listEvents = (query: EventQuery, signal: AbortSignal): Promise<Outputs['events']['list']> =>
  station().events.list(query, { signal });
