/**
 * What waits in memory while no disk takes it: what one did not make durable, and what comes meanwhile. In parts, each of which becomes a
 * fragment again wherever it is recorded in the end. Pure.
 */
import type { GapCause } from '#domain/gap.ts';
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import { createGathering, dueMs, gather, type Gathering, maxPieces } from './gathering.ts';
import type { FragmentBytes, SegmentFile } from './segment-file.ts';

export type Tracks = { video: VideoTrack; audio: AudioTrack | null };

/** What comes does not continue what came before. `next`: the picture that ended it; `cause`: why something is missing, where nobody else tells. */
export type Break = { next: AccessUnit | null; cause: GapCause | null };

/** `fragment`: it was handed to a disk as that; `after`: it does not continue the part before it. */
export type KeptPart = Gathering & { tracks: Tracks; fragment: FragmentBytes | null; after: Break | null };

/** Units as they were gathered for a segment. */
export type Waiting = Pick<FragmentBytes, 'pictures' | 'sounds' | 'oldestMonoMs'> & {
  of: SegmentFile;
  fragment: FragmentBytes | null;
};

const begins = (part: KeptPart | undefined): boolean => part?.pictures[0]?.key === true;

/**
 * What waits, oldest first, as far as a segment can begin with it or before it: each run from a key picture on, of the same tracks (by
 * identity), and where one segment follows another without a break. `frameUs`: from picture to picture.
 */
export function partsOf(waiting: readonly Waiting[], frameUs: number): KeptPart[] {
  const parts: KeptPart[] = [];
  let before: SegmentFile | null = null;
  let lastUs: number | null = null;
  let running = false;
  for (const { of, pictures, sounds, oldestMonoMs, fragment } of waiting) {
    const [first] = pictures;
    if (first === undefined && sounds.length === 0) continue;
    const stepUs = first === undefined || lastUs === null ? 0 : first.dtsUs - lastUs;
    const follows = of === before || (stepUs >= 0 && stepUs <= 2 * frameUs + 1_000_000);
    const same = of.tracks.video === before?.tracks.video && of.tracks.audio === before.tracks.audio;
    const goesOn: boolean = running && follows && same;
    running = goesOn || first?.key === true;
    before = of;
    lastUs = pictures.at(-1)?.dtsUs ?? lastUs;
    if (!running) continue;
    const part = {
      ...createGathering(),
      tracks: of.tracks,
      fragment,
      after: goesOn ? null : { next: null, cause: null },
    };
    for (const unit of [...pictures, ...sounds]) gather(part, unit, oldestMonoMs);
    parts.push(part);
  }
  return parts;
}

/** The same, behind what is durable already (`lead`, from a key picture on) where it cannot be decoded without it. */
export function partsBehind(lead: readonly Waiting[], waiting: readonly Waiting[], frameUs: number): KeptPart[] {
  const begins = waiting.find((w) => w.pictures.length > 0)?.pictures[0]?.key === true;
  const parts = lead.length === 0 || begins ? [] : partsOf([...lead, ...waiting], frameUs);
  const first = parts[lead.length];
  return first !== undefined && first.after === null ? parts : partsOf(waiting, frameUs);
}

/** The last of those that belongs together. */
export const lastRun = (parts: readonly KeptPart[]): KeptPart[] =>
  parts.slice(
    Math.max(
      0,
      parts.findLastIndex((part) => part.after !== null),
    ),
  );

export type Kept = {
  /** No part is kept. */
  isEmpty(): boolean;
  bytes(): number;
  /** The newest picture is decoded, and shown, then; −∞: what comes continues nothing. */
  lastDtsUs(): number;
  lastPtsUs(): number;
  /** The next picture must be a key picture; `open`: what was kept last was handed on already, to a segment that is open. */
  waitsForKey(open: boolean): boolean;
  /** A unit of these tracks; one that must be a key picture is. */
  push(unit: AccessUnit, tracks: Tracks, monoMs: number): void;
  /** What comes next does not continue it. */
  end(after: Break): void;
  /** What is kept ended, here or further on. */
  isEnded(): boolean;
  /** In front of all: what a disk did not take. Answers what can begin nowhere. */
  putBack(parts: readonly KeptPart[]): KeptPart[];
  /** The oldest part. */
  shift(): KeptPart | null;
  /** When the first picture is decoded of what continues what was handed on last; null: nothing does. */
  nextDtsUs(): number | null;
  /** The end of all, once nothing is kept; says so once. */
  takeEnd(): Break | null;
  /** Forgets the oldest, up to where a segment can begin. `cause`: as in `Break`. Answers them. */
  dropOldest(cause: GapCause | null): KeptPart[];
};

export function createKept(): Kept {
  let parts: KeptPart[] = [];
  let bytes = 0;
  let ended: Break | null = null;
  let lastDtsUs = -Infinity;
  let lastPtsUs = -Infinity;

  const take = (count: number): KeptPart[] => {
    const taken = parts.splice(0, count);
    for (const part of taken) bytes -= part.bytes;
    return taken;
  };
  const see = (unit: AccessUnit): void => {
    if (unit.track === 'audio') return;
    lastPtsUs = lastDtsUs === -Infinity ? unit.ptsUs : Math.max(lastPtsUs, unit.ptsUs);
    lastDtsUs = unit.dtsUs;
  };
  const partFor = (unit: AccessUnit, tracks: Tracks, monoMs: number): KeptPart => {
    const last = parts.at(-1);
    const full = last !== undefined && (monoMs - last.oldestMonoMs >= dueMs || last.pieces >= maxPieces);
    const turns = unit.track === 'video' && (full || (unit.key && last?.allKeys === false));
    if (last !== undefined && ended === null && !turns) return last;
    const part = { ...createGathering(), tracks, fragment: null, after: ended };
    ended = null;
    parts.push(part);
    return part;
  };

  return {
    isEmpty: () => parts.length === 0,
    bytes: () => bytes,
    lastDtsUs: () => lastDtsUs,
    lastPtsUs: () => lastPtsUs,
    waitsForKey: (open) => ended !== null || (parts.length === 0 && !open),
    push(unit, tracks, monoMs) {
      gather(partFor(unit, tracks, monoMs), unit, monoMs);
      bytes += unit.bytes;
      see(unit);
    },
    end(after) {
      ended ??= after;
      lastDtsUs = -Infinity;
    },
    isEnded: () => ended !== null || parts.some((part) => part.after !== null),
    putBack(back) {
      if (parts.length === 0 && ended === null) for (const part of back) part.pictures.forEach(see);
      parts = [...back, ...parts];
      for (const part of back) bytes += part.bytes;
      const from = parts.findIndex(begins);
      return take(from < 0 ? parts.length : from);
    },
    shift: () => take(1)[0] ?? null,
    nextDtsUs() {
      const [next] = parts;
      return next === undefined || next.after !== null ? null : (next.pictures[0]?.dtsUs ?? null);
    },
    takeEnd() {
      const end = parts.length === 0 ? ended : null;
      if (end !== null) ended = null;
      return end;
    },
    dropOldest(cause) {
      const next = parts.findIndex((part, i) => i > 0 && begins(part));
      const dropped = take(next < 0 ? parts.length : next);
      const after = { next: null, cause };
      const [first] = parts;
      if (first !== undefined) first.after ??= after;
      else ended ??= after;
      return dropped;
    },
  };
}
