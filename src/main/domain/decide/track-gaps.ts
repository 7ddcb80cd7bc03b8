/**
 * Keeps account of one stream's time: every moment at which it should be recorded is covered by a segment or lies in a gap
 * with one cause. Pure; times are station time in UTC ms.
 */
import { overlapLeadMs } from '../clock-seam.ts';
import { gapToleranceMs, type GapCause } from '../gap.ts';

export type OpenGap = { fromMs: number; cause: GapCause };

export type GapState = {
  /** Recording is asked for. */
  wanted: boolean;
  /** Up to here all wanted time is covered or in a closed gap. */
  accountedMs: number;
  open: OpenGap | null;
  /** From when on the cause of the open gap holds as it was told: time before it may still prove to be covered, or get another cause. */
  heardMs: number;
  /** The cause of the open gap is our own guess (nothing was heard yet): the first that the ingest gives replaces it whole. */
  guess: boolean;
  /** Nothing of it was ever recorded, or to be recorded before. */
  fresh: boolean;
  /**
   * Times that were let go before anything was heard of them, and told as gaps: what was held ready of them is written all the same, and the
   * word of that may be on its way.
   */
  letGo: readonly { fromMs: number; toMs: number }[];
  /** Start of the segment that is being written: what comes after `accountedMs` may still prove to be covered. */
  writingMs: number | null;
  /** A segment of what was kept in memory, as far as it is written: what was told of its time is told no longer. */
  past: { startMs: number; endMs: number } | null;
  /**
   * Wanted time behind what a segment has said of itself so far: what its end leaves uncovered of it becomes a gap. Several
   * of one segment, where recording was let go and asked for again while it went on.
   */
  unsettled: readonly { startMs: number; fromMs: number; toMs: number }[];
};

export type GapInput =
  /**
   * The station starts and wants this stream. `coveredMs`: end of its newest segment, or the later moment
   * from which on it is wanted; `open`: the gap that was open when the
   * station ended; `resumedMs`: start of the first segment after that gap began; `aliveMs`: the last moment at which the
   * station is known to have run; `sinceMs`: since when the stream is wanted if nothing else is known.
   */
  | {
      is: 'station-start';
      atMs: number;
      coveredMs: number | null;
      open: OpenGap | null;
      resumedMs: number | null;
      aliveMs: number;
      sinceMs: number;
    }
  /** Recording is asked for or not any more; `fresh`: for the first time. */
  | { is: 'wanted'; atMs: number; wanted: boolean; fresh?: boolean }
  | { is: 'opened'; startMs: number }
  /** The same of one in which is written what was kept in memory, and ended before now. */
  | { is: 'opened-past'; startMs: number }
  | { is: 'grew'; startMs: number; endMs: number }
  /** Sealed, or gone because nothing whole was in it (`endMs` null). */
  | { is: 'closed'; startMs: number; endMs: number | null }
  /** The ingest says since when and why nothing comes. */
  | { is: 'uncovered'; fromMs: number; cause: GapCause }
  /** The station's clock was set from `beforeMs` to `atMs`. */
  | { is: 'clock-set'; beforeMs: number; atMs: number }
  /** The worker is gone and its open segment with it; that one's end has been found out before (`grew`, `closed`). */
  | { is: 'worker-crash' };

export type GapOutput =
  | { do: 'open'; fromMs: number; cause: GapCause }
  /** The open gap ends. */
  | { do: 'close'; toMs: number }
  /** The open gap begins later than was thought. */
  | { do: 'move'; fromMs: number }
  /** None lies in this time. */
  | { do: 'cut'; fromMs: number; toMs: number }
  | { do: 'add'; fromMs: number; toMs: number; cause: GapCause }
  /** What was asked for first is asked for from here on. */
  | { do: 'defer'; toMs: number };

/**
 * A stream that is asked for the first time has to be connected to, and gives a key picture at its next: where its first picture comes
 * within this time, and nobody told of trouble before, it was not to be recorded sooner. One that comes later, or never, is missing from
 * the moment on at which it was asked for.
 */
export const firstPictureMs = 10_000;

/** More of these wait for no word; the oldest stay gaps. */
const mostLetGo = 8;

type Step = [GapState, GapOutput[]];

/** Before anything is known of a stream. */
export const unaccounted: GapState = {
  wanted: false,
  accountedMs: 0,
  open: null,
  heardMs: 0,
  guess: false,
  fresh: false,
  letGo: [],
  writingMs: null,
  past: null,
  unsettled: [],
};

export function trackGaps(state: GapState, input: GapInput): Step {
  switch (input.is) {
    case 'station-start':
      return start(input);
    case 'wanted':
      return want(state, input);
    case 'opened':
      return opened(state, input.startMs);
    case 'opened-past':
      return [{ ...state, past: { startMs: input.startMs, endMs: input.startMs } }, []];
    case 'grew':
      return grew(state, input.startMs, input.endMs);
    case 'closed':
      return closed(state, input.startMs, input.endMs);
    case 'uncovered':
      return uncovered(state, input.fromMs, input.cause);
    case 'clock-set':
      return clockSet(state, input.beforeMs, input.atMs);
    case 'worker-crash':
      return crash(state);
  }
}

/** Wanted from a moment on, with a gap that the first picture ends or that a better cause takes over. */
const wantedFrom = (fromMs: number, cause: GapCause): GapState => ({
  ...unaccounted,
  wanted: true,
  accountedMs: fromMs,
  open: { fromMs, cause },
  guess: cause === 'no-data',
});

function start(input: Extract<GapInput, { is: 'station-start' }>): Step {
  const { atMs, coveredMs, open, resumedMs } = input;
  if (open !== null && open.fromMs > atMs) {
    // A clock that was ahead opened it: it is no account of the time that comes now.
    const [state, outputs] = start({ ...input, open: null });
    return [state, [{ do: 'close', toMs: open.fromMs }, ...outputs]];
  }
  if (open === null || resumedMs !== null) {
    const fromMs = coveredMs ?? Math.min(input.sinceMs, atMs);
    const ends: GapOutput[] =
      open === null || resumedMs === null ? [] : [{ do: 'close', toMs: Math.max(resumedMs, open.fromMs) }];
    return [wantedFrom(fromMs, 'station-off'), [...ends, { do: 'open', fromMs, cause: 'station-off' }]];
  }
  if (open.cause === 'station-off') return [{ ...wantedFrom(open.fromMs, 'station-off'), open }, []];
  const turnMs = Math.max(open.fromMs, Math.min(input.aliveMs, atMs));
  return turn({ ...unaccounted, wanted: true, accountedMs: open.fromMs, open }, turnMs, 'station-off');
}

function want(state: GapState, { atMs, wanted, fresh = false }: Extract<GapInput, { is: 'wanted' }>): Step {
  if (wanted === state.wanted) return [state, []];
  const atOrLater = Math.max(atMs, state.accountedMs);
  // It is let go at a key frame, and is asked for again before that: the same segment goes on.
  if (wanted && state.writingMs !== null) return [{ ...state, wanted, accountedMs: atOrLater }, []];
  if (wanted) {
    const [, settled] = settle(state);
    const next = { ...wantedFrom(atOrLater, 'no-data'), fresh, letGo: state.letGo };
    return [next, [...settled, { do: 'open', fromMs: atOrLater, cause: 'no-data' }]];
  }
  const next: GapState = { ...state, wanted, fresh: false, accountedMs: atOrLater, open: null };
  if (state.open !== null) {
    const { fromMs } = state.open;
    const toMs = Math.max(atOrLater, fromMs);
    return [
      { ...next, letGo: state.guess ? [...state.letGo, { fromMs, toMs }].slice(-mostLetGo) : [] },
      [{ do: 'close', toMs }],
    ];
  }
  if (state.writingMs === null) return [next, hole(state.accountedMs, atOrLater)];
  return leaveUnsettled({ ...next, accountedMs: state.accountedMs }, state.writingMs, atOrLater);
}

/** Time that nothing accounts for and for which the ingest gave no other cause: it was asked for and no picture came. */
const hole = (fromMs: number, toMs: number): GapOutput[] =>
  toMs - fromMs >= gapToleranceMs ? [{ do: 'add', fromMs, toMs, cause: 'no-data' }] : [];

/** The time up to `toMs` waits for the end of the segment that began at `startMs`. */
function leaveUnsettled(state: GapState, startMs: number, toMs: number): Step {
  const [next, out] = settle(state, (segment) => segment !== startMs);
  const fromMs = Math.min(next.accountedMs, toMs);
  const unsettled = [...next.unsettled, { startMs, fromMs, toMs }];
  return [{ ...next, unsettled, accountedMs: Math.max(next.accountedMs, toMs) }, out];
}

/** No more will be heard of these segments; absent: of none. */
function settle(state: GapState, over: (startMs: number) => boolean = () => true): Step {
  if (state.unsettled.length === 0) return [state, []];
  const done = state.unsettled.filter((u) => over(u.startMs));
  const unsettled = state.unsettled.filter((u) => !over(u.startMs));
  return [{ ...state, unsettled }, done.flatMap((u) => hole(u.fromMs, u.toMs))];
}

/** While nothing covers, the gap ends where the old clock did and goes on where the new one begins. */
function clockSet(state: GapState, beforeMs: number, atMs: number): Step {
  if (state.open === null) {
    // What is recorded now is told by its segments; what is not wanted counts from the new time on.
    return [state.wanted ? state : { ...state, accountedMs: Math.min(state.accountedMs, atMs) }, []];
  }
  const { cause } = state.open;
  const endMs = Math.max(beforeMs, state.open.fromMs);
  const jump: GapOutput[] = atMs > endMs ? [{ do: 'add', fromMs: endMs, toMs: atMs, cause: 'clock-jump' }] : [];
  return [
    { ...state, accountedMs: atMs, open: { fromMs: atMs, cause }, heardMs: atMs, letGo: [], writingMs: null },
    [{ do: 'close', toMs: endMs }, ...jump, { do: 'open', fromMs: atMs, cause }],
  ];
}

function opened(before: GapState, startMs: number): Step {
  const [state, cut] = written(before, startMs);
  const [next, out] = begun(state, startMs);
  return [next, [...cut, ...out]];
}

/** What was let go unheard is written by this segment after all, from its start on: its end says up to where. */
function written(state: GapState, startMs: number): Step {
  const spans = state.letGo
    .filter(({ toMs }) => startMs < toMs)
    .map(({ fromMs, toMs }) => ({ fromMs: Math.max(fromMs, startMs), toMs }));
  const unsettled = [...state.unsettled, ...spans.map((span) => ({ startMs, ...span }))];
  return [{ ...state, letGo: [], unsettled }, spans.map((span) => ({ do: 'cut', ...span }))];
}

function begun(state: GapState, startMs: number): Step {
  if (state.wanted && state.open === null && startMs < state.accountedMs - overlapLeadMs) {
    // The clock was set back: the account goes on in time that it has been through already.
    const [next, out] = settle(state);
    return [{ ...next, writingMs: startMs, accountedMs: startMs }, out];
  }
  if (state.open !== null) {
    const next = {
      ...{ ...state, writingMs: startMs, open: null, guess: false, fresh: false },
      accountedMs: Math.max(state.accountedMs, startMs),
    };
    const { fromMs } = state.open;
    if (state.fresh && state.guess && startMs > fromMs && startMs - fromMs <= firstPictureMs)
      return [
        next,
        [
          { do: 'close', toMs: fromMs },
          { do: 'defer', toMs: startMs },
        ],
      ];
    return [next, [{ do: 'close', toMs: Math.max(startMs, state.open.fromMs) }]];
  }
  if (!state.wanted) return [{ ...state, writingMs: startMs }, []];
  if (state.writingMs !== null) {
    const [next, out] = leaveUnsettled(state, state.writingMs, startMs);
    return [{ ...next, writingMs: startMs }, out];
  }
  const next = { ...state, writingMs: startMs, accountedMs: Math.max(state.accountedMs, startMs) };
  return [next, hole(state.accountedMs, startMs)];
}

/** What was told of this time while nothing was known of the segment holds no longer. */
function grewPast(state: GapState, past: { startMs: number; endMs: number }, endMs: number): Step {
  if (endMs <= past.endMs) return [state, []];
  const { open } = state;
  const next: GapState = {
    ...state,
    past: { ...past, endMs },
    accountedMs: Math.max(state.accountedMs, endMs),
    open: open !== null && open.fromMs < endMs ? { ...open, fromMs: endMs } : open,
  };
  return [next, [{ do: 'cut', fromMs: past.endMs, toMs: endMs }]];
}

function grew(state: GapState, startMs: number, endMs: number): Step {
  if (state.past?.startMs === startMs) return grewPast(state, state.past, endMs);
  let next = state;
  // A segment of the clock that was ahead ends after one of the clock that was set back has begun.
  if (next.writingMs !== null && startMs > next.writingMs) return [next, []];
  if (next.unsettled.some((u) => u.startMs === startMs && endMs > u.fromMs)) {
    const unsettled = next.unsettled
      .map((u) => (u.startMs === startMs ? { ...u, fromMs: Math.max(u.fromMs, endMs) } : u))
      .filter((u) => u.fromMs < u.toMs);
    next = { ...next, unsettled };
  }
  if (endMs <= next.accountedMs) return [next, []];
  next = { ...next, accountedMs: endMs };
  if (next.open === null) return [next, []];
  return [{ ...next, open: { ...next.open, fromMs: endMs } }, [{ do: 'move', fromMs: endMs }]];
}

function closed(state: GapState, startMs: number, endMs: number | null): Step {
  const [last, moved] = endMs === null ? [state, []] : grew(state, startMs, endMs);
  const next = {
    ...last,
    writingMs: last.writingMs === startMs ? null : last.writingMs,
    past: last.past?.startMs === startMs ? null : last.past,
  };
  const [done, out] = settle(next, (segment) => segment === startMs);
  return [done, [...moved, ...out]];
}

function uncovered(state: GapState, fromMs: number, cause: GapCause): Step {
  if (!state.wanted) return [state, []];
  if (state.open === null) {
    const open = { fromMs: state.accountedMs, cause };
    return [{ ...state, open, heardMs: fromMs }, [{ do: 'open', ...open }]];
  }
  if (state.open.cause === cause) return [state, []];
  const { heardMs } = state;
  // What came before the gap was lost on its way to the disk.
  if (!state.guess && fromMs < heardMs && heardMs - state.open.fromMs >= gapToleranceMs)
    return [
      { ...state, open: { ...state.open, fromMs: heardMs }, accountedMs: Math.max(state.accountedMs, heardMs) },
      [
        { do: 'move', fromMs: heardMs },
        { do: 'add', fromMs: state.open.fromMs, toMs: heardMs, cause },
      ],
    ];
  return turn(state, fromMs, cause);
}

/** The open gap goes on for another cause. A first guess that held for less than the tolerance leaves no splinter. */
function turn(state: GapState, atMs: number, cause: GapCause): Step {
  const fromMs = state.open?.fromMs ?? state.accountedMs;
  const turnMs = state.guess || atMs - fromMs < gapToleranceMs ? fromMs : atMs;
  return [
    { ...state, accountedMs: turnMs, open: { fromMs: turnMs, cause }, heardMs: atMs, guess: false, fresh: false },
    [
      { do: 'close', toMs: turnMs },
      { do: 'open', fromMs: turnMs, cause },
    ],
  ];
}

function crash(state: GapState): Step {
  const [next, out] = settle({ ...state, letGo: [], writingMs: null, past: null });
  if (!next.wanted || next.open !== null) return [next, out];
  const open = { fromMs: next.accountedMs, cause: 'worker-crash' as const };
  return [{ ...next, open, heardMs: open.fromMs }, [...out, { do: 'open', ...open }]];
}
