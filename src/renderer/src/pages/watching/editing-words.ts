/** What the editor says of itself, in one line. */
import { percentOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';
import { chosenOf, enough, type Editing } from './editing.ts';
import { faultOf, pointsOf, whatOf, type ItemFault } from './items.ts';

export const faultWords = (fault: ItemFault): string => t(`watching.fault.${fault}`);

export function saysOf(s: Editing): string {
  if (s.drawing) {
    const { what, points, at } = s.drawing;
    const where = { x: percentOf(at.x), y: percentOf(at.y) };
    if (what === 'line') return t('watching.edit.drawingLine', where);
    return points.length < enough(what)
      ? t('watching.edit.drawing', { count: points.length, ...where })
      : t('watching.edit.drawingEnough', { count: points.length, ...where });
  }
  const item = chosenOf(s);
  if (!item) return s.items.now.length === 0 ? t('watching.edit.nothing') : t('watching.edit.none');
  const fault = faultOf(item);
  const points = pointsOf(item);
  const name = item.draft.name.trim() === '' ? t(`watching.what.${whatOf(item)}`) : item.draft.name;
  const at = s.corner === null ? undefined : points[s.corner];
  const what =
    at && s.corner !== null
      ? t('watching.edit.corner', {
          name,
          corner: s.corner + 1,
          corners: points.length,
          x: percentOf(at.x),
          y: percentOf(at.y),
        })
      : t(item.is === 'line' ? 'watching.edit.chosenLine' : 'watching.edit.chosen', { name, count: points.length });
  return fault === null ? what : `${what} ${faultWords(fault)}`;
}
