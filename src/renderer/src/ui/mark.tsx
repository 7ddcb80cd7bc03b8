/** States by shape and word, then colour: circle recording, open circle armed, half a circle at work, triangle degraded, square with a cross lost, dashed off. */
import type { ReactNode } from 'react';

export type Tone = 'ok' | 'rec' | 'armed' | 'busy' | 'warn' | 'bad' | 'off' | 'none';

const shapes: Record<Tone, ReactNode> = {
  ok: <path d="M2 6.500 4.800 9.200 10 3.500" fill="none" stroke="currentColor" strokeWidth="1.800" />,
  rec: <circle cx="6" cy="6" r="3.500" fill="currentColor" />,
  armed: <circle cx="6" cy="6" r="3.500" fill="none" stroke="currentColor" strokeWidth="1.600" />,
  busy: (
    <>
      <circle cx="6" cy="6" r="3.500" fill="none" stroke="currentColor" strokeWidth="1.600" />
      <path d="M6 2.500a3.500 3.500 0 0 1 0 7Z" fill="currentColor" />
    </>
  ),
  warn: <path d="M6 1.200 11.300 10.800H.7Z" fill="currentColor" />,
  bad: (
    <>
      <rect x="0.800" y="0.800" width="10.400" height="10.400" rx="1.500" fill="currentColor" />
      <path d="m3.700 3.700 4.600 4.600m0-4.600L3.700 8.300" stroke="var(--ground)" strokeWidth="1.600" />
    </>
  ),
  off: (
    <rect
      x="1.200"
      y="1.200"
      width="9.600"
      height="9.600"
      rx="1.500"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.400"
      strokeDasharray="2.400 1.600"
    />
  ),
  none: null,
};

export function Shape({ tone }: { tone: Tone }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      {shapes[tone]}
    </svg>
  );
}

export function Mark({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="mark" data-tone={tone}>
      <Shape tone={tone} />
      <span>{children}</span>
    </span>
  );
}
