import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeZone } from '../time-zone.ts';
import { readPlateList } from './read-plate-list.ts';

const paris = createTimeZone('Europe/Paris');
const read = (text: string) => readPlateList(text, paris);

describe('a list of plates from a spreadsheet', () => {
  it('is read with days of the zone, moments, and heads in three languages', () => {
    const { plates, ok } = read(
      '\ufeffMatrícula;Proprietário;Observação;Desde;Até\r\nb-101 gsb;Popescu;"third; floor";2026-07-01;2026-07-31\r\nÉ 12;;;2026-07-01T10:00:00Z;2026-07-01 12:30\r\n',
    );
    expect(ok).toBe(true);
    expect(plates).toEqual([
      {
        ...{ text: 'B101GSB', label: 'Popescu', note: 'third; floor' },
        // The last day counts as a whole.
        ...{ fromMs: Date.UTC(2026, 5, 30, 22), toMs: Date.UTC(2026, 6, 31, 22) },
      },
      { text: 'E12', label: '', note: '', fromMs: Date.UTC(2026, 6, 1, 10), toMs: Date.UTC(2026, 6, 1, 10, 30) },
    ]);
    expect(read('plaque,nom,note,du,au\nAB123CD,x,,,\n').plates).toHaveLength(1);
    expect(read('plate\nAB123CD\n').plates).toEqual([
      { text: 'AB123CD', label: '', note: '', fromMs: null, toMs: null },
    ]);
  });

  it('says of every line what is wrong with it', () => {
    const { lines, ok, plates } = read(
      [
        'plate,label,from,to,colour',
        'AB12,x,2026-02-30,,',
        ',x,,,',
        'ab 12,again,,,',
        'ABCDEFGHIJKLM,,,,',
        'XY99,,2026-02-02,2026-02-01,',
        'ZZ11,"a"b,,,',
        'ZZ12,,2026-02-01T25:00,,,,',
        `ZZ13,${'x'.repeat(121)},,,`,
      ].join('\n'),
    );
    expect(ok).toBe(false);
    expect(plates).toEqual([]);
    expect(lines.map((l) => [l.line, l.issues.map((i) => `${i.column} ${i.message}`)])).toEqual([
      [1, ['colour unknown-value']],
      [2, ['from bad-time']],
      [3, ['plate missing']],
      [4, ['plate plate-twice']],
      [5, ['plate bad-plate']],
      [6, ['to ends-before']],
      [7, [' broken-quotes']],
      [8, [' too-many-fields', 'from bad-time']],
      [9, ['label too-long']],
    ]);
    expect(read('').ok).toBe(false);
    expect(read('label\nx').lines[0]?.issues).toEqual([{ column: 'plate', message: 'missing' }]);
    expect(read('plate,plate\nAB12,AB13').ok).toBe(false);
  });

  it('never throws, and keeps every plate once', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const { plates } = read(`plate,label,note,from,to\n${text}`);
        expect(new Set(plates.map((p) => p.text)).size).toBe(plates.length);
      }),
    );
    const many = Array.from({ length: 5_001 }, (_, i) => `P${String(i).padStart(5, '0')}`).join('\n');
    expect(read(`plate\n${many}`).lines.at(-1)?.issues[0]?.message).toBe('too-many-plates');
  });
});
