import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapToleranceMs, type GapCause } from '../gap.ts';
import { firstPictureMs, trackGaps, unaccounted, type GapInput, type GapOutput, type GapState } from './track-gaps.ts';

type Row = { fromMs: number; toMs: number | null; cause: GapCause };

/** What the index does with the outputs. */
function createRows() {
  let rows: Row[] = [];
  return {
    apply(output: GapOutput) {
      const open = rows.find((r) => r.toMs === null);
      switch (output.do) {
        case 'open':
          expect(open, 'two open gaps').toBeUndefined();
          rows.push({ fromMs: output.fromMs, toMs: null, cause: output.cause });
          return;
        case 'close':
          expect(open, 'no gap to close').toBeDefined();
          expect(output.toMs).toBeGreaterThanOrEqual(open?.fromMs ?? 0);
          if (open !== undefined) open.toMs = output.toMs;
          rows = rows.filter((r) => r.toMs === null || r.toMs - r.fromMs >= gapToleranceMs);
          return;
        case 'move':
          if (open !== undefined) open.fromMs = output.fromMs;
          return;
        case 'cut': {
          const { fromMs, toMs } = output;
          rows = rows.flatMap((r) => {
            const end = r.toMs ?? Number.POSITIVE_INFINITY;
            if (r.fromMs >= toMs || end <= fromMs) return [r];
            return [
              { ...r, toMs: fromMs },
              { ...r, fromMs: toMs },
            ].filter((part) => part.toMs === null || part.toMs - part.fromMs >= gapToleranceMs);
          });
          return;
        }
        case 'defer':
          return;
        case 'add':
          rows.push({ fromMs: output.fromMs, toMs: output.toMs, cause: output.cause });
          return;
      }
    },
    rows: () => rows,
  };
}

/**
 * A camera, a worker and a station as they behave: a script of turns drives them, and they report as the ports say. What is
 * really covered and really wanted is written down beside.
 */
type Turn = {
  op: 'record' | 'lose' | 'roll' | 'crash' | 'restart' | 'toggle' | 'reason' | 'let-go' | 'again' | 'blink';
  ms: number;
  late: boolean;
  cause: GapCause;
};

function play(turns: Turn[]) {
  const rows = createRows();
  let state: GapState = unaccounted;
  let now = 1_000_000;
  const covered: [number, number][] = [];
  const wanted: [number, number][] = [];
  let wantedFrom: number | null = null;
  let segment = null as { startMs: number; endMs: number } | null;
  const writing = (): number => (segment === null ? 0 : segment.endMs - segment.startMs);
  let held: GapInput[] = [];
  const say = (input: GapInput): void => {
    const [next, out] = trackGaps(state, input);
    state = next;
    for (const o of out) rows.apply(o);
  };
  /** The end of an old segment may be told after what follows it. */
  const end = (late: boolean): void => {
    if (segment === null) return;
    covered.push([segment.startMs, segment.endMs]);
    const input: GapInput = { is: 'closed', ...segment };
    if (late) held.push(input);
    else say(input);
    segment = null;
  };
  const flush = (): void => {
    for (const input of held) say(input);
    held = [];
  };
  const open = (): void => {
    segment = { startMs: now, endMs: now };
    say({ is: 'opened', startMs: now });
  };
  const want = (on: boolean): void => {
    if (on) wantedFrom = now;
    else if (wantedFrom !== null) {
      wanted.push([wantedFrom, now]);
      wantedFrom = null;
    }
    say({ is: 'wanted', atMs: now, wanted: on });
  };

  want(true);
  for (const t of turns) {
    switch (t.op) {
      case 'record':
        if (wantedFrom === null && segment === null) break;
        if (segment === null) open();
        for (let left = t.ms; left > 0 && segment !== null; left -= 1000) {
          now += Math.min(left, 1000);
          segment.endMs = now;
          if (left > 1000 || !t.late) say({ is: 'grew', ...segment });
        }
        break;
      case 'roll':
        if (writing() === 0 || wantedFrom === null) break;
        end(t.late);
        open();
        flush();
        break;
      case 'lose':
        if (segment === null) break;
        now += t.ms;
        end(t.late);
        say({ is: 'uncovered', fromMs: covered.at(-1)?.[1] ?? now, cause: t.cause });
        flush();
        break;
      case 'reason':
        if (segment !== null) break;
        now += t.ms;
        say({ is: 'uncovered', fromMs: now, cause: t.cause });
        break;
      case 'crash':
        end(false); // the engine looks at the file first
        now += t.ms;
        say({ is: 'worker-crash' });
        break;
      case 'restart': {
        if (segment !== null) covered.push([segment.startMs, segment.endMs]);
        segment = null;
        const aliveMs = now;
        now += t.ms;
        const ends = covered.map(([, to]) => to);
        const gap = rows.rows().find((r) => r.toMs === null);
        const resumed = covered.map(([from]) => from).filter((from) => gap !== undefined && from >= gap.fromMs);
        if (wantedFrom === null) {
          state = unaccounted;
          break;
        }
        say({
          is: 'station-start',
          atMs: now,
          // What lies before the moment from which on it is wanted is not missing.
          coveredMs: ends.length === 0 ? null : Math.max(wantedFrom, ...ends),
          open: gap === undefined ? null : { fromMs: gap.fromMs, cause: gap.cause },
          resumedMs: resumed.length === 0 ? null : Math.min(...resumed),
          aliveMs,
          sinceMs: 1_000_000,
        });
        break;
      }
      // Recording is let go, and goes on up to a key frame.
      case 'let-go':
        if (segment === null || wantedFrom === null) break;
        now += t.late ? Math.min(t.ms, 400) : t.ms;
        if (!t.late) say({ is: 'grew', ...segment, endMs: (segment.endMs = now) });
        want(false);
        break;
      // … but is asked for again before that.
      case 'again':
        if (wantedFrom !== null || segment === null) break;
        now += Math.min(t.ms, 4321);
        segment.endMs = now;
        want(true);
        break;
      // Asked for with what was held ready, and let go before the worker has said that it writes that, or some of it.
      case 'blink': {
        if (wantedFrom !== null || segment !== null) break;
        const fromMs = now + 1;
        now += t.ms;
        say({ is: 'wanted', atMs: fromMs, wanted: true });
        wanted.push([fromMs, now]);
        say({ is: 'wanted', atMs: now, wanted: false });
        const startMs = t.late ? fromMs + Math.floor(t.ms / 3) : fromMs;
        if (t.cause === 'no-data') break;
        say({ is: 'opened', startMs });
        segment = { startMs, endMs: t.cause === 'disk-full' ? startMs + Math.floor(t.ms / 3) : now + 200 };
        end(t.late);
        now = Math.max(now, covered.at(-1)?.[1] ?? now);
        flush();
        break;
      }
      case 'toggle':
        now += t.ms;
        want(wantedFrom === null);
        if (wantedFrom === null) end(false);
        break;
    }
  }
  flush();
  end(false);
  say({ is: 'uncovered', fromMs: now, cause: 'camera-lost' });
  if (wantedFrom !== null) wanted.push([wantedFrom, now]);
  return { now, wanted, covered, rows: rows.rows() };
}

const turn = fc.record({
  op: fc.constantFrom<Turn['op']>(
    'record',
    'record',
    'record',
    'lose',
    'roll',
    'crash',
    'restart',
    'toggle',
    'reason',
    'let-go',
    'again',
    'blink',
  ),
  ms: fc.constantFrom(1, 100, 499, 500, 1000, 4321, 61_000),
  late: fc.boolean(),
  cause: fc.constantFrom<GapCause>('camera-lost', 'no-data', 'disk-full', 'clock-jump'),
});

const told = (inputs: GapInput[], open: Row | null = null): Row[] => {
  const rows = createRows();
  if (open !== null) rows.apply({ do: 'open', fromMs: open.fromMs, cause: open.cause });
  let state: GapState = unaccounted;
  for (const input of inputs) {
    const [next, out] = trackGaps(state, input);
    state = next;
    for (const o of out) rows.apply(o);
  }
  return rows.rows();
};

describe('gaps of a station whose clock is set', () => {
  const t0 = 1_795_000_000_000;
  const hour = 3_600_000;
  const recording: GapInput[] = [
    { is: 'wanted', atMs: t0, wanted: true },
    { is: 'opened', startMs: t0 + 100 },
    { is: 'grew', startMs: t0 + 100, endMs: t0 + 60_000 },
  ];

  it('leaves none where it is set back while a stream records', () => {
    const rows = told([
      ...recording,
      { is: 'clock-set', beforeMs: t0 + 60_000, atMs: t0 + 60_000 - hour },
      { is: 'closed', startMs: t0 + 100, endMs: t0 + 61_000 },
      { is: 'opened', startMs: t0 + 61_000 - hour },
      { is: 'grew', startMs: t0 + 61_000 - hour, endMs: t0 + 121_000 - hour },
      { is: 'uncovered', fromMs: t0 + 121_000 - hour, cause: 'camera-lost' },
      { is: 'opened', startMs: t0 + 131_000 - hour },
    ]);
    expect(rows).toEqual([{ fromMs: t0 + 121_000 - hour, toMs: t0 + 131_000 - hour, cause: 'camera-lost' }]);
  });

  it('is not led astray by the end of the old segment when it is told late', () => {
    const rows = told([
      ...recording,
      { is: 'opened', startMs: t0 + 61_000 - hour },
      { is: 'closed', startMs: t0 + 100, endMs: t0 + 61_000 },
      { is: 'grew', startMs: t0 + 61_000 - hour, endMs: t0 + 121_000 - hour },
      { is: 'uncovered', fromMs: t0 + 121_000 - hour, cause: 'no-data' },
    ]);
    expect(rows).toEqual([{ fromMs: t0 + 121_000 - hour, toMs: null, cause: 'no-data' }]);
  });

  it.each([
    ['back', -hour],
    ['forward', hour],
  ])('goes on for its cause in the new time where it is set %s while a camera is lost', (_, by) => {
    const rows = told([
      ...recording,
      { is: 'uncovered', fromMs: t0 + 60_000, cause: 'camera-lost' },
      { is: 'closed', startMs: t0 + 100, endMs: t0 + 60_000 },
      { is: 'clock-set', beforeMs: t0 + 90_000, atMs: t0 + 90_000 + by },
      { is: 'opened', startMs: t0 + 100_000 + by },
    ]);
    const jump: Row = { fromMs: t0 + 90_000, toMs: t0 + 90_000 + by, cause: 'clock-jump' };
    expect(rows).toEqual([
      { fromMs: t0 + 60_000, toMs: t0 + 90_000, cause: 'camera-lost' },
      ...(by > 0 ? [jump] : []),
      { fromMs: t0 + 90_000 + by, toMs: t0 + 100_000 + by, cause: 'camera-lost' },
    ]);
  });

  it('does not wait for a time to come because a clock that was ahead opened a gap there', () => {
    const open: Row = { fromMs: t0 + 100 * hour, toMs: null, cause: 'camera-lost' };
    const inputs: GapInput[] = [
      {
        is: 'station-start',
        atMs: t0,
        coveredMs: t0 - hour,
        open: { fromMs: open.fromMs, cause: open.cause },
        resumedMs: null,
        aliveMs: t0,
        sinceMs: 0,
      },
      { is: 'opened', startMs: t0 + 5000 },
    ];
    expect(told(inputs, open)).toEqual([{ fromMs: t0 - hour, toMs: t0 + 5000, cause: 'station-off' }]);
  });
});

describe('gaps of what a disk refused', () => {
  const t0 = 1_795_000_000_000;
  const at = (s: number): number => t0 + s * 1000;
  const recording: GapInput[] = [
    { is: 'wanted', atMs: at(0), wanted: true },
    { is: 'opened', startMs: at(0) },
    { is: 'grew', startMs: at(0), endMs: at(60) },
  ];
  const sorted = (words: GapInput[]): Row[] => told(words).toSorted((a, b) => a.fromMs - b.fromMs);
  const row = (from: number, to: number | null, cause: GapCause): Row => ({
    fromMs: at(from),
    toMs: to === null ? null : at(to),
    cause,
  });
  const lost: GapInput = { is: 'uncovered', fromMs: at(63), cause: 'camera-lost' };
  const refused: GapInput[] = [
    { is: 'closed', startMs: at(0), endMs: at(60) },
    { is: 'uncovered', fromMs: at(60), cause: 'disk-error' },
  ];
  const kept: GapInput[] = [
    { is: 'opened-past', startMs: at(61) },
    { is: 'grew', startMs: at(61), endMs: at(62) },
    { is: 'closed', startMs: at(61), endMs: at(63) },
  ];

  it.each([
    ['before the camera was lost', [...refused, lost]],
    ['after the camera was lost', [lost, ...refused]],
  ])('%s: each has its cause, and what was kept is no gap once it is written', (_, words) => {
    expect(sorted([...recording, ...words])).toEqual([row(60, 63, 'disk-error'), row(63, null, 'camera-lost')]);
    expect(sorted([...recording, ...words, ...kept])).toEqual([
      row(60, 61, 'disk-error'),
      row(63, null, 'camera-lost'),
    ]);
    expect(sorted([...recording, ...words, ...kept, { is: 'opened', startMs: at(70) }])).toEqual([
      row(60, 61, 'disk-error'),
      row(63, 70, 'camera-lost'),
    ]);
  });

  it('goes on behind what was kept while the disk still refuses', () => {
    expect(told([...recording, ...refused, ...kept])).toEqual([row(60, 61, 'disk-error'), row(63, null, 'disk-error')]);
  });

  it('of an event that ended meanwhile: only what was never written stays', () => {
    const over: GapInput = { is: 'wanted', atMs: at(63), wanted: false };
    expect(told([...recording, ...refused, over, ...kept])).toEqual([row(60, 61, 'disk-error')]);
  });
});

describe('gap tracking', () => {
  it('tiles all wanted time with coverage and gaps, each moment once', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
        const { now, wanted, covered, rows } = play(turns);
        const parts = [...covered, ...rows.map((r): [number, number] => [r.fromMs, r.toMs ?? now])]
          .filter(([from, to]) => to > from)
          .sort((a, b) => a[0] - b[0]);
        for (const [i, part] of parts.entries()) {
          const next = parts[i + 1];
          if (next !== undefined) expect(next[0], 'two things at once').toBeGreaterThanOrEqual(part[1]);
        }
        for (const [from, to] of wanted) {
          let at = from;
          for (const [a, b] of parts) {
            if (b <= at || a >= to) continue;
            if (a > at) expect(a - at, `nothing accounts for ${at} … ${a}`).toBeLessThan(gapToleranceMs);
            at = b;
          }
          expect(to - at, `nothing accounts for ${at} … ${to}`).toBeLessThan(gapToleranceMs);
        }
        for (const { fromMs, toMs } of rows) {
          const inside = wanted.some(([from, to]) => fromMs >= from && (toMs ?? now) <= to);
          expect(inside || fromMs === (toMs ?? now), 'a gap where nothing was wanted').toBe(true);
        }
      }),
      { numRuns: 600 },
    );
  });

  const run = (inputs: GapInput[], from: GapState = unaccounted) => {
    const rows = createRows();
    let state = from;
    for (const input of inputs) {
      const [next, out] = trackGaps(state, input);
      state = next;
      for (const o of out) rows.apply(o);
    }
    return rows.rows();
  };

  it('says station-off from the last covered moment to the first picture', () => {
    const start: GapInput = {
      is: 'station-start',
      atMs: 50_000,
      coveredMs: 20_000,
      open: null,
      resumedMs: null,
      aliveMs: 20_500,
      sinceMs: 0,
    };
    expect(run([start, { is: 'opened', startMs: 51_000 }])).toEqual([
      { fromMs: 20_000, toMs: 51_000, cause: 'station-off' },
    ]);
    // … but a camera that does not answer at the start is lost from then on.
    expect(
      run([start, { is: 'uncovered', fromMs: 50_800, cause: 'camera-lost' }, { is: 'opened', startMs: 60_000 }]),
    ).toEqual([
      { fromMs: 20_000, toMs: 50_800, cause: 'station-off' },
      { fromMs: 50_800, toMs: 60_000, cause: 'camera-lost' },
    ]);
  });

  it('ends the gap that was open when the station died at the moment it was last alive', () => {
    const rows = createRows();
    rows.apply({ do: 'open', fromMs: 10_000, cause: 'camera-lost' });
    const open = { fromMs: 10_000, cause: 'camera-lost' as const };
    const [, out] = trackGaps(unaccounted, {
      is: 'station-start',
      atMs: 90_000,
      coveredMs: 10_000,
      open,
      resumedMs: null,
      aliveMs: 40_000,
      sinceMs: 0,
    });
    for (const o of out) rows.apply(o);
    expect(rows.rows()).toEqual([
      { fromMs: 10_000, toMs: 40_000, cause: 'camera-lost' },
      { fromMs: 40_000, toMs: null, cause: 'station-off' },
    ]);
  });

  describe('of what was asked for and let go before a picture of it was heard of', () => {
    const asked: GapInput[] = [
      { is: 'wanted', atMs: 8_000, wanted: true },
      { is: 'wanted', atMs: 10_300, wanted: false },
    ];

    it('are none where what was held ready is written after all, also where it is asked for again meanwhile', () => {
      const held: GapInput[] = [
        { is: 'opened', startMs: 8_000 },
        { is: 'grew', startMs: 8_000, endMs: 10_000 },
        { is: 'closed', startMs: 8_000, endMs: 11_000 },
      ];
      expect(run([...asked, ...held])).toEqual([]);
      const again: GapInput = { is: 'wanted', atMs: 10_400, wanted: true };
      expect(run([...asked, again, ...held])).toEqual([]);
      expect(run([...asked, again, { is: 'wanted', atMs: 10_950, wanted: false }, ...held])).toEqual([]);
    });

    it('are what its segment leaves out, and all of it where none comes', () => {
      expect(run([...asked, { is: 'opened', startMs: 9_000 }, { is: 'closed', startMs: 9_000, endMs: 9_500 }])).toEqual(
        [
          { fromMs: 8_000, toMs: 9_000, cause: 'no-data' },
          { fromMs: 9_500, toMs: 10_300, cause: 'no-data' },
        ],
      );
      const missing = [{ fromMs: 8_000, toMs: 10_300, cause: 'no-data' }];
      expect(run(asked)).toEqual(missing);
      expect(run([...asked, { is: 'wanted', atMs: 20_000, wanted: true }, { is: 'opened', startMs: 20_000 }])).toEqual(
        missing,
      );
    });
  });

  it('names the first cause it is given, not the guess before it', () => {
    expect(
      run([
        { is: 'wanted', atMs: 1000, wanted: true },
        { is: 'uncovered', fromMs: 3000, cause: 'credentials' },
        { is: 'uncovered', fromMs: 9000, cause: 'camera-lost' },
      ]),
    ).toEqual([
      { fromMs: 1000, toMs: 9000, cause: 'credentials' },
      { fromMs: 9000, toMs: null, cause: 'camera-lost' },
    ]);
    // A guess that a picture ended is none of what comes later.
    expect(
      run([
        { is: 'wanted', atMs: 1000, wanted: true },
        { is: 'opened', startMs: 1200 },
        { is: 'closed', startMs: 1200, endMs: 5000 },
        { is: 'uncovered', fromMs: 5000, cause: 'camera-lost' },
        { is: 'uncovered', fromMs: 9000, cause: 'credentials' },
      ]),
    ).toEqual([
      { fromMs: 5000, toMs: 9000, cause: 'camera-lost' },
      { fromMs: 9000, toMs: null, cause: 'credentials' },
    ]);
  });
});

describe('the first picture of a stream', () => {
  const t0 = 1_000_000;
  const after = (...inputs: GapInput[]): { rows: Row[]; outputs: GapOutput[] } => {
    const rows = createRows();
    const all: GapOutput[] = [];
    let state: GapState = unaccounted;
    for (const input of [{ is: 'wanted' as const, atMs: t0, wanted: true, fresh: true }, ...inputs]) {
      const [next, outputs] = trackGaps(state, input);
      state = next;
      for (const output of outputs) rows.apply(output);
      all.push(...outputs);
    }
    return { rows: rows.rows(), outputs: all };
  };

  it('is when it was to be recorded first, where it comes soon and nothing was in its way', () => {
    const { rows, outputs } = after({ is: 'opened', startMs: t0 + 900 });
    expect(rows).toEqual([]);
    expect(outputs.at(-1)).toEqual({ do: 'defer', toMs: t0 + 900 });
    // From then on it is as any other.
    const { rows: later } = after(
      { is: 'opened', startMs: t0 + 900 },
      { is: 'closed', startMs: t0 + 900, endMs: t0 + 5_000 },
      { is: 'uncovered', fromMs: t0 + 5_000, cause: 'camera-lost' },
      { is: 'opened', startMs: t0 + 7_000 },
    );
    expect(later).toEqual([{ fromMs: t0 + 5_000, toMs: t0 + 7_000, cause: 'camera-lost' }]);
  });

  it('comes late: it is missing from the moment on at which the camera was added', () => {
    expect(after().rows).toEqual([{ fromMs: t0, toMs: null, cause: 'no-data' }]);
    const startMs = t0 + firstPictureMs + 1;
    expect(after({ is: 'opened', startMs }).rows).toEqual([{ fromMs: t0, toMs: startMs, cause: 'no-data' }]);
  });

  it('comes after trouble: that was a gap', () => {
    const { rows } = after(
      { is: 'uncovered', fromMs: t0 + 200, cause: 'camera-lost' },
      { is: 'opened', startMs: t0 + 2_000 },
    );
    expect(rows).toEqual([{ fromMs: t0, toMs: t0 + 2_000, cause: 'camera-lost' }]);
  });

  it('is not the first where it was asked for before', () => {
    const { rows } = after(
      { is: 'wanted', atMs: t0 + 1_000, wanted: false },
      { is: 'wanted', atMs: t0 + 60_000, wanted: true },
      { is: 'opened', startMs: t0 + 60_900 },
    );
    expect(rows).toEqual([
      { fromMs: t0, toMs: t0 + 1_000, cause: 'no-data' },
      { fromMs: t0 + 60_000, toMs: t0 + 60_900, cause: 'no-data' },
    ]);
  });
});
