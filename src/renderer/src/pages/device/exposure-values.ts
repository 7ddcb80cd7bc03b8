/** How exposure by hand is dragged and read: times by their ratio, since 1/1000 to 1/500 is as much as 1/50 to 1/25. */
import type { Imaging } from '#domain/imaging.ts';
import { numberOf } from '../../text/format.ts';

export type Exposed = keyof Pick<Imaging, 'exposureTime' | 'gain' | 'iris'>;
export const exposedKeys = ['exposureTime', 'gain', 'iris'] as const satisfies readonly Exposed[];

type Range = { min: number; max: number };

/** A place on a slider of 0 … 100 for a value; `byRatio` needs a range above 0. */
export function placeOf(value: number, { min, max }: Range, byRatio: boolean): number {
  if (max <= min) return 0;
  const share = byRatio && min > 0 ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
  return Math.max(0, Math.min(1, share)) * 100;
}

/** The way back: inside the range whatever rounding brings, whole at both ends. */
export function valueAt(place: number, { min, max }: Range, byRatio: boolean): number {
  const share = Math.max(0, Math.min(100, place)) / 100;
  const value = byRatio && min > 0 ? min * (max / min) ** share : min + share * (max - min);
  const digits = max - min > 50 ? 0 : 2;
  return Math.max(min, Math.min(max, Number(value.toFixed(digits))));
}

/** 1/50 s, 1.5 s, 6.0 dB */
export function exposureWords(key: Exposed, value: number): string {
  if (key !== 'exposureTime') return `${numberOf(value, 1)} dB`;
  if (value >= 500_000) return `${numberOf(value / 1e6, 1)} s`;
  return value > 0 ? `1/${numberOf(Math.round(1e6 / value))} s` : '0 s';
}
