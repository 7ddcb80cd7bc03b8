/** A week to be painted, by mouse and by keyboard. */
import { Button, SegmentedControl } from '@mantine/core';
import { useId, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { RecordingMode, weekGrainMin, type RecordingWeek } from '#domain/recording-plan.ts';
import { clockOfMinutes } from '#domain/time.ts';
import { weekdayOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { cellsOf, cellsOfDay, copyDay, paint, runsOf, spansOf, type Box, type Cells } from './week-cells.ts';

const cellsOfHour = 60 / weekGrainMin;
const clamp = (n: number, most: number): number => Math.min(most, Math.max(0, n));
const timeOf = (cell: number): string => clockOfMinutes(cell * weekGrainMin);
const percent = (cells: number): string => `${String((cells / cellsOfDay) * 100)}%`;

export function WeekEditor({
  week,
  zone,
  onChange,
}: {
  week: RecordingWeek;
  zone: string;
  onChange: (week: RecordingWeek) => void;
}) {
  const { t } = useTranslation();
  const hint = useId();
  const cells = cellsOf(week.spans);
  const [brush, setBrush] = useState<RecordingMode>('continuous');
  const [box, setBox] = useState<Box>({ day: 0, cell: 32, toDay: 0, toCell: 35 });
  const [dragging, setDragging] = useState(false);
  const area = useRef<HTMLDivElement>(null);

  const put = (next: Cells): void => {
    onChange({ ...week, spans: spansOf(next) });
  };
  const stroke = (mode: RecordingMode, over: Box = box): void => {
    put(paint(cells, over, mode));
  };
  const place = (e: PointerEvent): { day: number; cell: number } => {
    const r = area.current?.getBoundingClientRect();
    if (r === undefined) return { day: 0, cell: 0 };
    return {
      day: clamp(Math.floor(((e.clientY - r.top) / r.height) * 7), 6),
      cell: clamp(Math.floor(((e.clientX - r.left) / r.width) * cellsOfDay), cellsOfDay - 1),
    };
  };
  const onKey = (e: KeyboardEvent): void => {
    const digit = Number(e.key);
    const mode = digit >= 1 ? RecordingMode.options[digit - 1] : undefined;
    if (mode !== undefined && !e.ctrlKey && !e.altKey) stroke(mode);
    else if (e.key === 'Enter' || e.key === ' ') stroke(brush);
    else if (e.key.startsWith('Arrow')) {
      const step = e.ctrlKey ? 1 : cellsOfHour;
      const [days, by] =
        e.key === 'ArrowUp' ? [-1, 0] : e.key === 'ArrowDown' ? [1, 0] : e.key === 'ArrowLeft' ? [0, -step] : [0, step];
      const toDay = clamp(box.toDay + days, 6);
      if (e.shiftKey) setBox({ ...box, toDay, toCell: clamp(box.toCell + by, cellsOfDay - 1) });
      else {
        const cell = clamp(Math.min(box.cell, box.toCell) + by, cellsOfDay - step);
        setBox({ day: toDay, toDay, cell, toCell: cell + step - 1 });
      }
    } else return;
    e.preventDefault();
  };
  const at = (b: Box): string => {
    const [first, last] = [Math.min(b.day, b.toDay), Math.max(b.day, b.toDay)];
    const days = first === last ? weekdayOf(first, 'long') : `${weekdayOf(first, 'long')} – ${weekdayOf(last, 'long')}`;
    return `${days}, ${timeOf(Math.min(b.cell, b.toCell))} – ${timeOf(Math.max(b.cell, b.toCell) + 1)}`;
  };
  const under = cells[box.toDay]?.[box.toCell] ?? 'off';

  return (
    <div className="week">
      <div className="line">
        <SegmentedControl
          size="xs"
          aria-label={t('recording.week.brush')}
          value={brush}
          onChange={(v) => {
            setBrush(RecordingMode.parse(v));
          }}
          data={RecordingMode.options.map((m, i) => ({
            value: m,
            label: (
              <span className="week-key" data-mode={m}>
                <i aria-hidden="true" />
                {String(i + 1)} {t(`recording.mode.${m}`)}
              </span>
            ),
          }))}
        />
      </div>
      <div className="week-frame">
        <div className="week-hours" aria-hidden="true">
          {[0, 3, 6, 9, 12, 15, 18, 21, 24].map((h) => (
            <span key={h} style={{ left: percent(h * cellsOfHour) }}>
              {h}
            </span>
          ))}
        </div>
        <div className="week-days" aria-hidden="true">
          {cells.map((_, day) => (
            <span key={weekdayOf(day, 'long')}>{weekdayOf(day, 'short')}</span>
          ))}
        </div>
        <div
          ref={area}
          className="week-area"
          role="application"
          tabIndex={0}
          aria-label={t('recording.week.label')}
          aria-describedby={hint}
          onKeyDown={onKey}
          onPointerDown={(e) => {
            e.currentTarget.setPointerCapture(e.pointerId);
            const p = place(e);
            setBox({ day: p.day, cell: p.cell, toDay: p.day, toCell: p.cell });
            setDragging(true);
          }}
          onPointerMove={(e) => {
            if (!dragging) return;
            const p = place(e);
            setBox({ ...box, toDay: p.day, toCell: p.cell });
          }}
          onPointerUp={() => {
            if (dragging) stroke(brush);
            setDragging(false);
          }}
          onPointerCancel={() => {
            setDragging(false);
          }}
        >
          {cells.map((row, day) => (
            <div key={weekdayOf(day, 'long')} className="week-day">
              {runsOf(row).map((run) => (
                <i
                  key={run.from}
                  data-mode={run.mode}
                  style={{ left: percent(run.from), width: percent(run.to - run.from) }}
                />
              ))}
            </div>
          ))}
          <b
            className="week-box"
            aria-hidden="true"
            style={{
              left: percent(Math.min(box.cell, box.toCell)),
              width: percent(Math.abs(box.toCell - box.cell) + 1),
              top: `${String((Math.min(box.day, box.toDay) / 7) * 100)}%`,
              height: `${String(((Math.abs(box.toDay - box.day) + 1) / 7) * 100)}%`,
            }}
          />
        </div>
      </div>
      <p className="week-at" role="status">
        {t('recording.week.at', { at: at(box), mode: t(`recording.mode.${under}`) })}
      </p>
      <p className="quiet" id={hint}>
        {t('recording.week.hint')} {t('recording.week.zone', { zone })}
      </p>
      <div className="line">
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            put(copyDay(cells, box.toDay, [0, 1, 2, 3, 4]));
          }}
        >
          {t('recording.week.toWeekdays', { day: weekdayOf(box.toDay, 'long') })}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            put(copyDay(cells, box.toDay, [0, 1, 2, 3, 4, 5, 6]));
          }}
        >
          {t('recording.week.toAll', { day: weekdayOf(box.toDay, 'long') })}
        </Button>
      </div>
    </div>
  );
}
