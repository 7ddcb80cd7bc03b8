/** What was taken and not handed to the writer yet: the fragment that is gathered, and the end of the segment before it. */
import type { Clock } from '#lib/clock.ts';
import type { AccessUnit } from '#media/format.ts';
import { createGathering, dueMs, fragmentOf, gather, type Gathering, isEmpty, maxPieces } from './gathering.ts';
import type { Waiting } from './kept.ts';
import type { SegmentFile } from './segment-file.ts';
import type { SegmentWriter } from './segment-writer.ts';

/** How long the end of a segment waits for the sound that belongs to it. */
const lateSoundMs = 200;
const firstGuessUs = 40_000;

/** The segment before the one that is gathered for, while its last sounds are waited for; `then`: that one. */
type Closing = {
  segment: SegmentFile;
  gathering: Gathering;
  next: AccessUnit;
  endMs: number;
  sinceMonoMs: number;
  then: SegmentFile | null;
};

export type Fragments = {
  take(unit: AccessUnit, monoMs: number): void;
  /** A sound that belongs to the end of the segment before; false: it does not. */
  takeLate(sound: AccessUnit, before: SegmentFile, monoMs: number): boolean;
  /** Something has waited for so long, or there are as many pieces as one write may have. */
  due(monoMs: number, afterMs: number): boolean;
  /** Every picture of what is gathered is a key frame. */
  allKeys(): boolean;
  /** The file of a segment may be made, when the one before it is closed. */
  open(segment: SegmentFile): void;
  /** Hands what is gathered to the writer as one fragment; `nextDtsUs`: when the next picture is decoded. */
  cut(of: SegmentFile, nextDtsUs: number): void;
  /** All that was cut is written now. */
  flush(): void;
  /** The segment ends with what is gathered, for whose last sounds it is waited. */
  close(segment: SegmentFile, next: AccessUnit, endMs: number): void;
  /** Closes the segment whose last sounds were waited for; only then may the one after it be opened. */
  settle(): void;
  settleInTime(monoMs: number): void;
  /** Bytes of what is gathered. */
  bytes(): number;
  /** The same, oldest first; `segment`: what is gathered is for this one. */
  waiting(segment: SegmentFile | null): Waiting[];
  /** Forgets what is gathered. */
  clear(): void;
  /** The last picture that was taken was decoded then; −∞: what comes continues nothing. */
  lastDtsUs(): number;
  /** From picture to picture. */
  frameUs(): number;
  /** What comes next continues nothing. */
  interrupt(): void;
};

const nothingWaits = (): { pieces: number; oldestMonoMs: number } => ({
  pieces: 0,
  oldestMonoMs: Number.POSITIVE_INFINITY,
});

export function createFragments(deps: { clock: Clock; writer: () => SegmentWriter }): Fragments {
  const { clock, writer } = deps;
  let gathering = createGathering();
  /** Fragments that ended at a key frame and wait for what follows, so that there is one write for both. */
  let waiting = nothingWaits();
  let closing: Closing | null = null;
  let lastDtsUs = -Infinity;
  let frameUs = firstGuessUs;

  const isDue = (g: Gathering, monoMs: number, afterMs: number): boolean =>
    !isEmpty(g) && (monoMs - g.oldestMonoMs >= afterMs || g.pieces >= maxPieces);
  const settle = (): void => {
    if (closing === null) return;
    const { segment: of, gathering: last, next, endMs, then } = closing;
    closing = null;
    if (!isEmpty(last)) writer().write(of, fragmentOf(last, of, next.dtsUs));
    writer().seal(of, endMs);
    if (then !== null) writer().create(then);
  };
  const flush = (): void => {
    writer().flush();
    waiting = nothingWaits();
  };

  return {
    take(unit, monoMs) {
      gather(gathering, unit, monoMs);
      if (unit.track === 'audio') return;
      const stepUs = unit.dtsUs - lastDtsUs;
      if (stepUs > 0 && stepUs <= 1_000_000) frameUs = stepUs;
      lastDtsUs = unit.dtsUs;
    },
    takeLate(sound, before, monoMs) {
      if (closing === null) return false;
      if (sound.ptsUs < before.originUs) {
        gather(closing.gathering, sound, monoMs);
        return true;
      }
      settle();
      return false;
    },
    due: (monoMs, afterMs) =>
      isDue(gathering, monoMs, afterMs) ||
      monoMs - waiting.oldestMonoMs >= afterMs ||
      (waiting.pieces > 0 && waiting.pieces + gathering.pieces >= maxPieces),
    allKeys: () => gathering.allKeys,
    open(segment) {
      if (closing === null) writer().create(segment);
      else closing.then = segment;
    },
    cut(of, nextDtsUs) {
      settle();
      if (isEmpty(gathering)) return;
      waiting.pieces += gathering.pieces + 1;
      waiting.oldestMonoMs = Math.min(waiting.oldestMonoMs, gathering.oldestMonoMs);
      writer().write(of, fragmentOf(gathering, of, nextDtsUs));
      gathering = createGathering();
    },
    flush,
    close(segment, next, endMs) {
      settle();
      flush();
      closing = { segment, gathering, next, endMs, sinceMonoMs: clock.monoMs(), then: null };
      gathering = createGathering();
    },
    settle,
    settleInTime(monoMs) {
      if (closing !== null && (monoMs - closing.sinceMonoMs >= lateSoundMs || isDue(closing.gathering, monoMs, dueMs)))
        settle();
    },
    bytes: () => gathering.bytes + (closing?.gathering.bytes ?? 0),
    waiting(segment) {
      const all: Waiting[] = closing === null ? [] : [{ ...closing.gathering, fragment: null, of: closing.segment }];
      if (segment !== null) all.push({ ...gathering, fragment: null, of: segment });
      return all;
    },
    clear() {
      closing = null;
      gathering = createGathering();
      waiting = nothingWaits();
    },
    lastDtsUs: () => lastDtsUs,
    frameUs: () => frameUs,
    interrupt() {
      lastDtsUs = -Infinity;
    },
  };
}
