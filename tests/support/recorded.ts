/** Recorded files as the station writes them, made in a moment. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { writeFragmentHead, writeIndex } from '#media/mp4/write-fragment.ts';
import { writeInit } from '#media/mp4/write-init.ts';
import type { SegmentRow } from '../../src/main/engine/index-port.ts';

const jpeg = (n: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => [0xff, 0xd8][i] ?? n);

/** Writes a segment of `seconds` fragments of one second below `root`; returns its row, of stream 1. */
export function writeSegment(
  root: string,
  startMs: number,
  options: { seconds?: number; sealed?: boolean; folder?: string; kind?: StreamKind; pictureBytes?: number } = {},
): SegmentRow {
  const { seconds = 3, sealed = true, folder = 'gate', kind = 'main', pictureBytes = 200 } = options;
  const originUs = startMs * 1000;
  const parts: Uint8Array[] = [writeInit(mjpegTrack(640, 360), null, originUs)];
  const initBytes = parts[0]?.length ?? 0;
  let bytes = initBytes;
  const keys = [];
  for (let s = 0; s < seconds; s += 1) {
    const video = Array.from({ length: 10 }, (_, i): AccessUnit => {
      const at = originUs + s * 1e6 + i * 100_000;
      return { track: 'video', key: true, ptsUs: at, dtsUs: at, data: [jpeg(i, pictureBytes)], bytes: pictureBytes };
    });
    const head = writeFragmentHead({
      sequence: s + 1,
      originUs,
      delayUs: 0,
      video,
      videoEndUs: originUs + (s + 1) * 1e6,
      audio: [],
      audioEndUs: 0,
    });
    keys.push({ moofOffset: bytes + 32, timeUs: s * 1e6 });
    parts.push(head, ...video.flatMap((u) => u.data));
    bytes += head.length + 10 * pictureBytes;
  }
  if (sealed) {
    const index = writeIndex(keys, 0);
    parts.push(index);
    bytes += index.length;
  }
  const file = join(root, segmentPath(folder, kind, startMs));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.concat(parts));
  return {
    streamId: StreamId.parse(1),
    startMs,
    endMs: startMs + seconds * 1000,
    bytes,
    state: sealed ? 'sealed' : 'open',
    format: { codecs: 'mp4v.6C', width: 640, height: 360, initBytes },
  };
}
