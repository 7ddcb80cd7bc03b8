import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordingWeek, type RecordingMode } from '#domain/recording-plan.ts';
import { cellsOf, cellsOfDay, copyDay, inBox, paint, runsOf, spansOf, type Cells } from './week-cells.ts';

const box = fc.record({
  day: fc.nat(6),
  toDay: fc.nat(6),
  cell: fc.nat(cellsOfDay - 1),
  toCell: fc.nat(cellsOfDay - 1),
});
const mode = fc.constantFrom<RecordingMode>('off', 'continuous', 'motion', 'events');

describe('painting a week', () => {
  it('gives spans that the station takes and that are the same cells again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(box, mode), { maxLength: 12 }), (strokes) => {
        let cells: Cells = cellsOf([]);
        for (const [b, m] of strokes) {
          const before = cells;
          cells = paint(cells, b, m);
          cells.forEach((row, day) => {
            row.forEach((now, cell) => {
              expect(now).toBe(inBox(b, day, cell) ? m : before[day]?.[cell]);
            });
          });
        }
        const spans = spansOf(cells);
        expect(RecordingWeek.safeParse({ spans }).success).toBe(true);
        expect(cellsOf(spans)).toEqual(cells);
        for (const row of cells) expect(runsOf(row).at(-1)?.to).toBe(cellsOfDay);
      }),
      { numRuns: 50 },
    );
  });

  it('copies a day to others', () => {
    const cells = paint(cellsOf([]), { day: 0, toDay: 0, cell: 32, toCell: 71 }, 'continuous');
    const copied = copyDay(cells, 0, [0, 1, 2, 3, 4]);
    expect(copied.map((row) => row[40])).toEqual([...Array.from({ length: 5 }, () => 'continuous'), 'off', 'off']);
  });
});
