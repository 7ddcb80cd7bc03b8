import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import type { AccessUnit } from '#media/format.ts';
import { g711Track } from '#media/audio-track.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { readerOf, scanFragments } from '#media/mp4/scan.ts';
import { tempVolume } from '../../../../tests/support/volume.ts';
import type { IngestReport, RecordManner } from '../port.ts';
import type { Holds } from '../slab-pool.ts';
import { createRecordDisk } from './disk.ts';
import { createGate, type Gate } from './gate.ts';
import { createPreRollMemory } from './pre-roll.ts';
import type { Recorder } from './recorder-port.ts';
import { createRecorder } from './recorder.ts';

const t0 = Date.UTC(2026, 10, 22, 14, 3, 12, 345);
const track = mjpegTrack(640, 360);
const sound = g711Track('pcmu');
const stepMs = 50;

/** Counts what is held. */
function counting(): Holds & { held(): number } {
  const holds = new Map<ArrayBufferLike, number>();
  const change = (memory: ArrayBufferLike, by: number): void => {
    const n = (holds.get(memory) ?? 0) + by;
    if (n === 0) holds.delete(memory);
    else holds.set(memory, n);
  };
  return {
    hold: (memory) => {
      change(memory, 1);
    },
    release: (memory) => {
      change(memory, -1);
    },
    held: () => [...holds.values()].reduce((a, b) => a + b, 0),
  };
}

type Given = number | 'interrupt' | 'end';
/** Writes down what it is given; its disk may be slow. */
function scribe() {
  const given: Given[] = [];
  const units: AccessUnit[] = [];
  let pending = 0;
  const recorder: Recorder = {
    format() {},
    unit(unit) {
      units.push(unit);
      if (unit.track === 'video') given.push(unit.ptsUs / 1000 - t0);
      pending += unit.bytes;
    },
    interrupt: () => void given.push('interrupt'),
    endBefore: () => void given.push('end'),
    tick() {},
    pendingBytes: () => pending,
    retarget: () => undefined,
    lagMs: () => 0,
    opening: () => false,
    giveWay() {},
    dropping: () => null,
    coveredToMs: () => 0,
    stop: () => Promise.resolve(),
  };
  return {
    recorder,
    given,
    units,
    written() {
      pending = 0;
    },
  };
}

const unit = (atMs: number, key: boolean, audio = false): AccessUnit => {
  const data = [new Uint8Array(100)];
  const us = (t0 + atMs) * 1000;
  return { track: audio ? 'audio' : 'video', key, ptsUs: us, dtsUs: us, data, bytes: 100 };
};

describe('the gate before a recorder', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant('feed' as const), units: fc.integer({ min: 1, max: 60 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('want' as const) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('let-go' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('interrupt' as const), ms: fc.integer({ min: 60, max: 9000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('written' as const) }) },
  );

  it('gives every picture that was asked for once, in order, from a key frame on, and lets go of all others', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 400, 1000, 5000),
        fc.constantFrom(1500, 1e9),
        (steps, gop, preRollMs, maxPendingBytes) => {
          const { recorder, given, written } = scribe();
          const holds = counting();
          let now = 0;
          const manner = (write: boolean): RecordManner => ({
            write,
            preRollMs,
            fromMs: t0 + now - preRollMs,
            audio: true,
          });
          const gate = createGate({
            recorder,
            manner: manner(false),
            memory: createPreRollMemory(1e9),
            holds,
            maxPendingBytes,
            nowMs: () => t0 + now,
            monoMs: () => now,
          });
          gate.format(track, null);
          let sinceKey = 0;
          let wantedFrom = null as number | null;
          const fed: { at: number; key: boolean; line: number }[] = [];
          let line = 0;
          /** Pictures that must be on disk: from the key frame at or before the wanted moment on, up to when it was let go. */
          const must: number[] = [];
          const mustFrom = (from: number): void => {
            const mine = fed.filter((f) => f.line === line);
            const first = mine.findLast((f) => f.key && f.at <= from)?.at ?? mine.find((f) => f.key)?.at;
            // What lies before an interruption may be given or not: the gate decides by groups.
            if (first !== undefined) must.push(...mine.filter((f) => f.at >= first).map((f) => f.at));
          };
          for (const s of steps) {
            if (s.do === 'feed')
              for (let i = 0; i < s.units; i++) {
                const key = sinceKey % gop === 0;
                sinceKey++;
                gate.unit(unit(now, key), 0);
                fed.push({ at: now, key, line });
                if (wantedFrom !== null) must.push(now);
                now += stepMs;
              }
            else if (s.do === 'want') {
              if (wantedFrom === null) {
                mustFrom(now - preRollMs);
                wantedFrom = now;
              }
              gate.manner(manner(true));
            } else if (s.do === 'let-go') {
              wantedFrom = null;
              gate.manner(manner(false));
            } else if (s.do === 'interrupt') {
              gate.interrupt();
              now += s.ms;
              line++;
              sinceKey = 0;
            } else {
              written();
              gate.tick();
            }
          }
          void gate.stop();
          const pictures = given.filter((g): g is number => typeof g === 'number');
          expect(pictures).toEqual([...new Set(pictures)].sort((a, b) => a - b));
          expect(must.filter((at) => !pictures.includes(at))).toEqual([]);
          const keys = new Set(fed.filter((f) => f.key).map((f) => f.at));
          for (const [i, g] of given.entries()) {
            const before = given[i - 1];
            if (typeof g !== 'number') continue;
            // What is not told as ended or interrupted goes on without a hole; what follows such an end begins with a key frame.
            if (typeof before === 'number') expect(g - before).toBe(stepMs);
            else expect(keys.has(g)).toBe(true);
          }
          expect(holds.held()).toBe(pictures.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('holds as much as memory allows, takes it from who holds most, and says so', () => {
    const holds = counting();
    const memory = createPreRollMemory(10_000);
    const gate = () =>
      createGate({
        recorder: scribe().recorder,
        manner: { write: false, preRollMs: 4000, fromMs: 0, audio: true },
        memory,
        holds,
        maxPendingBytes: 1e9,
        nowMs: () => t0,
        monoMs: () => 0,
      });
    const [large, small] = [gate(), gate()];
    for (const g of [large, small]) g.format(track, null);
    for (let n = 0; n < 200; n++) {
      large.unit(unit(n * stepMs, n % 10 === 0), 0);
      if (n % 5 === 0) small.unit(unit(n * stepMs, true), 0);
      expect(memory.bytes()).toBeLessThanOrEqual(10_000);
    }
    expect(large.held()?.short).toBe(true);
    expect(large.held()?.heldMs).toBeGreaterThan(1000);
    expect(small.held()).toMatchObject({ short: false });
    expect(small.held()?.heldMs).toBeGreaterThanOrEqual(4000);
    expect(holds.held() * 100).toBe(memory.bytes());
    void large.stop();
    void small.stop();
    expect([memory.bytes(), holds.held()]).toEqual([0, 0]);
  });

  it('holds nothing of a stream that is gone for long, and nothing over a jump of the clock', () => {
    let now = 0;
    const made = (): Gate =>
      createGate({
        recorder: scribe().recorder,
        manner: { write: false, preRollMs: 2000, fromMs: 0, audio: true },
        memory: createPreRollMemory(1e9),
        holds: counting(),
        maxPendingBytes: 1e9,
        nowMs: () => t0 + now,
        monoMs: () => now,
      });
    const gone = made();
    gone.format(track, null);
    for (; now < 3000; now += stepMs) gone.unit(unit(now, now % 500 === 0), 0);
    gone.interrupt();
    gone.tick();
    expect(gone.held()?.heldMs).toBeGreaterThanOrEqual(2000);
    now += 8000;
    gone.tick();
    expect(gone.held()?.heldMs).toBe(0);
    const jumped = made();
    jumped.format(track, null);
    for (let at = 0; at < 3000; at += stepMs) jumped.unit(unit(at, at % 500 === 0), 0);
    jumped.clockJumped();
    expect(jumped.held()?.heldMs).toBe(0);
  });
});

describe('the gate and a real recorder', () => {
  let root: string;
  let remove: () => void;
  beforeEach(() => {
    ({ path: root, remove } = tempVolume());
  });
  afterEach(() => {
    remove();
  });

  function make(manner: RecordManner) {
    const reports: IngestReport[] = [];
    let now = 0;
    const clock = { nowMs: () => t0 + now, nowUs: () => (t0 + now) * 1000, monoMs: () => now };
    const recorder = createRecorder({
      streamId: StreamId.parse(7),
      kind: 'main',
      target: { volume: 1, root, folder: 'gate' },
      notBeforeMs: 0,
      maxPendingBytes: 1 << 20,
      clock,
      disk: createRecordDisk(),
      report: (r) => void reports.push(r),
    });
    const gate = createGate({
      recorder,
      manner,
      memory: createPreRollMemory(1e9),
      holds: counting(),
      maxPendingBytes: 1 << 20,
      nowMs: clock.nowMs,
      monoMs: clock.monoMs,
    });
    gate.format(track, sound);
    /** `unreadMs`: so long did what comes now lie in a socket. */
    const feed = (ms: number, unreadMs = 0): void => {
      for (const end = now + ms; now < end; now += stepMs) {
        const at = now - unreadMs;
        gate.unit(unit(at, at % 1000 === 0), 0);
        gate.unit(unit(at + 10, true, true), 0);
      }
    };
    const sleep = (ms: number): void => {
      now += ms;
    };
    const read = async () => {
      const sealed = reports.flatMap((r) => (r.op === 'sealed' ? [{ startMs: r.startMs, endMs: r.endMs }] : []));
      return Promise.all(
        sealed.map(async (s) => {
          const bytes = new Uint8Array(await readFile(join(root, segmentPath('gate', 'main', s.startMs))));
          const init = parseInit(bytes);
          const scan = await scanFragments(readerOf(bytes), bytes.length, init);
          const units = scan.fragments.flatMap(
            (f) => parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init).units,
          );
          const of = (name: 'video' | 'audio') =>
            units.filter((u) => u.track === name).map((u) => Math.round(u.ptsUs / 1000) - t0);
          return { fromMs: s.startMs - t0, toMs: s.endMs - t0, video: of('video'), audio: of('audio') };
        }),
      );
    };
    const asked = (write: boolean, audio = true): RecordManner => ({
      write,
      preRollMs: 2000,
      fromMs: t0 + now - 2000,
      audio,
    });
    return { gate, feed, sleep, read, asked };
  }
  const steps = (from: number, to: number): number[] =>
    Array.from({ length: (to - from) / stepMs }, (_, i) => from + i * stepMs);

  it('writes the seconds before a trigger, ends at a key frame, and goes on there when the next trigger comes soon', async () => {
    const { gate, feed, read, asked } = make({ write: false, preRollMs: 2000, fromMs: 0, audio: true });
    feed(7300); // asked for: from 5300 on
    gate.manner(asked(true));
    feed(1900); // 9200
    gate.manner(asked(false));
    feed(1500); // ended at 10 000, now 10 700
    gate.manner(asked(true));
    feed(500);
    await gate.stop();
    const [first, second] = await read();
    expect(first).toMatchObject({ fromMs: 5000, toMs: 10_000, video: steps(5000, 10_000) });
    expect(second).toMatchObject({ fromMs: 10_000, video: steps(10_000, 11_200) });
  });

  it('writes what was asked for also where the order comes after later pictures, or before earlier ones', async () => {
    const { gate, feed, sleep, read, asked } = make({ write: false, preRollMs: 2000, fromMs: 0, audio: true });
    feed(8050);
    gate.manner({ ...asked(true), fromMs: t0 + 5900 }); // given at 7900
    feed(750);
    sleep(250); // the key frame of 9000 lies unread
    gate.manner(asked(false)); // given at 9050
    feed(2000, 250);
    await gate.stop();
    const parts = await read();
    expect(parts).toMatchObject([{ fromMs: 5000, toMs: 10_000, video: steps(5000, 10_000) }]);
  });

  it('ends and begins sound at a key frame without losing a picture, and writes none from the moment it is forbidden', async () => {
    const { gate, feed, read, asked } = make({ write: true, preRollMs: 2000, fromMs: 0, audio: true });
    feed(2500);
    gate.manner(asked(true, false));
    feed(3000);
    gate.manner(asked(true, true));
    feed(1500);
    await gate.stop();
    const parts = await read();
    expect(parts.flatMap((p) => p.video)).toEqual(steps(0, 7000));
    expect(parts.map((p) => [p.fromMs, p.toMs])).toEqual([
      [0, 3000],
      [3000, 6000],
      [6000, expect.any(Number)],
    ]);
    const heard = parts.flatMap((p) => p.audio);
    expect(heard.filter((at) => at >= 2500 && at < 6000)).toEqual([]);
    expect(heard.filter((at) => at < 2500)).toHaveLength(50);
    expect(heard.filter((at) => at >= 6000).length).toBeGreaterThan(10);
  });
});
