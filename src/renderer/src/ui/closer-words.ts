/** What a closer look showed, in words. */
import type { CloserLook } from '#domain/closer-look.ts';
import type { MeasuredColour } from '#domain/colour.ts';
import { percentOf } from '../text/format.ts';
import { t } from '../text/index.ts';

export const colourWord = (colour: MeasuredColour): string => t(`events.colour.${colour}`);

/** As it stands by itself, in a list to choose from. */
export function colourLabel(colour: MeasuredColour): string {
  const word = colourWord(colour);
  return word.charAt(0).toLocaleUpperCase() + word.slice(1);
}

const parts = ['vehicle', 'upper', 'lower'] as const;

/** Each thing that was measured; `all`: also what could not be told. */
export function closerWordsOf(look: CloserLook, all: boolean): string[] {
  const words: string[] = parts.flatMap((part) => {
    const colour = look[part];
    if (colour === null || (colour === 'unsure' && !all)) return [];
    return [t(`events.closer.parts.${part}`, { colour: colourWord(colour) })];
  });
  const { plate } = look;
  if (plate !== null) words.push(t('events.closer.plate', { plate: plate.text, score: percentOf(plate.score) }));
  return words;
}
