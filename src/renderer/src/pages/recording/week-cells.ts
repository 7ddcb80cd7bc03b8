/** A painted week as cells of a quarter of an hour, to be changed by rectangles. Pure. */
import { minutesOfDay, weekGrainMin, type RecordingMode, type WeekSpan } from '#domain/recording-plan.ts';

export const cellsOfDay = minutesOfDay / weekGrainMin;
/** Seven days, Monday first, of 96 cells each. */
export type Cells = readonly (readonly RecordingMode[])[];

export function cellsOf(spans: readonly WeekSpan[]): Cells {
  const cells = Array.from({ length: 7 }, () => Array.from({ length: cellsOfDay }, (): RecordingMode => 'off'));
  for (const s of spans) cells[s.day]?.fill(s.mode, s.fromMin / weekGrainMin, s.toMin / weekGrainMin);
  return cells;
}

export function spansOf(cells: Cells): WeekSpan[] {
  return cells.flatMap((row, day) => {
    const spans: WeekSpan[] = [];
    row.forEach((mode, i) => {
      if (mode === 'off') return;
      const last = spans.at(-1);
      if (last?.mode === mode && last.toMin === i * weekGrainMin) last.toMin += weekGrainMin;
      else spans.push({ day, fromMin: i * weekGrainMin, toMin: (i + 1) * weekGrainMin, mode });
    });
    return spans;
  });
}

/** Both ends included, in any order. */
export type Box = { day: number; cell: number; toDay: number; toCell: number };

export const inBox = (box: Box, day: number, cell: number): boolean =>
  day >= Math.min(box.day, box.toDay) &&
  day <= Math.max(box.day, box.toDay) &&
  cell >= Math.min(box.cell, box.toCell) &&
  cell <= Math.max(box.cell, box.toCell);

export const paint = (cells: Cells, box: Box, mode: RecordingMode): Cells =>
  cells.map((row, day) => row.map((was, cell) => (inBox(box, day, cell) ? mode : was)));

export const copyDay = (cells: Cells, from: number, to: readonly number[]): Cells =>
  cells.map((row, day) => (to.includes(day) ? (cells[from] ?? row) : row));

/** Runs of one mode in a day, off included: what is drawn. */
export function runsOf(row: readonly RecordingMode[]): { mode: RecordingMode; from: number; to: number }[] {
  const runs: { mode: RecordingMode; from: number; to: number }[] = [];
  row.forEach((mode, i) => {
    const last = runs.at(-1);
    if (last?.mode === mode) last.to = i + 1;
    else runs.push({ mode, from: i, to: i + 1 });
  });
  return runs;
}
