/** The units of a fragment that is still being gathered, by reference. */
import { fragmentMaxMs } from '#domain/segment.ts';
import type { AccessUnit } from '#media/format.ts';
import { fragmentBoxBytes } from '#media/mp4/encryption.ts';
import { writeFragmentHead } from '#media/mp4/write-fragment.ts';
import { napMs } from '../nap.ts';
import type { FragmentBytes, SegmentFile } from './segment-file.ts';

/** A fragment is written this much early: pictures lay unread for up to a nap, and the next look may be a nap away. */
export const dueMs = fragmentMaxMs - 2 * napMs;
/** Where a look is late: before one more picture is taken. */
export const overdueMs = fragmentMaxMs - napMs;
/** A system takes about a thousand pieces in one call (IOV_MAX). */
export const maxPieces = 900;

export type Gathering = {
  pictures: AccessUnit[];
  sounds: AccessUnit[];
  bytes: number;
  pieces: number;
  /** When its oldest unit was taken. */
  oldestMonoMs: number;
  /** Every picture so far is a key frame. */
  allKeys: boolean;
};

export const createGathering = (): Gathering => ({
  pictures: [],
  sounds: [],
  bytes: 0,
  pieces: 0,
  oldestMonoMs: 0,
  allKeys: true,
});

export const isEmpty = (g: Gathering): boolean => g.pictures.length === 0 && g.sounds.length === 0;

export function gather(g: Gathering, unit: AccessUnit, monoMs: number): void {
  if (isEmpty(g)) g.oldestMonoMs = monoMs;
  (unit.track === 'video' ? g.pictures : g.sounds).push(unit);
  g.bytes += unit.bytes;
  g.pieces += unit.data.length;
  if (unit.track === 'video' && !unit.key) g.allKeys = false;
}

/** Distance of sounds when only one is known. */
const soundUs = 20_000;

/**
 * What was gathered as the next fragment of a segment, whose count and end move on. `nextDtsUs`: when the picture after the
 * last one is decoded.
 */
export function fragmentOf(g: Gathering, segment: SegmentFile, nextDtsUs: number): FragmentBytes {
  const { pictures, sounds } = g;
  const { originUs, delayUs } = segment;
  const lastSoundUs = sounds.at(-1)?.dtsUs ?? 0;
  const stepUs = lastSoundUs - (sounds.at(-2)?.dtsUs ?? lastSoundUs - soundUs);
  segment.sequence += 1;
  const head = writeFragmentHead({
    sequence: segment.sequence,
    originUs,
    delayUs,
    video: pictures,
    videoEndUs: nextDtsUs,
    audio: sounds,
    audioEndUs: lastSoundUs + Math.max(1, stepUs),
    room: fragmentBoxBytes,
  });
  const pieces: Uint8Array[] = [head];
  let endUs = -Infinity;
  for (let i = 0; i < pictures.length; i += 1) {
    const unit = pictures[i];
    if (unit === undefined) break;
    for (const piece of unit.data) pieces.push(piece);
    endUs = Math.max(endUs, unit.ptsUs + Math.max(0, (pictures[i + 1]?.dtsUs ?? nextDtsUs) - unit.dtsUs));
  }
  for (const unit of sounds) for (const piece of unit.data) pieces.push(piece);
  if (pictures.length > 0) segment.takenMs = Math.max(segment.takenMs, Math.floor(endUs / 1000));
  const first = pictures[0];
  return {
    sequence: segment.sequence,
    pieces,
    bytes: head.length + g.bytes,
    ...{ pictures, sounds },
    endMs: segment.takenMs,
    key: first?.key === true,
    oldestMonoMs: g.oldestMonoMs,
    timeUs: (first?.ptsUs ?? originUs) - originUs,
  };
}
