/** Retention over a real index and real files in a temporary folder, with a clock and a disk that a test sets. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Caller } from '#contract/call.ts';
import type { ClockSeam } from '#domain/clock-seam.ts';
import { type CameraId, EventId, UserId, type StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow, cameraStream } from '../support/camera-row.ts';
import { createSegmentFiles } from '../../src/main/adapters/files/index.ts';
import { openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { onlyOwnVolume } from '../../src/main/engine/only-own-volume.ts';
import { createKeeping } from '../../src/main/engine/keeping.ts';
import type { SegmentFiles } from '../../src/main/engine/segment-file-port.ts';
import type { DiskSeen } from '../../src/main/engine/retention.ts';
import type { NewEvent } from '../../src/main/engine/rooms.ts';
import { createStreamStatuses } from '../../src/main/engine/stream-statuses.ts';
import { noArchives } from '../support/no-archives.ts';

export const nowMs = Date.UTC(2026, 10, 22, 10);
export const minute = 60_000;
const newId = createUlids(() => systemClock.nowMs());
export const ana: Caller = {
  userId: UserId.parse(newId()),
  name: 'ana',
  role: 'administrator',
  local: false,
  sessionId: 'one',
};

/** A disk that has room for everything. */
export const roomy = { totalBytes: 2 ** 40, freeBytes: 2 ** 39 };

/** `wrap`: what is put between the engine and the files. */
export function openRetention(
  dir: string,
  wrap: (files: SegmentFiles) => SegmentFiles = (files) => files,
  refuses: () => boolean = () => false,
) {
  const clock: Clock = { ...systemClock, nowMs: () => nowMs, nowUs: () => nowMs * 1000 };
  const store = openWriteStore(join(dir, 'index.db'), {
    clock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  const root = join(dir, 'video');
  mkdirSync(root, { recursive: true });
  const files = createSegmentFiles(root);
  const notes: NewEvent[] = [];
  const bare: [number, number][] = [];
  let seen = roomy;
  let seams: readonly ClockSeam[] = [];
  const disk: Omit<DiskSeen, 'seen'> = {
    volume: 1,
    path: root,
    device: '',
    full: false,
    reserveBytes: null,
    writeBytesPerSecond: 0,
  };
  const keeping = createKeeping({
    clock,
    log: quietLog,
    store,
    queries: { recordedHours: () => Promise.reject(new Error('no forecast is asked for here')) },
    cameras: () => store.cameras(),
    statuses: createStreamStatuses({ clock, changed: () => undefined }),
    volumes: onlyOwnVolume(wrap(files)),
    events: {
      note(event) {
        notes.push(event);
        return null;
      },
      finish: () => undefined,
    },
    newId,
    camera(id) {
      const stream = store.streams().find((s) => s.cameraId === id);
      const group = store.cameras().find((c) => c.id === id)?.group ?? null;
      return stream === undefined ? null : { folder: stream.folder, name: stream.camera, group };
    },
    description: () => '{"name":"as it is called"}',
    ...noArchives,
    files,
    disks: () => [{ ...disk, seen, full: refuses() }],
    seams: () => seams,
    bare(_, fromMs, toMs) {
      bare.push([(nowMs - fromMs) / minute, (nowMs - toMs) / minute]);
    },
  });

  return {
    store,
    files,
    notes,
    /** Spans of which no stream has anything any more, in minutes before now. */
    bare,
    ...keeping,
    /** What is free on the disk from now on. */
    look(space: { totalBytes: number; freeBytes: number }): void {
      seen = { ...space };
    },
    /** The station's clock went so from now on. */
    clockWent(how: readonly ClockSeam[]): void {
      seams = how;
    },
    addCamera(name: string): { id: CameraId; main: StreamId; sub: StreamId } {
      const record = store.camera.add(
        cameraRow({ number: store.cameras().length + 1, name, folder: name.toLowerCase(), sub: cameraStream('sub') }),
      );
      // As recording makes it.
      mkdirSync(join(dir, 'video', record.folder), { recursive: true });
      return { id: record.id, main: record.streamIds.main, sub: record.streamIds.sub ?? record.streamIds.main };
    },
    /** Segments of a minute, one after the other up to `endMs`, each with a file. */
    record(
      streamId: StreamId,
      o: { minutes: number; endMs?: number; bytes?: number; state?: 'sealed' | 'open'; seam?: number },
    ): void {
      const stream = store.streams().find((s) => s.id === streamId);
      if (stream === undefined) throw new Error('there is no such stream');
      const { minutes, endMs = nowMs, bytes = 1000, state = 'sealed', seam = 0 } = o;
      store.together(() => {
        for (let n = minutes; n > 0; n--) {
          const startMs = endMs - n * minute;
          const path = files.path(stream.folder, stream.kind, startMs);
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, 'video');
          const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 700 };
          store.segment.adopt({ streamId, startMs, endMs: startMs + minute, bytes, state, seam, format });
        }
      });
    },
    event(cameraId: CameraId, kind: 'motion' | 'camera-lost', fromMs: number, toMs: number): void {
      const origin = store.station.get().id;
      const id = EventId.parse(newId());
      store.event.add({ id, origin, kind, severity: 'info', cameraId, fromMs, toMs, data: {} });
    },
    /** Minutes before now at which what is kept starts, oldest first. */
    kept: (streamId: StreamId): number[] =>
      store.retention.finished(streamId, 0, 100_000).map((s) => (nowMs - s.startMs) / minute),
    /** Rows without a file, and files without a row. */
    disagreeing(streamId: StreamId, minutes: number): { noFile: number[]; noRow: number[] } {
      const stream = store.streams().find((s) => s.id === streamId);
      const rows = new Set(store.retention.finished(streamId, 0, 100_000).map((s) => s.startMs));
      const [noFile, noRow]: [number[], number[]] = [[], []];
      for (let n = 1; n <= minutes; n++) {
        const startMs = nowMs - n * minute;
        const kind: StreamKind = stream?.kind ?? 'main';
        const has = existsSync(files.path(stream?.folder ?? '', kind, startMs));
        if (rows.has(startMs) && !has) noFile.push(n);
        if (!rows.has(startMs) && has) noRow.push(n);
      }
      return { noFile, noRow };
    },
    async close() {
      await keeping.stop();
      store.close();
    },
  };
}
