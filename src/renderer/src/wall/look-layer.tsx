/** What the station itself sees, over a live picture: who is followed and, to tune by, where something moves. */
import { useEffect, useRef } from 'react';
import { gateGrid, type MotionLook, type WatchLook } from '#domain/watching.ts';
import { percentOf } from '../text/format.ts';
import { useTranslation } from '../text/index.ts';
import { classWord } from '../ui/class-words.ts';
import { cellsFrom } from './motion-cells.ts';
import { nearestLast, SeenBox } from './seen-box.tsx';
import './look-layer.css';

/** Of the theme's accent, as it stands on every picture. */
const moving = [77, 163, 255, 118] as const;
const everywhere = [240, 180, 64, 80] as const;

/** The motion gate's cells. What changed all over is shown in another colour: it is no motion. */
export function MotionCells({ motion }: { motion: MotionLook }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (!pen) return;
    const { columns, rows } = gateGrid;
    const picture = pen.createImageData(columns, rows);
    const colour = motion.is === 'global' ? everywhere : moving;
    cellsFrom(motion.cells).forEach((on, i) => {
      if (on) picture.data.set(colour, i * 4);
    });
    pen.putImageData(picture, 0, 0);
  }, [motion]);
  return (
    <canvas
      ref={canvas}
      className="look-cells"
      width={gateGrid.columns}
      height={gateGrid.rows}
      data-is={motion.is}
      aria-hidden="true"
    />
  );
}

export function LookLayer({ look, cells }: { look: WatchLook | null; cells: boolean }) {
  const { t } = useTranslation();
  const tracks = nearestLast(look?.tracks ?? []);
  const seen = tracks.filter((track) => track.state !== 'hidden').map((track) => classWord(track.class));
  const what = seen.length === 0 ? t('watching.look.nothing') : seen.join(', ');
  return (
    <div className="seen-boxes look-layer" role="img" aria-label={t('watching.look.layer', { what })}>
      {cells && look ? <MotionCells motion={look.motion} /> : null}
      {tracks.map((track) => (
        <SeenBox key={track.id} box={track.box} by="station" state={track.state}>
          {classWord(track.class)}
          <i>{percentOf(track.score)}</i>
        </SeenBox>
      ))}
    </div>
  );
}
