/** Spaces of French typography, so that whoever writes French words need not think of them. Pure. */

type Texts = { readonly [key: string]: string | Texts };

const [noBreak, narrow] = ['\u00a0', '\u202f'] as const;

/** A sign is never alone at the start of a line: narrow before `;` `?` `!`, a full space before `:` and inside of « ». */
export const frenchSpaces = (text: string): string =>
  text
    .replaceAll(/ (?=[;?!])/g, narrow)
    .replaceAll(/ (?=[:»])/g, noBreak)
    .replaceAll('« ', `«${noBreak}`);

/** Of all words of a language; what is put into them later stays as it is. */
export const withFrenchSpaces = <T extends Texts>(texts: T): T =>
  Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [
      key,
      typeof value === 'string' ? frenchSpaces(value) : withFrenchSpaces(value),
    ]),
  ) as T;
