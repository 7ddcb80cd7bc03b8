/** What a camera's own analysis would see in its clip: the boxes of who and what is drawn, several times a second. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every so many pictures. */
export const objectsEvery = 3;
/** Of the picture's width or height: what is smaller is not seen; of itself: what shows less is not either. */
const least = 0.012;
const leastShown = 0.4;

const clampTo = (size) => (v) => Math.min(size, Math.max(0, v));

/** What of a thing shows, in thousandths of the picture; null: not enough to be seen. */
function shown({ kind, looks, box: [left, top, right, bottom] }, width, height) {
  const [x0, x1] = [left, right].map(clampTo(width));
  const [y0, y1] = [top, bottom].map(clampTo(height));
  const share = ((x1 - x0) * (y1 - y0)) / ((right - left) * (bottom - top));
  if ((x1 - x0) / width < least || (y1 - y0) / height < least || !(share >= leastShown)) return null;
  const part = (v, of) => Math.round((1000 * v) / of);
  return { kind, looks, share, box: [part(x0, width), part(y0, height), part(x1, width), part(y1, height)] };
}

const middle = ([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2];
const far = (a, b) => Math.hypot(...[0, 1].map((i) => middle(a)[i] - middle(b)[i]));
const reach = ([left, top, right, bottom]) => Math.max(right - left, bottom - top);

/** Numbers what is seen, the same from picture to picture: by its looks, or by where it was. */
export function follow(pictures, width, height) {
  let next = 1;
  let before = [];
  return pictures.map((cast) => {
    const here = cast.flatMap((thing) => shown(thing, width, height) ?? []);
    const free = new Set(before);
    for (const thing of here) {
      const near = [...free]
        .filter((b) => b.kind === thing.kind && far(b.box, thing.box) < reach(b.box))
        .sort(
          (a, b) =>
            (a.looks === thing.looks ? 0 : 1) - (b.looks === thing.looks ? 0 : 1) ||
            far(a.box, thing.box) - far(b.box, thing.box),
        );
      const same = near[0];
      thing.id = same?.id ?? next++;
      if (same) free.delete(same);
    }
    before = here;
    return here.map(({ id, kind, share, box }) => [id, kind, Math.min(99, Math.round(share * 100)), ...box]);
  });
}

/** One line for each picture, so that changes can be read. */
export async function writeObjects(out, name, pictures) {
  const lines = pictures.map((p) => JSON.stringify(p));
  await writeFile(
    join(out, `${name}-objects.json`),
    `{"every":${String(objectsEvery)},"pictures":[\n${lines.join(',\n')}\n]}\n`,
  );
}
