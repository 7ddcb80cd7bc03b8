import { describe, expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { monthPage } from './calendar.tsx';
import type { Known } from './coverage.ts';
import { bandsIn, gapsIn, recordedIn, ticksIn, underMoment, type Filled } from './rows.ts';
import { createTimeZone } from '#domain/time-zone.ts';

const camera = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZ1');
const now = 1_800_000_000_000;

const known = (change: Partial<Known> = {}): Known => ({
  rows: new Map([
    [
      camera,
      {
        cameraId: camera,
        stream: 'main',
        spans: [
          [now - 100_000, now - 80_000],
          [now - 60_000, now - 1_000],
        ],
        gaps: [{ fromMs: now - 80_000, toMs: now - 60_000, cause: 'camera-lost' }],
        backFilled: [[now - 100_000, now - 90_000]],
        archived: [[now - 100_000, now - 95_000]],
      },
    ],
  ]),
  bands: [{ fromMs: now - 60_000, toMs: now - 1_000, count: 3 }],
  ticks: [{ kind: 'camera-lost', cameraId: camera, fromMs: now - 80_000, toMs: null, count: 1 }],
  askedMs: now,
  ...change,
});
const piece = (fromMs: number, toMs: number, k: Known | null): Filled => ({ fromMs, toMs, slot: null, known: k });

describe('rows', () => {
  it('clip to their piece, so that neighbours never draw the same time twice', () => {
    const k = known();
    const pieces = [piece(now - 90_000, now - 70_000, k), piece(now - 70_000, now, k)];
    expect([...recordedIn(pieces, camera, now, false)]).toEqual([
      [now - 90_000, now - 80_000],
      [now - 60_000, now - 1_000],
    ]);
    expect([...gapsIn(pieces, camera, now)].map((g) => [g.fromMs - now, g.toMs - now])).toEqual([
      [-80_000, -70_000],
      [-70_000, -60_000],
    ]);
    expect([...ticksIn(pieces, now)]).toHaveLength(1);
  });

  it('grow with the time at the edge while recording goes on, and only for a few seconds unasked', () => {
    const pieces = [piece(now - 100_000, now + 100_000, known())];
    const endAt = (at: number, recording: boolean) => [...recordedIn(pieces, camera, at, recording)].at(-1)?.[1];
    expect(endAt(now + 4_000, true)).toBe(now + 3_000);
    expect(endAt(now + 4_000, false)).toBe(now - 1_000);
    expect(endAt(now + 60_000, true)).toBe(now - 1_000);
    expect([...bandsIn(pieces, now + 4_000, true)].at(-1)?.toMs).toBe(now + 3_000);
  });

  it('let an open gap grow to now', () => {
    const open = known();
    const row = open.rows.get(camera);
    if (!row) throw new Error('no row');
    const gaps = [{ fromMs: now - 10_000, toMs: null, cause: 'no-data' as const }];
    const k = known({ rows: new Map([[camera, { ...row, spans: [], gaps }]]) });
    expect([...gapsIn([piece(now - 60_000, now + 60_000, k)], camera, now + 5_000)]).toEqual([
      { fromMs: now - 10_000, toMs: now + 5_000, cause: 'no-data', open: true },
    ]);
  });

  it('tell recorded, gap and unknown apart under the pointer', () => {
    const pieces = [piece(now - 200_000, now - 120_000, null), piece(now - 120_000, now, known())];
    expect(underMoment(pieces, camera, now - 150_000, now, false)).toBeNull();
    expect(underMoment(pieces, camera, now - 90_000, now, false)).toEqual({
      recorded: true,
      backFilled: false,
      archived: false,
      gap: null,
    });
    expect(underMoment(pieces, camera, now - 95_000, now, false)).toMatchObject({ backFilled: true, archived: false });
    expect(underMoment(pieces, camera, now - 97_000, now, false)).toMatchObject({ recorded: true, archived: true });
    expect(underMoment(pieces, camera, now - 70_000, now, false)).toMatchObject({
      recorded: false,
      gap: { cause: 'camera-lost' },
    });
    expect(underMoment(pieces, camera, now - 110_000, now, false)).toEqual({
      recorded: false,
      backFilled: false,
      archived: false,
      gap: null,
    });
  });
});

describe('calendar page', () => {
  it('starts on a Monday and has every day once, also when the clocks change', () => {
    const paris = createTimeZone('Europe/Paris');
    for (const month of [3, 10, 11]) {
      const days = monthPage(paris, paris.at({ year: 2026, month, day: 15 }));
      expect(days).toHaveLength(43);
      const first = paris.wall(days[0] ?? 0);
      expect(new Date(Date.UTC(first.year, first.month - 1, first.day)).getUTCDay()).toBe(1);
      for (let i = 1; i < days.length; i++) expect(days[i]).toBe(paris.addDays(days[i - 1] ?? 0, 1));
      expect(
        days
          .map((d) => paris.wall(d))
          .filter((w) => w.month === month)
          .map((w) => w.day),
      ).toEqual(Array.from({ length: new Date(Date.UTC(2026, month, 0)).getUTCDate() }, (_, i) => i + 1));
    }
  });
});
