/** A segment before anything of it is written. */
import type { StreamKind } from '#domain/stream.ts';
import { steadyMsOf, type Clock } from '#lib/clock.ts';
import { createSegmentCipher, newSegmentId } from '#lib/segment-cipher.ts';
import type { AccessUnit } from '#media/format.ts';
import { writeClockMark } from '#media/mp4/clock-mark.ts';
import { markRoom, writeEncryptionMark } from '#media/mp4/encryption.ts';
import { roundUpInit } from '#media/mp4/spare-room.ts';
import { codecsOf, writeInit } from '#media/mp4/write-init.ts';
import { directBlock } from './direct-memory.ts';
import type { SegmentFile } from './segment-file.ts';
import type { WritingKey } from './volume-keys.ts';

/** Most that presentation may lag behind decoding. */
const maxDelayUs = 10_000_000;

/** The one that begins with this picture; `notBeforeMs`: its name says no earlier time. The rest as in `RecorderOptions`. */
export function newSegment(
  first: AccessUnit,
  of: Pick<SegmentFile, 'target' | 'tracks' | 'trial' | 'kept' | 'past'> & {
    kind: StreamKind;
    notBeforeMs: number;
    mark?: Uint8Array;
    boot?: string;
    clock: Clock;
    encryption?: (root: string) => WritingKey | null;
  },
): SegmentFile {
  const { target, tracks, trial, kept, past, clock, boot } = of;
  const { video, audio } = tracks;
  const originUs = first.ptsUs;
  const delayUs = Math.min(Math.max(0, Math.round(first.ptsUs - first.dtsUs)), maxDelayUs);
  const startMs = Math.max(Math.floor(originUs / 1000), of.notBeforeMs);
  // A sub stream's writes are small: whole blocks would cost it more room than they save it work.
  const large = of.kind === 'main';
  const key = of.encryption?.(target.root) ?? null;
  const encryption = key === null ? null : { keyId: key.id, segmentId: newSegmentId() };
  const steadyMs = steadyMsOf(clock);
  const marks = [
    of.mark ?? [],
    boot === undefined ? [] : writeClockMark({ boot, steadyUs: steadyMs * 1000, wallUs: clock.nowUs() }),
    encryption === null ? markRoom() : writeEncryptionMark(encryption),
  ];
  const bytes = writeInit(video, audio, originUs, delayUs, marks);
  const init = large ? roundUpInit(bytes, directBlock) : bytes;
  return {
    ...{ target, startMs, originUs, delayUs, steadyMs, init, large, trial, tracks, kept, past },
    encryption:
      key === null || encryption === null
        ? null
        : { keyId: key.id, cipher: createSegmentCipher(key.key, encryption.segmentId, init) },
    format: { codecs: codecsOf(video, audio), width: video.width, height: video.height, initBytes: init.length },
    opened: false,
    sequence: 0,
    takenMs: startMs,
    file: null,
    bytes: 0,
    endMs: startMs,
    fragments: 0,
    keys: [],
  };
}
