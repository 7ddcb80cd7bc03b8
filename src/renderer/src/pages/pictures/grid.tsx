/** The parts of a span as pictures; one leads into its part, or to the wall at its moment. */
import { Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { CameraId } from '#domain/id.ts';
import { thumbnailUrl } from '../../player/thumbnail.ts';
import type { Cells } from '../../stores/thumbnails.ts';
import { clockOf, dayOf, minuteOf } from '../../text/format.ts';
import { useTranslation } from '../../text/index.ts';
import { arrow, isMoment } from './span.ts';

type Cell = Cells[number];
type Props = { camera: CameraId; cells: Cells; onOpen(cell: Cell): void; onPlay(atMs: number): void; onOut(): void };

/** As exactly as the parts are long. */
function labelOf({ fromMs, toMs }: Cell): string {
  const length = toMs - fromMs;
  if (length >= 20 * 3_600_000) return dayOf(fromMs);
  if (length >= 3_600_000) return `${dayOf(fromMs)} ${minuteOf(fromMs)}`;
  return length >= 60_000 ? minuteOf(fromMs) : clockOf(fromMs);
}

export function Grid({ camera, cells, onOpen, onPlay, onOut }: Props) {
  const { t } = useTranslation();
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      cells.findIndex((c) => c.atMs !== null),
    ),
  );
  const box = useRef<HTMLUListElement>(null);
  const focus = (to: number): void => {
    setAt(to);
    box.current?.querySelectorAll<HTMLElement>('.pictures-cell')[to]?.focus();
  };
  return (
    <ul
      ref={box}
      className="pictures-grid"
      aria-label={t('pictures.grid')}
      onKeyDown={(e) => {
        if (e.ctrlKey || e.metaKey || e.altKey) return;
        if (e.key === 'Backspace' || e.key === 'Escape') {
          e.preventDefault();
          onOut();
          return;
        }
        const cell = cells[at];
        if (e.key === ' ' && cell?.atMs != null) {
          e.preventDefault();
          onPlay(cell.atMs);
          return;
        }
        const to = arrow(e.key, at, cells.length);
        if (to === null) return;
        e.preventDefault();
        focus(to);
      }}
    >
      {cells.map((cell, n) => (
        <li key={cell.fromMs}>
          <Picture
            camera={camera}
            cell={cell}
            here={n === at}
            onFocus={() => {
              setAt(n);
            }}
            onOpen={() => {
              if (cell.atMs === null) return;
              if (isMoment(cell)) onPlay(cell.atMs);
              else onOpen(cell);
            }}
          />
          {cell.atMs !== null && (
            <button
              type="button"
              tabIndex={-1}
              className="tool pictures-play"
              aria-label={t('pictures.playFrom', { time: clockOf(cell.atMs) })}
              title={t('pictures.play')}
              onClick={() => {
                if (cell.atMs !== null) onPlay(cell.atMs);
              }}
            >
              <Play size={14} aria-hidden="true" />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A picture that cannot be had now (a busy PC, a disk that is away) is asked for again after so long, ms, each time twice as long. */
const againMs = 3_000;
const mostTimes = 5;

type PictureProps = { camera: CameraId; cell: Cell; here: boolean; onFocus(): void; onOpen(): void };
function Picture({ camera, cell, here, onFocus, onOpen }: PictureProps) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState(false);
  const [times, setTimes] = useState(0);
  useEffect(() => {
    if (!failed || times >= mostTimes) return undefined;
    const timer = setTimeout(
      () => {
        setTimes(times + 1);
        setFailed(false);
      },
      againMs * 2 ** times,
    );
    return () => {
      clearTimeout(timer);
    };
  }, [failed, times]);
  const { atMs } = cell;
  const label = labelOf(cell);
  const none = atMs === null ? t('pictures.nothing') : failed ? t('pictures.noPicture') : null;
  return (
    <button
      type="button"
      className="pictures-cell"
      data-empty={none !== null || undefined}
      tabIndex={here ? 0 : -1}
      aria-label={
        none === null
          ? t(isMoment(cell) ? 'pictures.moment' : 'pictures.part', { time: label })
          : `${label}${t('app.sign.colon')}${none}`
      }
      aria-disabled={atMs === null || undefined}
      onFocus={onFocus}
      onClick={onOpen}
    >
      {atMs !== null && !failed && (
        <img
          src={thumbnailUrl(camera, atMs, cell.toMs - cell.fromMs)}
          alt=""
          decoding="async"
          onError={() => {
            setFailed(true);
          }}
        />
      )}
      {none !== null && <span className="pictures-none">{none}</span>}
      <span className="pictures-time">{label}</span>
    </button>
  );
}
