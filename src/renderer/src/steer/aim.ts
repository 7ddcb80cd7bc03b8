/** What a pointer asks for on the picture: a click a point, a drag a box. Pure; parts of the picture, from its left and upper edge. */
export type Place = { x: number; y: number };
export type Aim =
  | { is: 'point'; x: number; y: number }
  | { is: 'box'; x: number; y: number; width: number; height: number };

const within = (v: number): number => Math.min(1, Math.max(0, v));
/** Where a pointer is on a picture. */
export const placeOn = (
  at: { clientX: number; clientY: number },
  picture: { left: number; top: number; width: number; height: number },
): Place => ({
  x: within((at.clientX - picture.left) / picture.width),
  y: within((at.clientY - picture.top) / picture.height),
});

/** A hand that clicks moves by some pixels. */
const leastPx = 8;
const leastPart = 0.01;

export function aimOf(from: Place, to: Place, picture: { width: number; height: number }): Aim {
  const x = Math.min(from.x, to.x);
  const y = Math.min(from.y, to.y);
  const width = Math.abs(to.x - from.x);
  const height = Math.abs(to.y - from.y);
  const small = width * picture.width < leastPx && height * picture.height < leastPx;
  if (small) return { is: 'point', x: from.x, y: from.y };
  return { is: 'box', x, y, width: Math.max(leastPart, width), height: Math.max(leastPart, height) };
}
