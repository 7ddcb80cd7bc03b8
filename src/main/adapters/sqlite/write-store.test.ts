import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { EventId } from '#domain/id.ts';
import { recordAlways, recordNever } from '#domain/recording-plan.ts';
import { StoreError } from '#lib/store-error.ts';
import { format, fullCamera, newId, storeDeps, storeStage, t0 } from '../../../../tests/support/store-stage.ts';
import { openWriteStore } from './index.ts';

const stage = storeStage();

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
    const a = stage.open();
    const id = a.station.get().id;
    a.station.rename('Harbour');
    a.close();
    const b = stage.open();
    expect(b.station.get()).toEqual({ id, name: 'Harbour' });
    expect(b.faults()).toEqual([]);
    b.close();
  });

  it('refuses a newer database, a foreign one and one that is damaged, and changes none of them', () => {
    const db = new Sqlite(stage.path());
    db.exec('CREATE TABLE other (a)');
    db.close();
    expect(reasonOf(() => stage.open())).toBe('foreign');

    rmSync(stage.path());
    stage.open().close();
    const newer = new Sqlite(stage.path());
    newer.pragma('user_version = 99');
    newer.close();
    expect(() => stage.open()).toThrow(/newer Vigie.*Nothing was changed/);

    const broken = join(stage.dir(), 'broken.sqlite');
    copyFileSync(new URL(import.meta.url).pathname, broken);
    expect(reasonOf(() => openWriteStore(broken, storeDeps))).toBe('corrupt');
    expect(reasonOf(() => openWriteStore(join(stage.dir(), 'no', 'such', 'folder.sqlite'), storeDeps))).not.toBe(
      'none',
    );
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21])(
    'brings a database of version %i to this version with all that is in it',
    (version) => {
      const kept = new URL(`../../../../tests/fixtures/db/v${String(version)}.sqlite`, import.meta.url);
      copyFileSync(kept.pathname, stage.path());
      const store = stage.open();
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
      const queries = stage.queries();
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
      // Version 21 knows who crossed lines.
      expect(store.watch.lines().flatMap((l) => store.watch.lineCounts(l.id, 0, Number.MAX_SAFE_INTEGER))).toEqual(
        version >= 21 ? [{ quarterMs: sinceMs, in: 3, out: 2, lookedMs: 880_000 }] : [],
      );
      // Version 17 knows why events were told.
      expect(store.openEvents().map((e) => store.eventWhy(e.id)?.is)).toEqual([version >= 17 ? 'motion' : undefined]);
      expect(store.access.users().map((u) => u.name)).toEqual(['ana']);
      // Version 2 counted the events that were there already.
      const db = new Sqlite(stage.path(), { readonly: true });
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
    copyFileSync(new URL('../../../../tests/fixtures/db/v8.sqlite', import.meta.url).pathname, stage.path());
    const old = new Sqlite(stage.path());
    old.exec("UPDATE stream SET record = 0 WHERE kind = 'sub'");
    old.close();
    const store = stage.open();
    const [gate] = store.cameras();
    expect([gate?.main.plan, gate?.sub?.plan]).toEqual([recordAlways, recordNever]);
    expect(store.faults()).toEqual([]);
    store.close();
  });

  it('finds a schema and a coverage that are not as they should be', () => {
    const store = stage.open();
    const c = store.camera.add(fullCamera());
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
    const other = new Sqlite(stage.path());
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
