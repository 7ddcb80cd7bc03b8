import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { trackGaps, unaccounted, type GapInput } from '#domain/decide/track-gaps.ts';
import { gapToleranceMs, type GapCause } from '#domain/gap.ts';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { unitBytes } from '#media/access-unit.ts';
import { g711Track } from '#media/audio-track.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { readerOf, scanFragments } from '#media/mp4/scan.ts';
import { createHeldDisk } from '../lane/held-disk.ts';
import type { IngestReport, RecordTarget } from '../port.ts';
import { createSlabPool } from '../slab-pool.ts';
import type { RecordDisk } from './disk.ts';
import type { Recorder, RecorderOptions } from './recorder-port.ts';
import { createRecorder } from './recorder.ts';

const streamId = StreamId.parse(7);
const t0 = Date.UTC(2026, 10, 22, 14, 3, 12, 345);
const track = mjpegTrack(640, 360);
const first: RecordTarget = { volume: 2, root: '/a', folder: 'gate' };
const second: RecordTarget = { volume: 3, root: '/b', folder: 'gate' };

/** A disk in memory that answers in its turn, never late; volumes of it refuse where they are told to. */
function memoryDisk() {
  const files = new Map<string, Uint8Array>();
  const state = {
    /** By root: what is refused, and with what. */
    refuse: new Map<string, { code: string; what: 'create' | 'append' | 'all' }>(),
    created: 0,
    /** Bytes of writes that were refused. */
    refusedBytes: 0,
  };
  const ask = (root: string, what: 'create' | 'append' | 'truncate'): void => {
    const no = state.refuse.get(root);
    if (no !== undefined && (no.what === what || no.what === 'all'))
      throw Object.assign(new Error(no.code), { code: no.code });
  };
  const put = (path: string, pieces: Uint8Array[], at: number): void => {
    const more = Buffer.concat(pieces);
    const file = Buffer.alloc(Math.max(at + more.length, files.get(path)?.length ?? 0));
    file.set(files.get(path) ?? []);
    file.set(more, at);
    files.set(path, file);
  };
  const disk: RecordDisk = {
    async create(root, path, head) {
      await Promise.resolve();
      state.created += 1;
      ask(root, 'create');
      const whole = `${root}/${path}`;
      if (files.has(whole)) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' });
      files.set(whole, head);
      return {
        block: 1,
        async append(pieces, bytes, position) {
          await Promise.resolve();
          try {
            ask(root, 'append');
          } catch (error) {
            state.refusedBytes += bytes;
            put(whole, pieces.slice(0, 2), position); // part of it lands
            throw error;
          }
          put(whole, pieces, position);
        },
        async truncate(bytes) {
          await Promise.resolve();
          ask(root, 'truncate');
          files.set(whole, (files.get(whole) ?? new Uint8Array()).slice(0, bytes));
        },
        sha256: () => null,
        sync: null,
        close: () => Promise.resolve(),
      };
    },
    taken: () => undefined,
    again: () => undefined,
    async remove(root, path) {
      await Promise.resolve();
      files.delete(`${root}/${path}`);
    },
    waiting: () => false,
  };
  return { disk, files, state };
}

/** Long enough for everything that a recorder asked of a disk in memory. */
const settled = async (): Promise<void> => {
  for (let i = 0; i < 200; i += 1) await Promise.resolve();
};

type Row = { fromMs: number; toMs: number; cause: GapCause };

/** The gaps that the index has after these words. */
function gapsOf(words: readonly GapInput[]): Row[] {
  let rows: Row[] = [];
  let state = unaccounted;
  const open = (): Row | undefined => rows.find((r) => r.toMs === Infinity);
  for (const word of words) {
    const [next, outputs] = trackGaps(state, word);
    state = next;
    for (const o of outputs) {
      const now = open();
      if (o.do === 'open') rows.push({ fromMs: o.fromMs, toMs: Infinity, cause: o.cause });
      else if (o.do === 'add') rows.push({ fromMs: o.fromMs, toMs: o.toMs, cause: o.cause });
      else if (o.do === 'close' && now !== undefined) now.toMs = o.toMs;
      else if (o.do === 'move' && now !== undefined) now.fromMs = o.fromMs;
      else if (o.do === 'cut')
        rows = rows.flatMap((r) =>
          r.fromMs >= o.toMs || r.toMs <= o.fromMs
            ? [r]
            : [
                { ...r, toMs: o.fromMs },
                { ...r, fromMs: o.toMs },
              ],
        );
      rows = rows.filter((r) => r.toMs - r.fromMs >= gapToleranceMs);
    }
  }
  return rows;
}

let words: GapInput[];
let reports: IngestReport[];
let monoMs: number;
let serial: number;
let world: ReturnType<typeof memoryDisk>;

beforeEach(() => {
  words = [{ is: 'wanted', atMs: t0, wanted: true }];
  reports = [];
  monoMs = 0;
  serial = 0;
  world = memoryDisk();
});

const hear = (report: IngestReport): void => {
  reports.push(report);
  switch (report.op) {
    case 'opened':
      words.push({ is: report.past === true ? 'opened-past' : 'opened', startMs: report.startMs });
      return;
    case 'grew':
      for (const { startMs, endMs } of report.segments) words.push({ is: 'grew', startMs, endMs });
      return;
    case 'sealed':
      words.push({ is: 'closed', startMs: report.startMs, endMs: report.endMs });
      return;
    case 'dropped':
      words.push({ is: 'closed', startMs: report.startMs, endMs: null });
      return;
    case 'uncovered':
      words.push({ is: 'uncovered', fromMs: report.fromMs, cause: report.cause });
      return;
    default:
      return;
  }
};
/** The lane tells that the camera is lost, and interrupts then. */
const lose = (recorder: Recorder, atMs: number): void => {
  words.push({ is: 'uncovered', fromMs: t0 + atMs, cause: 'camera-lost' });
  recorder.interrupt();
};
const make = (more: Partial<RecorderOptions> = {}, sound = false): Recorder => {
  const recorder = createRecorder({
    ...{ streamId, kind: 'main', target: first, notBeforeMs: 0, maxPendingBytes: 1 << 20 },
    clock: { nowMs: () => t0, nowUs: () => t0 * 1000, monoMs: () => monoMs },
    disk: world.disk,
    report: hear,
    ...more,
  });
  recorder.format(track, sound ? g711Track('pcmu') : null);
  return recorder;
};
const unit = (atMs: number, key: boolean, more: Partial<AccessUnit> = {}): AccessUnit => {
  serial += 1;
  const us = (t0 + atMs) * 1000;
  const data = [Uint8Array.from([serial & 255, serial >> 8, ...new Uint8Array(98)])];
  return { track: 'video', key, ptsUs: us, dtsUs: us, data, bytes: 100, ...more };
};
/** Twenty pictures a second, a key frame each second; the disk does its work between them. */
async function feed(recorder: Recorder, fromMs: number, ms: number): Promise<void> {
  for (let at = fromMs; at < fromMs + ms; at += 50) {
    const u = unit(at, at % 1000 === 0);
    recorder.unit(u, u.ptsUs);
    monoMs += 50;
    recorder.tick();
    await settled();
  }
}
const of = <O extends IngestReport['op']>(op: O): Extract<IngestReport, { op: O }>[] =>
  reports.filter((r): r is Extract<IngestReport, { op: O }> => r.op === op);
const refuse = (at: RecordTarget, code = 'EIO', what: 'create' | 'append' | 'all' = 'all'): void => {
  world.state.refuse.set(at.root, { code, what });
};
const heal = (at: RecordTarget): void => {
  world.state.refuse.delete(at.root);
};
/**
 * Units in all files as far as is told of them, by when they are shown (ms after t0), in the order of the segments; without those before the
 * beginning of their segment, which are there so that it can be decoded.
 */
async function recorded(which: AccessUnit['track'] = 'video'): Promise<{ atMs: number; id: number }[]> {
  const out: { atMs: number; id: number }[] = [];
  const spans = of('sealed').toSorted((a, b) => a.startMs - b.startMs);
  for (const { startMs, bytes: size } of spans) {
    for (const { root, folder } of [first, second]) {
      const bytes = world.files.get(`${root}/${segmentPath(folder, 'main', startMs)}`)?.subarray(0, size);
      if (bytes === undefined) continue;
      const init = parseInit(bytes);
      const { fragments } = await scanFragments(readerOf(bytes), bytes.length, init);
      for (const f of fragments)
        for (const u of parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init).units)
          if (u.track === which && u.ptsUs / 1000 >= startMs) {
            const [low = 0, high = 0] = unitBytes(u);
            out.push({ atMs: u.ptsUs / 1000 - t0, id: low + (high << 8) });
          }
    }
  }
  return out;
}
const times = async (): Promise<number[]> => (await recorded()).map((u) => u.atMs);
const every50 = (fromMs: number, toMs: number): number[] =>
  Array.from({ length: Math.max(0, (toMs - fromMs) / 50) }, (_, i) => fromMs + i * 50);
const gaps = () => gapsOf(words).map((g) => [g.fromMs - t0, g.toMs - t0, g.cause]);
const spans = () => of('sealed').map((s) => [s.startMs - t0, s.endMs - t0]);
/** Up to when all is durable. */
const durableMs = (): number => (of('grew').at(-1)?.segments[0]?.endMs ?? t0) - t0;

describe('a disk that refuses', () => {
  it.each(['append', 'all'] as const)(
    'while there is another volume: all that it did not take goes there, once, behind what it cannot be decoded without (%s)',
    async (what) => {
      const recorder = make();
      await feed(recorder, 0, 3000);
      const ms = durableMs();
      refuse(first, 'EIO', what);
      await feed(recorder, 3000, 5500);
      expect(of('disk')).toMatchObject([{ volume: 2, code: 'EIO' }]);
      expect(gaps()).toEqual([[ms, Infinity, 'disk-error']]);
      recorder.retarget(second, 'key');
      await feed(recorder, 8500, 3000);
      await recorder.stop();
      expect(spans()).toEqual([
        [0, ms],
        [ms, 11_500],
      ]);
      expect(await times()).toEqual(every50(0, 11_500));
      expect(gaps()).toEqual([]);
      expect(of('disk').at(-1)).toMatchObject({ volume: 3, code: null });
    },
  );

  it('and takes video again: what was kept is recorded first', async () => {
    const recorder = make();
    await feed(recorder, 0, 3000);
    const ms = durableMs();
    refuse(first, 'ENOSPC');
    await feed(recorder, 3000, 7000);
    heal(first);
    await feed(recorder, 10_000, 3000);
    await recorder.stop();
    expect(spans()[1]?.[0]).toBe(ms);
    expect(await times()).toEqual(every50(0, 13_000));
    expect(gaps()).toEqual([]);
    expect(of('disk').map((d) => d.code)).toEqual(['ENOSPC', null]);
  });

  it('for longer than memory suffices: the oldest goes, whole groups of pictures, and that is the gap', async () => {
    const recorder = make({ maxPendingBytes: 10_000 }); // five seconds
    await feed(recorder, 0, 3000);
    const ms = durableMs();
    refuse(first);
    await feed(recorder, 3000, 20_000);
    heal(first);
    await feed(recorder, 23_000, 4000);
    await recorder.stop();
    const fromMs = spans()[1]?.[0] ?? 0;
    expect(fromMs % 1000).toBe(0);
    expect(fromMs).toBeGreaterThanOrEqual(18_000);
    expect(fromMs).toBeLessThanOrEqual(20_000);
    expect(await times()).toEqual([...every50(0, ms), ...every50(fromMs, 27_000)]);
    expect(gaps()).toEqual([[ms, fromMs, 'disk-error']]);
  });

  it('is tried with one fragment each second, however much is kept', async () => {
    const recorder = make();
    await feed(recorder, 0, 3000);
    refuse(first, 'EIO', 'append');
    const { created } = world.state;
    await feed(recorder, 3000, 1000);
    const { refusedBytes } = world.state;
    await feed(recorder, 4000, 30_000);
    expect(world.state.created - created).toBeLessThanOrEqual(31);
    expect(world.state.refusedBytes - refusedBytes).toBeLessThan(31 * 2500);
    expect(of('opened')).toHaveLength(1);
    await recorder.stop();
  });

  it('and takes a little each time: what it took is kept there, and it is asked less and less often', async () => {
    const recorder = make();
    await feed(recorder, 0, 3000);
    refuse(first, 'EIO', 'append');
    await feed(recorder, 3000, 2000);
    for (let at = 5000; at < 45_000; at += 50) {
      heal(first);
      const opened = of('opened').length;
      await feed(recorder, at, 50);
      if (of('opened').length > opened) refuse(first, 'EIO', 'append');
    }
    expect(of('opened').length).toBeLessThan(16);
    heal(first);
    await feed(recorder, 45_000, 10_000);
    await recorder.stop();
    const all = await times();
    expect(new Set(all).size).toBe(all.length);
  });

  it('while the camera is lost, and back: both runs are recorded, and only the time between is a gap', async () => {
    const recorder = make();
    await feed(recorder, 0, 3000);
    refuse(first);
    await feed(recorder, 3000, 2000);
    lose(recorder, 5000);
    await feed(recorder, 8000, 2000);
    recorder.retarget(second, 'key');
    await feed(recorder, 10_000, 1000);
    await recorder.stop();
    expect(await times()).toEqual([...every50(0, 5000), ...every50(8000, 11_000)]);
    expect(gaps()).toEqual([[5000, 8000, 'camera-lost']]);
    expect(of('opened').map((o) => o.past)).toEqual([undefined, true, undefined]);
  });

  it('while the camera is lost, and does not come back: what came before is recorded, and it stays lost', async () => {
    const recorder = make();
    await feed(recorder, 0, 3000);
    const ms = durableMs();
    refuse(first);
    await feed(recorder, 3000, 2000);
    lose(recorder, 5000);
    heal(first);
    monoMs += 1000;
    recorder.tick();
    await settled();
    expect(spans().at(-1)).toEqual([ms, 5000]);
    expect(gaps()).toEqual([[5000, Infinity, 'camera-lost']]);
    await recorder.stop();
  });

  it('at the end of an event: what was to be recorded is, though nothing is asked for any more', async () => {
    const recorder = make();
    await feed(recorder, 0, 3000);
    const ms = durableMs();
    refuse(first);
    await feed(recorder, 3000, 3000);
    words.push({ is: 'wanted', atMs: t0 + 6000, wanted: false });
    recorder.endBefore(unit(6000, true));
    recorder.retarget(second, 'key');
    recorder.tick();
    await settled();
    expect(spans().at(-1)).toEqual([ms, 6000]);
    expect(await times()).toEqual(every50(0, 6000));
    expect(gaps()).toEqual([]);
    await recorder.stop();
  });

  it('when recording ends is tried once more', async () => {
    const recorder = make();
    await feed(recorder, 0, 3000);
    refuse(first);
    await feed(recorder, 3000, 3000);
    heal(first);
    await recorder.stop();
    expect(await times()).toEqual(every50(0, 6000));
  });

  it('keeps sound with its pictures', async () => {
    const recorder = make({}, true);
    const sounds: number[] = [];
    const give = async (fromMs: number, ms: number): Promise<void> => {
      for (let at = fromMs; at < fromMs + ms; at += 50) {
        await feed(recorder, at, 50);
        recorder.unit(unit(at + 20, true, { track: 'audio' }), 0);
        sounds.push(at + 20);
      }
    };
    await give(0, 3000);
    const ms = durableMs();
    refuse(first);
    await give(3000, 2000);
    recorder.retarget(second, 'key');
    await give(5000, 1000);
    await recorder.stop();
    const kept = (await recorded('audio')).map((u) => u.atMs);
    // A sound may come after the last picture that was written.
    const sure = (at: number): boolean => at < ms - 50 || at >= ms;
    expect(kept.filter(sure)).toEqual(sounds.filter(sure));
    expect(kept.length).toBe(new Set(kept).size);
  });

  it.each([false, true])(
    'lets go of receive memory when it is written, and not before (encrypted: %s)',
    async (secret) => {
      const slabs = createSlabPool();
      const key = { id: 'a1b2c3d4e5f60718', key: createSecretKey(randomBytes(32)) };
      const recorder = make({ disk: createHeldDisk(world.disk, slabs), encryption: () => (secret ? key : null) });
      const ofSlab = async (fromMs: number, ms: number): Promise<void> => {
        for (let at = fromMs; at < fromMs + ms; at += 50) {
          const slab = slabs.take(100);
          slab.fill(0, 0, 100);
          slab[0] = at / 50;
          const data = [slab.subarray(0, 100)];
          slabs.hold(slab.buffer);
          recorder.unit(unit(at, at % 1000 === 0, { data }), 0);
          slabs.retire(slab);
          monoMs += 50;
          recorder.tick();
          await settled();
        }
      };
      await ofSlab(0, 3000);
      refuse(first);
      await ofSlab(3000, 3000);
      // Three seconds and more are held while nothing takes them: none of that memory may be used for another.
      expect(slabs.idleBytes() / 32_768).toBeLessThan(60);
      recorder.retarget(second, 'key');
      await ofSlab(6000, 1000);
      await recorder.stop();
      const made = new Set<ArrayBufferLike>();
      for (let bytes = slabs.idleBytes(); bytes > 0; bytes -= 32_768) made.add(slabs.take(100).buffer);
      expect(made.size).toBeGreaterThan(60);
      if (!secret) expect((await recorded()).map((u) => u.id)).toEqual((await times()).map((at) => at / 50));
    },
  );

  const step = fc.oneof(
    {
      weight: 40,
      arbitrary: fc.record({
        is: fc.constant('pictures' as const),
        ms: fc.integer({ min: 1, max: 30 }).map((n) => n * 50),
      }),
    },
    { weight: 2, arbitrary: fc.record({ is: fc.constant('lose' as const), ms: fc.integer({ min: 1, max: 100 }) }) },
    {
      weight: 8,
      arbitrary: fc.record({
        is: fc.constant('refuse' as const),
        what: fc.constantFrom('create', 'append', 'all', null),
        where: fc.constantFrom(first, second),
      }),
    },
    { weight: 4, arbitrary: fc.record({ is: fc.constant('move' as const), where: fc.constantFrom(first, second) }) },
    { weight: 3, arbitrary: fc.record({ is: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 3000 }) }) },
  );

  it.each([1 << 20, 8000])(
    'given anything: no picture is there twice, what is missing is in a gap, and no gap is where pictures are (memory: %i bytes)',
    async (maxPendingBytes) => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
          words = [{ is: 'wanted', atMs: t0, wanted: true }];
          reports = [];
          world = memoryDisk();
          serial = 0;
          const recorder = make({ maxPendingBytes });
          let at = 0;
          let lost = true;
          const given: number[] = [];
          for (const s of steps) {
            if (s.is === 'pictures') {
              if (lost) at = Math.ceil(at / 1000) * 1000; // a camera begins with a key picture
              lost = false;
              for (const ms of every50(at, at + s.ms)) given.push(ms);
              await feed(recorder, at, s.ms);
              at += s.ms;
            } else if (s.is === 'lose') {
              if (lost) continue;
              lose(recorder, at);
              lost = true;
              at += s.ms * 50;
            } else if (s.is === 'refuse') {
              if (s.what === null) heal(s.where);
              else refuse(s.where, 'EIO', s.what);
            } else if (s.is === 'move') recorder.retarget(s.where, 'key');
            else monoMs += s.ms;
            recorder.tick();
            await settled();
          }
          await recorder.stop();
          const there = await times();
          expect(there).toEqual([...new Set(there)].toSorted((a, b) => a - b));
          const rows = gapsOf(words)
            .map((g) => [g.fromMs - t0, g.toMs - t0] as const)
            .toSorted((a, b) => a[0] - b[0]);
          const kept = new Set(there);
          for (const ms of kept)
            for (const [from, to] of rows)
              expect(ms > from + 50 && ms + 50 < to, `a gap from ${from} to ${to} is told, and ${ms} is there`).toBe(
                false,
              );
          for (let i = 0; i < given.length; ) {
            let end = i;
            while (end < given.length && !kept.has(given[end] ?? 0)) end += 1;
            const [from, to] = [given[i] ?? 0, given[end] ?? Infinity];
            let untold = from;
            for (const [a, b] of rows) if (a <= untold + gapToleranceMs + 50) untold = Math.max(untold, b);
            expect(
              end === i || (given[end - 1] ?? 0) - untold <= gapToleranceMs,
              `${from} up to ${to} is missing, and told is ${JSON.stringify(rows)}`,
            ).toBe(true);
            i = end + 1;
          }
        }),
        { numRuns: 100 },
      );
    },
  );
});
