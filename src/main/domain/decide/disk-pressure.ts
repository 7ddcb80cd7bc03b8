/**
 * What gives way when a disk does not keep up, the least worth first: the sub streams of cameras whose main stream is recorded, then all
 * other sub streams. A main stream is never told to; it drops pictures of its own only when its memory is full. Everything comes
 * back step by step when the disk has kept up for a while, and later each time that was too early. Pure.
 */
import type { StreamId } from '../id.ts';

/** 0: nothing · 1: subs beside a recorded main · 2: all subs. */
export type Rung = 0 | 1 | 2;

export type PressureState = {
  rung: Rung;
  /** When it went up or down last, and whether it went down. */
  atMs: number;
  eased: boolean;
  /** Since when the disk keeps up; null: it does not. */
  calmSinceMs: number | null;
  /** How long it must keep up before a step is taken back. */
  calmMs: number;
};

/** How far the disk of a volume is behind. */
export type PressureSight = {
  atMs: number;
  /** How long ago the oldest came that is not on disk, of any stream, ms: up to a second of it is gathering. */
  lagMs: number;
  /** How full the memory of the stream is that has most waiting, of 1. */
  fill: number;
  /** Some stream that was not told to is dropping pictures. */
  dropping: boolean;
};

/** Nobody needs to give way below this: a healthy disk that is being spun up may take that long. */
const behindMs = 3_000;
const keepsUpMs = 1_500;
/** So full is it on the way to dropping, where a stream is large. */
const filling = 0.35;
const nearlyFull = 0.7;
/** What was told last has worked by then. */
const stepMs = 5_000;
const shortestCalmMs = 15_000;
const longestCalmMs = 600_000;

export const noPressure: PressureState = {
  rung: 0,
  atMs: -Infinity,
  eased: false,
  calmSinceMs: null,
  calmMs: shortestCalmMs,
};

export function diskPressure(was: PressureState, sight: PressureSight): PressureState {
  const { atMs, lagMs, fill, dropping } = sight;
  const behind = dropping || lagMs >= behindMs || (fill >= filling && lagMs >= behindMs / 2);
  const keepsUp = !dropping && lagMs < keepsUpMs && fill < filling;
  const calmSinceMs = keepsUp ? (was.calmSinceMs ?? atMs) : null;
  const urgent = dropping || fill >= nearlyFull;
  if (behind && was.rung < 2 && (was.rung === 0 || urgent || atMs - was.atMs >= stepMs)) {
    // It had come back, and that was too early.
    const early = was.eased && atMs - was.atMs < 4 * was.calmMs;
    return {
      rung: was.rung === 0 ? 1 : 2,
      atMs,
      eased: false,
      calmSinceMs,
      calmMs: early ? Math.min(was.calmMs * 2, longestCalmMs) : was.rung === 0 ? shortestCalmMs : was.calmMs,
    };
  }
  if (was.rung > 0 && calmSinceMs !== null && atMs - calmSinceMs >= was.calmMs)
    return { ...was, rung: was.rung === 2 ? 1 : 0, atMs, eased: true, calmSinceMs: atMs };
  return { ...was, calmSinceMs };
}

/** A camera's streams on the volume; `recorded`: it is asked for now. */
export type Yielding = {
  main: { id: StreamId; recorded: boolean };
  sub: { id: StreamId; recorded: boolean } | null;
};

/** The streams that give way. */
export function givingWay(rung: Rung, cameras: readonly Yielding[]): StreamId[] {
  if (rung === 0) return [];
  return cameras.flatMap(({ main, sub }) =>
    sub !== null && sub.recorded && (rung === 2 || main.recorded) ? [sub.id] : [],
  );
}
