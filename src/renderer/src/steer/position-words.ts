/** Where a head looks, as a person reads it: degrees and magnification where the device tells its ranges, else parts of them. */
import type { Head } from '../stores/ptz.ts';
import { numberOf, percentOf } from '../text/format.ts';
import { t } from '../text/index.ts';

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : text.replace('-', '−'));
const angle = (part: number, degrees: number | null): string =>
  degrees === null ? signed(percentOf(part + 0), part) : signed(`${numberOf(part * degrees)}°`, part * degrees);

/** null: the device does not tell. */
export function positionWords({ status, facts }: Head): string | null {
  if (status === null) return null;
  const { panDegrees, tiltDegrees, focalMm } = facts.lens;
  const { pan, tilt, zoom } = status;
  const words = [
    ...(pan === null ? [] : [t('steer.pan', { value: angle(pan, panDegrees) })]),
    ...(tilt === null ? [] : [t('steer.tilt', { value: angle(tilt, tiltDegrees) })]),
    ...(zoom === null
      ? []
      : [
          t('steer.zoomAt', {
            value: focalMm
              ? `${numberOf((focalMm.wide + (focalMm.tele - focalMm.wide) * zoom) / focalMm.wide, 1)}×`
              : percentOf(zoom),
          }),
        ]),
  ];
  // Each stays in one piece where the line is short.
  return words.length === 0 ? null : words.map((w) => w.replaceAll(' ', '\u00a0')).join(' · ');
}
