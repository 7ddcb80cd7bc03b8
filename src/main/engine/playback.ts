import { AppError } from '#contract/error.ts';
import type { CameraId } from '#domain/id.ts';
import type { Segment } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { CameraRoom } from './cameras.ts';
import type { Queries, SegmentContent, SegmentFiles, StreamRecord } from './ports.ts';
import type { Playback } from './rooms.ts';
import type { Segments } from './segments.ts';

/** Fragment lists of this many finished segments are kept: about 4 kB each. */
const maxKept = 1_000;

export function createPlayback(deps: {
  cameras: Pick<CameraRoom, 'stream'>;
  queries: Pick<Queries, 'segments' | 'segment'>;
  segments: Pick<Segments, 'open'>;
  files: Pick<SegmentFiles, 'path' | 'inspect'>;
}): Playback {
  const { cameras, queries, files } = deps;
  const kept = new Map<string, SegmentContent>();

  const streamOf = (id: CameraId, kind: StreamKind): StreamRecord => {
    const stream = cameras.stream(id, kind);
    if (stream === null) throw new AppError('NOT_FOUND', 'There is no such camera, or it has no such stream.');
    return stream;
  };

  /** The segment as it is now: a worker's newest word goes before the index. */
  const find = async (stream: StreamRecord, startMs: number): Promise<Segment | null> => {
    const segment = await queries.segment(stream.id, startMs);
    const open = deps.segments.open(stream.id, startMs);
    if (open === null || (segment !== null && segment.state !== 'open')) return segment;
    return { startMs, endMs: open.endMs, bytes: open.bytes, state: 'open', ...open.format };
  };

  const inspect = async (stream: StreamRecord, segment: Segment): Promise<SegmentContent> => {
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
      throw new AppError('UNAVAILABLE', 'This recording cannot be read from its disk.', {
        cause: error,
        data: { reason: 'disk' },
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

  return {
    async segments({ id, stream, ...span }) {
      const found = streamOf(id, stream);
      return queries.segments({ streamId: found.id, ...span });
    },
    async fragments({ id, stream, startMs }) {
      const found = streamOf(id, stream);
      const segment = await find(found, startMs);
      if (segment === null) throw new AppError('NOT_FOUND', 'There is no recording that starts at this moment.');
      const { fragments } = await inspect(found, segment);
      // Of a segment that is being written, only what is known to be on disk.
      return { segment, fragments: fragments.filter(([offset, bytes]) => offset + bytes <= segment.bytes) };
    },
    async file(id, kind, startMs) {
      const stream = cameras.stream(id, kind);
      if (stream === null) return null;
      const segment = await find(stream, startMs);
      if (segment === null) return null;
      return { path: files.path(stream.folder, kind, startMs), bytes: segment.bytes, sealed: segment.state !== 'open' };
    },
  };
}
