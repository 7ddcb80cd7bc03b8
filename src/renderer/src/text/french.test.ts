import { expect, it } from 'vitest';
import { frenchSpaces, withFrenchSpaces } from './french.ts';
import { fr } from './fr/index.ts';

type Texts = { readonly [key: string]: string | Texts };
const flat = (texts: Texts): string[] =>
  Object.values(texts).flatMap((value) => (typeof value === 'string' ? [value] : flat(value)));

it('keeps signs of two parts with the word before them, and quotation marks with what they hold', () => {
  expect(frenchSpaces('Supprimer « {{name}} » ? Oui ; non ! Ainsi : 14:03')).toBe(
    'Supprimer «\u00a0{{name}}\u00a0»\u202f? Oui\u202f; non\u202f! Ainsi\u00a0: 14:03',
  );
  // What is no sign of a sentence is left alone.
  expect(frenchSpaces('rtsps://192.168.1.20/a?b!c 2026-11-03 07:15')).toBe(
    'rtsps://192.168.1.20/a?b!c 2026-11-03 07:15',
  );
});

it('holds for each of the French words as they are shown, and for those alone that have such signs', () => {
  const [written, shown] = [flat(fr), flat(withFrenchSpaces(fr))];
  expect(shown).toHaveLength(written.length);
  expect(shown.filter((text) => / [;?!:»]|« /.test(text))).toEqual([]);
  expect(shown.filter((text) => /[^\s\u202f][;?!](?=\s|$)|[^\s\u00a0](?::(?=\s|$)|»)|«[^\u00a0]/.test(text))).toEqual(
    [],
  );
  expect(shown.map((text) => text.replaceAll(/[\u00a0\u202f]/g, ' '))).toEqual(written);
  expect(shown.filter((text) => /[\u00a0\u202f]/.test(text)).length).toBeGreaterThan(300);
});
