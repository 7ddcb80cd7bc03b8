/** How a recorder begins its segments: how long each lasts, and what becomes of pictures while a file is being made. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { readerOf, scanFragments } from '#media/mp4/scan.ts';
import { tempVolume } from '../../../../tests/support/volume.ts';
import type { IngestReport } from '../port.ts';
import { createRecordDisk } from './disk.ts';
import type { Recorder, RecorderOptions } from './recorder-port.ts';
import { createRecorder } from './recorder.ts';

const t0 = Date.UTC(2026, 10, 22, 14, 3, 12, 345);
const stepMs = 50;
let root: string;
let remove: () => void;
let reports: IngestReport[];
let monoMs: number;
beforeEach(() => {
  ({ path: root, remove } = tempVolume());
  reports = [];
  monoMs = 0;
});
afterEach(() => remove());

function make(more: Partial<RecorderOptions>): Recorder {
  const recorder = createRecorder({
    ...{ streamId: StreamId.parse(7), kind: 'main', notBeforeMs: 0, maxPendingBytes: 1 << 20 },
    target: { volume: 1, root, folder: 'gate' },
    clock: { nowMs: () => t0, nowUs: () => t0 * 1000, monoMs: () => monoMs },
    disk: createRecordDisk(),
    report: (r) => reports.push(r),
    ...more,
  });
  recorder.format(mjpegTrack(640, 360), null);
  return recorder;
}

/** Pictures of `ms`, each `stepMs`, a key picture every `gopMs`; the clock goes along. Returns how many. */
function feed(recorder: Recorder, fromMs: number, ms: number, gopMs: number): number {
  for (let at = 0; at < ms; at += stepMs) {
    const timeUs = (fromMs + at) * 1000;
    const unit: AccessUnit = {
      ...{ track: 'video', key: at % gopMs === 0, ptsUs: timeUs, dtsUs: timeUs },
      ...{ data: [new Uint8Array(100).fill(at / stepMs)], bytes: 100 },
    };
    recorder.unit(unit, timeUs);
    monoMs += stepMs;
  }
  return ms / stepMs;
}
const sealed = () => reports.flatMap((r) => (r.op === 'sealed' ? [[r.startMs - t0, r.endMs - t0]] : []));

it('makes a segment that continues none as long as it is told, and those after it a minute', async () => {
  const recorder = make({ firstMs: 20_000 });
  feed(recorder, t0, 100_000, 2_500);
  recorder.interrupt();
  feed(recorder, t0 + 110_000, 30_000, 2_500);
  await recorder.stop();
  expect(sealed()).toEqual([
    [0, 20_000],
    [20_000, 80_000],
    [80_000, 100_000],
    [110_000, 130_000],
    [130_000, 140_000],
  ]);
});

it('begins anew with a segment of that length where it is told to go on at another place', async () => {
  const other = tempVolume();
  const recorder = make({ firstMs: 20_000 });
  feed(recorder, t0, 30_000, 2_500);
  recorder.retarget({ volume: 2, root: other.path, folder: 'gate' }, 'key');
  feed(recorder, t0 + 30_000, 30_000, 2_500);
  await recorder.stop();
  expect(sealed()).toEqual([
    [0, 20_000],
    [20_000, 30_000],
    [30_000, 50_000],
    [50_000, 60_000],
  ]);
  other.remove();
});

it('holds what comes while a file is being made, loses none of it, and says what it waits for', async () => {
  const real = createRecordDisk();
  const asked = Promise.withResolvers<null>();
  const made = Promise.withResolvers<null>();
  const written = Promise.withResolvers<null>();
  let heldMs = 0;
  const recorder = make({
    heldSince: () => heldMs,
    disk: {
      ...real,
      async create(...of) {
        asked.resolve(null);
        await made.promise;
        const file = await real.create(...of);
        return {
          ...file,
          async append(...what) {
            await written.promise;
            await file.append(...what);
          },
        };
      },
    },
  });
  const pictures = feed(recorder, t0, 8_000, 1_000);
  await asked.promise;
  expect(recorder.lagMs()).toBeGreaterThan(6_000);
  // All but a second of it the thread was held.
  heldMs = recorder.lagMs() - 1_000;
  expect(recorder.lagMs()).toBe(1_000);
  heldMs = 0;
  expect(recorder.opening()).toBe(true);
  made.resolve(null);
  await expect.poll(() => reports.map((r) => r.op)).toEqual(['opened']);
  // It has waited so long because of the file, not because of this write.
  expect([recorder.opening(), recorder.lagMs() > 6_000]).toEqual([true, true]);
  written.resolve(null);
  await expect.poll(() => recorder.lagMs()).toBe(0);
  expect(recorder.opening()).toBe(false);
  await recorder.stop();
  expect(reports.filter((r) => r.op === 'uncovered')).toEqual([]);
  const bytes = new Uint8Array(await readFile(join(root, segmentPath('gate', 'main', t0))));
  const init = parseInit(bytes);
  const { fragments } = await scanFragments(readerOf(bytes), bytes.length, init);
  const units = fragments.flatMap((f) => parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init).units);
  expect(units.map((u) => u.ptsUs / 1000 - t0)).toEqual(Array.from({ length: pictures }, (_, i) => i * stepMs));
});
