import { beforeAll, expect, it } from 'vitest';
import { startText } from '../../text/index.ts';
import { refusals } from './refused-recording.ts';
import { wordsFor } from './words.ts';

beforeAll(async () => {
  // The texts say in the document which language they are in; here there is none.
  Object.assign(globalThis, { document: { documentElement: { lang: '' } } });
  await startText('en');
});

it.each(refusals)('says in words what a recording lacks: %s', (reason) => {
  expect(wordsFor({ kind: 'failed', reason }, null)).toMatch(/^[A-Z][^{}]+\.$/);
});

it('says that it tries again where nobody knows why', () => {
  expect(wordsFor({ kind: 'failed', reason: null }, null)).toBe('The recording cannot be read now. Vigie tries again.');
});
