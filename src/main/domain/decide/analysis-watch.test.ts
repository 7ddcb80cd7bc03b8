import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CameraId } from '../id.ts';
import { PlateTrouble, WatchTrouble } from '../watching.ts';
import {
  analysisWatch,
  freshAnalysisWatch,
  troublesOf,
  type AnalysisOutput,
  type CameraLook,
} from './analysis-watch.ts';

const [a, b] = ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01BX5ZZKBKACTAV9WEVGEMMVRZ'].map((id) => CameraId.parse(id)) as [
  CameraId,
  CameraId,
];
const well = (id: CameraId): CameraLook => ({ id, trouble: null, part: 1, share: 1, plates: null });
const everyS = 5;

/** What is said over a time, of what a test says each 5 s. */
function run(seconds: number, of: (s: number) => { cameras: CameraLook[]; workersGone?: boolean }): AnalysisOutput[] {
  let state = freshAnalysisWatch;
  const all: AnalysisOutput[] = [];
  for (let s = 0; s <= seconds; s += everyS) {
    const { cameras, workersGone = false } = of(s);
    const [next, said] = analysisWatch(state, { atMs: s * 1_000, cameras, workersGone });
    state = next;
    all.push(...said);
  }
  return all;
}

describe('analysisWatch', () => {
  it('tells a camera that is looked at much too seldom, after a minute, once, and its end', () => {
    const said = run(400, (s) => ({
      cameras: [well(a), s >= 50 && s < 250 ? { ...well(b), trouble: 'busy', part: 0.4 } : well(b)],
    }));
    expect(said).toEqual([
      { is: 'slow', key: `slow ${b}`, fromMs: 50_000, camera: b, reason: 'busy', part: 0.4 },
      { is: 'end', key: `slow ${b}`, atMs: 250_000, unwatched: false },
    ]);
  });

  it('says whether it is for the PC or for the camera, and takes a little less for well', () => {
    const of = (look: Partial<CameraLook>) =>
      run(200, () => ({ cameras: [{ ...well(a), ...look }] })).map((o) => (o.is === 'slow' ? o.reason : o.is));
    expect(of({ trouble: 'key-frames-rare', part: 0.25 })).toEqual(['key-frames']);
    expect(of({ trouble: 'key-frames-rare', part: 0.25, share: 0.1 })).toEqual(['busy']);
    expect(of({ share: 0.25 })).toEqual(['busy']);
    expect(of({ trouble: 'busy', part: 0.6 })).toEqual([]);
    // Between key frames a still scene needs no look.
    expect(of({ part: 0.2 })).toEqual([]);
  });

  it('does not flap: what comes and goes faster than its patience is told once at most', () => {
    const said = run(1_200, (s) => ({
      cameras: [{ ...well(a), trouble: 'busy', part: (s / everyS) % 3 === 0 ? 0.8 : 0.3 }],
    }));
    expect(said).toEqual([]);
    const open = run(1_200, (s) => ({
      cameras: [{ ...well(a), trouble: 'busy', part: s < 100 || (s / everyS) % 3 !== 0 ? 0.3 : 0.8 }],
    }));
    expect(open.map((o) => o.is)).toEqual(['slow']);
  });

  it('tells once for the station what no camera can do anything about, and by camera what is a camera’s', () => {
    const said = run(200, (s) => ({
      cameras: [a, b].map((id) => ({ ...well(id), trouble: s < 100 ? 'no-model' : null })),
      workersGone: false,
    }));
    expect(said).toEqual([
      { is: 'failed', key: 'no-model', fromMs: 0, camera: null, reason: 'no-model', cameras: 2 },
      { is: 'end', key: 'no-model', atMs: 100_000, unwatched: false },
    ]);
    const undecodable = run(200, () => ({ cameras: [well(a), { ...well(b), trouble: 'undecodable' }] }));
    expect(undecodable.map((o) => (o.is === 'failed' ? o.camera : o.is))).toEqual([b]);
    const gone = run(60, () => ({ cameras: [well(a)], workersGone: true }));
    expect(gone.map((o) => (o.is === 'failed' ? o.reason : o.is))).toEqual(['workers']);
  });

  it('tells once for the station that plates are not read, but not that some are missed', () => {
    const of = (plates: CameraLook['plates']) =>
      run(200, (s) => ({ cameras: [a, b].map((id) => ({ ...well(id), plates: s < 100 ? plates : null })) }));
    for (const plates of ['no-model', 'model-failed'] as const) {
      const key = `plates-${plates}`;
      expect(of(plates)).toEqual([
        { is: 'failed', key, fromMs: 0, camera: null, reason: key, cameras: 2 },
        { is: 'end', key, atMs: 100_000, unwatched: false },
      ]);
    }
    expect([of('busy'), of('too-small')]).toEqual([[], []]);
  });

  it('ends what goes on of a camera that nobody asks for any more, and of one that sends nothing knows nothing', () => {
    const said = run(200, (s) => ({
      cameras: s < 100 ? [{ ...well(a), trouble: 'busy', part: 0.1 }] : [],
    }));
    expect(said.map((o) => o.is)).toEqual(['slow', 'end']);
    expect(said[1]).toMatchObject({ atMs: 100_000, unwatched: true });
    expect(run(300, () => ({ cameras: [{ ...well(a), trouble: 'no-picture', part: 0 }] }))).toEqual([]);
  });

  it('tells begin and end of each thing by turns, whatever happens', () => {
    const look = fc.record({
      trouble: fc.option(fc.constantFrom(...WatchTrouble.options), { nil: null }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      share: fc.double({ min: 0.1, max: 1, noNaN: true }),
      plates: fc.option(fc.constantFrom(...PlateTrouble.options), { nil: null }),
      there: fc.boolean(),
      gone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(look, { maxLength: 120 }), (steps) => {
        const said = run((steps.length - 1) * everyS, (s) => {
          const { there, gone, ...rest } = steps[s / everyS]!;
          return { cameras: there ? [{ id: a, ...rest }] : [], workersGone: gone };
        });
        const open = new Set<string>();
        for (const output of said) {
          expect(open.has(output.key)).toBe(output.is === 'end');
          if (output.is === 'end') open.delete(output.key);
          else open.add(output.key);
        }
      }),
    );
  });

  it('says what goes on now: only what was told, by reason, until it has ended', () => {
    const noModel = { ...well(a), trouble: 'no-model' as const };
    const slow = { ...well(b), trouble: 'busy' as const, part: 0.4, share: 0.2 };
    let state = freshAnalysisWatch;
    const now = (fromS: number, toS: number, cameras: CameraLook[], workersGone = false) => {
      for (let s = fromS; s <= toS; s += everyS)
        [state] = analysisWatch(state, { atMs: s * 1_000, cameras, workersGone });
      return troublesOf(state, { cameras });
    };
    expect(now(0, 20, [noModel, slow])).toEqual([]);
    const none = { reason: 'no-model', cameras: [a], count: 1, part: null };
    expect(now(25, 100, [noModel, slow])).toEqual([none, { reason: 'busy', cameras: [b], count: 1, part: 0.2 }]);
    // A camera that is not to be watched any more is none of them; the other one is well again.
    expect(now(105, 105, [slow]).map((t) => t.reason)).toEqual(['busy']);
    expect(now(110, 160, [well(b)])).toEqual([]);
    expect(now(165, 210, [well(a), well(b)], true)).toEqual([
      { reason: 'workers', cameras: [a, b], count: 2, part: null },
    ]);
    // Where there is nobody to watch there is nothing to say.
    expect(now(215, 215, [], true)).toEqual([]);
    const many = Array.from({ length: 12 }, () => ({ ...well(a), trouble: 'undecodable' as const }));
    expect(now(220, 300, many)).toMatchObject([{ reason: 'undecodable', count: 12, cameras: { length: 10 } }]);
    // One whose plates are not read is watched all the same, and may be slow besides.
    const unread = { ...slow, plates: 'model-failed' as const };
    expect(now(305, 400, [well(a), unread])).toEqual([
      { reason: 'plates-model-failed', cameras: [b], count: 1, part: null },
      { reason: 'busy', cameras: [b], count: 1, part: 0.2 },
    ]);
  });
});
