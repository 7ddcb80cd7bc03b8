/** Who and what is where in a clip (written beside it by scripts/make-demo-clips.mjs): what a camera's own analysis would see. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const part = z.number().int().min(0).max(1000);
/** Number, kind, likelihood in hundredths, then left, top, right and bottom in thousandths of the picture. */
const Seen = z.tuple([z.number().int(), z.string(), z.number().min(0).max(100), part, part, part, part]);
const Objects = z.object({ every: z.number().int().min(1), pictures: z.array(z.array(Seen)) });

export type SeenObject = z.infer<typeof Seen>;
export type ClipObjects = {
  /** Every so many pictures it is looked at. */
  every: number;
  /** What is in a picture of the clip. */
  at(frame: number): SeenObject[];
};

/** `name`: `gate`, `yard-left`. The message says what to do when something is missing or broken. */
export async function loadObjects(dir: string, name: string): Promise<ClipObjects> {
  const path = join(dir, `${name}-objects.json`);
  try {
    const { every, pictures } = Objects.parse(JSON.parse(await readFile(path, 'utf8')));
    return { every, at: (frame) => pictures[Math.floor(frame / every)] ?? [] };
  } catch (cause) {
    throw new Error(`The demo site cannot use ${path}. Reinstall Vigie, or make the clips again (docs/demo.md).`, {
      cause,
    });
  }
}
