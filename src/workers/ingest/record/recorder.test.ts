import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import type { Clock } from '#lib/clock.ts';
import { unitBytes } from '#media/access-unit.ts';
import { g711Track } from '#media/audio-track.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { readKeyIndex, readerOf, scanFragments } from '#media/mp4/scan.ts';
import { markVolume, tempVolume } from '../../../../tests/support/volume.ts';
import type { IngestReport } from '../port.ts';
import { createRecordDisk, type RecordDisk } from './disk.ts';
import type { Recorder, RecorderOptions } from './recorder-port.ts';
import { createRecorder } from './recorder.ts';

const streamId = StreamId.parse(7);
const t0 = Date.UTC(2026, 10, 22, 14, 3, 12, 345);
const track = mjpegTrack(640, 360);
const bigTrack = mjpegTrack(1280, 720);

let root: string;
let remove: () => void;
let reports: IngestReport[];
let monoMs: number;
let clock: Clock;

beforeEach(() => {
  ({ path: root, remove } = tempVolume());
  reports = [];
  monoMs = 0;
  clock = { nowMs: () => t0, nowUs: () => t0 * 1000, monoMs: () => monoMs };
});
afterEach(() => remove());

function make(more: Partial<RecorderOptions> = {}): Recorder {
  return createRecorder({
    streamId,
    kind: 'main',
    target: { volume: 1, root, folder: 'gate' },
    notBeforeMs: 0,
    maxPendingBytes: 1 << 20,
    clock,
    disk: createRecordDisk(),
    report: (r) => reports.push(r),
    ...more,
  });
}

let serial = 0;
function unit(atMs: number, key: boolean, more: Partial<AccessUnit> = {}): AccessUnit {
  serial += 1;
  const data = [Uint8Array.from([serial & 255, serial >> 8]), new Uint8Array(98).fill(serial)];
  return { track: 'video', key, ptsUs: atMs * 1000, dtsUs: atMs * 1000, data, bytes: 100, ...more };
}

/** Feeds pictures of `fps` from `fromMs` for `ms`, a key every `gopMs`; the monotonic clock goes along. Returns them. */
function feed(recorder: Recorder, fromMs: number, ms: number, gopMs: number, stepMs = 50): AccessUnit[] {
  const out: AccessUnit[] = [];
  for (let at = 0; at < ms; at += stepMs) {
    const u = unit(fromMs + at, at % gopMs === 0);
    recorder.unit(u, u.ptsUs);
    out.push(u);
    monoMs += stepMs;
  }
  return out;
}

const ops = (): string[] => reports.filter((r) => r.op !== 'grew' && r.op !== 'log').map((r) => r.op);
const of = <O extends IngestReport['op']>(op: O): Extract<IngestReport, { op: O }>[] =>
  reports.filter((r): r is Extract<IngestReport, { op: O }> => r.op === op);

async function read(
  startMs: number,
): Promise<{ units: AccessUnit[]; keys: number | null; rest: string; size: number }> {
  const bytes = new Uint8Array(await readFile(join(root, segmentPath('gate', 'main', startMs))));
  const init = parseInit(bytes);
  const scan = await scanFragments(readerOf(bytes), bytes.length, init);
  const keys = await readKeyIndex(readerOf(bytes), bytes.length, init);
  const units = scan.fragments.flatMap((f) => parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init).units);
  return { units, keys: keys?.length ?? null, rest: scan.rest, size: bytes.length };
}

const flat = (units: AccessUnit[]) =>
  units.map((u) => ({ key: u.key, ptsUs: u.ptsUs, data: Array.from(unitBytes(u)) }));

const hashOnDisk = async (startMs: number, kind: 'main' | 'sub' = 'main'): Promise<string> =>
  createHash('sha256')
    .update(await readFile(join(root, segmentPath('gate', kind, startMs))))
    .digest('hex');

describe('recorder', () => {
  it.each(['main', 'sub'] as const)('tells the hash of each %s file as it is on disk', async (kind) => {
    const recorder = make({ kind });
    recorder.format(track, null);
    feed(recorder, t0, 130_000, 2500);
    await recorder.stop();
    expect(of('sealed')).toHaveLength(3);
    for (const { startMs, sha256 } of of('sealed')) expect(sha256).toBe(await hashOnDisk(startMs, kind));
  });

  it('writes what it was given, in segments that meet, closed at the first key frame after 60 s', async () => {
    const recorder = make();
    recorder.format(track, null);
    const units = feed(recorder, t0, 130_000, 2500);
    await recorder.stop();
    const sealed = of('sealed');
    expect(sealed.map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([
      [0, 60_000],
      [60_000, 120_000],
      [120_000, 130_000],
    ]);
    const back = [];
    for (const s of sealed) {
      const file = await read(s.startMs);
      expect(file.size).toBe(s.bytes);
      expect(file.rest).toBe('index');
      back.push(...file.units);
    }
    expect(flat(back)).toEqual(flat(units));
    expect((await read(t0)).keys).toBe(24);
    expect(ops()).toEqual(['opened', 'sealed', 'opened', 'sealed', 'opened', 'sealed']);
    const opened = of('opened')[0];
    expect(opened?.format).toEqual({
      codecs: 'mp4v.6C',
      width: 640,
      height: 360,
      initBytes: parseInit(new Uint8Array(await readFile(join(root, segmentPath('gate', 'main', t0))))).bytes,
    });
    // What grows only grows, and never says more than is on disk.
    let last = { startMs: 0, endMs: 0, bytes: 0 };
    for (const g of of('grew').flatMap((r) => r.segments)) {
      if (g.startMs === last.startMs) expect(g.bytes).toBeGreaterThan(last.bytes);
      expect(g.endMs).toBeGreaterThan(last.endMs);
      last = g;
    }
  });

  it('cuts a fragment before its oldest sample has waited 900 ms, and at every key frame', async () => {
    const recorder = make();
    recorder.format(track, null);
    feed(recorder, t0, 4000, 2000);
    await recorder.stop();
    const bytes = new Uint8Array(await readFile(join(root, segmentPath('gate', 'main', t0))));
    const init = parseInit(bytes);
    const { fragments } = await scanFragments(readerOf(bytes), bytes.length, init);
    expect(fragments.map((f) => [f.startUs / 1000 - t0, f.durationUs / 1000, f.key])).toEqual([
      [0, 700, true],
      [700, 700, false],
      [1400, 600, false],
      [2000, 100, true],
      [2100, 700, false],
      [2800, 700, false],
      [3500, 500, false],
    ]);
  });

  it('writes the end of one group of pictures and the beginning of the next at once, in time for the older', async () => {
    const disk = createRecordDisk();
    const writes: number[] = [];
    let written = 0;
    const recorder = make({
      disk: {
        ...disk,
        async create(...given) {
          const file = await disk.create(...given);
          return {
            ...file,
            async append(pieces, bytes, position) {
              writes.push(monoMs);
              await file.append(pieces, bytes, position);
              written++;
            },
          };
        },
      },
    });
    recorder.format(track, null);
    for (let at = 0; at < 4000; at += 50) {
      recorder.unit(unit(t0 + at, at % 400 === 0), 0);
      monoMs += 50;
      recorder.tick();
      await vi.waitFor(() => expect(written).toBe(Math.floor(monoMs / 500)));
    }
    await recorder.stop();
    // ten groups; writes every 500 ms, and the index at the end
    expect(writes).toEqual([500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4000]);
    expect((await read(t0)).keys).toBe(10);
    expect((await read(t0)).units).toHaveLength(80);
  });

  it('writes what waits when nothing new comes', async () => {
    const recorder = make();
    recorder.format(track, null);
    feed(recorder, t0, 100, 1000);
    recorder.tick();
    monoMs += 700;
    recorder.tick();
    await expect.poll(() => of('grew').at(-1)?.segments[0]?.endMs).toBe(t0 + 100);
    await recorder.stop();
  });

  it('starts only at a key frame and puts what is whole into the segment that it interrupts', async () => {
    const recorder = make();
    recorder.format(track, null);
    recorder.unit(unit(t0 - 50, false), 0);
    const first = feed(recorder, t0, 1000, 1000);
    recorder.interrupt();
    recorder.unit(unit(t0 + 3000, false), 0);
    const second = feed(recorder, t0 + 4000, 1000, 1000);
    await recorder.stop();
    expect(of('sealed').map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([
      [0, 1000],
      [4000, 5000],
    ]);
    expect(flat((await read(t0)).units)).toEqual(flat(first));
    expect(flat((await read(t0 + 4000)).units)).toEqual(flat(second));
  });

  it('takes a change of format into a new segment that meets the old one', async () => {
    const recorder = make();
    recorder.format(track, null);
    feed(recorder, t0, 1000, 1000);
    recorder.format(track, null); // the same again changes nothing
    feed(recorder, t0 + 1000, 1000, 1000);
    recorder.format(bigTrack, null);
    feed(recorder, t0 + 2003, 1000, 1000);
    await recorder.stop();
    expect(of('opened').map((o) => [o.startMs - t0, o.format.width])).toEqual([
      [0, 640],
      [2003, 1280],
    ]);
    expect(of('sealed').map((s) => s.endMs - t0)).toEqual([2003, 3003]);
  });

  it('without key frames goes on in a new segment after 300 s, and loses nothing', async () => {
    const recorder = make();
    recorder.format(track, null);
    const units = feed(recorder, t0, 310_000, 1_000_000, 250);
    await recorder.stop();
    expect(of('sealed').map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([
      [0, 300_000],
      [300_000, 310_000],
    ]);
    expect(flat([...(await read(t0)).units, ...(await read(t0 + 300_000)).units])).toEqual(flat(units));
  });

  it('keeps sound beside the picture', async () => {
    const recorder = make();
    recorder.format(track, g711Track('pcma'));
    const sound = (at: number): AccessUnit => unit(at, true, { track: 'audio' });
    recorder.unit(sound(t0 - 20), 0); // before the first picture: there is no segment yet
    const given: AccessUnit[] = [];
    for (let at = 0; at < 3000; at += 20) {
      const units = at % 40 === 0 ? [unit(t0 + at, at % 1000 === 0), sound(t0 + at)] : [sound(t0 + at)];
      for (const u of units) recorder.unit(u, 0);
      given.push(...units);
      monoMs += 20;
    }
    await recorder.stop();
    const back = (await read(t0)).units;
    for (const kind of ['video', 'audio'])
      expect(flat(back.filter((u) => u.track === kind))).toEqual(flat(given.filter((u) => u.track === kind)));
    expect(of('opened')[0]?.format.codecs).toBe('mp4v.6C,alaw');
  });

  it('waits for the sound that belongs to the end of a segment', async () => {
    const recorder = make();
    recorder.format(track, g711Track('pcmu'));
    const given: AccessUnit[] = [];
    const give = (u: AccessUnit): void => {
      recorder.unit(u, 0);
      given.push(u);
    };
    // Sound comes 60 ms after the picture of the same moment.
    for (let at = 0; at < 62_000; at += 20) {
      if (at % 40 === 0) give(unit(t0 + at, at % 2000 === 0));
      if (at >= 60) give(unit(t0 + at - 60, true, { track: 'audio' }));
      monoMs += 20;
      recorder.tick();
    }
    await recorder.stop();
    const [first, second] = [await read(t0), await read(t0 + 60_000)];
    const sound = (units: AccessUnit[]) => flat(units.filter((u) => u.track === 'audio'));
    expect(sound([...first.units, ...second.units])).toEqual(sound(given));
    expect(sound(second.units)[0]?.ptsUs).toBe((t0 + 60_000) * 1000);
    expect(of('sealed').map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([
      [0, 60_000],
      [60_000, 62_000],
    ]);
    expect(ops()).toEqual(['opened', 'sealed', 'opened', 'sealed']);
  });

  it('moves what begins a little before the end of what is there behind it, and gives the time back', async () => {
    const recorder = make({ notBeforeMs: t0 + 1500 });
    recorder.format(track, null);
    const given = feed(recorder, t0, 130_000, 1000);
    await recorder.stop();
    const spans = of('sealed').map((s) => [s.startMs - t0, s.endMs - t0] as const);
    expect(spans[0]?.[0]).toBe(1500);
    for (const [i, [from]] of spans.entries()) if (i > 0) expect(from).toBe(spans[i - 1]?.[1]);
    const written = [];
    for (const { startMs } of of('sealed')) written.push(...(await read(startMs)).units);
    expect(written.map((u) => unitBytes(u))).toEqual(given.map((u) => unitBytes(u)));
    // 20 ms a second: right again after 75 s, and never backwards.
    const late = written.map((u, i) => u.ptsUs - (given[i]?.ptsUs ?? 0));
    expect(late[0]).toBe(1_500_000);
    for (const [i, by] of late.entries()) if (i > 0) expect(by).toBeLessThanOrEqual(late[i - 1] ?? 0);
    for (const [i, u] of written.entries()) if (i > 0) expect(u.ptsUs).toBeGreaterThan(written[i - 1]?.ptsUs ?? 0);
    expect(late.at(-1)).toBe(0);
  });

  it('records time once more that a clock which was ahead went through, beside what is there', async () => {
    const ahead = make();
    ahead.format(track, null);
    feed(ahead, t0, 62_000, 1000);
    ahead.interrupt();
    feed(ahead, t0 - 3_600_000, 2000, 1000);
    ahead.interrupt();
    const again = feed(ahead, t0 + 1000, 2000, 1000);
    await ahead.stop();
    expect(of('sealed').map((s) => [s.startMs - t0, s.endMs - t0])).toEqual([
      [0, 60_000],
      [60_000, 62_000],
      [-3_600_000, -3_598_000],
      [1000, 3000],
    ]);
    expect(flat((await read(t0 + 1000)).units)).toEqual(flat(again));
    expect((await read(t0)).rest).toBe('index');
    expect(reports.filter((r) => r.op === 'log' && r.level === 'warn')).toHaveLength(1);
  });

  it('notes both clocks in each file, and tells the steady one', async () => {
    const boot = '0f7e1a2b-3c4d-4e5f-8a9b-0c1d2e3f4a5b';
    monoMs = 5000.25;
    const recorder = make({ boot });
    recorder.format(track, null);
    feed(recorder, t0, 500, 1000);
    await recorder.stop();
    const init = parseInit(new Uint8Array(await readFile(join(root, segmentPath('gate', 'main', t0)))));
    expect(init.clocks).toEqual({ boot, steadyUs: 5_000_250, wallUs: t0 * 1000 });
    expect(of('opened')[0]?.steadyMs).toBe(5000.25);
  });

  it('takes the next free name where a file is in the way, and leaves that file alone', async () => {
    const first = make();
    first.format(track, null);
    feed(first, t0, 500, 1000);
    await first.stop();
    const { size } = await stat(join(root, segmentPath('gate', 'main', t0)));
    const second = make();
    second.format(track, null);
    feed(second, t0, 500, 1000);
    await second.stop();
    expect(of('opened').map((o) => o.startMs - t0)).toEqual([0, 1]);
    expect((await stat(join(root, segmentPath('gate', 'main', t0)))).size).toBe(size);
  });

  it('stopped before anything was given leaves nothing', async () => {
    const recorder = make();
    recorder.format(track, null);
    await recorder.stop();
    recorder.unit(unit(t0, true), 0);
    expect(reports).toEqual([]);
    expect(await readdir(root)).toEqual(['volume.json']);
  });
});

describe('recorder, given anything', () => {
  const step = fc.oneof(
    {
      weight: 30,
      arbitrary: fc.record({
        is: fc.constant('picture' as const),
        key: fc.boolean(),
        ms: fc.integer({ min: 1, max: 4000 }),
        lag: fc.constantFrom(0, 0, 0, 40, 80),
      }),
    },
    {
      weight: 10,
      arbitrary: fc.record({ is: fc.constant('sound' as const), behind: fc.integer({ min: 0, max: 100 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ is: fc.constant('interrupt' as const), ms: fc.integer({ min: -100_000, max: 100_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ is: fc.constant('format' as const), big: fc.boolean() }) },
    { weight: 5, arbitrary: fc.record({ is: fc.constant('tick' as const), ms: fc.integer({ min: 0, max: 900 }) }) },
  );

  it('puts every picture from the first key frame on to disk once, in order, in segments that overlap only where the clock was set far back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 150 }), async (steps) => {
        reports = [];
        const folder = `run-${(serial += 1)}`;
        const recorder = make({ target: { volume: 1, root, folder } });
        let at = t0;
        let waitsForKey = true;
        let big = false;
        const wanted: number[][] = [];
        recorder.format(track, g711Track('pcmu'));
        for (const s of steps) {
          if (s.is === 'picture') {
            at += s.ms;
            monoMs += s.ms;
            const u = unit(at, s.key, { ptsUs: (at + s.lag) * 1000 });
            recorder.unit(u, 0);
            if (s.key) waitsForKey = false;
            if (!waitsForKey) wanted.push(Array.from(unitBytes(u)));
          } else if (s.is === 'sound') recorder.unit(unit(at - s.behind, true, { track: 'audio' }), 0);
          else if (s.is === 'interrupt') {
            recorder.interrupt();
            at += s.ms;
            waitsForKey = true;
          } else if (s.is === 'format') {
            if (big !== s.big) waitsForKey = true;
            big = s.big;
            recorder.format(big ? bigTrack : track, g711Track('pcmu'));
          } else {
            monoMs += s.ms;
            recorder.tick();
          }
        }
        await recorder.stop();
        expect(recorder.pendingBytes()).toBe(0);
        const found: number[][] = [];
        let endMs = 0;
        for (const s of of('sealed')) {
          if (s.startMs > endMs - 4_900) expect(s.startMs).toBeGreaterThanOrEqual(endMs);
          endMs = s.endMs;
          const bytes = new Uint8Array(await readFile(join(root, segmentPath(folder, 'main', s.startMs))));
          expect(bytes.length).toBe(s.bytes);
          const init = parseInit(bytes);
          const scan = await scanFragments(readerOf(bytes), bytes.length, init);
          expect(scan.rest).toBe('index');
          // A name that is taken moves the name alone.
          expect(scan.fragments[0]?.startUs).toBeGreaterThanOrEqual((s.startMs - 20) * 1000);
          const units = scan.fragments.flatMap(
            (f) => parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init).units,
          );
          found.push(...units.filter((u) => u.track === 'video').map((u) => Array.from(unitBytes(u))));
        }
        expect(found).toEqual(wanted);
        expect(of('opened')).toHaveLength(of('sealed').length);
        expect(of('uncovered')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

describe('recorder on a bad disk', () => {
  const refusal = (code: string): Error => Object.assign(new Error(`${code}: refused`), { code });

  /** The real disk, with a switch for what the next operations answer and a gate that can hold them. */
  function badDisk() {
    const real = createRecordDisk();
    const state: { create: string | null; append: string | null; gate: Promise<void> | null } = {
      create: null,
      append: null,
      gate: null,
    };
    const disk: RecordDisk = {
      async create(at, path, head) {
        if (state.gate) await state.gate;
        if (state.create) throw refusal(state.create);
        const file = await real.create(at, path, head);
        return {
          ...file,
          async append(pieces, bytes, position) {
            if (state.gate) await state.gate;
            if (state.append) {
              await file.append([pieces[0] ?? new Uint8Array(1)], pieces[0]?.length ?? 1, position); // part of it lands
              throw refusal(state.append);
            }
            await file.append(pieces, bytes, position);
          },
        };
      },
      ...{ taken: real.taken, again: real.again },
      remove: real.remove,
      waiting: real.waiting,
    };
    return { disk, state };
  }

  it('full: keeps what is whole, says so, tries again with a new segment, and says when it works', async () => {
    const { disk, state } = badDisk();
    const recorder = make({ disk });
    recorder.format(track, null);
    feed(recorder, t0, 2100, 1000);
    await expect.poll(() => of('grew').at(-1)?.segments[0]?.endMs).toBe(t0 + 2000);
    state.append = 'ENOSPC';
    feed(recorder, t0 + 2100, 900, 5000);
    await expect.poll(() => of('disk').length).toBe(1);
    expect(of('disk')[0]?.code).toBe('ENOSPC');
    expect(of('uncovered')).toEqual([{ op: 'uncovered', streamId, fromMs: t0 + 2000, cause: 'disk-full' }]);
    const sealed = of('sealed')[0];
    expect(sealed?.endMs).toBe(t0 + 2000);
    // A part of a write may be in the file: its hash is known by reading it only.
    expect(sealed?.sha256).toBeNull();
    expect((await read(t0)).units).toHaveLength(40);
    expect((await stat(join(root, segmentPath('gate', 'main', t0)))).size).toBe(sealed?.bytes);
    // Still full: each second one quiet try that leaves nothing. What comes is kept.
    for (let i = 3; i < 6; i += 1) {
      const keptBytes = recorder.pendingBytes();
      feed(recorder, t0 + i * 1000, 1000, 1000);
      // What was tried is back, without the head of a fragment.
      await expect.poll(() => recorder.pendingBytes()).toBe(keptBytes + 2000);
    }
    const before = ops();
    expect(before).toEqual(['opened', 'sealed', 'uncovered', 'disk']);
    state.append = null;
    feed(recorder, t0 + 6000, 3000, 1000);
    await recorder.stop();
    expect(ops().slice(before.length)).toEqual(['opened', 'disk', 'sealed']);
    expect(of('disk').at(-1)?.code).toBeNull();
    const last = of('opened').at(-1)?.startMs ?? 0;
    expect(of('sealed').at(-1)?.sha256).toBe(await hashOnDisk(last));
    expect(last).toBe(t0 + 2000);
    expect(flat((await read(last)).units)).toHaveLength(140);
  });

  it('that fails again after it worked says so again', async () => {
    const { disk, state } = badDisk();
    state.create = 'EROFS';
    const recorder = make({ disk });
    recorder.format(track, null);
    feed(recorder, t0, 500, 1000);
    await expect.poll(() => of('disk').length).toBe(1);
    state.create = null;
    monoMs += 1000;
    feed(recorder, t0 + 500, 3500, 5000);
    await expect.poll(() => of('disk').length).toBe(2);
    await expect.poll(() => of('grew').at(-1)?.segments[0]?.endMs ?? 0).toBeGreaterThan(t0 + 3000);
    const durableMs = (of('grew').at(-1)?.segments[0]?.endMs ?? 0) - t0;
    state.append = 'EIO';
    feed(recorder, t0 + 4000, 1000, 1000);
    await expect.poll(() => of('disk').length).toBe(3);
    await recorder.stop();
    expect(of('disk').map((d) => d.code)).toEqual(['EROFS', null, 'EIO']);
    expect(of('uncovered').map((u) => u.fromMs - t0)).toEqual([0, durableMs]);
    expect(of('uncovered').map((u) => u.cause)).toEqual(['disk-error', 'disk-error']);
  });

  it.each(['nothing', 'an empty folder'])(
    'missing volume, %s in its place: it is left so, and what was kept is recorded when it is back',
    async (place) => {
      const missing = join(root, 'volume');
      if (place !== 'nothing') await mkdir(missing);
      const recorder = make({ target: { volume: 1, root: missing, folder: 'gate' } });
      recorder.format(track, null);
      feed(recorder, t0, 900, 1000);
      await expect.poll(() => of('disk').at(-1)?.code).toBe('ENOENT');
      expect(await readdir(root, { recursive: true })).toEqual(
        place === 'nothing' ? ['volume.json'] : ['volume', 'volume.json'],
      );
      expect(of('uncovered')).toEqual([{ op: 'uncovered', streamId, fromMs: t0, cause: 'disk-error' }]);
      await mkdir(missing, { recursive: true });
      markVolume(missing);
      monoMs += 1000;
      feed(recorder, t0 + 2000, 2000, 1000);
      await recorder.stop();
      expect(of('opened').map((o) => o.startMs - t0)).toEqual([0]);
      expect(of('disk').at(-1)?.code).toBeNull();
    },
  );

  it('refused before anything whole was written: the segment is dropped and its file gone', async () => {
    const { disk, state } = badDisk();
    state.append = 'EIO';
    const recorder = make({ disk });
    recorder.format(track, null);
    feed(recorder, t0, 1100, 1000);
    await expect.poll(() => of('disk').at(-1)?.code).toBe('EIO');
    await recorder.stop();
    expect(ops()).toEqual(['opened', 'dropped', 'uncovered', 'disk']);
    await expect(stat(join(root, segmentPath('gate', 'main', t0)))).rejects.toThrow('ENOENT');
  });

  it('slow: holds no more than it may, drops up to a key frame, and says from when', async () => {
    const { disk, state } = badDisk();
    const recorder = make({ disk, maxPendingBytes: 4000 });
    recorder.format(track, null);
    feed(recorder, t0, 1000, 1000);
    await expect.poll(() => of('grew').length).toBeGreaterThan(0);
    let open = (): void => undefined;
    state.gate = new Promise((resolve) => {
      open = resolve;
    });
    for (let i = 1; i < 6; i += 1) {
      feed(recorder, t0 + i * 1000, 1000, 1000);
      expect(recorder.pendingBytes()).toBeLessThanOrEqual(4000 + 1000); // heads of fragments come on top
    }
    // Most of the first second could be written; what came behind it waits.
    expect(recorder.lagMs()).toBeGreaterThan(4000);
    expect(recorder.lagMs()).toBeLessThan(6000);
    expect(recorder.opening()).toBe(false);
    state.gate = null;
    open();
    await expect.poll(() => recorder.pendingBytes()).toBe(0);
    expect(recorder.lagMs()).toBe(0);
    feed(recorder, t0 + 6000, 1000, 1000);
    await recorder.stop();
    expect(ops()).toEqual(['opened', 'uncovered', 'sealed', 'opened', 'sealed']);
    const uncovered = of('uncovered')[0];
    const [first, second] = of('sealed');
    expect(uncovered?.cause).toBe('disk-slow');
    expect(uncovered?.fromMs).toBe(first?.endMs);
    expect(second?.startMs).toBe(t0 + 6000);
    expect((await read(t0)).units.at(-1)?.ptsUs).toBe(((first?.endMs ?? 0) - 50) * 1000);
  });

  it('that is slow for others: gives way from the next picture on, and goes on at the first key frame after that', async () => {
    const recorder = make({ kind: 'sub' });
    recorder.giveWay(true);
    recorder.format(track, null);
    feed(recorder, t0, 500, 1000);
    expect(recorder.dropping()).toBe('gives-way');
    recorder.giveWay(false);
    feed(recorder, t0 + 500, 2500, 1000);
    expect(recorder.dropping()).toBeNull();
    await expect.poll(() => of('opened').length).toBe(1);
    recorder.giveWay(true);
    feed(recorder, t0 + 3000, 1000, 1000);
    expect(recorder.dropping()).toBe('gives-way');
    recorder.giveWay(false);
    feed(recorder, t0 + 4000, 1000, 1000);
    await recorder.stop();
    expect(ops()).toEqual(['uncovered', 'opened', 'uncovered', 'sealed', 'opened', 'sealed']);
    expect(of('uncovered').map(({ fromMs, cause }) => [fromMs - t0, cause])).toEqual([
      [0, 'disk-slow'],
      [3000, 'disk-slow'],
    ]);
    expect(of('sealed').map(({ startMs, endMs }) => [startMs - t0, endMs - t0])).toEqual([
      [500, 3000],
      [4000, 5000],
    ]);
  });
});
