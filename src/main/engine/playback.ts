import { AppError } from '#contract/error.ts';
import { isArchive } from '#domain/archive.ts';
import { fragmentAt, keyFragment, runOf } from '#domain/fragment.ts';
import { gapToleranceMs } from '#domain/gap.ts';
import type { CameraId } from '#domain/id.ts';
import type { Segment } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { CameraRoom } from './cameras.ts';
import type { StreamRecord } from './index-port.ts';
import type { MomentPlace } from './playback-port.ts';
import type { PlacedSegment, Queries } from './query-port.ts';
import type { SegmentContent, SegmentFiles } from './segment-file-port.ts';
import type { Playback } from './rooms.ts';
import type { Segments } from './segments.ts';

/** Fragments read for one moment; of a longer group of pictures the rest is read as it is needed. */
const maxRun = 16;

/** Fragment lists of this many finished segments are kept: about 4 kB each. */
const maxKept = 1_000;

export function createPlayback(deps: {
  cameras: Pick<CameraRoom, 'stream'>;
  queries: Pick<Queries, 'segments' | 'segment' | 'locate'>;
  segments: Pick<Segments, 'open'>;
  /** Throws UNAVAILABLE. */
  volumes: { need(volume: number): Pick<SegmentFiles, 'path' | 'inspect' | 'open'> };
}): Playback {
  const { cameras, queries, volumes } = deps;
  const kept = new Map<string, SegmentContent>();

  const streamOf = (id: CameraId, kind: StreamKind): StreamRecord => {
    const stream = cameras.stream(id, kind);
    if (stream === null) throw new AppError('NOT_FOUND', 'There is no such camera, or it has no such stream.');
    return stream;
  };

  /** The segment as it is now: a worker's newest word goes before the index. */
  const find = async (stream: StreamRecord, startMs: number): Promise<PlacedSegment | null> => {
    const segment = await queries.segment(stream.id, startMs);
    const open = deps.segments.open(stream.id, startMs);
    if (open === null || (segment !== null && segment.state !== 'open')) return segment;
    return {
      startMs,
      endMs: open.endMs,
      bytes: open.bytes,
      state: 'open',
      ...(open.seam > 0 && { seam: open.seam }),
      ...open.format,
      volume: open.volume,
    };
  };

  const inspect = async (stream: StreamRecord, segment: PlacedSegment): Promise<SegmentContent> => {
    const files = volumes.need(segment.volume);
    const path = files.path(stream.folder, stream.kind, segment.startMs);
    const had = kept.get(path);
    if (had !== undefined) {
      kept.delete(path);
      kept.set(path, had); // newest at the end
      return had;
    }
    let content: SegmentContent | null;
    try {
      content = await files.inspect(path);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError('UNAVAILABLE', 'This recording cannot be read from its disk.', {
        cause: error,
        data: { reason: 'unreadable' },
      });
    }
    if (content === null) {
      throw new AppError('UNAVAILABLE', 'The file of this recording is missing or damaged. Run "vigie check".', {
        data: { reason: 'missing' },
      });
    }
    if (segment.state !== 'open') {
      kept.set(path, content);
      const oldest = kept.keys().next();
      if (kept.size > maxKept && oldest.done !== true) kept.delete(oldest.value);
    }
    return content;
  };

  /** The segment that holds a moment, or begins within the grain of the camera's own pictures after it. */
  const segmentAt = async (stream: StreamRecord, atMs: number, clock: number | null): Promise<PlacedSegment | null> => {
    const found = (await queries.locate([stream.id], atMs, gapToleranceMs, clock))[0]?.segment ?? null;
    return found === null ? null : found.state === 'open' ? find(stream, found.startMs) : found;
  };

  const placeOf = async (
    stream: StreamRecord,
    atMs: number,
    what: 'key' | 'run',
    clock: number | null,
  ): Promise<MomentPlace | null> => {
    const segment = await segmentAt(stream, atMs, clock);
    if (segment === null) return null;
    const fragments = durable(segment, await inspect(stream, segment));
    if (fragments.length === 0) return null;
    const files = volumes.need(segment.volume);
    const path = files.path(stream.folder, stream.kind, segment.startMs);
    const place = { open: () => files.open(path), stream: stream.kind, segment: plain(segment), fragments };
    if (what === 'key') {
      const first = keyFragment(fragments, atMs, true);
      return first < 0 ? null : { ...place, first, count: 1 };
    }
    const at = fragmentAt(fragments, atMs);
    const first = runOf(fragments, at).from;
    // One more than is shown: playing goes on.
    return { ...place, first, count: Math.min(maxRun, at + 2 - first, fragments.length - first) };
  };

  return {
    async segments({ id, stream, ...span }) {
      const found = streamOf(id, stream);
      const segments = await queries.segments({ streamId: found.id, ...span, clock: span.clock ?? null });
      return segments.map(plain);
    },
    async fragments({ id, stream, startMs }) {
      const found = streamOf(id, stream);
      const segment = await find(found, startMs);
      if (segment === null) throw new AppError('NOT_FOUND', 'There is no recording that starts at this moment.');
      return { segment: plain(segment), fragments: durable(segment, await inspect(found, segment)) };
    },
    async file(id, kind, startMs) {
      const stream = cameras.stream(id, kind);
      if (stream === null) return null;
      const segment = await find(stream, startMs);
      if (segment === null) return null;
      const files = volumes.need(segment.volume);
      const path = files.path(stream.folder, kind, startMs);
      return { open: () => files.open(path), bytes: segment.bytes, sealed: segment.state !== 'open' };
    },
    async segmentAt(id, streams, atMs) {
      for (const kind of streams) {
        const stream = cameras.stream(id, kind);
        const segment = stream === null ? null : await segmentAt(stream, atMs, null);
        if (stream === null || segment === null) continue;
        const path = isArchive(segment.volume)
          ? null
          : volumes.need(segment.volume).path(stream.folder, kind, segment.startMs);
        return { segment, path };
      }
      return null;
    },
    async moment({ cameraId, streams, atMs, what, clock = null }) {
      for (const kind of streams) {
        const stream = cameras.stream(cameraId, kind);
        const place = stream === null ? null : await placeOf(stream, atMs, what, clock);
        if (place !== null) return place;
      }
      return null;
    },
  };
}

/** As clients see it. */
const plain = ({ volume, ...segment }: PlacedSegment): Segment =>
  isArchive(volume) ? { ...segment, archive: volume } : segment;

/** Of a segment that is being written, only what is known to be on disk. */
const durable = (segment: Segment, { fragments }: SegmentContent): SegmentContent['fragments'] =>
  fragments.filter(([offset, bytes]) => offset + bytes <= segment.bytes);
