/** Archives over a real index, real recorded files and a real place: a folder, or the small S3 server; with a clock that a test sets. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noTiers, type TierRule } from '#domain/archive.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import { dayMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow, cameraStream } from '../support/camera-row.ts';
import { createArchiveDoor, openArchiveCache } from '../../src/main/adapters/archive/index.ts';
import { createSecrets } from '../../src/main/adapters/auth/index.ts';
import { createSegmentFiles } from '../../src/main/adapters/files/index.ts';
import { openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { createKeeping } from '../../src/main/engine/keeping.ts';
import { createPlayback } from '../../src/main/engine/playback.ts';
import type { ArchiveDoor } from '../../src/main/engine/archive-port.ts';
import type { NewEvent } from '../../src/main/engine/rooms.ts';
import type { DiskSeen } from '../../src/main/engine/retention.ts';
import { createStreamStatuses } from '../../src/main/engine/stream-statuses.ts';
import { onlyOwnVolume } from '../../src/main/engine/only-own-volume.ts';
import { writeSegment } from '../support/recorded.ts';

export const nowMs = Date.UTC(2026, 10, 22, 10);
const newId = createUlids(() => systemClock.nowMs());
export const rule = (archive: number, over: Partial<TierRule> = {}): TierRule => ({
  archive,
  mode: 'move',
  afterDays: 1,
  keepDays: null,
  ...over,
});

/** `wrap`: what is put between the engine and the archives. */
export async function openArchiving(
  dir: string,
  wrap: (door: ArchiveDoor) => ArchiveDoor = (door) => door,
  more: { partMs?: number } = {},
) {
  const skew = { wallMs: 0, monoMs: 0 };
  const clock: Clock = {
    nowMs: () => nowMs + skew.wallMs,
    nowUs: () => (nowMs + skew.wallMs) * 1000,
    monoMs: () => systemClock.monoMs() + skew.monoMs,
  };
  const store = openWriteStore(join(dir, 'index.db'), {
    clock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  const root = join(dir, 'video');
  mkdirSync(root, { recursive: true });
  mkdirSync(join(dir, 'keys'), { recursive: true });
  const files = createSegmentFiles(root);
  const notes: NewEvent[] = [];
  const cache = await openArchiveCache(join(dir, 'cache'), 2 ** 24, clock);
  const volumes = onlyOwnVolume(files);
  const events = {
    note(event: NewEvent) {
      notes.push(event);
      return null;
    },
    finish: () => undefined,
  };
  const bare: [number, number][] = [];
  const disk: DiskSeen = {
    volume: 1,
    path: root,
    device: '',
    reserveBytes: null,
    full: false,
    writeBytesPerSecond: 0,
    seen: { totalBytes: 2 ** 40, freeBytes: 2 ** 39 },
  };
  const keeping = createKeeping({
    clock,
    log: quietLog,
    store,
    queries: { recordedHours: () => Promise.reject(new Error('no forecast is asked for here')) },
    cameras: () => store.cameras(),
    statuses: createStreamStatuses({ clock, changed: () => undefined }),
    volumes,
    events,
    newId,
    description: () => null,
    camera(id) {
      const stream = store.streams().find((s) => s.cameraId === id);
      const group = store.cameras().find((c) => c.id === id)?.group ?? null;
      return stream === undefined ? null : { folder: stream.folder, name: stream.camera, group };
    },
    disks: () => [disk],
    seams: () => [],
    bare: (_, fromMs, toMs) => bare.push([fromMs, toMs]),
    archives: { door: wrap(createArchiveDoor()), cache, ...more },
    secrets: createSecrets(join(dir, 'keys')),
    files,
    noteStation: () => Promise.resolve(),
    flush: () => undefined,
    zone: () => 'UTC',
  });
  const { archiving } = keeping;
  const streamOf = (id: CameraId, kind: 'main' | 'sub') =>
    store.streams().find((s) => s.cameraId === id && s.kind === kind) ?? null;
  const placed = (streamId: StreamId, startMs: number) => {
    const [row] = store.segmentsFrom(streamId, startMs, startMs, 1);
    if (row === undefined) return null;
    const { format, volume = 1, streamId: _, origin: __, ...rest } = row;
    return { ...rest, ...format, volume };
  };
  const playback = createPlayback({
    cameras: { stream: streamOf },
    queries: {
      segment: (id, startMs) => Promise.resolve(placed(id, startMs)),
      segments: () => Promise.resolve([]),
      locate: ([id], atMs) => {
        const row = id === undefined ? null : store.lastSegment(id, atMs);
        return Promise.resolve(
          id === undefined || row === null ? [] : [{ streamId: id, segment: placed(id, row.startMs) }],
        );
      },
    },
    segments: { open: () => null },
    volumes: archiving,
  });

  return {
    ...archiving,
    archives: archiving.room,
    keeping,
    playback,
    store,
    files,
    notes,
    bare,
    cache,
    clock,
    skew,
    addCamera(name: string, group: string | null = null) {
      const record = store.camera.add(
        cameraRow({
          number: store.cameras().length + 1,
          name,
          group,
          folder: name.toLowerCase(),
          sub: cameraStream('sub'),
        }),
      );
      return { id: record.id, main: record.streamIds.main, sub: record.streamIds.sub ?? record.streamIds.main };
    },
    /** Real recordings, `count` of them an hour apart, the newest `daysAgo` ago; hashed. Answers their starts, oldest first. */
    record(
      streamId: StreamId,
      o: { count: number; daysAgo: number; seconds?: number; hashed?: boolean; pictureBytes?: number },
    ): number[] {
      const stream = store.streams().find((s) => s.id === streamId);
      if (stream === undefined) throw new Error('there is no such stream');
      const { folder, kind } = stream;
      return Array.from({ length: o.count }, (_, i) => {
        const startMs = nowMs - o.daysAgo * dayMs - (o.count - i) * 3_600_000;
        const { seconds = 3, pictureBytes = 200 } = o;
        const row = writeSegment(root, startMs, { folder, kind, seconds, pictureBytes });
        store.segment.adopt({ ...row, streamId });
        if (o.hashed !== false) {
          const sha256 = createHash('sha256')
            .update(readFileSync(files.path(folder, kind, startMs)))
            .digest('hex');
          store.chain.link(streamId, { folder, kind }, { startMs, endMs: row.endMs, bytes: row.bytes, sha256 });
        }
        return startMs;
      });
    },
    /** Which of these are on the disk. */
    onDisk: (streamId: StreamId, startsMs: readonly number[]): number[] => {
      const stream = store.streams().find((s) => s.id === streamId);
      return startsMs.filter((ms) => existsSync(files.path(stream?.folder ?? '', stream?.kind ?? 'main', ms)));
    },
    at: (streamId: StreamId, startsMs: readonly number[]): (number | null)[] =>
      startsMs.map((ms) => store.segmentsFrom(streamId, ms, ms, 1)[0]?.volume ?? null),
    main: (archive: number, over: Partial<TierRule> = {}) => ({ ...noTiers, main: rule(archive, over) }),
    async close() {
      await keeping.stop();
      store.close();
    },
  };
}
