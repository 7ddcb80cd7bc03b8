/** What is written beside a clip: when something moves in it, and JPEG stills of it (made by scripts/make-demo-clips.mjs). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { z } from 'zod';

const Facts = z.object({
  fps: z.number(),
  pictures: z.number().int(),
  stillEvery: z.number().int().min(1),
  /** Picture numbers [from, to) in which something moves, ascending. */
  motion: z.array(z.tuple([z.number().int(), z.number().int()])),
});

export type ClipFacts = z.infer<typeof Facts> & {
  isMotion(frame: number): boolean;
  /** The still nearest before a picture; 480 × 270, baseline JPEG. */
  still(frame: number): Uint8Array | null;
};

/** All stills in one file: lengths (32 bits, big endian) and JPEGs in turn, compressed together. */
function splitStills(bytes: Uint8Array): Uint8Array[] {
  const all = brotliDecompressSync(bytes, { maxOutputLength: 8 * 1024 * 1024 });
  const out: Uint8Array[] = [];
  for (let at = 0; at + 4 <= all.length; ) {
    const end = at + 4 + all.readUInt32BE(at);
    if (end > all.length) throw new Error('a still runs past the end of the file');
    out.push(all.subarray(at + 4, end));
    at = end;
  }
  return out;
}

/** `name`: `gate`, `yard-left`. The message says what to do when something is missing or broken. */
export async function loadFacts(dir: string, name: string): Promise<ClipFacts> {
  const path = join(dir, `${name}-facts.json`);
  try {
    const facts = Facts.parse(JSON.parse(await readFile(path, 'utf8')));
    const stills = splitStills(await readFile(join(dir, `${name}-stills.br`)));
    return {
      ...facts,
      isMotion: (frame) => facts.motion.some(([from, to]) => frame >= from && frame < to),
      still: (frame) => stills[Math.floor(frame / facts.stillEvery)] ?? null,
    };
  } catch (cause) {
    throw new Error(`The demo site cannot use ${path}. Reinstall Vigie, or make the clips again (docs/demo.md).`, {
      cause,
    });
  }
}
