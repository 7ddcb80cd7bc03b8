/** A closer look: what the recorded main stream shows of a person or vehicle after its event has ended. */
import { z } from 'zod';
import { MeasuredColour, type ColourName } from './colour.ts';
import { vehicleClasses, type ObjectClass } from './object-class.ts';
import { TimeMs } from './time.ts';

/** Why there is nothing to look at. */
export const NoCloserLook = z.enum([
  'not-recorded', // the main stream was not recorded then, or that is gone
  'archived', // it lies at an archive only, and is not fetched for this
  'locked', // encrypted, and its key is not there
  'unreadable', // missing, damaged, or no picture comes of it
  'not-found', // it is not on the recorded picture: gone by then, or in a private place
]);
export type NoCloserLook = z.infer<typeof NoCloserLook>;

export const CloserLook = z.object({
  /** When the picture that was looked at was recorded, and how large it is; null: there was none, `without` says why. */
  atMs: TimeMs.nullable(),
  size: z.object({ width: z.number().int().min(1), height: z.number().int().min(1) }).nullable(),
  without: NoCloserLook.nullable(),
  /** null: it is none. */
  vehicle: MeasuredColour.nullable(),
  /** Upper and lower clothes of a person; null: it is none. */
  upper: MeasuredColour.nullable(),
  lower: MeasuredColour.nullable(),
  /** Read in that picture, where plates are to be read. */
  plate: z.object({ text: z.string().min(1).max(32), score: z.number().min(0).max(1) }).nullable(),
});
export type CloserLook = z.infer<typeof CloserLook>;

export const withoutLook = (without: NoCloserLook): CloserLook => ({
  ...{ atMs: null, size: null, without, vehicle: null, upper: null, lower: null, plate: null },
});

/** Whom a closer look is for. */
export const looksCloser = (cls: ObjectClass | null): 'person' | 'vehicle' | null =>
  cls === 'person' ? 'person' : cls !== null && vehicleClasses.includes(cls) ? 'vehicle' : null;

type Word = { en: string; fr: [masculine: string, feminine: string]; pt: [masculine: string, feminine: string] };
const colours: Record<ColourName, Word> = {
  black: { en: 'black', fr: ['noir', 'noire'], pt: ['preto', 'preta'] },
  grey: { en: 'grey', fr: ['gris', 'grise'], pt: ['cinzento', 'cinzenta'] },
  white: { en: 'white', fr: ['blanc', 'blanche'], pt: ['branco', 'branca'] },
  red: { en: 'red', fr: ['rouge', 'rouge'], pt: ['vermelho', 'vermelha'] },
  orange: { en: 'orange', fr: ['orange', 'orange'], pt: ['laranja', 'laranja'] },
  yellow: { en: 'yellow', fr: ['jaune', 'jaune'], pt: ['amarelo', 'amarela'] },
  green: { en: 'green', fr: ['vert', 'verte'], pt: ['verde', 'verde'] },
  blue: { en: 'blue', fr: ['bleu', 'bleue'], pt: ['azul', 'azul'] },
  purple: { en: 'purple', fr: ['violet', 'violette'], pt: ['roxo', 'roxa'] },
  pink: { en: 'pink', fr: ['rose', 'rose'], pt: ['rosa', 'rosa'] },
  brown: { en: 'brown', fr: ['marron', 'marron'], pt: ['castanho', 'castanha'] },
  beige: { en: 'beige', fr: ['beige', 'beige'], pt: ['bege', 'bege'] },
};
/** With its gender: 0 masculine, 1 feminine. */
type Noun = { en: string; fr: [string, 0 | 1]; pt: [string, 0 | 1] };
const clothes: { upper: Noun; lower: Noun } = {
  upper: { en: 'top', fr: ['haut', 0], pt: ['camisola', 1] },
  lower: { en: 'trousers', fr: ['pantalon', 0], pt: ['parte de baixo', 1] },
};
const vehicles: Partial<Record<ObjectClass, Noun>> = {
  car: { en: 'car', fr: ['voiture', 1], pt: ['carro', 0] },
  bus: { en: 'bus', fr: ['bus', 0], pt: ['autocarro', 0] },
  truck: { en: 'truck', fr: ['camion', 0], pt: ['carrinha', 1] },
  motorcycle: { en: 'motorcycle', fr: ['moto', 1], pt: ['mota', 1] },
  train: { en: 'train', fr: ['train', 0], pt: ['comboio', 0] },
};

const phrase = ({ en, fr, pt }: Noun, colour: MeasuredColour | null): string[] => {
  if (colour === null || colour === 'unsure') return [];
  const word = colours[colour];
  return [`${word.en} ${en}`, `${fr[0]} ${word.fr[fr[1]]}`, `${pt[0]} ${word.pt[pt[1]]}`];
};

/** What a search finds it by, in small letters and in each language of the screen; null: nothing was made out. */
export function closerWords(look: CloserLook, cls: ObjectClass | null): string | null {
  const vehicle = cls === null ? undefined : vehicles[cls];
  const words = [
    ...(vehicle === undefined ? [] : phrase(vehicle, look.vehicle)),
    ...phrase(clothes.upper, look.upper),
    ...phrase(clothes.lower, look.lower),
    ...(look.plate === null ? [] : [look.plate.text.toLowerCase()]),
  ];
  return words.length === 0 ? null : words.join(', ');
}
