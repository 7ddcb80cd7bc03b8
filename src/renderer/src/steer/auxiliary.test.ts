import { expect, test } from 'vitest';
import { extrasOf } from './auxiliary.ts';

test('commands of one thing stand together, known things by their kind, others by their name', () => {
  const extras = extrasOf([
    'tt:WhiteLight|On',
    'tt:WhiteLight|Off',
    'tt:IRLamp|Auto',
    'tt:Wiper|On',
    'tt:Wiper|On',
    'Disco=go',
    'tt:',
  ]);
  expect(extras.map((e) => [e.name, e.known, e.commands.map((c) => c.does ?? c.word)])).toEqual([
    ['WhiteLight', 'light', ['on', 'off']],
    ['IRLamp', 'infrared', ['auto']],
    ['Wiper', 'wiper', ['on']],
    ['Disco', null, ['go']],
  ]);
  expect(extras[0]?.commands[0]?.command).toBe('tt:WhiteLight|On');
});
