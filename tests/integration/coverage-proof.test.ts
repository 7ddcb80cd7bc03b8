/** How much of what should have been recorded was: from the index's own rows, over the query worker, to the files of the report. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordedShare } from '#domain/coverage-proof.ts';
import { recordAlways } from '#domain/recording-plan.ts';
import type { SegmentRow } from '../../src/main/engine/index-port.ts';
import { openEngine, tempFolder } from './engine-rig.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
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

async function camera(name: string) {
  const { id } = await rig.engine.cameras.add({
    name,
    enabled: false,
    main: { url: 'rtsp://127.0.0.1:9/none', transport: 'tcp', plan: recordAlways },
    sub: null,
    username: null,
    password: null,
  });
  return { id, streamId: rig.engine.cameras.streamId(id, 'main')! };
}

it('tells of each hour what was recorded, what is gone since, and what is missing why', async () => {
  const { engine, store } = rig;
  const { id, streamId } = await camera('Gate');
  await camera('Never wanted');
  const t0 = Math.floor(Date.now() / hourMs) * hourMs - 5 * hourMs;
  const format: SegmentRow['format'] = { codecs: 'avc1.640028', width: 640, height: 360, initBytes: 800 };
  const segment = (startMs: number, endMs: number): void => {
    store.segment.adopt({ streamId, startMs, endMs, bytes: 1000, state: 'sealed', format });
  };
  store.wanted.add(streamId, t0, t0 + 3 * hourMs);
  segment(t0, t0 + hourMs);
  segment(t0 + hourMs, t0 + hourMs + 50 * minuteMs);
  store.gap.add({ streamId, fromMs: t0 + hourMs + 50 * minuteMs, toMs: t0 + 2 * hourMs, cause: 'camera-lost' });
  segment(t0 + 2 * hourMs, t0 + 2 * hourMs + 30 * minuteMs);

  const edgesMs = [0, 1, 2, 3, 4].map((n) => t0 + n * hourMs);
  const proof = await engine.coverage.prove({ edgesMs, cameraId: [] });
  expect(proof.cameras.map((c) => c.name)).toEqual(['Gate']);
  const [gate] = proof.cameras;
  expect(gate?.parts.map(recordedShare)).toEqual([1, 5 / 6, 0.5, null]);
  expect(gate?.total).toEqual({
    wantedMs: 3 * hourMs,
    keptMs: 140 * minuteMs,
    deletedMs: 0,
    gapMs: 10 * minuteMs,
    unexplainedMs: 30 * minuteMs,
  });
  const { missing } = await engine.coverage.missing({ id, fromMs: t0, toMs: t0 + 4 * hourMs });
  expect(missing.map((m) => [m.cause, m.toMs - m.fromMs])).toEqual([
    ['camera-lost', 10 * minuteMs],
    ['unexplained', 30 * minuteMs],
  ]);

  const ask = {
    fromMs: t0,
    toMs: t0 + 4 * hourMs,
    cameraId: [],
    zone: 'Europe/Lisbon',
    language: 'pt',
    by: 'ada',
  } as const;
  const csv = Buffer.from(await engine.coverage.report('csv', { ...ask, cameraId: [] })).toString('utf8');
  expect(csv.split('\r\n')[1]).toContain(',10800.000,77.778,8400.000,0.000,2400.000,');
  const pdf = Buffer.from(await engine.coverage.report('pdf', { ...ask, cameraId: [] }));
  expect(pdf.subarray(0, 5).toString('latin1')).toBe('%PDF-');
});

it('refuses a span that is none', async () => {
  const { coverage } = rig.engine;
  await expect(coverage.prove({ edgesMs: [10, 10], cameraId: [] })).rejects.toMatchObject({ code: 'INVALID' });
  await expect(coverage.prove({ edgesMs: [0, 500 * 24 * hourMs], cameraId: [] })).rejects.toMatchObject({
    code: 'INVALID',
  });
});
