import { z } from 'zod';
import { TimeMs } from './time.ts';

/** Why a span that should be covered is not. Closed; the screen has words for each. */
export const GapCause = z.enum([
  'camera-lost', // unreachable, closed, refused to talk
  'no-data', // connected, no picture
  'credentials', // the camera refuses user or password
  'unsupported', // a stream that cannot be taken
  'station-off', // Vigie was not running (or the PC was off)
  'disk-full',
  'disk-error', // I/O error, read-only, missing volume
  'disk-slow', // the disk did not keep up; data was dropped
  'reconfigured', // its device was told to send otherwise
  'worker-crash', // our own worker stopped and was restarted
  'clock-jump', // the clock was set; no time passed that could be covered
  'suspended', // the machine slept, or Vigie was held
]);
export type GapCause = z.infer<typeof GapCause>;

/** `toMs` null: still open. */
export const Gap = z.object({ fromMs: TimeMs, toMs: TimeMs.nullable(), cause: GapCause });
export type Gap = z.infer<typeof Gap>;

/** Shorter holes are the grain of the camera's own frames, not gaps. */
export const gapToleranceMs = 500;
