import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loud, loudOverMs, notLoud, type LevelOutput } from './sound-loud.ts';
import { freshSilence, silence, silentDb, wasHeard, type SilenceOutput } from './sound-silence.ts';
import { freshSudden, knownBackground, sudden } from './sound-sudden.ts';
import { noSpeech, speechPresent, talkOverMs, type SpeechOutput } from './speech-present.ts';

const forMs = 100;
/** `[level, how many pieces of 100 ms]` */
type Part = readonly [number, number];
const piecesOf = (parts: readonly Part[]): number[] => parts.flatMap(([db, n]) => Array.from({ length: n }, () => db));
const dbs = fc.double({ min: -96, max: 3, noNaN: true });

/** What begins ends after it, and nothing begins twice. */
function expectPaired(outputs: readonly (LevelOutput | SilenceOutput | SpeechOutput)[]): void {
  let from: number | null = null;
  for (const o of outputs) {
    if (o.is === 'begin') {
      expect(from).toBeNull();
      from = o.fromMs;
    } else {
      expect(from).not.toBeNull();
      expect(o.atMs).toBeGreaterThanOrEqual(from ?? 0);
      from = null;
    }
  }
}

describe('loud', () => {
  const run = (levels: readonly number[], minMs = 300): LevelOutput[] => {
    let state = notLoud;
    return levels.flatMap((levelDb, i) => {
      const [next, outputs] = loud(state, { atMs: i * forMs, forMs, levelDb, thresholdDb: -20, minMs });
      state = next;
      return outputs;
    });
  };
  it('is told after it was loud for long enough, from when it began, and once it is over with its peak', () => {
    const got = run(
      piecesOf([
        [-40, 5],
        [-12, 2],
        [-8, 4],
        [-40, 30],
      ]),
    );
    expect(got).toEqual([
      { is: 'begin', fromMs: 500, peakDb: -8 },
      { is: 'end', atMs: 1_100, peakDb: -8 },
    ]);
  });
  it('is not told of a knock, nor twice where the level trembles about the threshold', () => {
    expect(
      run(
        piecesOf([
          [-40, 5],
          [-5, 2],
          [-40, 30],
        ]),
      ),
    ).toEqual([]);
    const trembling = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? -19 : -22));
    expect(run(trembling).map((o) => o.is)).toEqual(['begin']);
  });
  it('takes what comes within the pause for the same', () => {
    const pause = loudOverMs / forMs - 1;
    expect(
      run(
        piecesOf([
          [-10, 10],
          [-50, pause],
          [-10, 10],
          [-50, 40],
        ]),
      ).map((o) => o.is),
    ).toEqual(['begin', 'end']);
    expect(
      run(
        piecesOf([
          [-10, 10],
          [-50, pause + 2],
          [-10, 10],
        ]),
      ).map((o) => o.is),
    ).toEqual(['begin', 'end', 'begin']);
  });
  it('never tells of what stays below, and pairs what it tells', () => {
    fc.assert(
      fc.property(fc.array(dbs, { maxLength: 300 }), fc.integer({ min: 0, max: 2_000 }), (levels, minMs) => {
        const got = run(levels, minMs);
        expectPaired(got);
        if (levels.every((l) => l < -20)) expect(got).toEqual([]);
      }),
    );
  });
});

describe('a sudden sound', () => {
  const run = (levels: readonly number[], riseDb = 20): { got: LevelOutput[]; background: number | null } => {
    let state = freshSudden;
    const got = levels.flatMap((levelDb, i) => {
      const [next, outputs] = sudden(state, { atMs: i * forMs, forMs, levelDb, riseDb });
      state = next;
      return outputs;
    });
    return { got, background: knownBackground(state) };
  };
  it('stands out of the background, which is learned first', () => {
    expect(
      run(
        piecesOf([
          [-60, 100],
          [-30, 3],
          [-60, 50],
        ]),
      ).got,
    ).toEqual([
      { is: 'begin', fromMs: 10_000, peakDb: -30 },
      { is: 'end', atMs: 10_300, peakDb: -30 },
    ]);
    expect(
      run(
        piecesOf([
          [-60, 10],
          [-30, 3],
          [-60, 10],
        ]),
      ).got,
    ).toEqual([]);
  });
  it('is none where it is usual: by a road, of a machine that goes on, or as soft as a step', () => {
    expect(
      run(
        piecesOf([
          [-32, 100],
          [-20, 5],
          [-32, 50],
        ]),
      ).got,
    ).toEqual([]);
    expect(
      run(
        piecesOf([
          [-90, 100],
          [-60, 5],
          [-90, 50],
        ]),
      ).got,
    ).toEqual([]);
    const { got, background } = run(
      piecesOf([
        [-60, 100],
        [-35, 600],
        [-34, 20],
      ]),
    );
    expect(got.map((o) => o.is)).toEqual(['begin', 'end']);
    expect(background).toBeCloseTo(-34, 0);
  });
  it('pairs what it tells, and its background stays among the levels', () => {
    fc.assert(
      fc.property(fc.array(dbs, { minLength: 60, maxLength: 300 }), (levels) => {
        const { got, background } = run(levels);
        expectPaired(got);
        expect(background).toBeGreaterThanOrEqual(Math.min(...levels));
        expect(background).toBeLessThanOrEqual(Math.max(...levels));
      }),
    );
  });
});

describe('silence', () => {
  const run = (levels: readonly (number | null)[], heard = false, minMs = 5_000) => {
    let state = freshSilence(heard);
    const got = levels.flatMap((levelDb, i) => {
      const [next, outputs] = silence(state, { atMs: i * forMs, forMs, levelDb, minMs });
      state = next;
      return outputs;
    });
    return { got, heard: wasHeard(state) };
  };
  it('is told of a microphone that was heard, and over when it is heard again', () => {
    expect(
      run(
        piecesOf([
          [-50, 30],
          [-96, 60],
          [-50, 20],
        ]),
      ).got,
    ).toEqual([
      { is: 'begin', fromMs: 3_000 },
      { is: 'end', atMs: 9_000 },
    ]);
  });
  it('is the same where no sound comes at all, and where it was heard in an earlier run', () => {
    const none = Array.from({ length: 60 }, () => null);
    expect(run([...piecesOf([[-50, 30]]), ...none]).got).toEqual([{ is: 'begin', fromMs: 3_000 }]);
    expect(run(none, true).got).toEqual([{ is: 'begin', fromMs: 0 }]);
  });
  it('is not told of one that never gave anything, of a quiet night, nor ended by a click', () => {
    expect(run(piecesOf([[-96, 400]])).got).toEqual([]);
    expect(
      run(
        piecesOf([
          [-50, 30],
          [silentDb + 1, 400],
        ]),
      ).got,
    ).toEqual([]);
    expect(
      run(
        piecesOf([
          [-50, 30],
          [-96, 60],
          [-20, 2],
          [-96, 60],
        ]),
      ).got.map((o) => o.is),
    ).toEqual(['begin']);
  });
  it('pairs what it tells, and remembers that it was heard', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(dbs, fc.constant(null)), { maxLength: 300 }), (levels) => {
        const { got, heard } = run(levels, false, 1_000);
        expectPaired(got);
        expect(heard).toBe(levels.filter((l) => l !== null && l > silentDb).length >= 20);
      }),
    );
  });
});

describe('speech', () => {
  const run = (chances: readonly number[]): SpeechOutput[] => {
    let state = noSpeech;
    return chances.flatMap((chance, i) => {
      const [next, outputs] = speechPresent(state, { atMs: i * 32, forMs: 32, chance });
      state = next;
      return outputs;
    });
  };
  it('begins with the first word and ends after the last, pauses included', () => {
    const said = piecesOf([
      [0, 10],
      [0.9, 20],
      [0.1, 60],
      [0.8, 20],
      [0, 200],
    ]);
    expect(run(said)).toEqual([
      { is: 'begin', fromMs: 320 },
      { is: 'end', atMs: 110 * 32 },
    ]);
  });
  it('is no cough, and goes on through words that are less sure', () => {
    expect(
      run(
        piecesOf([
          [0, 10],
          [0.9, 7],
          [0, 200],
        ]),
      ),
    ).toEqual([]);
    expect(
      run(
        piecesOf([
          [0.9, 4],
          [0.4, 10],
          [0, 200],
        ]),
      ).map((o) => o.is),
    ).toEqual(['begin', 'end']);
    expect(run(piecesOf([[0.4, 200]]))).toEqual([]);
  });
  it('is two talks where nobody speaks for long between', () => {
    const gap = Math.ceil(talkOverMs / 32) + 2;
    expect(
      run(
        piecesOf([
          [0.9, 20],
          [0, gap],
          [0.9, 20],
          [0, gap],
        ]),
      ).map((o) => o.is),
    ).toEqual(['begin', 'end', 'begin', 'end']);
  });
  it('pairs what it tells', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 600 }), (chances) => {
        expectPaired(run(chances));
      }),
    );
  });
});
