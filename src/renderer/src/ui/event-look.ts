/** Where in an event's picture to look. Pure. */
import type { Event } from '#domain/event.ts';
import type { Box } from '#domain/place.ts';

/** Of a small picture that is shown of it, the part around the box; the whole where nothing is boxed or the box is large. */
export type View = { x: number; y: number; side: number };
const whole: View = { x: 0, y: 0, side: 1 };
/** So much around it says where it is. */
const around = 1.9;
/** Nearer than this a picture is only pixels. */
const leastSide = 0.28;

export function viewOf(box: Box | null): View {
  if (!box) return whole;
  const side = Math.min(1, Math.max(leastSide, box.width * around, box.height * around));
  const from = (start: number, size: number): number => Math.min(1 - side, Math.max(0, start + size / 2 - side / 2));
  return { x: from(box.x, box.width), y: from(box.y, box.height), side };
}

/** As CSS wants the part of a picture that is shown. */
export const viewBoxOf = ({ x, y, side }: View): string => {
  const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;
  return `inset(${percent(y)} ${percent(1 - x - side)} ${percent(1 - y - side)} ${percent(x)})`;
};

/** A small picture that decided the event. */
export const lookUrl = (eventId: string, atMs: number): string => `/media/events/${eventId}/${String(atMs)}.jpg`;

/** Another one once a closer look may have put a larger picture in its place: what a browser keeps would not fit the box. */
export const pictureUrl = ({ id, closer }: Pick<Event, 'id' | 'closer'>): string =>
  `/media/events/${id}.jpg${closer?.atMs == null ? '' : `?at=${String(closer.atMs)}`}`;
