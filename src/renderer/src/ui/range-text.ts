import { t } from '../text/index.ts';
import { numberOf } from '../text/format.ts';

/** What a number may be: From 0.01 to 3,650. */
export const rangeText = ([min, max]: readonly [min: number, max: number]): string =>
  t('app.range', { min: numberOf(min, Number.isInteger(min) ? 0 : 2), max: numberOf(max) });
