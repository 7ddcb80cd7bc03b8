/** A box over a picture about what is seen there, with a label that stays inside of the picture. */
import type { ReactNode } from 'react';
import type { Box } from '#domain/place.ts';
import './seen-box.css';

/** Who stands nearer stands lower, and is in front. */
export const nearestLast = <T extends { box: Box }>(seen: readonly T[]): T[] =>
  seen.toSorted((a, b) => a.box.y + a.box.height - (b.box.y + b.box.height));

const percent = (part: number): string => `${String(part * 100)}%`;

/** `box` in parts of the picture; `by` whom it is seen; `state` of one that is followed. */
export function SeenBox({
  box,
  by,
  state,
  children,
}: {
  box: Box;
  by: 'camera' | 'station';
  state?: string;
  children: ReactNode;
}) {
  return (
    <div
      className="seen-box"
      data-by={by}
      data-state={state}
      data-up={box.y < 0.08}
      data-end={box.x > 0.8}
      style={{
        left: percent(box.x),
        top: percent(box.y),
        width: percent(box.width),
        height: percent(box.height),
      }}
    >
      <span className="seen-label">{children}</span>
    </div>
  );
}
