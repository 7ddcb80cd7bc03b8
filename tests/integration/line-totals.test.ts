/** Totals of a line that counts over REST, and for a spreadsheet. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LineId } from '#domain/id.ts';
import type { LineQuarter } from '#domain/line-totals.ts';
import { LineDraft } from '#domain/watch-zone.ts';
import { quietLog } from '#lib/log.ts';
import { createLineTallies } from '../../src/main/engine/line-tallies.ts';
import { cameraId, createRig } from './http-rig.ts';

const lineId = LineId.parse('01HZZZZZZZZZZZZZZZZZZZZZZM');
const line = {
  ...LineDraft.parse({ name: 'Shop, "door"', a: { x: 0.5, y: 1 }, b: { x: 0.5, y: 0 }, countsIn: 'to-right' }),
  ...{ id: lineId, cameraId, version: 1 },
};
const nowMs = Date.parse('2026-11-30T00:10:00Z'); // 01:10 in Paris
const kept: LineQuarter[] = [
  { quarterMs: Date.parse('2026-11-29T22:45:00Z'), in: 7, out: 1, lookedMs: 900_000 },
  { quarterMs: Date.parse('2026-11-29T23:00:00Z'), in: 2, out: 0, lookedMs: 600_000 },
];

let rig: Awaited<ReturnType<typeof createRig>>;
beforeEach(async () => {
  const lines = createLineTallies({
    clock: { nowMs: () => nowMs, nowUs: () => nowMs * 1_000, monoMs: () => 0 },
    log: quietLog,
    store: {
      addLineCounts: () => undefined,
      lineCounts: (_, fromMs, toMs) => kept.filter((q) => q.quarterMs >= fromMs && q.quarterMs < toMs),
      removeLineCounts: () => undefined,
    },
    rules: { lines: (id) => (id === cameraId ? [line] : []) },
    zone: () => 'Europe/Paris',
  });
  rig = await createRig({ lines });
});
afterEach(() => rig.stop());

it('are told by hour and day of the site, as JSON and as CSV', async () => {
  const token = await rig.setup();
  const path = `/api/cameras/${cameraId}/lines/${lineId}/totals`;
  const told = await rig.call('GET', `${path}?days=2`, { token });
  expect(await told.json()).toMatchObject({
    ...{ lineId, zone: 'Europe/Paris' },
    days: [
      { day: '2026-11-29', hour: null, in: 7, out: 1 },
      { day: '2026-11-30', hour: null, in: 2, out: 0, lookedMs: 600_000 },
    ],
  });
  // `fetch` takes the byte order mark off.
  const hours = await (await rig.call('GET', `${path}.csv?days=2`, { token })).text();
  expect(hours.split('\r\n').slice(0, 1)).toEqual(['day,hour,from,to,in,out,minutes looked at']);
  expect(hours.split('\r\n').slice(24)).toEqual([
    '2026-11-29,23:00,2026-11-29T22:00:00.000Z,2026-11-29T23:00:00.000Z,7,1,15',
    '2026-11-30,00:00,2026-11-29T23:00:00.000Z,2026-11-30T00:00:00.000Z,2,0,10',
    '2026-11-30,01:00,2026-11-30T00:00:00.000Z,2026-11-30T00:15:00.000Z,0,0,0',
    '',
  ]);
  const days = await rig.call('GET', `${path}.csv?days=1&by=day`, { token });
  expect(days.headers.get('content-type')).toMatch(/^text\/csv/);
  expect(days.headers.get('content-disposition')).toContain("filename*=UTF-8''Shop%2C%20%22door%22.csv");
  expect((await days.text()).split('\r\n')[1]).toBe(
    '2026-11-30,,2026-11-29T23:00:00.000Z,2026-11-30T00:15:00.000Z,2,0,10',
  );
  const status = async (url: string): Promise<number> => (await rig.call('GET', url, { token })).status;
  expect(await status(`${path}?days=57`)).toBe(422);
  expect(await status(`${path}.csv?by=week`)).toBe(422);
  expect(await status(`/api/cameras/${cameraId}/lines/01HZZZZZZZZZZZZZZZZZZZZZZN/totals.csv`)).toBe(404);
  expect((await rig.call('GET', `${path}.csv`)).status).toBe(401);
});
