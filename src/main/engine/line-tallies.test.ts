import { expect, it } from 'vitest';
import type { CameraId, LineId } from '#domain/id.ts';
import { lineQuarterMs, type LineQuarter } from '#domain/line-totals.ts';
import { LineDraft, type WatchLine } from '#domain/watch-zone.ts';
import { quietLog } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import { createLineTallies } from './line-tallies.ts';

const camera = '01ARZ3NDEKTSV4RRFFQ69G5FAV' as CameraId;
const [counts, does] = ['01ARZ3NDEKTSV4RRFFQ69G5FA0', '01ARZ3NDEKTSV4RRFFQ69G5FA1'] as LineId[] as [LineId, LineId];
const lineOf = (id: LineId, countsIn: 'to-right' | null): WatchLine => ({
  ...LineDraft.parse({ name: 'Door', a: { x: 0.5, y: 1 }, b: { x: 0.5, y: 0 }, countsIn }),
  ...{ id, cameraId: camera, version: 1 },
});
const lines = [lineOf(counts, 'to-right'), lineOf(does, null)];

function rig(startMs: number) {
  let nowMs = startMs;
  let full = false;
  const kept = new Map<string, LineQuarter & { lineId: LineId }>();
  const removed: number[] = [];
  const tallies = createLineTallies({
    clock: { nowMs: () => nowMs, nowUs: () => nowMs * 1_000, monoMs: () => nowMs },
    log: quietLog,
    store: {
      addLineCounts(rows) {
        if (full) throw new StoreError('full', 'full');
        for (const row of rows) {
          const was = kept.get(`${row.lineId} ${row.quarterMs}`);
          kept.set(`${row.lineId} ${row.quarterMs}`, {
            ...row,
            in: row.in + (was?.in ?? 0),
            out: row.out + (was?.out ?? 0),
            lookedMs: row.lookedMs + (was?.lookedMs ?? 0),
          });
        }
      },
      lineCounts: (id, fromMs, toMs) =>
        [...kept.values()].filter((q) => q.lineId === id && q.quarterMs >= fromMs && q.quarterMs < toMs),
      removeLineCounts: (beforeMs) => void removed.push(beforeMs),
    },
    rules: { lines: (id) => (id === camera ? lines : []) },
    zone: () => 'Europe/Paris',
  });
  return {
    ...{ tallies, kept, removed },
    at: (text: string) => (nowMs = Date.parse(text)),
    fill: (is: boolean) => (full = is),
  };
}

it('counts by quarters and tells hours and days of the site, whether they are written yet or not', () => {
  const { tallies, at, kept } = rig(Date.parse('2026-11-30T22:59:50Z'));
  const before = at('2026-11-30T22:59:50Z'); // ten seconds to midnight in Paris
  const after = at('2026-11-30T23:00:02Z');
  tallies.looked(lines, before, after);
  tallies.counted(counts, 'in', before + 1_000);
  tallies.counted(counts, 'out', after);
  const told = tallies.totals(camera, counts, 2);
  expect([told.zone, told.days.map((d) => [d.day, d.in, d.out, d.lookedMs])]).toEqual([
    'Europe/Paris',
    [
      ['2026-11-30', 1, 0, 10_000],
      ['2026-12-01', 0, 1, 2_000],
    ],
  ]);
  tallies.stop();
  expect([...kept.values()].map((q) => [q.lineId, q.quarterMs % lineQuarterMs, q.in, q.out])).toEqual([
    [counts, 0, 1, 0],
    [counts, 0, 0, 1],
  ]);
  expect(tallies.totals(camera, counts, 2)).toEqual(told);
  // Minutes in which nobody looked are none.
  tallies.looked(lines, after, after + 60_000);
  expect(tallies.totals(camera, counts, 2)).toEqual(told);
  expect(tallies.named(camera, counts, 1).name).toBe('Door');
  expect(() => tallies.totals(camera, '01ARZ3NDEKTSV4RRFFQ69G5FA2' as LineId, 1)).toThrow('no such line');
});

it('keeps what a full disk refuses until it takes it, and forgets what is older than eight weeks', () => {
  const { tallies, at, kept, removed, fill } = rig(Date.parse('2026-11-30T12:00:00Z'));
  fill(true);
  tallies.counted(counts, 'in', at('2026-11-30T12:00:00Z'));
  tallies.stop();
  expect([kept.size, tallies.totals(camera, counts, 1).days[0]?.in]).toEqual([0, 1]);
  fill(false);
  tallies.stop();
  expect([kept.size, tallies.totals(camera, counts, 1).days[0]?.in]).toEqual([1, 1]);
  // Once a day, at a midnight of the site.
  expect(removed.map((ms) => new Date(ms).toISOString())).toEqual(['2026-10-05T22:00:00.000Z']);
  at('2026-12-01T12:00:01Z');
  tallies.stop();
  expect(removed).toHaveLength(2);
});
