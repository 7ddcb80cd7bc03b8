/**
 * Makes events that last out of what a device says: begin, end, many sources of one matter, moments without an end, short
 * flicker and floods. One state per camera and matter. Pure; times are station time in UTC ms.
 */

/** Off for no longer than this is the same event still. */
export const flickerMs = 2_000;
/**
 * So many begins within `floodMs` are a flood: from then on one event stays open until it is calm for `floodCalmMs`. Both lie
 * beyond what a busy place does (people pass every ten seconds), so that a busy hour is not told as one event.
 */
export const floodBegins = 12;
export const floodMs = 60_000;
export const floodCalmMs = 20_000;
/** Sources that are told apart; further ones count as one. */
export const mostSources = 32;

export type EventWatch = {
  /** Begin of the event that is open. */
  openMs: number | null;
  /** Sources that are on. */
  on: readonly string[];
  /** Since when nothing is on, while the event is still open. */
  quietMs: number | null;
  /** How often it came on within this event. */
  times: number;
  /** The last begins, oldest first. */
  begins: readonly number[];
  flood: boolean;
};

export type EventWatchInput =
  | { is: 'on' | 'off' | 'moment'; atMs: number; source: string }
  /** Time passes. To be called about once a second while something is open. */
  | { is: 'look'; atMs: number }
  /** Nobody listens any more: what becomes of it is not known. */
  | { is: 'lost'; atMs: number };

export type EventWatchOutput =
  | { is: 'begin'; atMs: number; flood: boolean }
  | { is: 'end'; atMs: number; times: number; flood: boolean; lost: boolean }
  | null;

export const freshEventWatch: EventWatch = { openMs: null, on: [], quietMs: null, times: 0, begins: [], flood: false };

const otherSource = '\u0000';

export function eventWatch(state: EventWatch, input: EventWatchInput): [EventWatch, EventWatchOutput] {
  switch (input.is) {
    case 'on': {
      const source = known(state, input.source);
      if (state.on.includes(source)) return [state, null];
      const on = [...state.on, source];
      if (state.openMs === null) return begin(state, input.atMs, { on, quietMs: null });
      return [{ ...state, on, quietMs: null, times: state.times + (state.on.length === 0 ? 1 : 0) }, null];
    }
    case 'off': {
      const on = state.on.filter((s) => s !== known(state, input.source));
      if (on.length === state.on.length) return [state, null];
      return [{ ...state, on, quietMs: on.length === 0 ? input.atMs : null }, null];
    }
    case 'moment': {
      if (state.openMs === null) return begin(state, input.atMs, { on: [], quietMs: input.atMs });
      const quietMs = state.on.length === 0 ? input.atMs : null;
      return [{ ...state, quietMs, times: state.times + 1 }, null];
    }
    case 'look': {
      if (state.openMs === null || state.quietMs === null) return [state, null];
      const calm = state.flood ? floodCalmMs : flickerMs;
      // A clock that was set back by more than that must not keep it open.
      if (Math.abs(input.atMs - state.quietMs) < calm) return [state, null];
      return end(state, state.quietMs, false);
    }
    case 'lost':
      return state.openMs === null ? [{ ...state, on: [] }, null] : end(state, state.quietMs ?? input.atMs, true);
  }
}

function known(state: EventWatch, source: string): string {
  return state.on.includes(source) || state.on.length < mostSources - 1 ? source : otherSource;
}

function begin(
  state: EventWatch,
  atMs: number,
  rest: Pick<EventWatch, 'on' | 'quietMs'>,
): [EventWatch, EventWatchOutput] {
  const begins = [...state.begins.filter((ms) => Math.abs(atMs - ms) < floodMs), atMs].slice(-floodBegins);
  const flood = begins.length >= floodBegins;
  return [
    { ...rest, openMs: atMs, times: 1, begins, flood },
    { is: 'begin', atMs, flood },
  ];
}

function end(state: EventWatch, atMs: number, lost: boolean): [EventWatch, EventWatchOutput] {
  const { openMs, times, flood, begins } = state;
  return [
    { ...freshEventWatch, begins },
    { is: 'end', atMs: Math.max(atMs, openMs ?? atMs), times, flood, lost },
  ];
}
