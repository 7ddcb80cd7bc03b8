/** Notices what a person should know: a camera lost or back, a disk that is low, full or failing. */
import { backAfterMs, cameraPresence, unknownPresence, type PresenceState } from '#domain/decide/camera-presence.ts';
import { diskState, type DiskState } from '#domain/decide/disk-state.ts';
import type { EventKind } from '#domain/event.ts';
import type { CameraId, EventId, StreamId } from '#domain/id.ts';
import { ownVolume } from '#domain/volume.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { IndexJournal } from './index-journal.ts';
import type { CameraRecord, ReadStore } from './index-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { VolumeLook } from './volume-door-port.ts';

const tickMs = 1_000;
const spaceEveryTicks = 5;

export type Space = { totalBytes: number; freeBytes: number; writable: boolean };
export type SystemWatch = {
  start(): Promise<void>;
  stop(): void;
  /** A worker's word on its disk; null: it works. */
  disk(streamId: StreamId, code: string | null): void;
  /** A camera was disabled or went: it is not lost any more. */
  endLost(id: CameraId): void;
  forget(streamId: StreamId): void;
  diskState(): DiskState;
  /** The errno with which the own volume refuses streams, or for which it is not to be used; null: it refuses none. */
  refusal(): string | null;
  space(): Space | null;
};

export function createSystemWatch(deps: {
  clock: Clock;
  log: Log;
  store: Pick<ReadStore, 'openEvents'>;
  files: Pick<SegmentFiles, 'space' | 'root'>;
  events: Pick<EventRoom, 'note' | 'finish'>;
  statuses: StreamStatuses;
  journal: Pick<IndexJournal, 'trouble'>;
  cameras: () => CameraRecord[];
  /** Every look at the volume; a text: it could not be looked at (errno). */
  seen: (look: VolumeLook | string) => void;
  /** The id that the own volume should have; null: that is not known. */
  mark: () => string | null;
  /** In maintenance: it is not said to be lost. */
  silenced: (id: CameraId) => boolean;
}): SystemWatch {
  const { clock, log, events, statuses } = deps;
  const presence = new Map<CameraId, PresenceState>();
  const lost = new Map<CameraId, EventId>();
  const refusing = new Map<StreamId, string>();
  let disk: DiskState = 'ok';
  let diskEvent: EventId | null = null;
  let space: Space | null = null;
  /** Why it is not the volume that it should be (errno); null: it is. */
  let other: 'ENOENT' | 'ENODEV' | null = null;
  let looking = false;
  let ticks = 0;
  let timer: ReturnType<typeof setInterval> | null = null;

  const endLost = (id: CameraId, atMs = clock.nowMs()): void => {
    presence.delete(id);
    const event = lost.get(id);
    if (event === undefined) return;
    lost.delete(id);
    events.finish(event, atMs);
  };

  const lookAtCameras = (): void => {
    const atMs = clock.nowMs();
    for (const camera of deps.cameras()) {
      if (!camera.enabled || deps.silenced(camera.id)) continue;
      const status = statuses.get(camera.streamIds.main, 'main');
      const present = status.state === 'live' || status.state === 'degraded';
      const sinceMs = status.lastFrameMs ?? status.sinceMs;
      const was = presence.get(camera.id) ?? { ...unknownPresence, lost: lost.has(camera.id) };
      const [now, said] = cameraPresence(was, { atMs, present, sinceMs });
      presence.set(camera.id, now);
      if (said === null) continue;
      if (said.is === 'lost') {
        const data = { camera: camera.name, trouble: status.trouble };
        const event = events.note({
          kind: 'camera-lost',
          severity: 'warning',
          cameraId: camera.id,
          fromMs: said.fromMs,
          data,
        });
        if (event !== null) lost.set(camera.id, event.id);
      } else {
        const event = lost.get(camera.id);
        lost.delete(camera.id);
        if (event !== undefined) events.finish(event, Math.max(said.atMs, atMs - backAfterMs * 2));
        events.note({
          kind: 'camera-back',
          severity: 'info',
          cameraId: camera.id,
          fromMs: said.atMs,
          toMs: said.atMs,
          data: { camera: camera.name },
        });
      }
    }
  };

  const judgeDisk = (): void => {
    const trouble = deps.journal.trouble();
    const index = trouble === null ? [] : [trouble.reason === 'full' ? 'ENOSPC' : 'EIO'];
    const now = diskState(disk, { space, refusals: [...refusing.values(), ...index] });
    if (now === disk) return;
    const was = disk;
    disk = now;
    const atMs = clock.nowMs();
    if (diskEvent !== null) events.finish(diskEvent, atMs);
    diskEvent = null;
    const data = {
      path: deps.files.root,
      volume: ownVolume,
      freeBytes: space?.freeBytes ?? null,
      code: other ?? [...refusing.values()][0] ?? null,
    };
    const kinds: Record<Exclude<DiskState, 'ok'>, EventKind> = {
      low: 'disk-low',
      full: 'disk-full',
      error: 'disk-error',
    };
    log.warn('the state of the disk changed', { from: was, to: now, ...data });
    if (now !== 'ok') {
      diskEvent =
        events.note({ kind: kinds[now], severity: now === 'low' ? 'warning' : 'alarm', fromMs: atMs, data })?.id ??
        null;
    }
    if ((was === 'full' || was === 'error') && (now === 'ok' || now === 'low')) {
      events.note({ kind: 'disk-back', severity: 'info', fromMs: atMs, toMs: atMs, data });
    }
  };

  const lookAtDisk = async (): Promise<void> => {
    if (looking) return; // a hanging disk is not asked twice
    looking = true;
    const startedMs = clock.monoMs();
    try {
      const { mark, ...found } = await deps.files.space();
      // It took longer than the station did to end: there is nobody to tell, and no index to write.
      if (timer === null) return;
      const wanted = deps.mark();
      other = wanted === null || mark === wanted ? null : mark === null ? 'ENOENT' : 'ENODEV';
      space = { ...found, writable: found.writable && other === null };
      const refusal = found.writable ? null : 'EROFS';
      deps.seen({ ...found, mark, refusal, writeMs: clock.monoMs() - startedMs });
    } catch (error) {
      if (timer === null) return;
      if (space !== null) log.error('the volume of the recordings cannot be looked at', { error: String(error) });
      space = null;
      const code = (error as { code?: unknown }).code;
      deps.seen(typeof code === 'string' ? code : 'EIO');
    } finally {
      looking = false;
    }
    judgeDisk();
  };

  return {
    async start() {
      // Events of the last run that still go on are taken over: the camera may still be lost.
      for (const event of deps.store.openEvents()) {
        if (event.kind === 'camera-lost' && event.cameraId !== null) lost.set(event.cameraId, event.id);
        else if (event.kind === 'disk-low' || event.kind === 'disk-full' || event.kind === 'disk-error')
          events.finish(event.id, clock.nowMs());
      }
      const present = new Set(
        deps
          .cameras()
          .filter((c) => c.enabled)
          .map((c) => c.id),
      );
      for (const id of [...lost.keys()]) if (!present.has(id)) endLost(id);
      timer = setInterval(() => {
        lookAtCameras();
        ticks += 1;
        if (ticks % spaceEveryTicks === 0) void lookAtDisk();
      }, tickMs);
      await lookAtDisk();
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
    disk(streamId, code) {
      if (code === null) refusing.delete(streamId);
      else refusing.set(streamId, code);
      judgeDisk();
    },
    endLost,
    forget(streamId) {
      refusing.delete(streamId);
    },
    diskState: () => disk,
    refusal: () => other ?? [...refusing.values()][0] ?? null,
    space: () => space,
  };
}
