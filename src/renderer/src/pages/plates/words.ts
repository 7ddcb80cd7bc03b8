/** What an event of a plate says of lists, and days as a person types them. */
import type { Event } from '#domain/event.ts';
import { PlateListKind } from '#domain/plate-list.ts';

/** null: the plate is on no list. */
export const listKindOf = (event: Event): PlateListKind | null =>
  PlateListKind.safeParse(event.data.listKind).data ?? null;

/** A day of this screen as a date field has it; empty for null. `days`: so many before. */
export function dayText(ms: number | null, days = 0): string {
  if (ms === null) return '';
  const d = new Date(ms);
  d.setDate(d.getDate() - days);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${String(d.getFullYear()).padStart(4, '0')}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

/** The beginning of a day of this screen, or of that so many days later; null for none. */
export function dayMs(text: string, days = 0): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (found === null) return null;
  const ms = new Date(Number(found[1]), Number(found[2]) - 1, Number(found[3]) + days).getTime();
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
}
