/**
 * One plate of many readings: the same plate is read in several pictures, each time with another mistake. The reading that goes
 * best with all others is taken, and each of its characters is put to the vote among readings as long as it. Pure.
 */
import type { Box } from '../place.ts';
import { plainPlate } from '../plate.ts';
import { foldPlate, plateDistance } from './plate-match.ts';

/** Readings of one vehicle that are kept: the surest. */
const mostReads = 24;
/** Plates have so many characters. */
const plateLength = { least: 4, most: 10 } as const;
/** One reading this sure is enough; else so many that agree. */
export const sureScore = 0.9;
export const enoughAgree = 2;

/** `score`: 0 … 1, as the model says. `box`: where the plate was. */
export type PlateRead = { text: string; score: number; atMs: number; box: Box };
export type PlateVote = { reads: PlateRead[]; said: string | null };
export const freshPlateVote: PlateVote = { reads: [], said: null };
/** `score`: how much of all votes agree, 0 … 1. `again`: another text was said before. */
export type PlateSaid = { text: string; score: number; reads: number; again: boolean };

/** Takes a reading in. Says a plate when it is sure of one, and again when it thinks better of it. */
export function votePlate(state: PlateVote, read: PlateRead): [PlateVote, PlateSaid | null] {
  const text = plainPlate(read.text);
  if (text.length < plateLength.least || text.length > plateLength.most || !(read.score > 0)) return [state, null];
  const reads = [...state.reads, { ...read, text, score: Math.min(1, read.score) }]
    .sort((a, b) => b.score - a.score || a.atMs - b.atMs)
    .slice(0, mostReads);
  const best = elect(reads);
  const agree = reads.filter((r) => r.text === best.text);
  const isSure = agree.length >= enoughAgree || agree.some((r) => r.score >= sureScore);
  if (!isSure || best.text === state.said) return [{ ...state, reads }, null];
  return [
    { reads, said: best.text },
    { ...best, reads: reads.length, again: state.said !== null },
  ];
}

/** The best guess so far, sure or not; null before the first reading. */
export const plateSoFar = (state: PlateVote): { text: string; score: number } | null =>
  state.reads.length === 0 ? null : elect(state.reads);

function elect(reads: readonly PlateRead[]): { text: string; score: number } {
  let total = 0;
  for (const r of reads) total += r.score;
  let best = { text: '', weight: -1 };
  for (const text of new Set(reads.map((r) => r.text))) {
    let weight = 0;
    for (const r of reads) weight += r.score * alike(text, r.text);
    if (weight > best.weight || (weight === best.weight && text < best.text)) best = { text, weight };
  }
  const peers = reads.filter((r) => r.text.length === best.text.length && plateDistance(r.text, best.text) <= 2);
  let text = '';
  for (let i = 0; i < best.text.length; i += 1) {
    const votes = new Map<string, number>();
    for (const r of peers) votes.set(r.text.charAt(i), (votes.get(r.text.charAt(i)) ?? 0) + r.score);
    let winner = best.text.charAt(i);
    for (const [character, weight] of votes) if (weight > (votes.get(winner) ?? 0)) winner = character;
    text += winner;
  }
  let weight = 0;
  for (const r of reads) weight += r.score * alike(text, r.text);
  return { text, score: Math.min(1, weight / total) };
}

/** How much one reading speaks for another, 0 … 1. */
function alike(a: string, b: string): number {
  if (a === b) return 1;
  if (foldPlate(a) === foldPlate(b)) return 0.8;
  const apart = plateDistance(a, b);
  return apart === 1 ? 0.5 : apart === 2 ? 0.2 : 0;
}
