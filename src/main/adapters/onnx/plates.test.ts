/** Plates, by real models on real pictures. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { coveredOf, type Edges, sharedOf } from '#domain/decide/suppress.ts';
import type { ModelId } from '#domain/model.ts';
import type { I420 } from '#media/i420.ts';
import { blank, builtIn, hasMedia, hasMirror, mediaDir, mirrored, pictures } from '../../../../tests/support/media.ts';
import { noFfmpeg } from '../../../../tests/support/grey.ts';
import { createOnnx, loadRuntime, type OnnxRoom, type Runtime } from './index.ts';
import { joinCrops } from './plates.ts';

const textModelId = 'ppocr-text' as ModelId;

/** Answers what a model was asked before as it did then: two readers are tried on the same pictures, and finding text takes most of the time. */
function remembering(runtime: Runtime): Runtime {
  return {
    ...runtime,
    async open(...how) {
      const session = await runtime.open(...how);
      const known = new Map<string, ReturnType<typeof session.run>>();
      return {
        ...session,
        run(feeds, outputs) {
          const asked = createHash('sha1').update(JSON.stringify(outputs ?? null));
          for (const [name, { data, dims }] of Object.entries(feeds))
            asked.update(`${name} ${dims.join(' ')} `).update(data as Float32Array);
          const key = asked.digest('base64');
          const answer = known.get(key) ?? session.run(feeds, outputs);
          known.set(key, answer);
          return answer;
        },
      };
    },
  };
}

let room: OnnxRoom;
beforeAll(async () => {
  room = createOnnx({
    runtime: remembering(loadRuntime()),
    threads: 1,
    providers: ['cpu'],
    nowMs: () => performance.now(),
    onFellBack: () => undefined,
  });
  for (const id of ['ppocr-text', 'ppocr-read']) await room.load(builtIn(id));
  if (hasMirror) await room.load(mirrored('cct-xs-v1-global'));
});
afterAll(() => room.close());

describe('plates', () => {
  it('are not read in an empty picture, whatever part is asked for', async () => {
    for (const regions of [[], [{ x: 0.9, y: 0.9, width: 0.5, height: 0.5 }], [{ x: 0, y: 0, width: 0, height: 0 }]]) {
      const ask = { textModelId, plateModelId: 'ppocr-read' as ModelId, picture: blank(641, 361), regions };
      expect((await room.ask('plates', ask)).value.plates).toEqual([]);
    }
  });

  it('of regions that lie on each other are looked for once', () => {
    const crop = (left: number, width: number) => ({ left, top: 0, width, height: 100 });
    expect(joinCrops([crop(0, 100), crop(300, 100), crop(50, 100)])).toEqual([crop(300, 100), crop(0, 150)]);
    // The third fills the space between the others.
    expect(joinCrops([crop(0, 100), crop(200, 100), crop(100, 100)])).toEqual([crop(0, 300)]);
  });

  // Every second picture of the road: `vigie eval` has them all.
  type Shown = { file: string; plates: { box: [number, number, number, number]; text: string | null }[] };
  const shown: Shown[] = hasMedia
    ? (JSON.parse(readFileSync(join(mediaDir, 'plates', 'plates.json'), 'utf8')) as { images: Shown[] }).images.filter(
        (_, n) => n % 2 === 0,
      )
    : [];

  const decoded = new Map<string, I420>();
  const pictureOf = (file: string): I420 => {
    const picture = decoded.get(file) ?? pictures(join(mediaDir, 'plates', file), 1280, 720)[0]!;
    decoded.set(file, picture);
    return picture;
  };

  /** Of plates: parts that were found, and read as they are; and places that are none. */
  async function judge(plateModelId: ModelId): Promise<{ found: number; exact: number; none: number }> {
    let [all, found, texts, exact, none] = [0, 0, 0, 0, 0];
    for (const { file, plates } of shown) {
      const picture = pictureOf(file);
      const reads = (await room.ask('plates', { textModelId, plateModelId, picture, regions: [] })).value.plates.map(
        ({ text, box }) => {
          const at: Edges = {
            left: box.x * 1280,
            top: box.y * 720,
            right: (box.x + box.width) * 1280,
            bottom: (box.y + box.height) * 720,
          };
          return { text, at, is: false };
        },
      );
      for (const { box, text } of plates) {
        const [left, top, right, bottom] = box;
        const own = reads.filter((r) => coveredOf(r.at, { left, top, right, bottom }) > 0.5);
        for (const r of own) r.is = sharedOf(r.at, { left, top, right, bottom }) > 0;
        all += 1;
        if (own.length > 0) found += 1;
        if (text === null) continue;
        texts += 1;
        if (own.some((r) => r.text === text)) exact += 1;
      }
      none += reads.filter((r) => !r.is).length;
    }
    return { found: found / all, exact: exact / texts, none };
  }

  it.skipIf(!hasMedia || noFfmpeg)(
    'of a road at night are found, and read by what comes with the product',
    async () => {
      const { found, exact, none } = await judge('ppocr-read' as ModelId);
      expect(found).toBeGreaterThanOrEqual(0.9);
      expect(exact).toBeGreaterThanOrEqual(0.7);
      expect(none).toBeLessThanOrEqual(4);
    },
    240_000,
  );
  it.skipIf(!hasMedia || !hasMirror || noFfmpeg)(
    'are read better by the reader of the catalogue',
    async () => {
      const { found, exact, none } = await judge('cct-xs-v1-global' as ModelId);
      expect(found).toBeGreaterThanOrEqual(0.94);
      expect(exact).toBeGreaterThanOrEqual(0.92);
      expect(none).toBeLessThanOrEqual(6);
    },
    240_000,
  );
});
