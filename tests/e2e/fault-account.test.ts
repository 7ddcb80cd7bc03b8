/** What `npm run faults` says of a camera: what it sent against what is kept and told. */
import { expect, it } from 'vitest';
import { accountOf, type CameraFacts } from '../../bench/faults/account.ts';

const t0 = Date.UTC(2026, 10, 22, 10);
const frameMs = 50;
const at = (n: number): number => t0 + n * frameMs;

/** A camera at 20 pictures a second, whose clip is 10 s long; it sent nothing of `[from, to)`, and only what it sent is kept. */
function account(unsent: [number, number] | null, over: Partial<CameraFacts> = {}): string[] {
  const numbers = Array.from({ length: 600 }, (_, n) => n).filter(
    (n) => unsent === null || n < unsent[0] || n >= unsent[1],
  );
  const facts: CameraFacts = {
    ...{ fps: 20, length: 200, handed: [[0, 599]], gaps: [], deleted: [], unasked: null },
    sent: numbers.map((n) => ({ n, loop: Math.floor(n / 200), frame: n % 200, key: n % 20 === 0, sentMs: at(n) })),
    kept: numbers.map((n) => ({ frame: n % 200, atMs: at(n) + 5, trueMs: at(n) + 5 })),
    spans: [[t0, at(600)]],
    fault: { beginMs: at(100), endMs: at(100) },
    causes: ['station-off'],
    ...over,
  };
  return accountOf(facts, 599).wrongGaps;
}
const gap = (from: number, to: number, cause: 'no-data' | 'station-off') => ({ fromMs: at(from), toMs: at(to), cause });

it('holds nobody to what a camera did not send, and takes the silence that the station heard for one', () => {
  expect(account(null)).toEqual([]);
  // Its server was held for two seconds, which no gap need tell, and for six, which the station hears.
  expect(account([200, 240])).toEqual([]);
  expect(account([200, 320], { gaps: [gap(200, 320, 'no-data')] })).toEqual([]);
  expect(account([200, 320])).toEqual([]);
  // The station was off, and when it was back the server was held: neither is told twice.
  const rest = Array.from({ length: 600 }, (_, n) => n).filter((n) => n < 160 || n >= 240);
  const kept = rest.map((n) => ({ frame: n % 200, atMs: at(n) + 5, trueMs: at(n) + 5 }));
  expect(account([200, 240], { kept, gaps: [gap(160, 220, 'station-off')] })).toEqual([]);
  expect(account([220, 240], { kept, gaps: [gap(160, 190, 'station-off')] })).toHaveLength(1);
});

it('finds time that is missing without a gap, a gap where pictures are, and one of a cause that was none', () => {
  const lost = (from: number, to: number): Partial<CameraFacts> => ({
    kept: Array.from({ length: 600 }, (_, n) => n)
      .filter((n) => n < from || n >= to)
      .map((n) => ({ frame: n % 200, atMs: at(n) + 5, trueMs: at(n) + 5 })),
  });
  expect(account(null, lost(200, 240))).toEqual([expect.stringContaining('is missing and only 0 ms of it is told')]);
  expect(account(null, { ...lost(200, 240), gaps: [gap(200, 240, 'station-off')] })).toEqual([]);
  expect(account(null, { ...lost(200, 320), gaps: [gap(200, 320, 'no-data')] })).toEqual([
    expect.stringContaining('is said to be no-data'),
  ]);
  // A silence too short to be told of explains no gap.
  expect(account([200, 240], { gaps: [gap(200, 240, 'no-data')] })).toEqual([
    expect.stringContaining('is said to be no-data'),
  ]);
  expect(account(null, { gaps: [gap(200, 240, 'station-off')] })).toEqual([expect.stringContaining('are in a gap')]);
});
