/** What lies in the rows of a view, ready to be drawn or asked about. Pure. */
import type { Gap, GapCause } from '#domain/gap.ts';
import type { CameraId } from '#domain/id.ts';
import { firstEndingAfter, type Band } from './bands.ts';
import type { Known, Tick } from './coverage.ts';
import type { Piece } from './slots.ts';

export type Filled = Piece & { known: Known | null };

/** A span that ends this close to when it was asked about is being recorded now. */
const growingMs = 5_000;
/** … and is believed to go on for so long without being asked again. */
const believedMs = 12_000;

/** End of a span as of now: one that was growing when asked goes on growing for a few seconds. */
export function grownTo(toMs: number, known: Known, nowMs: number, recording: boolean): number {
  const growing = recording && toMs > known.askedMs - growingMs && nowMs - known.askedMs < believedMs;
  return growing ? Math.max(toMs, nowMs - 1_000) : toMs;
}

/** Recorded spans of one camera inside the view; clipped to their pieces. */
export function* recordedIn(
  pieces: readonly Filled[],
  cameraId: CameraId,
  nowMs: number,
  recording: boolean,
): Generator<[number, number]> {
  for (const piece of pieces) {
    const row = piece.known?.rows.get(cameraId);
    if (!row || !piece.known) continue;
    for (let i = firstEndingAfter(row.spans, piece.fromMs - growingMs * 4, (s) => s[1]); i < row.spans.length; i++) {
      const span = row.spans[i];
      if (!span || span[0] >= piece.toMs) break;
      const to = i === row.spans.length - 1 ? grownTo(span[1], piece.known, nowMs, recording) : span[1];
      const clipped: [number, number] = [Math.max(span[0], piece.fromMs), Math.min(to, piece.toMs)];
      if (clipped[1] > clipped[0]) yield clipped;
    }
  }
}

/** What of one camera's recording was fetched from its card, or is at an archive only. */
export function* partsIn(
  pieces: readonly Filled[],
  cameraId: CameraId,
  part: 'backFilled' | 'archived',
): Generator<[number, number]> {
  for (const piece of pieces) {
    for (const [from, to] of piece.known?.rows.get(cameraId)?.[part] ?? []) {
      const clipped: [number, number] = [Math.max(from, piece.fromMs), Math.min(to, piece.toMs)];
      if (clipped[1] > clipped[0]) yield clipped;
    }
  }
}

export type GapSpan = { fromMs: number; toMs: number; cause: GapCause; open: boolean };
export function* gapsIn(pieces: readonly Filled[], cameraId: CameraId, nowMs: number): Generator<GapSpan> {
  for (const piece of pieces) {
    for (const gap of piece.known?.rows.get(cameraId)?.gaps ?? []) {
      const fromMs = Math.max(gap.fromMs, piece.fromMs);
      const toMs = Math.min(gap.toMs ?? nowMs, piece.toMs);
      if (toMs > fromMs) yield { fromMs, toMs, cause: gap.cause, open: gap.toMs === null };
    }
  }
}

/** How many of all cameras recorded, over time. */
export function* bandsIn(pieces: readonly Filled[], nowMs: number, recording: boolean): Generator<Band> {
  for (const piece of pieces) {
    if (!piece.known) continue;
    const { bands } = piece.known;
    // Streams end at slightly different moments at the growing edge: the widest band near it goes on.
    const edge = piece.known.askedMs - growingMs;
    const full = Math.max(0, ...bands.filter((b) => b.toMs > edge).map((b) => b.count));
    for (let i = firstEndingAfter(bands, piece.fromMs - growingMs * 4, (b) => b.toMs); i < bands.length; i++) {
      const band = bands[i];
      if (!band || band.fromMs >= piece.toMs) break;
      const fromMs = Math.max(band.fromMs, piece.fromMs);
      const grown = band.count === full ? grownTo(band.toMs, piece.known, nowMs, recording) : band.toMs;
      const toMs = Math.min(grown, piece.toMs);
      if (toMs > fromMs) yield { fromMs, toMs, count: band.count };
    }
  }
}

export function* ticksIn(pieces: readonly Filled[], nowMs: number): Generator<Tick> {
  for (const piece of pieces) {
    for (const tick of piece.known?.ticks ?? []) {
      if (tick.fromMs >= piece.fromMs && tick.fromMs < piece.toMs && tick.fromMs <= nowMs) yield tick;
    }
  }
}

export type Under = { recorded: boolean; backFilled: boolean; archived: boolean; gap: Gap | null };

/** What one camera has at a moment; null: not known yet. */
export function underMoment(
  pieces: readonly Filled[],
  cameraId: CameraId,
  atMs: number,
  nowMs: number,
  recording: boolean,
): Under | null {
  const piece = pieces.find((p) => p.fromMs <= atMs && atMs < p.toMs);
  if (!piece?.known) return null;
  let recorded = false;
  for (const [from, to] of recordedIn([piece], cameraId, nowMs, recording))
    if (from <= atMs && atMs < to) recorded = true;
  const gap = piece.known.rows.get(cameraId)?.gaps.find((g) => g.fromMs <= atMs && atMs < (g.toMs ?? nowMs)) ?? null;
  const isPart = (part: 'backFilled' | 'archived'): boolean =>
    recorded && [...partsIn([piece], cameraId, part)].some(([from, to]) => from <= atMs && atMs < to);
  return { recorded, backFilled: isPart('backFilled'), archived: isPart('archived'), gap: recorded ? null : gap };
}
