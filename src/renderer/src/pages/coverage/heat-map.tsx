/** One row a camera, one field a part of the span: how much was recorded, in figures, shade and shape. */
import { useLayoutEffect, useRef, useState } from 'react';
import type { CameraId } from '#domain/id.ts';
import { recordedShare, shownPercent, type Share } from '#domain/coverage-proof.ts';
import type { Proof } from '../../stores/coverage.ts';
import { clockOf, dayOf, minuteOf, numberOf, percentOf, spanOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { shadeOf } from './spans.ts';

export type Field = { camera: CameraId; part: number };
type Props = {
  proof: Proof;
  edgesMs: readonly number[];
  byHour: boolean;
  chosen: Field | null;
  onChoose(field: Field): void;
};

/** As it stands in a narrow field; the whole figure is in its words. */
const short = (share: number | null): string =>
  share === null ? '' : share >= 1 ? '100' : numberOf(shownPercent(share, 0) >= 100 ? 99 : shownPercent(share, 0));

/** The latest part of which anything was to be recorded: what is looked for first. */
const latest = (proof: Proof): number =>
  Math.max(0, ...proof.cameras.map((c) => c.parts.findLastIndex((share) => recordedShare(share) !== null)));

export function HeatMap({ proof, edgesMs, byHour, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const [at, setAt] = useState(() => ({ row: 0, column: latest(proof) }));
  const box = useRef<HTMLTableElement>(null);
  const columns = edgesMs.length - 1;
  useLayoutEffect(() => {
    const frame = box.current?.parentElement;
    const field = box.current?.querySelector('[tabindex="0"]');
    if (!frame || !field) return;
    frame.scrollLeft = Math.max(0, field.getBoundingClientRect().right - frame.getBoundingClientRect().right);
  }, []);
  const head = (fromMs: number): string =>
    byHour ? minuteOf(fromMs) : String(new Date(fromMs + 43_200_000).getDate());
  const when = (fromMs: number, toMs: number): string =>
    byHour ? `${minuteOf(fromMs)} – ${minuteOf(toMs)}` : dayOf(fromMs);
  const words = (share: Share): string => {
    const of = recordedShare(share);
    if (of === null) return t('coverage.notAsked');
    const missing = share.gapMs + share.unexplainedMs;
    return missing === 0
      ? t('coverage.whole')
      : t('coverage.lacks', { part: percentOf(shownPercent(of, 2) / 100, 2), duration: spanOf(missing) });
  };
  const move = (row: number, column: number): void => {
    const to = {
      row: Math.max(0, Math.min(proof.cameras.length - 1, row)),
      column: Math.max(0, Math.min(columns - 1, column)),
    };
    setAt(to);
    box.current
      ?.querySelector<HTMLElement>(`[data-row="${String(to.row)}"][data-column="${String(to.column)}"]`)
      ?.focus();
  };
  return (
    <div className="coverage-scroll">
      <table
        ref={box}
        className="coverage-map"
        onKeyDown={(e) => {
          const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[e.key];
          if (!step) return;
          e.preventDefault();
          move(at.row + (step[0] ?? 0), at.column + (step[1] ?? 0));
        }}
      >
        <thead>
          <tr>
            <th scope="col">{t('coverage.camera')}</th>
            <th scope="col" className="end">
              {t('coverage.all')}
            </th>
            {edgesMs.slice(0, -1).map((edge) => (
              <th key={edge} scope="col" title={byHour ? clockOf(edge) : dayOf(edge)}>
                {head(edge)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {proof.cameras.map((camera, row) => {
            const all = recordedShare(camera.total);
            return (
              <tr key={camera.cameraId}>
                <th scope="row" title={camera.name}>
                  {camera.number} {camera.name}
                  {camera.removed ? <span className="quiet"> {t('coverage.removed')}</span> : null}
                </th>
                <td className="end" title={words(camera.total)}>
                  {all === null ? '' : percentOf(shownPercent(all, 2) / 100, all >= 1 ? 0 : 2)}
                </td>
                {camera.parts.map((share, column) => {
                  const of = recordedShare(share);
                  const [fromMs, toMs] = [edgesMs[column] ?? 0, edgesMs[column + 1] ?? 0];
                  const here = chosen?.camera === camera.cameraId && chosen.part === column;
                  return (
                    <td key={fromMs}>
                      <button
                        type="button"
                        className="coverage-field"
                        data-shade={shadeOf(of)}
                        data-row={row}
                        data-column={column}
                        tabIndex={at.row === row && at.column === column ? 0 : -1}
                        aria-pressed={here}
                        aria-label={[
                          `${camera.name}, ${when(fromMs, toMs)}${t('app.sign.colon')}${words(share)}`,
                          short(of),
                        ]
                          .filter((text) => text !== '')
                          .join(', ')}
                        title={`${when(fromMs, toMs)}${t('app.sign.colon')}${words(share)}`}
                        onFocus={() => {
                          setAt({ row, column });
                        }}
                        onClick={() => {
                          onChoose({ camera: camera.cameraId, part: column });
                        }}
                      >
                        {short(of)}
                      </button>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
