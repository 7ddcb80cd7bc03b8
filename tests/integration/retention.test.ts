import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type CameraId, LineId, ZoneId } from '#domain/id.ts';
import { readKept } from '#domain/kept.ts';
import { ScheduleId } from '#domain/recording-plan.ts';
import { asStation, untouched, type StreamRetention } from '#domain/retention.ts';
import { dayMs } from '#domain/time.ts';
import { LineDraft, ZoneDraft, type WatchLine, type WatchZone } from '#domain/watch-zone.ts';
import { WatchSettings } from '#domain/watching.ts';
import { createUlids } from '#lib/ulid.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import type { SegmentFiles } from '../../src/main/engine/segment-file-port.ts';
import { restoreKept } from '../../src/main/station/restore-kept.ts';
import { ana, minute, nowMs, openRetention, roomy } from './retention-rig.ts';

const days = (minutes: number): number => (minutes * minute) / dayMs;
const rule = (over: Partial<StreamRetention>): StreamRetention => ({
  maxDays: null,
  minDays: 0,
  maxBytes: null,
  eventDays: null,
  ...over,
});
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
function folder(): string {
  const { path, remove } = tempFolder();
  closing.push(remove);
  return path;
}
function open(dir = folder(), wrap?: (files: SegmentFiles) => SegmentFiles) {
  const rig = openRetention(dir, wrap);
  closing.push(rig.close);
  return rig;
}
const nothing = { holds: 0, bookmarks: 0, rules: 0, zones: 0, lines: 0 };
const everything = { cameraIds: [], reasons: [], fromMs: null, toMs: null, before: null, limit: 1000 };

describe('keeping footage as long as it was said', () => {
  it('deletes what is older, rows and files, keeps what bears an event, and tells of it', async () => {
    const rig = open();
    const gate = rig.addCamera('Gate');
    rig.record(gate.main, { minutes: 200 });
    rig.record(gate.sub, { minutes: 200 });
    rig.event(gate.id, 'motion', nowMs - 150.5 * minute, nowMs - 150.4 * minute);
    const main = rule({ maxDays: days(100), eventDays: days(180) });
    rig.retention.setStation({ ...untouched, main, sub: rule({ maxDays: days(50) }) }, ana);
    rig.retention.start(nowMs);
    await until('the old is gone', () => rig.kept(gate.main).length === 101 && rig.kept(gate.sub).length === 50);
    // The event is in the segment that starts 151 minutes ago; what belongs to it lies in the same one.
    expect(rig.kept(gate.main).slice(0, 2)).toEqual([151, 100]);
    expect(rig.disagreeing(gate.main, 200)).toEqual({ noFile: [], noRow: [] });
    expect(rig.disagreeing(gate.sub, 200)).toEqual({ noFile: [], noRow: [] });
    expect(rig.store.faults()).toEqual([]);
    // Deleted time is no gap.
    expect([rig.store.endedGaps(gate.main, 0, 10), rig.store.openGap(gate.main)]).toEqual([[], null]);
    const told = rig.retention.deletions(everything);
    expect(told.map((d) => [d.stream, d.reason]).sort()).toEqual([
      ['main', 'age'],
      ['sub', 'age'],
    ]);
    expect(told.find((d) => d.stream === 'sub')).toMatchObject({
      camera: 'Gate',
      fromMs: nowMs - 200 * minute,
      toMs: nowMs - 50 * minute,
      segments: 150,
      bytes: 150_000,
    });
  });

  it('judges by the true times what a wrong clock recorded, years behind or ahead, and by their own all else', async () => {
    const rig = open();
    const gate = rig.addCamera('Gate');
    const [behind, ahead] = [nowMs - 700 * dayMs, nowMs + 700 * dayMs];
    // Half an hour with the clock two years behind, half an hour two years ahead, then an hour with the right one.
    rig.record(gate.main, { minutes: 30, endMs: behind });
    rig.record(gate.main, { minutes: 30, endMs: ahead, seam: 1 });
    rig.record(gate.main, { minutes: 60, seam: 2 });
    const startMs = ahead - 30 * minute;
    const rightMs = nowMs - 60 * minute;
    const boot = 'one';
    rig.clockWent([
      { id: 1, kind: 'step', fromMs: behind - dayMs, beforeMs: behind, atMs: startMs, steadyMs: 1e6, boot },
      { id: 2, kind: 'step', fromMs: startMs, beforeMs: ahead, atMs: rightMs, steadyMs: 1e6 + 30 * minute, boot },
    ]);
    rig.retention.setStation({ ...untouched, main: rule({ maxDays: days(70) }) }, ana);
    rig.retention.start(nowMs);
    await until('what is older than that is gone', () => rig.kept(gate.main).length === 70);
    const left = rig.store.retention.finished(gate.main, 0, 1000);
    expect(left.filter((s) => s.startMs > nowMs).map((s) => (ahead - s.startMs) / minute)).toEqual(
      Array.from({ length: 10 }, (_, i) => 10 - i),
    );
    expect(left.filter((s) => s.startMs < nowMs).map((s) => (nowMs - s.startMs) / minute)).toEqual(
      Array.from({ length: 60 }, (_, i) => 60 - i),
    );
    // It stays so: nothing more is to go.
    expect(rig.retention.deletions(everything).reduce((n, d) => n + d.segments, 0)).toBe(50);
  });

  it('makes room where a quota is used up though much is free, the oldest first, and stops when video is taken again', async () => {
    let refused = true;
    const rig = openRetention(folder(), undefined, () => refused);
    closing.push(rig.close);
    const gate = rig.addCamera('Gate');
    const yard = rig.addCamera('Yard');
    rig.record(gate.main, { minutes: 200, bytes: 2 ** 26 });
    rig.record(yard.main, { minutes: 400, endMs: nowMs - 300 * minute, bytes: 2 ** 26 });
    rig.look(roomy);
    rig.retention.start(nowMs);
    await until('the oldest goes', () => rig.kept(yard.main).length < 400);
    refused = false;
    await until('nothing more goes', async () => {
      const had = rig.kept(yard.main).length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return rig.kept(yard.main).length === had;
    });
    // As far as the reserve of such a disk and no further; the newer camera lost nothing.
    expect(rig.kept(gate.main)).toHaveLength(200);
    expect(rig.kept(yard.main).length).toBeGreaterThan(0);
    expect(rig.retention.deletions(everything).map((d) => d.reason)).toEqual(['space']);
  });

  it('keeps a stream within its bytes', async () => {
    const rig = open();
    const gate = rig.addCamera('Gate');
    rig.record(gate.main, { minutes: 400, bytes: 2 ** 20 });
    rig.retention.setCamera(gate.id, { main: rule({ maxBytes: 60 * 2 ** 20 }), sub: null, legalDays: null }, ana);
    rig.retention.start(nowMs);
    await until('it is within its bytes', () => rig.kept(gate.main).length <= 60);
    expect(rig.kept(gate.main)[0]).toBe(60);
    expect(rig.retention.deletions(everything)[0]?.reason).toBe('size');
  });

  it('makes room before the disk is full: the oldest of all beyond their minima, minima only in an emergency', async () => {
    const rig = open();
    const [gate, yard] = [rig.addCamera('Gate'), rig.addCamera('Yard')];
    const mib = 2 ** 20;
    rig.record(gate.main, { minutes: 100, bytes: mib });
    rig.record(yard.main, { minutes: 60, bytes: mib });
    rig.retention.setCamera(gate.id, { main: rule({ minDays: days(90) }), sub: null, legalDays: null }, ana);
    rig.retention.setCamera(yard.id, { main: rule({ minDays: days(20) }), sub: null, legalDays: null }, ana);
    // A tenth counts as low, a fifth more is kept free: 120 of 1000 MiB. 25 are missing.
    rig.look({ totalBytes: 1000 * mib, freeBytes: 95 * mib });
    rig.retention.start(nowMs);
    await until('25 are gone', () => rig.kept(gate.main).length + rig.kept(yard.main).length === 135);
    expect(rig.kept(gate.main)[0]).toBe(90);
    expect(rig.kept(yard.main)[0]).toBe(45);
    expect(rig.retention.deletions(everything).every((d) => d.reason === 'space')).toBe(true);
    const told = () => rig.notes.map((n) => n.kind).filter((kind) => kind !== 'retention-changed');
    expect(told()).toEqual([]);

    // Now 100 are missing from the target and 40 from what keeps it from being full.
    rig.look({ totalBytes: 1000 * mib, freeBytes: 20 * mib });
    rig.retention.setStation(untouched, ana);
    await until('40 are gone', () => rig.kept(gate.main).length + rig.kept(yard.main).length === 95);
    expect([rig.kept(gate.main)[0], rig.kept(yard.main)[0]]).toEqual([75, 20]);
    expect(told()).toEqual(['minimum-broken']);
    await until('it says what it lacks', () => (rig.retention.state().volumes[0]?.lackingBytes ?? 0) === 60 * mib);
  });

  it('lets the legal maximum go before everything but a hold, and says that the hold wins', async () => {
    const rig = open();
    const gate = rig.addCamera('Gate');
    rig.record(gate.main, { minutes: 300 });
    rig.event(gate.id, 'motion', nowMs - 250 * minute, nowMs - 249 * minute);
    const span = { fromMs: nowMs - 220 * minute, toMs: nowMs - 210 * minute };
    rig.holds.place({ ...span, cameraIds: [gate.id], reason: 'Case 12', owner: 'Ana', untilMs: null }, ana);
    const main = rule({ minDays: days(200), eventDays: days(300) });
    rig.retention.setStation({ ...untouched, main, legalDays: days(100) }, ana);
    rig.retention.start(nowMs);
    await until('the rest is gone', () => rig.kept(gate.main).length === 109);
    expect(rig.kept(gate.main).slice(0, 11)).toEqual([220, 219, 218, 217, 216, 215, 214, 213, 212, 211, 99]);
    const state = rig.retention.state().streams.find((s) => s.stream === 'main');
    expect(state?.conflicts).toEqual(['legal-over-minimum', 'legal-over-events', 'hold-over-legal']);
    expect(state).toMatchObject({ segments: 109, oldestMs: nowMs - 220 * minute });

    const [hold] = rig.holds.list();
    if (hold === undefined) throw new Error('there is no hold');
    rig.holds.lift(hold.id, 'The case is closed', ana);
    rig.retention.setStation({ ...untouched, main, legalDays: days(100) }, ana);
    await until('the held is gone too', () => rig.kept(gate.main).length === 99);
  });
});

describe('pictures of a time that was not recorded', () => {
  it('go by the legal maximum all the same, but for what is held, and the held when it is let go', async () => {
    const rig = open();
    const gate = rig.addCamera('Gate');
    const yard = rig.addCamera('Yard');
    const span = { fromMs: nowMs - 220 * minute, toMs: nowMs - 210 * minute };
    const hold = rig.holds.place(
      { ...span, cameraIds: [gate.id], reason: 'Case 12', owner: 'Ana', untilMs: null },
      ana,
    );
    rig.retention.setCamera(gate.id, { ...asStation, legalDays: days(100) }, ana);
    rig.retention.start(nowMs);
    const beginning = nowMs / minute;
    await until('all but the held is gone', () => rig.bare.length >= 2);
    expect(rig.bare).toEqual([
      [beginning, 220],
      [210, 100],
    ]);
    rig.holds.lift(hold.id, 'The case is closed', ana);
    rig.retention.wake();
    await until('the held is gone too', () => rig.bare.length >= 3);
    expect(rig.bare.slice(2)).toEqual([[beginning, 100]]);
    expect(rig.kept(yard.main)).toEqual([]);
  });
});

describe('a crash while footage is deleted', () => {
  it('leaves nothing unexplained wherever it comes, and the next start finishes it', async () => {
    const minutes = 24;
    const crashes: string[] = [];
    const dir = folder();
    /** The folder as it is on the disk at this moment; once more where what is kept beside the video got its name meanwhile. */
    const crash = (): void => {
      for (let tries = 0; ; tries += 1) {
        const copy = folder();
        try {
          cpSync(dir, copy, { recursive: true });
          crashes.push(copy);
          return;
        } catch (error) {
          if (tries > 9 || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        }
      }
    };
    const rig = open(dir, (files) => ({
      ...files,
      async remove(of, segments, spared) {
        const result = await files.remove(of, segments, (segment) => {
          crash();
          return spared(segment);
        });
        crash();
        return result;
      },
    }));
    const gate = rig.addCamera('Gate');
    rig.record(gate.main, { minutes });
    rig.event(gate.id, 'motion', nowMs - 18.5 * minute, nowMs - 18.4 * minute);
    const main = rule({ maxDays: days(15), eventDays: 1 });
    rig.retention.setStation({ ...untouched, main }, ana);
    rig.retention.start(nowMs);
    await until('the old is gone', () => rig.kept(gate.main).length === 16);
    const want = rig.kept(gate.main);
    expect(want).toEqual([19, ...Array.from({ length: 15 }, (_, i) => 15 - i)]);
    expect(crashes.length).toBeGreaterThan(8);

    for (const copy of crashes) {
      const after = open(copy);
      const marks = after.store.retention.marks();
      const marked = (n: number): boolean =>
        marks.some((m) => m.fromMs <= nowMs - n * minute && nowMs - n * minute <= m.toMs);
      const { noFile, noRow } = after.disagreeing(gate.main, minutes);
      expect(noFile.filter((n) => !marked(n))).toEqual([]);
      expect(noRow).toEqual([]);
      after.retention.start(nowMs);
      await until('the rest is gone', () => after.kept(gate.main).length === 16);
      expect(after.kept(gate.main)).toEqual(want);
      expect(after.disagreeing(gate.main, minutes)).toEqual({ noFile: [], noRow: [] });
      expect(after.store.retention.marks()).toEqual([]);
      expect(after.store.faults()).toEqual([]);
      const told = after.retention.deletions(everything);
      expect(told.reduce((sum, d) => sum + d.segments, 0)).toBe(minutes - 16);
    }
  });

  it('does not finish what is held by now', async () => {
    const rig = open();
    const gate = rig.addCamera('Gate');
    rig.record(gate.main, { minutes: 10 });
    const mark = { streamId: gate.main, reason: 'age' as const, by: '', why: '' };
    rig.store.retention.mark([{ ...mark, fromMs: nowMs - 10 * minute, toMs: nowMs - 6 * minute }]);
    const span = { fromMs: nowMs - 9 * minute, toMs: nowMs - 8 * minute };
    rig.holds.place({ ...span, cameraIds: [gate.id], reason: 'Case', owner: 'Ana', untilMs: null }, ana);
    rig.retention.start(nowMs);
    await until('the rest is gone', () => rig.kept(gate.main).length === 6);
    expect(rig.kept(gate.main)).toEqual([9, 5, 4, 3, 2, 1]);
  });

  it('tries again what a disk refused, and says why it does not go on', async () => {
    let refuses = true;
    const rig = open(folder(), (files) => ({
      ...files,
      remove: async (...args) =>
        refuses ? { gone: [], refused: [], trouble: 'EROFS: read-only file system' } : await files.remove(...args),
    }));
    const gate = rig.addCamera('Gate');
    rig.record(gate.main, { minutes: 10 });
    rig.retention.setStation({ ...untouched, main: rule({ maxDays: days(5) }) }, ana);
    rig.retention.start(nowMs);
    await until('it says so', () => rig.retention.state().trouble?.includes('EROFS') === true);
    expect(rig.retention.trouble()).toContain('EROFS');
    expect(rig.kept(gate.main)).toHaveLength(10);
    refuses = false;
    await until('it goes on', () => {
      rig.retention.setStation({ ...untouched, main: rule({ maxDays: days(5) }) }, ana);
      return rig.kept(gate.main).length === 5;
    });
    expect(rig.retention.state().trouble).toBeNull();
    expect(rig.disagreeing(gate.main, 10)).toEqual({ noFile: [], noRow: [] });
  });
});

describe('one file that cannot be deleted', () => {
  /** In whose place something is that no file is. */
  const protect = (rig: ReturnType<typeof openRetention>, camera: string, minutesAgo: number): string => {
    const path = rig.files.path(camera, 'main', nowMs - minutesAgo * minute);
    rmSync(path);
    mkdirSync(path);
    return path;
  };

  it('keeps no other from going, for its age, for room and by hand, and is told of', async () => {
    const rig = open();
    const [gate, yard] = [rig.addCamera('Gate'), rig.addCamera('Yard')];
    for (const { main } of [gate, yard]) rig.record(main, { minutes: 300 });
    const path = protect(rig, 'gate', 300);
    rig.retention.setStation({ ...untouched, main: rule({ maxDays: days(100) }) }, ana);
    rig.retention.start(nowMs);
    await until('all others are gone', () => rig.kept(gate.main).length === 101 && rig.kept(yard.main).length === 100);
    expect(rig.kept(gate.main)[0]).toBe(300);
    expect(rig.retention.state().refused).toEqual({ count: 1, why: expect.stringContaining(path) as string });
    expect(rig.retention.state().trouble).toBeNull();
    expect(rig.retention.trouble()).toContain(path);
    const ofGate = { ...everything, cameraIds: [gate.id] };
    expect(rig.retention.deletions(ofGate).reduce((sum, d) => sum + d.segments, 0)).toBe(199);

    const span = { fromMs: nowMs - 300 * minute, toMs: nowMs - 50 * minute };
    rig.retention.erase({ cameraIds: [gate.id], stream: null, ...span, why: 'asked for' }, ana);
    await until('the rest of the span is gone', () => rig.kept(gate.main).length <= 51);
    expect(rig.kept(gate.main)[0]).toBe(300);
    // What is asked for by hand and cannot be done holds nothing else up.
    rig.retention.setStation({ ...untouched, main: rule({ maxDays: days(20) }) }, ana);
    await until('the others go on going', () => rig.kept(yard.main).length === 20);
  });
});

describe('deleting by hand', () => {
  it('takes the span of the cameras that were named, and says who and why', async () => {
    const rig = open();
    const [gate, yard] = [rig.addCamera('Gate'), rig.addCamera('Yard')];
    for (const stream of [gate.main, gate.sub, yard.main]) rig.record(stream, { minutes: 300 });
    rig.retention.start(nowMs);
    const span = { fromMs: nowMs - 250.5 * minute, toMs: nowMs - 50.5 * minute };
    rig.retention.erase({ ...span, cameraIds: [gate.id], stream: null, why: 'Asked for by letter' }, ana);
    await until('it is gone', () => rig.kept(gate.main).length === 99 && rig.kept(gate.sub).length === 99);
    // Recordings that touch the span go whole.
    expect(rig.kept(gate.main).slice(48, 50)).toEqual([252, 50]);
    expect(rig.kept(yard.main)).toHaveLength(300);
    const told = rig.retention.deletions({ ...everything, reasons: ['by-hand'] });
    expect(told.map((d) => [d.stream, d.by, d.why, d.segments]).sort()).toEqual([
      ['main', 'ana', 'Asked for by letter', 201],
      ['sub', 'ana', 'Asked for by letter', 201],
    ]);
    await until('it is done', () => rig.retention.state().erasing === 0);
    // Only what neither stream has any more: the main stream went first, in batches.
    expect(Math.max(...rig.bare.map(([from]) => from))).toBe(251);
    expect(Math.min(...rig.bare.map(([, to]) => to))).toBe(50);
    expect(rig.bare.reduce((sum, [from, to]) => sum + from - to, 0)).toBe(201);
    expect(rig.notes.map((n) => n.kind)).toEqual(['footage-deleted']);
  });

  it('waits for what is still being written', async () => {
    const rig = open();
    const gate = rig.addCamera('Gate');
    rig.record(gate.main, { minutes: 3, endMs: nowMs - minute });
    rig.record(gate.main, { minutes: 1, state: 'open' });
    rig.retention.start(nowMs);
    rig.retention.erase({ cameraIds: [gate.id], stream: null, fromMs: nowMs - 2 * minute, toMs: nowMs, why: 'x' }, ana);
    await until('the finished is gone', () => rig.kept(gate.main).length === 2);
    expect(rig.retention.state().erasing).toBe(1);
    rig.store.segment.close(gate.main, nowMs - minute, { endMs: nowMs, bytes: 5, state: 'sealed' });
    await until('the rest is gone', () => {
      rig.retention.setStation(untouched, ana);
      return rig.retention.state().erasing === 0;
    });
    expect(rig.kept(gate.main)).toEqual([4, 3]);
  });

  it('is refused where something is held, for the future and for cameras that never were', () => {
    const rig = open();
    const gate = rig.addCamera('Gate');
    const ask = { cameraIds: [gate.id], stream: null, fromMs: nowMs - 9 * minute, toMs: nowMs, why: 'x' };
    const hold = { cameraIds: [gate.id], fromMs: nowMs - minute, toMs: nowMs, reason: 'Case', owner: 'Ana' };
    rig.holds.place({ ...hold, untilMs: null }, ana);
    expect(() => rig.retention.erase(ask, ana)).toThrow(/Gate.*Lift the hold first/);
    rig.retention.erase({ ...ask, toMs: nowMs - minute }, ana);
    expect(() => rig.retention.erase({ ...ask, toMs: nowMs + 1 }, ana)).toThrow(/is over/);
    expect(() => rig.retention.setCamera(ana.userId as never, null, ana)).toThrow(/no such camera/);
  });
});

it('tells who changed rules and holds: each figure as it was and as it is, and nothing where nothing is another', () => {
  const rig = open();
  const gate = rig.addCamera('Gate');
  const ben = { ...ana, name: 'ben' };
  rig.retention.setStation({ ...untouched, main: rule({ maxDays: 30 }) }, ana);
  rig.retention.setStation({ ...untouched, main: rule({ maxDays: 30 }) }, ana);
  rig.retention.setCamera(gate.id, { main: rule({ maxDays: 7, minDays: 2 }), sub: null, legalDays: null }, ben);
  rig.retention.setCamera(gate.id, null, ana);
  const span = { cameraIds: [gate.id], fromMs: nowMs - minute, toMs: nowMs };
  const { id } = rig.holds.place({ ...span, reason: 'Case', owner: 'Ana', untilMs: nowMs + 5 }, ana);
  rig.holds.change(id, { untilMs: nowMs + dayMs }, ben);
  rig.holds.change(id, { owner: 'Ana' }, ben);
  rig.holds.lift(id, 'closed', ana);
  const of = { cameraId: gate.id };
  expect(rig.notes).toMatchObject([
    { kind: 'retention-changed', cameraId: null, data: { by: 'ana', 'was.main.maxDays': null, 'is.main.maxDays': 30 } },
    { kind: 'retention-changed', ...of, data: { by: 'ben', 'was.main.maxDays': 30, 'is.main.maxDays': 7 } },
    { kind: 'retention-changed', ...of, data: { by: 'ana', 'was.main.minDays': 2, 'is.main.minDays': 0 } },
    { kind: 'hold-placed', ...of, data: { by: 'ana', text: 'Case', owner: 'Ana', untilMs: nowMs + 5 } },
    { kind: 'hold-changed', ...of, data: { by: 'ben', 'was.untilMs': nowMs + 5, 'is.untilMs': nowMs + dayMs } },
    { kind: 'hold-lifted', ...of, data: { by: 'ana', text: 'closed' } },
  ]);
  expect(rig.notes[0]?.data).toEqual({ by: 'ana', 'was.main.maxDays': null, 'is.main.maxDays': 30 });
});

describe('what is kept beside the video', () => {
  it('holds, bookmarks and rules of each camera, written whole, again after a restart where it was refused', async () => {
    const dir = folder();
    let refuses = false;
    const rig = open(dir, (files) => ({
      ...files,
      keepBeside: async (...args) => {
        if (refuses) throw new Error('EROFS');
        return files.keepBeside(...args);
      },
    }));
    const [gate, yard] = [rig.addCamera('Gate'), rig.addCamera('Yard')];
    const kept = (name: string) => {
      const path = join(dir, 'video', name, 'kept.json');
      return existsSync(path) ? readKept(readFileSync(path, 'utf8')) : null;
    };
    const draft = { cameraIds: [gate.id, yard.id], fromMs: nowMs - minute, toMs: nowMs, owner: 'Ana', untilMs: null };
    const hold = rig.holds.place({ ...draft, reason: 'Case 12' }, ana);
    const bookmark = rig.bookmarks.add({ cameraId: gate.id, atMs: nowMs - 5, name: 'Van', note: '' }, ana);
    rig.retention.setCamera(yard.id, { main: null, sub: null, legalDays: 30 }, ana);
    await until(
      'both are written',
      () => kept('gate')?.bookmarks.length === 1 && kept('yard')?.retention.legalDays === 30,
    );
    expect(kept('gate')).toMatchObject({ holds: [hold], bookmarks: [bookmark], station: untouched });
    expect(kept('yard')).toMatchObject({ holds: [hold], bookmarks: [] });
    await until(
      'nothing else is there',
      () => readdirSync(join(dir, 'video', 'gate')).join() === 'camera.json,kept.json',
    );

    refuses = true;
    rig.bookmarks.remove(bookmark.id);
    closing.splice(closing.indexOf(rig.close), 1);
    await rig.close();
    expect(kept('gate')?.bookmarks).toHaveLength(1);
    open(dir);
    await until('it is made up for', () => kept('gate')?.bookmarks.length === 0);
  });
});

it('brings holds, bookmarks and rules back from beside the video into an index that was made anew', async () => {
  const dir = folder();
  const rig = open(dir);
  const [gate, yard] = [rig.addCamera('Gate'), rig.addCamera('Yard')];
  const span = { cameraIds: [gate.id, yard.id], fromMs: nowMs - minute, toMs: nowMs };
  const hold = rig.holds.place({ ...span, reason: 'Case', owner: 'Ana', untilMs: null }, ana);
  const bookmark = rig.bookmarks.add({ cameraId: yard.id, atMs: nowMs - 5, name: 'Van', note: 'red' }, ana);
  const said = { main: rule({ minDays: 3 }), sub: null, legalDays: 30 };
  rig.retention.setCamera(gate.id, said, ana);
  rig.retention.setStation({ ...untouched, legalDays: 60 }, ana);
  const saved = (name: string) => {
    const path = join(dir, 'video', name, 'kept.json');
    return existsSync(path) ? readKept(readFileSync(path, 'utf8')) : null;
  };
  await until('it is written', () => ['gate', 'yard'].every((name) => saved(name)?.station.legalDays === 60));
  closing.splice(closing.indexOf(rig.close), 1);
  await rig.close();
  for (const end of ['', '-wal', '-shm']) rmSync(join(dir, `index.db${end}`), { force: true });

  const anew = open(dir);
  const [a, b] = [anew.addCamera('Gate'), anew.addCamera('Yard')];
  expect(await restoreKept(anew.store, anew.files, Infinity)).toEqual({ ...nothing, holds: 1, bookmarks: 1, rules: 1 });
  expect(anew.store.hold.all()).toEqual([{ ...hold, cameraIds: [a.id, b.id] }]);
  expect(anew.store.bookmark.ofCamera(b.id)).toEqual([{ ...bookmark, cameraId: b.id }]);
  expect(anew.store.retention.rules()).toEqual([{ cameraId: a.id, rule: said }]);
  expect(JSON.parse(anew.store.setting.get('retention') ?? 'null')).toMatchObject({ legalDays: 60 });
  expect(await restoreKept(anew.store, anew.files, Infinity)).toEqual(nothing);
});

it('brings zones, lines and how a camera is watched back, those of a camera that was removed too', async () => {
  const dir = folder();
  const rig = open(dir);
  const [gate, yard] = [rig.addCamera('Gate'), rig.addCamera('Yard')];
  const ids = createUlids(() => nowMs);
  const scheduleId = ScheduleId.parse(ids());
  const points = [
    { x: 0, y: 0 },
    { x: 0.5, y: 0 },
    { x: 0, y: 0.5 },
  ];
  const zone = (cameraId: CameraId, kind: 'detect' | 'privacy', schedule: ScheduleId | null): WatchZone => ({
    ...ZoneDraft.parse({ kind, name: 'Door', points, scheduleId: schedule }),
    ...{ id: ZoneId.parse(ids()), cameraId, version: 3 },
  });
  const [door, hidden] = [zone(gate.id, 'detect', scheduleId), zone(yard.id, 'privacy', null)];
  const line: WatchLine = {
    ...LineDraft.parse({ name: 'Kerb', a: { x: 0, y: 0.5 }, b: { x: 1, y: 0.5 } }),
    ...{ id: LineId.parse(ids()), cameraId: gate.id, version: 1 },
  };
  const settings = WatchSettings.parse({ mode: 'motion', sensitivity: 0.8 });
  rig.store.watch.setSettings(gate.id, settings);
  rig.store.watch.putZone(door);
  rig.store.watch.putLine(line);
  rig.store.watch.putZone(hidden);
  rig.store.camera.remove(yard.id, nowMs);
  rig.start(nowMs); // what an older version wrote is made good for at the first start
  const saved = (name: string) => {
    const path = join(dir, 'video', name, 'kept.json');
    return existsSync(path) ? readKept(readFileSync(path, 'utf8')) : null;
  };
  await until('it is written', () => ['gate', 'yard'].every((name) => saved(name) !== null));
  expect(saved('gate')?.watching).toEqual({ settings, zones: [door], lines: [line] });
  expect(saved('yard')?.watching).toEqual({ settings: null, zones: [hidden], lines: [] });
  closing.splice(closing.indexOf(rig.close), 1);
  await rig.close();
  for (const end of ['', '-wal', '-shm']) rmSync(join(dir, `index.db${end}`), { force: true });

  const anew = open(dir);
  const [a, b] = [anew.addCamera('Gate'), anew.addCamera('Yard')];
  expect(await restoreKept(anew.store, anew.files, Infinity)).toEqual({ ...nothing, zones: 2, lines: 1 });
  expect(anew.store.watch.settings()).toEqual([{ cameraId: a.id, settings }]);
  // Its schedule was in the old index alone: it holds always.
  expect(anew.store.watch.zones()).toEqual([
    { ...door, cameraId: a.id, scheduleId: null },
    { ...hidden, cameraId: b.id },
  ]);
  expect(anew.store.watch.lines()).toEqual([{ ...line, cameraId: a.id }]);
  // What the index has goes before what lies beside the video.
  anew.store.watch.removeLine(line.id);
  expect(await restoreKept(anew.store, anew.files, Infinity)).toEqual(nothing);
  expect(anew.store.watch.lines()).toEqual([]);
});

it('reads what older versions kept beside the video, and the rest where zones cannot be read', () => {
  const old = {
    ...{ vigie: 'kept', format: 1, savedMs: nowMs, cameraId: ana.userId, holds: [], bookmarks: [] },
    ...{ retention: { main: null, sub: null, legalDays: 7 }, station: untouched },
  };
  expect(readKept(JSON.stringify(old))).toMatchObject({ retention: { legalDays: 7 }, watching: null });
  const odd = { ...old, watching: { settings: { mode: 'psychic' }, zones: [], lines: [] } };
  expect(readKept(JSON.stringify(odd))).toMatchObject({ retention: { legalDays: 7 }, watching: null });
});

it('does not believe a clock that is a month ahead of when the station was last known to run', async () => {
  const rig = open();
  const gate = rig.addCamera('Gate');
  rig.record(gate.main, { minutes: 10 });
  rig.look(roomy);
  rig.retention.setStation({ ...untouched, main: rule({ maxDays: days(5) }) }, ana);
  rig.retention.start(nowMs - 40 * dayMs);
  await until('it says so', () => rig.retention.state().clockDoubtedUntilMs !== null);
  rig.retention.erase(
    { cameraIds: [gate.id], stream: null, fromMs: nowMs - 2 * minute, toMs: nowMs - minute, why: 'x' },
    ana,
  );
  await until('what a person says is done', () => rig.retention.state().erasing === 0);
  expect(rig.kept(gate.main)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 1]);
});
