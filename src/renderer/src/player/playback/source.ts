/** Chooses which recording of a camera is played at a moment: the preferred stream, or the other where that has to do. */
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { canDecode } from './decoder.ts';
import type { PictureFormat } from './demux.ts';
import type { SegmentIndex } from './port.ts';
import type { Asked, Reader } from './reader.ts';

export type Choice = (
  | { kind: 'segment'; asked: Asked; index: SegmentIndex; format: PictureFormat }
  | { kind: 'gap'; prevMs: number | null; nextMs: number | null }
  | { kind: 'edge' }
  | { kind: 'unsupported'; codec: string }
) & {
  /** Streams that have video at the moment and cannot be decoded here. */
  refused: readonly StreamKind[];
};

const later = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.max(a, b));
const sooner = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/**
 * `onPlace` is told where the recording lies before its format is known, to read both at once.
 * Rejects when the station cannot be asked or the file cannot be read.
 */
export async function choose(
  reader: Reader,
  cameraId: CameraId,
  prefer: StreamKind,
  atMs: number,
  onPlace?: (asked: Asked, index: SegmentIndex) => void,
): Promise<Choice> {
  let unsupported: string | null = null;
  const refused: StreamKind[] = [];
  let edge = false;
  let prevMs: number | null = null;
  let nextMs: number | null = null;
  for (const stream of prefer === 'sub' ? (['sub', 'main'] as const) : (['main', 'sub'] as const)) {
    const asked = { cameraId, stream };
    const place = await reader.place(asked, atMs);
    if (place.kind === 'segment') {
      onPlace?.(asked, place.index);
      const format = await reader.format(asked, place.index);
      if (await canDecode(format)) return { kind: 'segment', asked, index: place.index, format, refused };
      refused.push(stream);
      unsupported ??= format.codec;
    } else if (place.kind === 'edge') edge = true;
    else {
      prevMs = later(prevMs, place.prevMs);
      nextMs = sooner(nextMs, place.nextMs);
    }
  }
  if (unsupported !== null) return { kind: 'unsupported', codec: unsupported, refused };
  return edge ? { kind: 'edge', refused } : { kind: 'gap', prevMs, nextMs, refused };
}
