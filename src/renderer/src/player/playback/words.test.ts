import { beforeAll, expect, it } from 'vitest';
import { startText } from '../../text/index.ts';
import { wordsFor } from './words.ts';

beforeAll(async () => {
  // The texts say in the document which language they are in; here there is none.
  Object.assign(globalThis, { document: { documentElement: { lang: '' } } });
  await startText('en');
});

it('puts what the station says into a sentence, with one full stop', () => {
  const message = 'The file of this recording is missing or damaged. Run "vigie check".';
  expect(wordsFor({ kind: 'failed', reason: null, message }, null)).toBe(
    'The recording cannot be read: The file of this recording is missing or damaged. Run "vigie check". Vigie tries again.',
  );
});
