/** Why a plate is told: its readings, and what was made of them, in the words of `event-why.ts`. Pure. */
import { mostWhyLooks, type PlateSettledBy, type PlateWhy, type PlateWhyRead } from '../event-why.ts';
import { foldPlate, plateDistance } from './plate-match.ts';
import { leastAlone, type Passing } from './plate-passings.ts';
import { enoughAgree, sureScore } from './plate-vote.ts';

/** Texts that differ in so many characters may be one plate. */
const mostApart = 2;

/** `text`: what is told. The rest of what is known comes from who told it. */
export function explainPlate(
  { vote, found, class: vehicle }: Passing,
  text: string,
  rest: Pick<PlateWhy, 'zone' | 'stream' | 'list'>,
): PlateWhy {
  const goes = (read: string): PlateWhyRead['goes'] =>
    read === text ? 'same' : plateDistance(foldPlate(read), foldPlate(text)) <= mostApart ? 'alike' : 'other';
  const agree = vote.reads.filter((r) => r.text === text);
  const by: PlateSettledBy =
    agree.length >= enoughAgree ? 'agreed' : agree.some((r) => r.score >= sureScore) ? 'sure' : 'alone';
  const reads = vote.reads
    .slice(0, mostWhyLooks)
    .map(({ atMs, text: read, score, box }) => ({ atMs, text: read, score, box, goes: goes(read) }))
    .sort((a, b) => a.atMs - b.atMs);
  const needed = { agree: enoughAgree, sure: sureScore, alone: leastAlone };
  return { is: 'plate', text, reads, found, agree: agree.length, by, needed, vehicle, ...rest };
}
