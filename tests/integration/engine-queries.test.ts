import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cameraRow } from '../support/camera-row.ts';
import { openEngine, tempFolder, until } from './engine-rig.ts';

let folder: ReturnType<typeof tempFolder>;
let rig: Awaited<ReturnType<typeof openEngine>>;
beforeEach(async () => {
  folder = tempFolder();
  rig = await openEngine(folder.path);
});
afterEach(async () => {
  await rig.close();
  folder.remove();
});

const t0 = Date.UTC(2026, 0, 1);

function addCamera(number: number) {
  return rig.store.camera.add(
    cameraRow({ number, name: `Camera ${number}`, folder: `camera-${number}`, enabled: false, createdMs: t0 }),
  );
}

describe('the query worker over 128,000 segments', () => {
  it('answers a day of 64 cameras and scrub lookups in time, and again after it crashed', async () => {
    const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 700 };
    const ids = Array.from({ length: 64 }, (_, i) => addCamera(i + 1).streamIds.main);
    rig.store.together(() => {
      for (const streamId of ids) {
        for (let i = 0; i < 2000; i++) {
          const startMs = t0 + i * 60_000;
          rig.store.segment.adopt({
            streamId,
            startMs,
            endMs: startMs + (i % 100 === 99 ? 30_000 : 60_000),
            bytes: 15e6,
            state: 'sealed',
            format,
          });
        }
      }
    });
    expect(rig.store.counts().segments).toBe(128_000);
    const day = () => rig.queries.coverage({ streamIds: ids, fromMs: t0, toMs: t0 + 86_400_000, grainMs: 0 });
    const rows = await day();
    expect(rows).toHaveLength(64);
    expect(rows.every((r) => r.spans.length === 15)).toBe(true);
    const took = async (n: number, work: () => Promise<unknown>): Promise<number> => {
      const all: number[] = [];
      for (let i = 0; i < n; i++) {
        const from = performance.now();
        await work();
        all.push(performance.now() - from);
      }
      return all.sort((a, b) => a - b)[n >> 1] ?? 0;
    };
    // Medians with room for a busy machine; docs/performance.md has the figures of a quiet one.
    expect(await took(40, day)).toBeLessThan(400);
    expect(await took(200, () => rig.queries.locate([ids[7] ?? (1 as never)], t0 + 5_555_555, 0))).toBeLessThan(100);

    const asked = day();
    await rig.queryThreads[0]?.kill();
    expect(await asked).toHaveLength(64);
    await until('restarted', () => rig.queries.restarts() === 1);
    expect(await day()).toEqual(rows);
    expect(rig.store.faults()).toEqual([]);
  });

  it('refuses what is too much at once, and never queues without end', async () => {
    const { streamIds } = addCamera(1);
    const many = await Promise.allSettled(Array.from({ length: 400 }, () => rig.queries.bounds([streamIds.main])));
    const refused = many.filter((m) => m.status === 'rejected');
    expect(refused).toHaveLength(400 - 256);
    expect(refused.every((m) => (m.reason as { code?: string }).code === 'UNAVAILABLE')).toBe(true);
  });
});
