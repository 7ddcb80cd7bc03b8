/**
 * The metadata that cameras send beside their pictures: which stream's is read, how much of it, and who hears what is in it.
 * One stream of a camera is enough: the main stream's where that carries any (it is there for every camera and never rests), else
 * the sub stream's. No connection is made for it; one is made anew only where nothing is recorded through it.
 */
import type { Pushed, Signal } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import {
  objectsLastMs,
  seenWith,
  type CameraObjects,
  type MetadataNow,
  type ObjectsSeen,
} from '#domain/camera-objects.ts';
import type { DeviceEvent } from '#domain/device-event.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { MetadataLine, MetadataWant } from '#workers/ingest/port.ts';
import { createBell } from './follow.ts';
import { lanesOf } from './ingest.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { CameraRecord } from './index-port.ts';
import type { CameraMetadatas } from './rooms.ts';

export type CameraMetadataRoom = CameraMetadatas & {
  /** What to read of a stream that is about to be taken; null: nothing. */
  want(camera: CameraRecord, kind: StreamKind): MetadataWant | null;
  /** From the ingest workers. */
  line(streamId: StreamId, line: MetadataLine): void;
  take(streamId: StreamId, said: { events: DeviceEvent[]; objects: CameraObjects | null }): void;
  /** Its own analysis was heard since the station started. */
  sendsObjects(id: CameraId): boolean;
  forget(id: CameraId): void;
  /** Ends all following. */
  stop(): void;
};

type Known = {
  lines: Map<StreamKind, MetadataLine>;
  /** The last that was known of the main stream, also while it is away. */
  verdict: MetadataLine['is'] | null;
  objects: CameraObjects | null;
  seen: ObjectsSeen;
  sends: boolean;
  followers: Set<() => void>;
};

const without: ReadonlySet<MetadataLine['is'] | null> = new Set(['none', 'compressed', 'refused']);
const kinds: readonly StreamKind[] = ['main', 'sub'];

export function createCameraMetadata(deps: {
  clock: Clock;
  log: Log;
  pool: () => Pick<IngestPool, 'metadata'>;
  record: (id: CameraId) => CameraRecord | null;
  /** Something is being recorded of this stream now. */
  recorded: (streamId: StreamId, kind: StreamKind) => boolean;
  reconnect: (id: CameraId, kind: StreamKind) => Promise<void>;
  /** What it says happened; whether it is read at all. */
  heard: (id: CameraId, events: DeviceEvent[]) => void;
  reading: (id: CameraId, reads: boolean) => void;
  /** What everybody may see of the camera changed. */
  changed: (id: CameraId) => void;
}): CameraMetadataRoom {
  const { clock, log } = deps;
  const cameras = new Map<CameraId, Known>();
  const streams = new Map<StreamId, { id: CameraId; kind: StreamKind }>();
  /** What each stream was last told to read. */
  const wants = new Map<StreamId, string>();
  let stopped = false;

  const knownOf = (id: CameraId): Known => {
    let known = cameras.get(id);
    if (known === undefined) {
      known = { lines: new Map(), verdict: null, objects: null, seen: [], sends: false, followers: new Set() };
      cameras.set(id, known);
    }
    return known;
  };
  const carrier = (known: Known): StreamKind | null =>
    kinds.find((kind) => known.lines.get(kind)?.is === 'reading') ?? null;
  const wantOf = (known: Known, kind: StreamKind): MetadataWant | null =>
    kind === 'sub' && !without.has(known.verdict)
      ? null
      : { events: true, objects: known.followers.size > 0 ? 'live' : 'slow' };

  const settle = (id: CameraId): void => {
    const known = cameras.get(id);
    const camera = deps.record(id);
    if (known === undefined || camera === null) return;
    for (const lane of lanesOf(camera)) {
      const want = wantOf(known, lane.kind);
      const text = JSON.stringify(want);
      if (wants.get(lane.id) === text) continue;
      wants.set(lane.id, text);
      deps.pool().metadata(lane.id, want);
    }
  };

  return {
    want(camera, kind) {
      const lane = lanesOf(camera).find((l) => l.kind === kind);
      if (lane === undefined) return null;
      streams.set(lane.id, { id: camera.id, kind });
      const want = wantOf(knownOf(camera.id), kind);
      wants.set(lane.id, JSON.stringify(want));
      return want;
    },
    line(streamId, line) {
      const stream = streams.get(streamId);
      if (stream === undefined) return;
      const { id, kind } = stream;
      const known = knownOf(id);
      const read = carrier(known) !== null;
      const was = known.lines.get(kind);
      known.lines.set(kind, line);
      if (kind === 'main' && line.is !== 'closed') known.verdict = line.is;
      if (line.leftOut > (was?.leftOut ?? 0))
        log.info('documents of a camera’s metadata were left out', {
          camera: deps.record(id)?.name ?? id,
          leftOut: line.leftOut,
        });
      settle(id);
      const reads = carrier(known) !== null;
      if (reads !== read) deps.reading(id, reads);
      // The sub stream has what the main stream has not: taken anew for it, unless that would be a gap.
      if (without.has(known.verdict) && known.lines.get('sub')?.is === 'left' && was?.is !== 'left') {
        const sub = deps.record(id)?.streamIds.sub ?? null;
        if (sub !== null && !deps.recorded(sub, 'sub'))
          deps.reconnect(id, 'sub').catch((error: unknown) => {
            log.warn('a stream could not be taken anew for its metadata', { reason: String(error) });
          });
      }
    },
    take(streamId, { events, objects }) {
      const stream = streams.get(streamId);
      if (stream === undefined) return;
      const known = knownOf(stream.id);
      if (carrier(known) !== stream.kind) return;
      if (events.length > 0) deps.heard(stream.id, events);
      if (objects === null) return;
      known.objects = objects;
      known.seen = seenWith(known.seen, objects);
      for (const ring of known.followers) ring();
      if (known.sends) return;
      known.sends = true;
      deps.changed(stream.id);
    },
    sendsObjects: (id) => cameras.get(id)?.sends ?? false,
    now(id): MetadataNow | null {
      const known = cameras.get(id);
      if (known === undefined) return null;
      const stream = carrier(known) ?? kinds.find((kind) => without.has(known.lines.get(kind)?.is ?? null)) ?? null;
      const line = stream === null ? undefined : known.lines.get(stream);
      if (stream === null || line === undefined || line.is === 'left' || line.is === 'closed') return null;
      return { state: line.is, stream, leftOut: line.leftOut, seen: known.seen };
    },
    async *watch(id, signal: Signal): AsyncGenerator<Pushed<CameraObjects>> {
      if (deps.record(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
      const bell = createBell(signal);
      const known = knownOf(id);
      known.followers.add(bell.ring);
      settle(id);
      let last: CameraObjects | null = null;
      try {
        for (;;) {
          const { objects } = known;
          const fresh = objects !== null && Math.abs(clock.nowMs() - objects.atMs) < objectsLastMs;
          if (fresh && objects !== last) {
            last = objects;
            yield { value: objects };
            continue;
          }
          if (stopped || !(await bell.next()) || cameras.get(id) !== known) return;
        }
      } finally {
        known.followers.delete(bell.ring);
        settle(id);
      }
    },
    forget(id) {
      const known = cameras.get(id);
      cameras.delete(id);
      for (const [streamId, stream] of streams)
        if (stream.id === id) {
          streams.delete(streamId);
          wants.delete(streamId);
        }
      for (const ring of known?.followers ?? []) ring();
    },
    stop() {
      stopped = true;
      for (const { followers } of cameras.values()) for (const ring of followers) ring();
    },
  };
}
