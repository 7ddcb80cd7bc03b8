/** What decided that an event was told, as it was set then, in words. */
import type {
  EventWhy,
  MotionWhy,
  ObjectWhy,
  PlateWhy,
  PlateWhyRead,
  SoundWhy,
  WhyLook,
  WhyNot,
} from '#domain/event-why.ts';
import { gateGrid } from '#domain/watching.ts';
import { clockOf, durationOf, numberOf, percentOf, spanOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';

const cellsInAll = gateGrid.columns * gateGrid.rows;
const decibels = (value: number): string => t('events.why.level', { db: numberOf(value) });
const shareOf = (part: number): string => percentOf(part, 1);

export const notWord = (not: WhyNot): string => t(`events.why.not.${not}`);
/** In one picture: why it did not count, else whether it moved there. */
export function lookWords({ not, moved }: WhyLook): string {
  if (not.length > 0) return not.map(notWord).join(', ');
  return moved !== null && moved.cells > 0 ? t('events.why.movesThere') : t('events.why.countsThere');
}

function objectWords(why: ObjectWhy): string[] {
  const said: string[] = [];
  const { confirmed, time, crowd, stood } = why;
  if (confirmed !== null) {
    const { looks, score, by, atMs } = confirmed;
    said.push(t(`events.why.confirmed.${by}`, { time: clockOf(atMs), count: looks, score: percentOf(score) }));
  }
  const left = why.looks.filter((l) => l.not.length > 0);
  const counted = why.looks.length - left.length;
  if (why.looks.length > 0) said.push(t('events.why.counted', { count: counted, all: numberOf(why.looks.length) }));
  if (left.length > 0) {
    const all = [...new Set(left.flatMap((l) => l.not))].map(notWord).join(', ');
    said.push(t('events.why.didNot', { count: left.length, why: all }));
  }
  if (time.neededMs !== null)
    said.push(t('events.why.lasted', { reached: spanOf(time.reachedMs), needed: spanOf(time.neededMs) }));
  if (crowd !== null)
    said.push(t('events.why.wereThere', { present: numberOf(crowd.present), limit: numberOf(crowd.limit) }));
  if (stood !== null) {
    said.push(t('events.why.stoodSince', { time: clockOf(stood.sinceMs) }));
    if (stood.awayMs !== null) said.push(t('events.why.awaySince', { time: clockOf(stood.awayMs) }));
  } else if (why.state === 'still') said.push(t('events.why.standsStill'));
  return said;
}

const motionWords = (why: MotionWhy): string[] => [
  t('events.why.changed', { area: shareOf(why.area), least: shareOf(why.minArea) }),
  t('events.why.lasted', { reached: spanOf(why.forMs), needed: spanOf(why.neededMs) }),
];

function soundWords(why: SoundWhy): string[] {
  const { matter, levelDb, backgroundDb, thresholdDb, neededMs, chance, neededChance } = why;
  const said: string[] = [];
  if (matter === 'loud' && levelDb !== null && thresholdDb !== null)
    said.push(t('events.why.loud', { level: decibels(levelDb), limit: decibels(thresholdDb) }));
  if (matter === 'sudden' && levelDb !== null && thresholdDb !== null)
    said.push(t('events.why.sudden', { level: decibels(levelDb), rise: numberOf(thresholdDb) }));
  if (matter === 'sudden' && backgroundDb !== null)
    said.push(t('events.why.background', { level: decibels(backgroundDb) }));
  if (matter === 'silence' && thresholdDb !== null)
    said.push(t('events.why.silence', { limit: decibels(thresholdDb), time: durationOf(neededMs ?? 0) }));
  if (matter === 'speech' && neededChance !== null) {
    if (chance !== null)
      said.push(t('events.why.speech', { chance: percentOf(chance), needed: percentOf(neededChance) }));
    said.push(t('events.why.speechFor', { ms: numberOf(neededMs ?? 0) }));
  } else if (matter === 'loud' && neededMs !== null) said.push(t('events.why.heardFor', { ms: numberOf(neededMs) }));
  return said;
}

export const readWord = ({ goes }: PlateWhyRead): string => t(`events.why.reading.${goes}`);

function plateWords({ text: plate, found, agree, by, needed, reads, stream, list }: PlateWhy): string[] {
  const said: string[] = [t('events.why.wasRead', { count: found })];
  const surest = percentOf(Math.max(0, ...reads.map((r) => r.score)));
  if (by === 'agreed') said.push(t('events.why.agreed', { plate, count: agree, enough: numberOf(needed.agree) }));
  else if (by === 'sure') said.push(t('events.why.oneSure', { plate, surest, least: percentOf(needed.sure) }));
  else said.push(t('events.why.noneAgree', { surest, least: percentOf(needed.alone) }));
  const others = [...new Set(reads.filter((r) => r.goes !== 'same').map((r) => r.text))];
  if (others.length > 0) said.push(t('events.why.readAlso', { plates: others.join(', ') }));
  if (stream === 'main') said.push(t('events.why.readInMain'));
  if (list !== null && list.match !== 'exact') said.push(t(`events.why.match.${list.match}`, { plate: list.entry }));
  return said;
}

export function whyWords(why: EventWhy): string[] {
  switch (why.is) {
    case 'object':
      return objectWords(why);
    case 'motion':
      return motionWords(why);
    case 'sound':
      return soundWords(why);
    case 'plate':
      return plateWords(why);
  }
}

/** The numbers behind it, for who tunes: a name and a value each. */
export function whyNumbers(why: EventWhy): [string, string][] {
  switch (why.is) {
    case 'object': {
      const { place, modelScore, found } = why;
      return [
        [t('events.why.number.found'), numberOf(found)],
        [t('events.why.number.modelScore'), percentOf(modelScore)],
        ...(place.minScore === null
          ? []
          : [[t('events.why.number.zoneScore'), percentOf(place.minScore)] satisfies [string, string]]),
        [t('events.why.number.heights'), `${percentOf(place.minHeight)} – ${percentOf(place.maxHeight)}`],
      ];
    }
    case 'motion':
      return [
        [t('events.why.number.cells'), `${numberOf(why.cells)} / ${numberOf(cellsInAll)}`],
        [t('events.why.number.evidence'), `${numberOf(why.evidence, 1)} / ${numberOf(why.enough, 1)}`],
        [t('events.why.number.sensitivity'), percentOf(why.sensitivity)],
      ];
    case 'plate': {
      const { found, needed } = why;
      return [
        [t('events.why.number.read'), numberOf(found)],
        [t('events.why.number.oneSure'), percentOf(needed.sure)],
        [t('events.why.number.alone'), percentOf(needed.alone)],
      ];
    }
    case 'sound':
      return [[t('events.why.number.weighting'), t(`sound.weightings.${why.weighting}`)]];
  }
}
