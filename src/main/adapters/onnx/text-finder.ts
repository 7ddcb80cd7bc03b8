/** Where text stands in a part of a picture. */
import type { Crop } from '#domain/decide/choose-crops.ts';
import type { ModelManifest } from '#domain/model.ts';
import type { I420 } from '#media/i420.ts';
import type { Costing } from './cost.ts';
import { ModelError } from './model-error.ts';
import { fit, paint, planesOf, type Scaling } from './paint.ts';
import { readText, type TextPlace } from './read-text.ts';
import type { Runtime } from './runtime.ts';
import type { ModelSession } from './session.ts';

/** Sides are multiples of it: the network halves five times. */
const grid = 32;
/** The longer side of the input: the crop's own, within limits. Of 70 plates in pictures 1,280 wide 960 pixels find two fewer. */
const [leastSide, mostSide] = [480, 1_280];

/** Mean and spread of ImageNet, by the place of a plane: the model was trained on blue, green, red with the numbers of red, green, blue. */
const mean = [0.485, 0.456, 0.406] as const;
const spread = [0.229, 0.224, 0.225] as const;
const ofPlane = (n: 0 | 1 | 2) => ({ scale: 1 / (255 * spread[n]), offset: -mean[n] / spread[n] });

function scalingOf(colours: 'rgb' | 'bgr'): Scaling {
  const [a, b, c] = [ofPlane(0), ofPlane(1), ofPlane(2)];
  const [red, blue] = colours === 'rgb' ? [a, c] : [c, a];
  return { scale: [red.scale, b.scale, blue.scale], offset: [red.offset, b.offset, blue.offset] };
}

export type TextFinder = {
  session: ModelSession;
  /** In pixels of the picture. */
  find(picture: I420, crop: Crop, costing: Costing): Promise<TextPlace[]>;
};

export async function openTextFinder(deps: {
  runtime: Runtime;
  manifest: ModelManifest;
  model: Uint8Array;
  open(model: Uint8Array): Promise<ModelSession>;
}): Promise<TextFinder> {
  const { runtime, manifest } = deps;
  const session = await deps.open(deps.model);
  const other = async (what: string): Promise<ModelError> => {
    await session.close();
    return new ModelError('other-shape', `${manifest.name}: ${what}`);
  };
  const [input, output] = [session.inputs[0], session.outputs[0]];
  if (input === undefined || output === undefined || input.type !== 'float32' || input.shape.length !== 4)
    throw await other('its input is no picture of 32-bit numbers, [n, 3, height, width].');
  if (input.shape.slice(2).some((n) => typeof n === 'number' && n > 0))
    throw await other('it takes pictures of one size alone.');
  const scaling = scalingOf(manifest.colours);

  async function run(data: Float32Array, width: number, height: number): Promise<Float32Array | null> {
    const outputs = await session.run({ [input?.name ?? '']: runtime.floats(data, [1, 3, height, width]) });
    const map = outputs[output?.name ?? '']?.data;
    return map instanceof Float32Array && map.length === width * height ? map : null;
  }
  if ((await run(new Float32Array(3 * grid * grid), grid, grid)) === null)
    throw await other('it does not answer a chance for each pixel.');

  return {
    session,
    async find(picture, crop, costing) {
      const long = Math.max(crop.width, crop.height);
      const ratio = Math.min(Math.max(long, leastSide), mostSide) / long;
      const to = (n: number): number => Math.max(grid, Math.ceil((n * ratio) / grid) * grid);
      const [width, height] = [to(crop.width), to(crop.height)];
      const pixels = width * height;
      const data = new Float32Array(3 * pixels);
      const placed = costing.time('prepareMs', () => {
        const at = fit(crop, { width, height });
        paint(data, planesOf(manifest.colours, 0, pixels), width, picture, at, scaling);
        return at;
      });
      const map = await costing.run(() => run(data, width, height));
      if (map === null)
        throw new ModelError('failed', `${manifest.name}: its answer has another size than the picture.`);
      return costing.time('readMs', () =>
        readText(map, width, height).map((p) => ({
          left: crop.left + Math.min(p.left / placed.ratioX, crop.width),
          top: crop.top + Math.min(p.top / placed.ratioY, crop.height),
          right: crop.left + Math.min(p.right / placed.ratioX, crop.width),
          bottom: crop.top + Math.min(p.bottom / placed.ratioY, crop.height),
          score: p.score,
        })),
      );
    },
  };
}
