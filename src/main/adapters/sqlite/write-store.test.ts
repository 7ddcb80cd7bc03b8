import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CameraId, EventId, LineId, StreamId, UserId, ZoneId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow, cameraStream } from '../../../../tests/support/camera-row.ts';
import type { CameraRecord, SegmentRow } from '../../engine/index-port.ts';
import { openQueries, openWriteStore } from './index.ts';
import { recordAlways, recordNever } from '#domain/recording-plan.ts';

const newId = createUlids(() => systemClock.nowMs());
const deps = { clock: systemClock, log: quietLog, newStation: () => ({ id: newId(), name: 'Test' }) };
const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 700 };
const t0 = Date.UTC(2026, 10, 22, 10);

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-store-'));
  path = join(dir, 'vigie.sqlite');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const camera = (over: Partial<CameraRecord> = {}): Omit<CameraRecord, 'streamIds'> =>
  cameraRow({
    sub: cameraStream('sub'),
    username: 'admin',
    hasPassword: true,
    createdMs: t0,
    sealedPassword: new Uint8Array([1, 2, 3]),
    ...over,
  });

const reasonOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof StoreError ? error.reason : String(error);
  }
};

describe('opening', () => {
  it('keeps the station over a reopening', () => {
    const a = openWriteStore(path, deps);
    const id = a.station.get().id;
    a.station.rename('Harbour');
    a.close();
    const b = openWriteStore(path, deps);
    expect(b.station.get()).toEqual({ id, name: 'Harbour' });
    expect(b.faults()).toEqual([]);
    b.close();
  });

  it('refuses a newer database, a foreign one and one that is damaged, and changes none of them', () => {
    const db = new Sqlite(path);
    db.exec('CREATE TABLE other (a)');
    db.close();
    expect(reasonOf(() => openWriteStore(path, deps))).toBe('foreign');

    rmSync(path);
    openWriteStore(path, deps).close();
    const newer = new Sqlite(path);
    newer.pragma('user_version = 99');
    newer.close();
    expect(() => openWriteStore(path, deps)).toThrow(/newer Vigie.*Nothing was changed/);

    const broken = join(dir, 'broken.sqlite');
    copyFileSync(new URL(import.meta.url).pathname, broken);
    expect(reasonOf(() => openWriteStore(broken, deps))).toBe('corrupt');
    expect(reasonOf(() => openWriteStore(join(dir, 'no', 'such', 'folder.sqlite'), deps))).not.toBe('none');
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20])(
    'brings a database of version %i to this version with all that is in it',
    (version) => {
      const kept = new URL(`../../../../tests/fixtures/db/v${String(version)}.sqlite`, import.meta.url);
      copyFileSync(kept.pathname, path);
      const store = openWriteStore(path, deps);
      expect(store.station.get().name).toBe('Harbour');
      expect(store.cameras().map((c) => [c.number, c.name, c.sub === null])).toEqual([
        [1, 'Gate', false],
        [7, 'Yard', true],
      ]);
      // Version 4 knows tags, notes and devices.
      const yard = store.cameras()[1];
      const filled = version >= 4;
      expect([yard?.tags, yard?.notes, yard?.link?.identity.serial]).toEqual(
        filled ? [['north', 'night'], 'Key at the gate house.', 'A1'] : [[], '', undefined],
      );
      expect(store.streams().filter((s) => s.removed)).toHaveLength(1);
      expect(store.counts()).toMatchObject({ segments: 4, events: 2 });
      expect(store.openSegments()).toHaveLength(1);
      // Version 5 knows what was fetched from a camera's card.
      const fetched = store.streams().flatMap((s) => store.segmentsFrom(s.id, 0, Number.MAX_SAFE_INTEGER, 100));
      expect(fetched.filter((s) => s.origin === 'back-fill')).toHaveLength(version >= 5 ? 1 : 0);
      // Version 6 knows hashes.
      const links = store.streams().flatMap((s) => store.chain.links(s.id, 1, 100));
      expect(links.map((l) => [l.link, l.sha256])).toEqual(version >= 6 ? [[1, 'ab'.repeat(32)]] : []);
      // Version 10 knows where the clock was set, and what was recorded after that.
      expect(store.clock.seams().map((s) => [s.id, s.kind])).toEqual(version >= 10 ? [[1, 'step']] : []);
      expect(fetched.filter((s) => s.seam === 1)).toHaveLength(version >= 10 ? 1 : 0);
      // Version 7 knows when recording was asked for: until then, whenever it was covered or in a gap.
      const asked = store.streams().map((s) => store.wantedRuns(s.id, 0, Number.MAX_SAFE_INTEGER));
      const sinceMs = 1_795_341_600_000;
      expect(asked).toEqual([
        [
          { fromMs: sinceMs, toMs: sinceMs + 130_000 },
          { fromMs: sinceMs + 140_000, toMs: null },
        ],
        version >= 7 ? [{ fromMs: sinceMs, toMs: sinceMs + 60_000 }] : [],
        [{ fromMs: sinceMs, toMs: null }],
        [],
      ]);
      // Version 8 counts finished segments per stream, and knows holds and bookmarks.
      expect(store.retention.stored().reduce((sum, s) => sum + s.segments, 0)).toBe(3);
      const stored = store.retention.stored().filter((s) => s.segments > 0);
      const places = version >= 18 ? [1, 10_001] : version >= 11 ? [1, 2] : [1];
      expect(new Set(stored.map((s) => s.volume))).toEqual(new Set(places));
      expect(store.hold.all().map((h) => h.reason)).toEqual(version >= 8 ? ['Case 12'] : []);
      expect(
        store
          .cameras()
          .flatMap((c) => store.bookmark.ofCamera(c.id))
          .map((b) => b.name),
      ).toEqual(version >= 8 ? ['Van'] : []);
      // Version 9 knows when a stream is recorded; before, all of these were recorded always.
      expect(store.cameras().map((c) => c.main.plan)).toEqual([
        recordAlways,
        version >= 9
          ? {
              when: { by: 'schedule', scheduleId: '01JD0000000000000000000000' },
              kinds: ['motion'],
              preRollS: 3,
              postRollS: 20,
              audio: false,
            }
          : recordAlways,
      ]);
      expect(store.schedules().map((s) => s.name)).toEqual(version >= 9 ? ['Shop hours'] : []);
      // Version 11 knows of several volumes, and on which of them a segment lies; version 12 of copies at archives; in version 18 one
      // segment has gone there.
      expect(store.volume.all().map((v) => v.volume)).toEqual(version >= 11 ? [1, 2] : [1]);
      const elsewhere = fetched.filter((s) => s.volume !== 1).map((s) => s.volume);
      expect(elsewhere).toEqual(version >= 18 ? [10_001] : version >= 11 ? [2] : []);
      expect(store.archive.count(10_001)).toEqual(
        version >= 12 ? { segments: 1, bytes: 15_000_000 } : { segments: 0, bytes: 0 },
      );
      // Version 18 keeps what is at archives only as runs.
      const queries = openQueries(path, deps);
      const span = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, grainMs: 0 };
      expect(
        queries.coverage({ streamIds: store.streams().map((s) => s.id), ...span }).flatMap((c) => c.archived),
      ).toEqual(version >= 18 ? [[sinceMs, sinceMs + 60_000]] : []);
      queries.close();
      // Version 13 knows how cameras are watched, and what the analysis saw of an event.
      const watched = version >= 13;
      expect(store.watch.settings().map((s) => s.settings.mode)).toEqual(watched ? ['motion'] : []);
      expect(store.watch.zones().map((z) => [z.name, z.kind, z.version])).toEqual(
        watched ? [['Window', 'privacy', 2]] : [],
      );
      expect(store.watch.lines().map((l) => [l.name, l.classes])).toEqual(watched ? [['Door', ['person']]] : []);
      expect(store.openEvents().map((e) => e.look?.class)).toEqual([watched ? 'person' : undefined]);
      // Version 14 knows how cameras are listened to.
      expect(store.sound.settings().map((s) => [s.settings.on, s.settings.loudDb, s.settings.tellSpeech])).toEqual(
        version >= 14 ? [[true, -30, false]] : [],
      );
      // Version 15 knows plates on lists.
      expect(store.plate.lists().map((l) => [l.name, l.kind])).toEqual(version >= 15 ? [['Neighbours', 'allow']] : []);
      expect(store.plate.entries().map((e) => [e.text, e.changedBy])).toEqual(
        version >= 15 ? [['B101GSB', 'ana']] : [],
      );
      // Version 16 knows work that waits.
      expect(store.work.waiting('transcription').count).toBe(version >= 16 ? 1 : 0);
      // Version 19 knows what recordings showed afterwards.
      expect(store.openEvents().map((e) => e.closer?.upper)).toEqual([version >= 19 ? 'white' : undefined]);
      // Version 20 knows whether an object stayed in its place.
      expect(store.openEvents().map((e) => e.look?.stayed)).toEqual([version >= 20 ? true : undefined]);
      // Version 17 knows why events were told.
      expect(store.openEvents().map((e) => store.eventWhy(e.id)?.is)).toEqual([version >= 17 ? 'motion' : undefined]);
      expect(store.access.users().map((u) => u.name)).toEqual(['ana']);
      // Version 2 counted the events that were there already.
      const db = new Sqlite(path, { readonly: true });
      expect(db.prepare('SELECT kind, n, going_on FROM event_day ORDER BY kind').raw().all()).toEqual([
        ['camera-lost', 1, 1],
        ['station-started', 1, 0],
      ]);
      // Version 3 gave each its lane.
      expect(
        db
          .prepare(
            'SELECT l.kind, l.camera_id IS e.camera_id OR l.camera_id = ? FROM event AS e JOIN lane AS l ON l.id = e.lane_id ORDER BY 1',
          )
          .raw()
          .all(''),
      ).toEqual([
        ['camera-lost', 1],
        ['station-started', 1],
      ]);
      db.close();
      expect(store.faults()).toEqual([]);
      store.close();
    },
  );

  it('keeps a stream that was not to be recorded so, when whether becomes when', () => {
    copyFileSync(new URL('../../../../tests/fixtures/db/v8.sqlite', import.meta.url).pathname, path);
    const old = new Sqlite(path);
    old.exec("UPDATE stream SET record = 0 WHERE kind = 'sub'");
    old.close();
    const store = openWriteStore(path, deps);
    const [gate] = store.cameras();
    expect([gate?.main.plan, gate?.sub?.plan]).toEqual([recordAlways, recordNever]);
    expect(store.faults()).toEqual([]);
    store.close();
  });

  it('finds a schema and a coverage that are not as they should be', () => {
    const store = openWriteStore(path, deps);
    const c = store.camera.add(camera());
    store.segment.adopt({
      streamId: c.streamIds.main,
      startMs: t0,
      endMs: t0 + 1000,
      bytes: 1,
      state: 'sealed',
      format,
    });
    store.event.add({
      id: newId() as EventId,
      origin: store.station.get().id,
      kind: 'camera-lost',
      severity: 'warning',
      cameraId: c.id,
      fromMs: t0,
      toMs: null,
      data: {},
    });
    const other = new Sqlite(path);
    other.exec('DROP INDEX event_kind; CREATE TABLE odd (a); UPDATE coverage SET to_ms = to_ms + 1');
    other.exec("INSERT INTO event_day VALUES (0, 'external', '', 1, 0, 5, 5)");
    other.exec(
      "INSERT INTO lane (kind, camera_id) VALUES ('external', 'nobody'); UPDATE event SET lane_id = last_insert_rowid()",
    );
    other.close();
    expect(store.faults().map((f) => f.detail)).toEqual([
      'index event_kind is missing',
      'table odd does not belong here',
      `coverage of stream ${c.streamIds.main} disagrees with its segments`,
      'lanes of the timeline disagree with the events',
      'events counted per day disagree with the events',
    ]);
    store.rebuildCoverage(c.streamIds.main);
    store.rebuildEventDays();
    expect(store.faults().filter((f) => f.what === 'coverage' || f.what === 'event-days')).toEqual([]);
    store.close();
  });
});

describe('cameras', () => {
  it('gives streams small numbers that stay, also when a stream or the camera goes', () => {
    const store = openWriteStore(path, deps);
    const a = store.camera.add(camera());
    expect(a.streamIds).toEqual({ main: 1, sub: 2 });
    const link = {
      url: 'http://192.0.2.7/onvif/device_service',
      identity: { endpoint: null, serial: 'A1', macs: ['00:00:5e:00:53:01'], maker: null, model: null, firmware: null },
      mainProfile: 'p0',
      subProfile: 'p1',
      certificate: null,
      trustedHosts: [],
      setClock: true,
    };
    store.camera.save({ ...a, tags: ['north'], notes: 'é', link });
    expect(store.cameras()[0]).toMatchObject({ tags: ['north'], notes: 'é', link });
    expect(store.camera.save({ ...a, sub: null }).streamIds).toEqual({ main: 1, sub: null });
    expect(store.camera.save(a).streamIds).toEqual({ main: 1, sub: 2 });
    expect(() => store.camera.add(camera({ folder: 'gate-2' }))).toThrow(/UNIQUE/);
    store.camera.remove(a.id, t0);
    const b = store.camera.add(camera({ folder: 'gate-2' }));
    expect(b.streamIds.main).toBeGreaterThan(2);
    expect(store.cameras().map((c) => c.id)).toEqual([b.id]);
    expect(store.streams().map((s) => s.removed)).toEqual([true, true, false, false]);
    store.segment.open({ streamId: b.streamIds.main, startMs: t0, endMs: t0, bytes: 0, state: 'open', format });
    store.camera.erase(b.id);
    expect(store.counts().segments).toBe(0);
    expect(store.camera.add(camera({ folder: 'x', number: 3 })).streamIds.main).toBeGreaterThan(b.streamIds.main);
    store.close();
  });
});

describe('segments and coverage', () => {
  it('keep coverage equal to what the segments say, whatever is done in whatever order', () => {
    const store = openWriteStore(path, deps);
    const streamId = store.camera.add(camera()).streamIds.main;
    // Slots of 10 s that never overlap; lengths leave holes below and above the tolerance.
    const step = fc.record({
      slot: fc.integer({ min: 0, max: 12 }),
      length: fc.constantFrom(0, 300, 9_000, 9_499, 9_500, 9_800, 10_000),
      op: fc.constantFrom('open', 'grow', 'seal', 'drop', 'adopt', 'correct'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        for (const { slot, length, op } of steps) {
          const startMs = t0 + slot * 10_000;
          const row: SegmentRow = { streamId, startMs, endMs: startMs + length, bytes: length, state: 'open', format };
          if (op === 'open') store.segment.open({ ...row, endMs: startMs });
          else if (op === 'grow') store.segment.grow([row]);
          else if (op === 'seal') store.segment.close(streamId, startMs, { ...row, state: 'sealed' });
          else if (op === 'drop') store.segment.drop(streamId, startMs);
          else if (op === 'adopt') store.segment.adopt({ ...row, state: 'recovered' });
          else store.segment.correct({ ...row, state: 'sealed' });
        }
        expect(store.faults()).toEqual([]);
        expect(store.counts().segments).toBe(store.segmentsFrom(streamId, 0, t0 * 2, 1000).length);
        for (let slot = 0; slot <= 12; slot++) store.segment.drop(streamId, t0 + slot * 10_000);
        expect(store.counts().segments).toBe(0);
      }),
      { numRuns: 60 },
    );
    store.close();
  });

  it('keep coverage equal to what the segments say where the clock was set back and they overlap', () => {
    const store = openWriteStore(path, deps);
    const streamId = store.camera.add(camera()).streamIds.main;
    // Two clocks went through the same minutes: whatever starts where, of whatever length.
    const step = fc.record({
      at: fc.integer({ min: 0, max: 40 }),
      seam: fc.constantFrom(0, 1),
      length: fc.constantFrom(0, 300, 9_000, 12_000, 60_000, 300_000),
      op: fc.constantFrom('adopt', 'adopt', 'grow', 'drop', 'correct'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        for (const { at, seam, length, op } of steps) {
          const startMs = t0 + at * 7_000 + seam;
          const row: SegmentRow = {
            streamId,
            startMs,
            endMs: startMs + length,
            bytes: 1,
            state: 'sealed',
            seam,
            format,
          };
          if (op === 'adopt') store.segment.adopt(row);
          else if (op === 'grow') store.segment.grow([row]);
          else if (op === 'drop') store.segment.drop(streamId, startMs);
          else store.segment.correct(row);
          expect(store.faults().filter((f) => f.what === 'coverage')).toEqual([]);
        }
        for (const { startMs } of store.segmentsFrom(streamId, 0, t0 * 2, 1000)) store.segment.drop(streamId, startMs);
      }),
      { numRuns: 25 },
    );
    store.close();
  });

  it('never touches a segment that is indexed already when it is adopted again', () => {
    const store = openWriteStore(path, deps);
    const streamId = store.camera.add(camera()).streamIds.main;
    const row: SegmentRow = { streamId, startMs: t0, endMs: t0 + 60_000, bytes: 9, state: 'sealed', format };
    store.segment.adopt(row);
    store.segment.adopt({ ...row, endMs: t0 + 1, bytes: 1, state: 'recovered' });
    store.segment.grow([{ ...row, endMs: t0 + 90_000 }]);
    expect(store.lastSegment(streamId)).toEqual({ ...row, volume: 1, origin: 'live' });
    store.close();
  });

  it('undoes everything of a transaction that fails', () => {
    const store = openWriteStore(path, deps);
    const streamId = store.camera.add(camera()).streamIds.main;
    const odd = { ...format, codecs: 'odd' };
    expect(() =>
      store.together(() => {
        store.segment.adopt({ streamId, startMs: t0, endMs: t0 + 1000, bytes: 1, state: 'sealed', format: odd });
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.counts().segments).toBe(0);
    store.segment.adopt({ streamId, startMs: t0, endMs: t0 + 1000, bytes: 1, state: 'sealed', format: odd });
    expect(store.lastSegment(streamId)?.format).toEqual(odd);
    expect(store.faults()).toEqual([]);
    store.close();
  });

  it('remembers no format number of a transaction that failed', () => {
    const store = openWriteStore(path, deps);
    const streamId = store.camera.add(camera()).streamIds.main;
    const row: SegmentRow = { streamId, startMs: t0, endMs: t0 + 1000, bytes: 1, state: 'sealed', format };
    const wide = { ...format, width: 64 };
    expect(() =>
      store.together(() => {
        // Twice: the second finds what the first has made.
        for (const at of [0, 2000]) store.segment.adopt({ ...row, startMs: t0 + at, endMs: t0 + at + 1000 });
        throw new Error('stop');
      }),
    ).toThrow('stop');
    store.segment.adopt({ ...row, format: wide });
    store.segment.adopt({ ...row, startMs: t0 + 2000, endMs: t0 + 3000 });
    expect(store.segmentsFrom(streamId, t0, t0 + 2000, 2).map((s) => s.format)).toEqual([wide, format]);
    store.close();
  });
});

describe('gaps of a clock that jumped', () => {
  it('leave out what was recorded of their time before, and give way where the clock is set back into them', () => {
    const store = openWriteStore(path, deps);
    const { main } = store.camera.add(camera()).streamIds;
    const q = openQueries(path, deps);
    const gaps = () =>
      (q.coverage({ streamIds: [main], fromMs: t0 - 200_000, toMs: t0 + 900_000, grainMs: 0 })[0]?.gaps ?? []).map(
        (g) => [g.cause, g.fromMs - t0, (g.toMs ?? Number.NaN) - t0],
      );
    const span = { streamId: main, startMs: t0, endMs: t0 + 60_000, bytes: 1, state: 'sealed' as const, format };
    store.segment.adopt(span);
    // Set back by 100 s and right again: the minute in between was recorded.
    store.gap.open(main, t0 - 100_000, 'clock-jump');
    store.gap.close(main, t0 + 70_000);
    expect(gaps()).toEqual([
      ['clock-jump', -100_000, 0],
      ['clock-jump', 60_000, 70_000],
    ]);
    store.gap.add({ streamId: main, fromMs: t0 + 100_000, toMs: t0 + 400_000, cause: 'clock-jump' });
    store.gap.add({ streamId: main, fromMs: t0 + 500_000, toMs: t0 + 600_000, cause: 'camera-lost' });
    store.gap.passAgain(main, t0 + 150_000);
    expect(gaps().slice(2)).toEqual([
      ['clock-jump', 100_000, 150_000],
      ['camera-lost', 500_000, 600_000],
    ]);
    store.gap.passAgain(main, t0 - 150_000);
    expect(gaps()).toEqual([['camera-lost', 500_000, 600_000]]);
    q.close();
    store.close();
  });
});

describe('queries', () => {
  it('answer over a span what was written', () => {
    const store = openWriteStore(path, deps);
    const c = store.camera.add(camera());
    const { main, sub } = c.streamIds;
    const put = (streamId: StreamId, from: number, to: number) =>
      store.segment.adopt({ streamId, startMs: t0 + from, endMs: t0 + to, bytes: to - from, state: 'sealed', format });
    put(main, 0, 60_000);
    put(main, 60_100, 120_000);
    put(main, 180_000, 240_000);
    store.gap.add({ streamId: main, fromMs: t0 + 120_000, toMs: t0 + 180_000, cause: 'camera-lost' });
    store.gap.open(main, t0 + 240_000, 'no-data');
    store.gap.open(main, t0 + 250_000, 'disk-full'); // one open at most
    const q = openQueries(path, deps);
    const [row] = q.coverage({ streamIds: [main], fromMs: t0 + 30_000, toMs: t0 + 200_000, grainMs: 0 });
    expect(row).toEqual({
      streamId: main,
      spans: [
        [t0 + 30_000, t0 + 120_000],
        [t0 + 180_000, t0 + 200_000],
      ],
      gaps: [{ fromMs: t0 + 120_000, toMs: t0 + 180_000, cause: 'camera-lost' }],
      backFilled: [],
      archived: [],
    });
    expect(q.coverage({ streamIds: [main], fromMs: t0, toMs: t0 + 300_000, grainMs: 60_000 })[0]?.spans).toEqual([
      [t0, t0 + 240_000],
    ]);
    expect(q.coverage({ streamIds: [main], fromMs: t0 + 240_000, toMs: t0 + 300_000, grainMs: 0 })[0]).toEqual({
      streamId: main,
      spans: [],
      gaps: [{ fromMs: t0 + 240_000, toMs: null, cause: 'no-data' }],
      backFilled: [],
      archived: [],
    });
    store.gap.close(main, t0 + 240_100); // shorter than the tolerance: no gap
    expect(store.openGap(main)).toBeNull();
    expect(q.bounds([main, ...(sub === null ? [] : [sub])])).toEqual({ firstMs: t0, lastMs: t0 + 240_000 });
    expect(q.bounds([])).toEqual({ firstMs: null, lastMs: null });
    expect(q.days([main], [t0 - 1000, t0, t0 + 1, t0 + 120_000, t0 + 150_000, t0 + 170_000])).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    const at = (ms: number, within = 0) => q.locate([main], t0 + ms, within)[0]?.segment?.startMs;
    expect([at(0), at(59_999), at(60_050), at(60_050, 100), at(130_000, 60_000), at(500_000, 1e6)]).toEqual([
      t0,
      t0,
      undefined,
      t0 + 60_100,
      t0 + 180_000,
      undefined,
    ]);
    expect(
      q.segments({ streamId: main, fromMs: t0 + 59_000, toMs: t0 + 180_000, limit: 10 }).map((s) => s.startMs - t0),
    ).toEqual([0, 60_100]);
    expect(q.segment(main, t0)?.state).toBe('sealed');
    expect(q.segment(main, t0 + 1)).toBeNull();
    q.close();
    store.close();
  });

  it('page through events newest first, with filters, and forwards by running number', () => {
    const store = openWriteStore(path, deps);
    const origin = store.station.get().id;
    const c = newId() as CameraId;
    const ids = Array.from({ length: 10 }, (_, i) => {
      const e = store.event.add({
        id: newId() as EventId,
        origin,
        kind: i % 2 === 0 ? 'camera-lost' : 'external',
        severity: 'info',
        cameraId: i % 3 === 0 ? c : null,
        fromMs: t0 + i * 1000,
        toMs: i === 0 ? null : t0 + i * 1000,
        data: { n: i, text: 'é' },
      });
      expect(e.seq).toBe(i + 1);
      return e.id;
    });
    const q = openQueries(path, deps);
    const anyLook = { classes: [], zoneIds: [], lineIds: [], colours: [], text: null };
    const all = { fromMs: null, toMs: null, cameraIds: [], kinds: [], ...anyLook, before: null, limit: 4 };
    const page = q.events(all);
    expect(page.more).toBe(true);
    expect(page.events.map((e) => e.data['n'])).toEqual([9, 8, 7, 6]);
    const second = q.events({ ...all, before: page.events[3]?.id ?? null, limit: 100 });
    expect(second.more).toBe(false);
    expect(second.events.map((e) => e.data['n'])).toEqual([5, 4, 3, 2, 1, 0]);
    expect(
      q.events({ ...all, limit: 100, cameraIds: [c], kinds: ['camera-lost'] }).events.map((e) => e.data['n']),
    ).toEqual([6, 0]);
    // What the analysis knows of some of them.
    const zone = newId() as ZoneId;
    const look = { class: null, score: null, box: null, zoneId: null, lineId: null, trackId: null, text: null };
    const seen = { ...look, class: 'car' as const, score: 0.7, box: { x: 0.1, y: 0.2, width: 0.3, height: 0.4 } };
    expect(store.event.look(ids[2] as EventId, { ...seen, zoneId: zone, trackId: 4, hasPicture: true })?.look).toEqual({
      ...seen,
      zoneId: zone,
      trackId: 4,
      hasPicture: true,
    });
    store.event.look(ids[3] as EventId, { ...look, text: 'AB 123 CD', hasPicture: false });
    expect(store.event.look(newId() as EventId, { ...look, hasPicture: false })).toBeNull();
    const found = (over: Partial<Parameters<typeof q.events>[0]>) =>
      q.events({ ...all, ...over }).events.map((e) => e.data['n']);
    expect(found({ classes: ['car', 'person'] })).toEqual([2]);
    expect(found({ zoneIds: [zone] })).toEqual([2]);
    expect(found({ lineIds: [newId() as LineId] })).toEqual([]);
    expect([found({ text: 'b 12' }), found({ text: '%' }), found({ text: '124' })]).toEqual([[3], [], []]);
    // And what a closer look showed of them.
    const closer = {
      ...{ atMs: t0, size: { width: 1920, height: 1080 }, without: null, vehicle: 'red' as const, upper: null },
      ...{ lower: null, plate: { text: 'B1O1GSB', score: 0.8 } },
    };
    expect(store.event.closer(ids[2] as EventId, closer)?.closer).toEqual(closer);
    store.event.closer(ids[3] as EventId, { ...closer, vehicle: null, upper: 'white', lower: 'unsure', plate: null });
    expect(store.event.closer(newId() as EventId, closer)).toBeNull();
    expect([found({ colours: ['red'] }), found({ colours: ['white', 'red'] }), found({ colours: ['blue'] })]).toEqual([
      [2],
      [3, 2],
      [],
    ]);
    expect([found({ text: 'Red C' }), found({ text: 'haut blanc' }), found({ text: '101g' })]).toEqual([[2], [3], [2]]);
    // The one that still goes on touches a span long after its start.
    const later = q.events({ ...all, limit: 100, fromMs: t0 + 86_400_000, toMs: t0 + 90_000_000 });
    expect(later.events.map((e) => e.id)).toEqual([ids[0]]);
    expect(store.event.end(ids[0] as EventId, t0 + 500)?.toMs).toBe(t0 + 500);
    expect(store.event.end(ids[0] as EventId, t0 + 600)).toBeNull();
    expect(q.events({ ...all, fromMs: t0 + 86_400_000 }).events).toEqual([]);
    expect(q.eventsAfter(origin, 7).map((e) => e.seq)).toEqual([8, 9, 10]);
    const ticks = q.ticks({ cameraIds: null, fromMs: t0, toMs: t0 + 10_000, grainMs: 5000, limit: 100 });
    expect(ticks.reduce((n, t) => n + t.count, 0)).toBe(10);
    expect(
      q.ticks({ cameraIds: [], fromMs: t0, toMs: t0 + 10_000, grainMs: 1e6, limit: 100 }).map((t) => t.count),
    ).toEqual([3, 3]);
    q.close();
    store.close();
  });
});

describe('access', () => {
  it('keeps users, sessions and preferences, and takes a user with all that is theirs', () => {
    const { access, close } = openWriteStore(path, deps);
    const user = {
      id: newId() as UserId,
      name: 'Ana',
      role: 'operator' as const,
      enabled: true,
      createdMs: t0,
      lastLoginMs: null,
    };
    access.addUser(user, 'hash');
    expect(() => access.addUser({ ...user, id: newId() as UserId, name: 'ANA' }, 'x')).toThrow(/UNIQUE/);
    expect(access.credentials('ana')).toEqual({ user, passwordHash: 'hash' });
    access.saveUser({ ...user, enabled: false, lastLoginMs: t0 + 1 }, 'hash2');
    expect(access.credentials('Ana')?.passwordHash).toBe('hash2');
    expect(access.user(user.id)?.enabled).toBe(false);
    const tokenHash = new Uint8Array(32).fill(7);
    access.addSession({ tokenHash, userId: user.id, local: true, createdMs: t0, expiresMs: t0 + 10, seenMs: t0 });
    access.touchSession(tokenHash, t0 + 5, t0 + 20);
    expect(access.session(tokenHash)).toEqual({
      userId: user.id,
      local: true,
      createdMs: t0,
      expiresMs: t0 + 20,
      seenMs: t0 + 5,
    });
    access.removeSessionsBefore(t0 + 20);
    expect(access.session(tokenHash)).not.toBeNull();
    access.setPreference(user.id, 'wall', '1');
    access.setPreference(user.id, 'wall', '2');
    expect(access.preference(user.id, 'wall')).toBe('2');
    access.removeUser(user.id);
    expect(access.session(tokenHash)).toBeNull();
    expect(access.preference(user.id, 'wall')).toBeNull();
    close();
  });
});
