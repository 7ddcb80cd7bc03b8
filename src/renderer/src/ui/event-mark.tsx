/** An event's mark in lists: the shape and colour it has on the timeline. */
import type { ReactNode } from 'react';
import type { EventKind, Severity } from '#domain/event.ts';
import { colourNameOf, shapeOf, type Shape } from '../timeline/marks.ts';

const shapes: Record<Shape, ReactNode> = {
  cross: (
    <>
      <rect x="1" y="1" width="12" height="12" rx="1.500" fill="currentColor" />
      <path d="m4.200 4.200 5.600 5.600m0-5.600L4.200 9.800" stroke="var(--surface)" strokeWidth="1.800" />
    </>
  ),
  ring: <circle cx="7" cy="7" r="4.600" fill="none" stroke="currentColor" strokeWidth="2" />,
  triangle: <path d="M7 1.200 13.200 12.400H.8Z" fill="currentColor" />,
  diamond: <path d="M7 .8 12.600 7 7 13.200 1.400 7Z" fill="currentColor" />,
  flag: <path d="M2.500 1h2v.600L12.500 5l-8 3.400V13h-2Z" fill="currentColor" />,
  lock: (
    <>
      <rect x="2" y="6" width="10" height="7" rx="1" fill="currentColor" />
      <path d="M4 6.500V4.800a3 3 0 0 1 6 0v1.700" fill="none" stroke="currentColor" strokeWidth="1.800" />
    </>
  ),
  bar: <rect x="5" y="1.500" width="4" height="11" fill="currentColor" />,
  plus: (
    <path d="M5.700 1.500h2.600v4.200h4.200v2.600H8.300v4.200H5.700V8.300H1.500V5.700h4.200Z" fill="currentColor" />
  ),
  square: <rect x="3" y="3" width="8" height="8" fill="currentColor" />,
  down: <path d="M7 12.800.8 1.600h12.400Z" fill="currentColor" />,
  frame: (
    <rect
      x="2.500"
      y="2.500"
      width="9"
      height="9"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.600"
      strokeDasharray="2.400 1.600"
    />
  ),
  dot: <circle cx="7" cy="7" r="3.600" fill="currentColor" />,
};

/** What somebody must answer, or look at, has its colour whatever kind it is of: a plate that is not allowed, a bag that was left. */
const ofSeverity = { alarm: 'bad', warning: 'warn' } as const;

export function EventMark({ kind, severity = 'info' }: { kind: EventKind; severity?: Severity }) {
  const own = colourNameOf(kind);
  const colour = own !== 'accent' || severity === 'info' ? own : ofSeverity[severity];
  return (
    <svg
      className="event-mark"
      data-colour={colour}
      width="14"
      height="14"
      viewBox="0 0 14 14"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[shapeOf(kind)]}
    </svg>
  );
}
