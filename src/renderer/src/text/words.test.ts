/** One word for one thing in each language, as its readers have it. */
import { expect, it } from 'vitest';
import { fr } from './fr/index.ts';
import { pt } from './pt/index.ts';

type Texts = { readonly [key: string]: string | Texts };

const all = (texts: Texts, at = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${at}${key}`, value] as [string, string]] : all(value, `${at}${key}.`),
  );
const using = (texts: Texts, other: RegExp): string[] =>
  all(texts)
    .filter(([, text]) => other.test(text))
    .map(([key, text]) => `${key}: ${text}`);

it.each([
  ['direto', /ao vivo/i],
  ['mural', /\bparedes?\b/i],
  ['encriptar', /cifr[ao]/i],
  ['imagem', /\bquadro (anterior|seguinte)/i],
  ['saltar', /\bpular\b/i],
  ['O Vigie', /\b[aA] Vigie\b/],
  ['«…»', /[“”]/],
  ['a mostrar, a reproduzir', /\b(mostra|reproduzi|grava|procura|espera)ndo\b/i],
  ['função', /\bpapel não permite/i],
])('says %s in Portuguese', (_, other) => {
  expect(using(pt, other)).toEqual([]);
});

it.each([
  ['chronologie', /\bfrise\b/i],
  ['horaire', /\bun programme qui n’existe/i],
  ['« … »', /[“”]/],
])('says %s in French', (_, other) => {
  expect(using(fr, other)).toEqual([]);
});
