import { mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import type { Clock } from '#lib/clock.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { readerOf, scanFragments } from '#media/mp4/scan.ts';
import { markVolume, tempVolume } from '../../../../tests/support/volume.ts';
import type { IngestReport, RecordTarget } from '../port.ts';
import { createRecordDisk, type RecordDisk } from './disk.ts';
import type { Recorder } from './recorder-port.ts';
import { createRecorder } from './recorder.ts';

const streamId = StreamId.parse(7);
const t0 = Date.UTC(2026, 10, 22, 14, 3, 12, 345);
const track = mjpegTrack(640, 360);

let home: string;
let remove: () => void;
let first: RecordTarget;
let second: RecordTarget;
let reports: IngestReport[];
let monoMs: number;

beforeEach(async () => {
  ({ path: home, remove } = tempVolume());
  for (const name of ['a', 'b']) {
    await mkdir(join(home, name));
    markVolume(join(home, name));
  }
  first = { volume: 2, root: join(home, 'a'), folder: 'gate' };
  second = { volume: 3, root: join(home, 'b'), folder: 'gate' };
  reports = [];
  monoMs = 0;
});
afterEach(() => remove());

const clock: Clock = { nowMs: () => t0, nowUs: () => t0 * 1000, monoMs: () => monoMs };
const make = (disk: RecordDisk = createRecordDisk()): Recorder => {
  const recorder = createRecorder({
    streamId,
    kind: 'main',
    target: first,
    notBeforeMs: 0,
    maxPendingBytes: 1 << 20,
    clock,
    disk,
    report: (r) => reports.push(r),
  });
  recorder.format(track, null);
  return recorder;
};
/** Twenty pictures a second, a key frame each second, or as said. */
function feed(recorder: Recorder, fromMs: number, ms: number, keyEveryMs = 1000): void {
  for (let at = 0; at < ms; at += 50) {
    const us = (t0 + fromMs + at) * 1000;
    const unit: AccessUnit = {
      track: 'video',
      key: (fromMs + at) % keyEveryMs === 0,
      ptsUs: us,
      dtsUs: us,
      data: [new Uint8Array(100).fill(at)],
      bytes: 100,
    };
    recorder.unit(unit, us);
    monoMs += 50;
  }
}
const of = <O extends IngestReport['op']>(op: O): Extract<IngestReport, { op: O }>[] =>
  reports.filter((r): r is Extract<IngestReport, { op: O }> => r.op === op);
/** Up to when all is durable. */
const durableMs = (): number => (of('grew').at(-1)?.segments[0]?.endMs ?? t0) - t0;
const places = () => of('opened').map((o) => [o.volume, o.startMs - t0]);
const pictures = async (target: RecordTarget, startMs: number): Promise<number> => {
  const bytes = new Uint8Array(await readFile(join(target.root, segmentPath('gate', 'main', t0 + startMs))));
  const init = parseInit(bytes);
  const { fragments } = await scanFragments(readerOf(bytes), bytes.length, init);
  const units = fragments.map((f) => parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init).units.length);
  return units.reduce((sum, n) => sum + n, 0);
};

describe('a stream that goes on on another volume', () => {
  it('in order: with its next segment, and no picture is missing', async () => {
    const recorder = make();
    feed(recorder, 0, 10_000);
    recorder.retarget(second, 'turn');
    feed(recorder, 10_000, 70_000);
    await recorder.stop();
    expect(places()).toEqual([
      [2, 0],
      [3, 60_000],
    ]);
    expect(of('sealed').map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([
      [0, 60_000],
      [60_000, 80_000],
    ]);
    expect(of('uncovered')).toEqual([]);
  });

  it('from one that is gone: at the next key frame, and no picture is missing as long as the old one writes', async () => {
    const recorder = make();
    feed(recorder, 0, 10_500);
    recorder.retarget(second, 'key');
    feed(recorder, 10_500, 5000);
    await recorder.stop();
    expect(places()).toEqual([
      [2, 0],
      [3, 11_000],
    ]);
    expect(of('sealed')[0]?.endMs).toBe(t0 + 11_000);
    expect(of('uncovered')).toEqual([]);
  });

  it('from one that refuses: what waited in memory goes with it, behind what it cannot be decoded without', async () => {
    const real = createRecordDisk();
    let refuse = false;
    const disk: RecordDisk = {
      ...real,
      async create(...asked) {
        if (refuse && asked[0] === first.root) throw Object.assign(new Error('EIO'), { code: 'EIO' });
        const file = await real.create(...asked);
        return {
          ...file,
          append: (...given) =>
            refuse && asked[0] === first.root
              ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
              : file.append(...given),
        };
      },
    };
    const recorder = make(disk);
    feed(recorder, 0, 3000);
    await expect.poll(durableMs).toBeGreaterThan(2000);
    const goesOnMs = durableMs();
    refuse = true;
    feed(recorder, 3000, 1000);
    await expect.poll(() => of('disk').length).toBe(1);
    expect(of('disk')[0]).toMatchObject({ volume: 2, code: 'EIO' });
    recorder.retarget(second, 'key');
    feed(recorder, 4000, 2000);
    await recorder.stop();
    expect(places()).toEqual([
      [2, 0],
      [3, goesOnMs],
    ]);
    expect(of('disk').at(-1)).toMatchObject({ code: null });
    expect(of('uncovered').map((u) => u.cause)).toEqual(['disk-error']);
  });

  /** A disk whose first volume hangs while `hang` is set; what hung is written, or refused, when it is answered. */
  function hangingDisk() {
    const real = createRecordDisk();
    const state = { hang: null as Promise<void> | null, hanging: 0 };
    const disk: RecordDisk = {
      ...real,
      async create(...asked) {
        const wait = async (): Promise<void> => {
          if (asked[0] !== first.root || state.hang === null) return;
          state.hanging += 1;
          await state.hang;
        };
        await wait();
        const file = await real.create(...asked);
        return {
          ...file,
          async append(...given) {
            await wait();
            await file.append(...given);
          },
        };
      },
    };
    return { disk, state };
  }
  const letGo = () => of('let-go').map((l) => l.startMs - t0);

  it.each([true, false])(
    'from one that does not answer: what waits in memory goes with it, and is nowhere twice (written after all: %s)',
    async (written) => {
      const { disk, state } = hangingDisk();
      const recorder = make(disk);
      feed(recorder, 0, 3000);
      await expect.poll(durableMs).toBeGreaterThan(2000);
      const goesOnMs = durableMs();
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      promise.catch(() => undefined);
      state.hang = promise;
      feed(recorder, 3000, 1500);
      await expect.poll(() => state.hanging).toBe(1);
      feed(recorder, 4500, 4000);
      recorder.retarget(second, 'now');
      expect(of('left')).toEqual([{ op: 'left', streamId, startMs: t0 }]);
      feed(recorder, 8500, 3000);
      await expect
        .poll(() => places())
        .toEqual([
          [2, 0],
          [3, goesOnMs],
        ]);
      expect(of('uncovered')).toEqual([]);
      const said = reports.length;
      expect(letGo()).toEqual([]);
      if (written) resolve(undefined);
      else reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
      await expect.poll(letGo).toEqual([0]);
      await recorder.stop();
      expect(reports.slice(said).filter((r) => 'startMs' in r && r.startMs === t0 && r.op !== 'let-go')).toEqual([]);
      expect(of('sealed').map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([[goesOnMs, 11_500]]);
      expect(await pictures(first, 0)).toBe(goesOnMs / 50);
      expect(await pictures(second, goesOnMs)).toBe((11_500 - 2000) / 50);
    },
  );

  it('from one that does not answer, with rare key frames: what no other place can begin with goes there behind its group of pictures', async () => {
    const { disk, state } = hangingDisk();
    const recorder = make(disk);
    feed(recorder, 0, 1500, 4000);
    await expect.poll(durableMs).toBeGreaterThan(0);
    const goesOnMs = durableMs();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    state.hang = promise;
    feed(recorder, 1500, 1000, 4000);
    await expect.poll(() => state.hanging).toBe(1);
    feed(recorder, 2500, 3500, 4000);
    recorder.retarget(second, 'now');
    feed(recorder, 6000, 1000, 4000);
    await expect.poll(places).toEqual([
      [2, 0],
      [3, goesOnMs],
    ]);
    expect(of('uncovered')).toEqual([]);
    resolve(undefined);
    await expect.poll(letGo).toEqual([0]);
    await recorder.stop();
    expect(await pictures(first, 0)).toBe(goesOnMs / 50);
    expect(await pictures(second, goesOnMs)).toBe(140);
  });

  it('from one that does not answer, while the next segment was begun there: all that waits is one segment, under its own time', async () => {
    const { disk, state } = hangingDisk();
    const recorder = make(disk);
    feed(recorder, 0, 58_000);
    await expect.poll(durableMs).toBeGreaterThan(57_000);
    const goesOnMs = durableMs();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    state.hang = promise;
    feed(recorder, 58_000, 1000);
    await expect.poll(() => state.hanging).toBe(1);
    feed(recorder, 59_000, 3000);
    recorder.retarget(second, 'now');
    feed(recorder, 62_000, 1000);
    await expect.poll(() => of('opened').length).toBe(2);
    resolve(undefined);
    await expect.poll(letGo).toEqual([0]);
    await recorder.stop();
    const [, moved] = places();
    expect(moved).toEqual([3, goesOnMs]);
    expect(of('sealed').map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([[goesOnMs, 63_000]]);
    expect(await pictures(first, 0)).toBe(goesOnMs / 50);
    expect(await pictures(second, goesOnMs)).toBe(6 * 20);
    expect(await readdir(join(first.root, 'gate', '2026-11-22', '14'))).toHaveLength(1);
  });

  it('from one that does not answer any more while it goes in order: what waits behind the end of the old segment waits no longer', async () => {
    const { disk, state } = hangingDisk();
    const recorder = make(disk);
    feed(recorder, 0, 59_000);
    await expect.poll(durableMs).toBeGreaterThan(58_000);
    const goesOnMs = durableMs();
    recorder.retarget(second, 'turn');
    const { promise, resolve } = Promise.withResolvers<undefined>();
    state.hang = promise;
    feed(recorder, 59_000, 1000);
    await expect.poll(() => state.hanging).toBe(1);
    feed(recorder, 60_000, 2000);
    expect(places()).toEqual([[2, 0]]);
    recorder.retarget(second, 'now');
    feed(recorder, 62_000, 1000);
    await expect.poll(places).toEqual([
      [2, 0],
      [3, goesOnMs],
    ]);
    // Nothing lies elsewhere any more: there is nothing to leave.
    recorder.retarget(second, 'now');
    feed(recorder, 63_000, 1000);
    resolve(undefined);
    await expect.poll(letGo).toEqual([0]);
    await recorder.stop();
    expect(of('left')).toHaveLength(1);
    expect(of('sealed').map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([[goesOnMs, 64_000]]);
    expect(await pictures(first, 0)).toBe(goesOnMs / 50);
    expect(await pictures(second, goesOnMs)).toBe(6 * 20);
  });

  it('from one that does not answer while a segment is made: it begins elsewhere, and nothing is left of it', async () => {
    const { disk, state } = hangingDisk();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    state.hang = promise;
    const recorder = make(disk);
    feed(recorder, 0, 5000);
    await expect.poll(() => state.hanging).toBe(1);
    recorder.retarget(second, 'now');
    feed(recorder, 5000, 1000);
    await expect.poll(places).toEqual([[3, 0]]);
    resolve(undefined);
    await expect.poll(() => readdir(join(first.root, 'gate', '2026-11-22', '14'))).toEqual([]);
    await recorder.stop();
    expect([of('left'), of('let-go'), of('uncovered')]).toEqual([[], [], []]);
    expect(await pictures(second, 0)).toBe(120);
  });

  it('from one that does not answer while pictures are dropped: what came before goes with it, and the rest is told as missing', async () => {
    const { disk, state } = hangingDisk();
    const recorder = make(disk);
    feed(recorder, 0, 3000);
    await expect.poll(durableMs).toBeGreaterThan(2000);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    state.hang = promise;
    feed(recorder, 3000, 2500);
    await expect.poll(() => state.hanging).toBe(1);
    recorder.giveWay(true);
    feed(recorder, 5500, 1000);
    recorder.retarget(second, 'now');
    recorder.giveWay(false);
    feed(recorder, 6500, 2500);
    resolve(undefined);
    await expect.poll(letGo).toEqual([0]);
    await recorder.stop();
    const [moved, after] = of('sealed').map((s) => [s.startMs - t0, s.endMs - t0]);
    expect([moved?.[1], after]).toEqual([5500, [7000, 9000]]);
    expect(of('uncovered').at(-1)).toMatchObject({ fromMs: t0 + 5500, cause: 'disk-slow' });
    expect(await pictures(second, moved?.[0] ?? 0)).toBe((5500 - 2000) / 50);
    expect(await pictures(first, 0)).toBe((moved?.[0] ?? 0) / 50);
  });
});

describe('sync policies', () => {
  it.each(['timed', 'closed'] as const)(
    '%s: what is sealed is the same file, made durable before it is told',
    async (sync) => {
      const real = createRecordDisk();
      const calls: string[] = [];
      const disk: RecordDisk = {
        ...real,
        async create(...asked) {
          const file = await real.create(...asked);
          const { sync: settle } = file;
          return {
            ...file,
            sync:
              settle === null
                ? null
                : async () => {
                    await settle();
                    calls.push('sync');
                  },
          };
        },
      };
      const recorder = createRecorder({
        streamId,
        kind: 'main',
        target: { ...first, sync },
        notBeforeMs: 0,
        maxPendingBytes: 1 << 20,
        clock,
        disk,
        report: (r) => {
          reports.push(r);
          if (r.op === 'sealed') calls.push('sealed');
        },
      });
      recorder.format(track, null);
      feed(recorder, 0, 5000);
      await recorder.stop();
      expect(calls).toEqual(['sync', 'sealed']);
      expect(await pictures(first, 0)).toBe(100);
    },
  );
});
