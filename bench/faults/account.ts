/** What a camera sent, picture by picture, against what is on disk and what the index says of it. Times in UTC ms unless said. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { gapToleranceMs } from '#domain/gap.ts';
import type { Gap, GapCause } from '#domain/gap.ts';
import { unitBytes } from '#media/access-unit.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { readInit } from '#media/mp4/read-init.ts';
import { readerOf, scanFragments } from '#media/mp4/scan.ts';
import { shownFromUs } from '../sent-and-kept.ts';
import type { Clip } from '../../src/main/demo/clip.ts';
import type { SentFrame } from '../../src/main/demo/mount.ts';
import { silentMs } from '../../src/workers/ingest/lane/silence.ts';
import { asSample } from '../sent-and-kept.ts';

const digest = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('base64');

/** Tells which picture of a clip a sample is. */
export type KnownPictures = (sample: Uint8Array) => number | undefined;

export function knowPictures(clip: Clip): KnownPictures {
  const known = new Map(clip.pictures.map((p, frame) => [digest(asSample(p.nals)), frame]));
  if (known.size < clip.pictures.length) throw new Error('Two pictures of the load clip are alike.');
  return (sample) => known.get(digest(sample));
}

/** A picture found on disk. */
export type KeptPicture = {
  frame: number | undefined;
  /** As the file has it, and with what the station's clock was wrong by when the file was begun taken away. */
  atMs: number;
  trueMs: number;
};

/** The pictures of one file up to its last whole fragment, as far as they are shown; none of one in which nothing whole is. */
export async function keptPictures(path: string, known: KnownPictures): Promise<KeptPicture[]> {
  const file = new Uint8Array(readFileSync(path));
  const read = readerOf(file);
  try {
    const init = await readInit(read);
    const { fragments } = await scanFragments(read, file.length, init);
    const bootMs = Date.now() - uptime() * 1000;
    const wrongMs = init.clocks === null ? 0 : init.clocks.wallUs / 1000 - (init.clocks.steadyUs / 1000 + bootMs);
    const fromUs = shownFromUs(path);
    return fragments.flatMap((f) =>
      parseFragment(file.subarray(f.offset, f.offset + f.bytes), init)
        .units.filter((u) => u.track === 'video' && u.ptsUs >= fromUs)
        .map((u) => {
          const atMs = u.ptsUs / 1000;
          return { frame: known(unitBytes(u)), atMs, trueMs: atMs - wrongMs };
        }),
    );
  } catch {
    return [];
  }
}

export type CameraFacts = {
  fps: number;
  /** Pictures in the clip. */
  length: number;
  /** All that the camera sent, whether or not somebody took it, oldest first. */
  sent: readonly SentFrame[];
  /** Running numbers of the first and last picture that each session was given. */
  handed: readonly [number, number][];
  kept: readonly KeptPicture[];
  gaps: readonly Gap[];
  /** What the index has as covered. */
  spans: readonly (readonly [number, number])[];
  /** What was deleted by the rules, first to last moment of each run. */
  deleted: readonly (readonly [number, number])[];
  /** Time of which the index cannot know that it was to be recorded. */
  unasked: readonly [number, number] | null;
  /** From when to when nothing can be kept. */
  fault: { beginMs: number; endMs: number };
  /** Why time may be missing. */
  causes: readonly GapCause[];
};

export type CameraAccount = {
  /** Given to the station before the fault began, and not on disk: what the promise is about. */
  lostMs: number;
  /** From the end of the fault to the first picture from which on all are kept; Infinity: never. */
  recoveredMs: number;
  /** The longest time of which nothing is kept. */
  longestMs: number;
  /** Samples that were never sent, or are there twice. */
  foreign: number;
  /** Kept, but not covered in the index. */
  uncovered: number;
  /** Time that is missing without a gap, a gap where pictures are, a gap of another cause: in words. */
  wrongGaps: string[];
};

/** Where a gap may begin and end beside the pictures. */
const edgeMs = 300;
/** A picture is dated by its arrival: the station may look at its sockets this late, and a busy machine later. */
const datedMs = 4_000;

/** Times in which a camera sent nothing, because the machine gave its server no time: nobody can have them, and no gap need tell. */
function unsentOf(sent: readonly SentFrame[], frameMs: number): [number, number][] {
  return sent.flatMap((s, i): [number, number][] => {
    const last = sent[i - 1];
    return last === undefined || s.n === last.n + 1 ? [] : [[last.sentMs + frameMs, s.sentMs]];
  });
}
const overlap = (a: readonly [number, number], b: readonly [number, number]): number =>
  Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0]));
/** How much of `within` lies in any of them. */
function coveredMs(spans: readonly (readonly [number, number])[], within: readonly [number, number]): number {
  let ms = 0;
  let [at] = within;
  for (const [from, to] of spans.toSorted((a, b) => a[0] - b[0])) {
    ms += overlap([Math.max(from, at), to], within);
    at = Math.max(at, to);
  }
  return ms;
}
/** What came late, or was looked at late, is missing from a silence that was long enough for the station to tell of it. */
const toldSilenceMs = silentMs - 1_000;

/** Which running number a picture on disk has: the one of its place in the clip that was sent nearest to its time. */
function numberOf({ frame, trueMs }: KeptPicture, sent: Map<number, SentFrame[]>): number | undefined {
  let best: SentFrame | undefined;
  for (const s of sent.get(frame ?? -1) ?? [])
    if (best === undefined || Math.abs(s.sentMs - trueMs) < Math.abs(best.sentMs - trueMs)) best = s;
  return best === undefined || Math.abs(best.sentMs - trueMs) > datedMs ? undefined : best.n;
}

const gapText = (g: { fromMs: number; toMs: number; cause: GapCause }): string =>
  `${timeText(g.fromMs)} – ${Number.isFinite(g.toMs) ? timeText(g.toMs) : 'now'} ${g.cause}`;
const timeText = (ms: number): string => new Date(ms).toISOString().slice(11, 23);

function gapErrors(f: CameraFacts, kept: Map<number, KeptPicture>, frameMs: number): string[] {
  const pictures = [...kept].sort(([a], [b]) => a - b).map(([n, p]) => ({ n, atMs: p.atMs }));
  const [first, last] = [pictures[0], pictures.at(-1)];
  if (first === undefined || last === undefined) return ['nothing is kept'];
  const gaps = f.gaps
    .map((g) => ({ ...g, toMs: g.toMs ?? Number.POSITIVE_INFINITY }))
    .filter((g) => g.toMs > first.atMs && g.fromMs < last.atMs);
  const unsent = unsentOf(f.sent, frameMs);
  const wrong: string[] = [];
  for (const [i, b] of pictures.entries()) {
    const a = pictures[i - 1];
    if (a === undefined || b.n === a.n + 1) continue;
    const [fromMs, toMs] = [a.atMs + frameMs, b.atMs];
    const spans = [
      ...gaps.map((g) => [g.fromMs, g.toMs] as const),
      ...f.deleted,
      ...unsent,
      ...(f.unasked === null ? [] : [f.unasked]),
    ];
    const told = coveredMs(spans, [fromMs, toMs]);
    if (toMs - fromMs - told > gapToleranceMs)
      wrong.push(
        `${timeText(fromMs)} – ${timeText(toMs)} is missing and only ${Math.round(told)} ms of it is told (gaps: ${gaps.map(gapText).join(', ')})`,
      );
  }
  for (const g of gaps) {
    const silent = g.cause === 'no-data' && unsent.some((span) => overlap(span, [g.fromMs, g.toMs]) > toldSilenceMs);
    if (!silent && !f.causes.includes(g.cause)) wrong.push(`a gap at ${timeText(g.fromMs)} is said to be ${g.cause}`);
    const inside = pictures.filter((p) => p.atMs > g.fromMs + edgeMs && p.atMs + frameMs < g.toMs - edgeMs).length;
    if (inside > 0) wrong.push(`${inside} pictures are in a gap: ${gapText(g)}`);
  }
  return wrong;
}

/** Judges one camera; `untilN`: later pictures are still under way. */
export function accountOf(f: CameraFacts, untilN: number): CameraAccount {
  const frameMs = 1000 / f.fps;
  const byFrame = Map.groupBy(f.sent, (s) => s.n % f.length);
  const kept = new Map<number, KeptPicture>();
  let foreign = 0;
  for (const picture of f.kept) {
    const n = numberOf(picture, byFrame);
    if (n === undefined || kept.has(n)) foreign += 1;
    else kept.set(n, picture);
  }
  const wasHanded = (n: number): boolean => f.handed.some(([from, to]) => n >= from && n <= to);
  const fromN = Math.min(...f.handed.map(([from]) => from));
  const wasDeleted = ({ n, sentMs }: SentFrame): boolean =>
    !kept.has(n) && f.deleted.some(([from, to]) => sentMs > from - edgeMs && sentMs < to + edgeMs);
  const due = f.sent.filter((s) => s.n >= fromN && s.n <= untilN && !wasDeleted(s));
  let lost = 0;
  let run = 0;
  let longest = 0;
  let missingToMs = 0;
  for (const s of due) {
    if (kept.has(s.n)) {
      run = 0;
      continue;
    }
    run += 1;
    longest = Math.max(longest, run);
    missingToMs = s.sentMs + frameMs;
    if (wasHanded(s.n) && s.sentMs < f.fault.beginMs) lost += 1;
  }
  const uncovered = [...kept].filter(
    ([n, p]) => n <= untilN && !f.spans.some(([from, to]) => p.atMs > from - edgeMs && p.atMs < to + edgeMs),
  ).length;
  return {
    lostMs: lost * frameMs,
    recoveredMs: run > 0 ? Number.POSITIVE_INFINITY : Math.max(0, missingToMs - f.fault.endMs),
    longestMs: longest * frameMs,
    foreign,
    uncovered,
    wrongGaps: gapErrors(f, kept, frameMs),
  };
}
