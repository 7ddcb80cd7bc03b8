/** The text of one plate. */
import type { Crop } from '#domain/decide/choose-crops.ts';
import type { ModelManifest } from '#domain/model.ts';
import type { I420 } from '#media/i420.ts';
import type { Costing } from './cost.ts';
import { ModelError } from './model-error.ts';
import { paint, plain, planesOf, signed, stretch } from './paint.ts';
import { type Letters, plateLetters, readSlots, readSteps } from './read-letters.ts';
import type { Runtime } from './runtime.ts';
import type { ModelSession } from './session.ts';

export type PlateReader = {
  session: ModelSession;
  /**
   * How much it wants to see above and below the text, and beside it, as a part of its height: a thin letter at an end is overlooked by
   * finders of text. One that was trained on lines of text wants letters that fill the line, one that was trained on plates their rim.
   */
  margin: { upper: number; side: number };
  /** `crop`: the plate with a little of what is around it. */
  read(picture: I420, crop: Crop, costing: Costing): Promise<Letters>;
};

type Deps = {
  runtime: Runtime;
  manifest: ModelManifest;
  model: Uint8Array;
  /** Of a model that reads steps: its classes, one a line, from class 1 on. */
  letters: string | null;
  open(model: Uint8Array): Promise<ModelSession>;
};

/** Height of a line of text, and how wide it may be. */
const [lineHeight, leastWidth, mostWidth] = [48, 48, 480];

export async function openPlateReader(deps: Deps): Promise<PlateReader> {
  const { manifest } = deps;
  const session = await deps.open(deps.model);
  const [input, output] = [session.inputs[0], session.outputs[0]];
  try {
    if (input === undefined || output === undefined || input.shape.length !== 4)
      throw new ModelError('other-shape', `${manifest.name}: its input is no picture.`);
    const names = { input: input.name, output: output.name };
    return manifest.reader === 'plate-slots'
      ? await openSlots(deps, session, names)
      : await openSteps(deps, session, names);
  } catch (error) {
    await session.close();
    throw error;
  }
}

type Names = { input: string; output: string };

/** `ppocr-read`: one line of text of any width, step by step. */
async function openSteps(deps: Deps, session: ModelSession, names: Names): Promise<PlateReader> {
  const { runtime, manifest, letters } = deps;
  if (letters === null) throw new ModelError('missing', `${manifest.name}: the file of its letters is not there.`);
  const lines = letters.split(/\r?\n/);
  const allowed = Array.from(plateLetters).flatMap((letter) => {
    const at = lines.indexOf(letter);
    return at < 0 ? [] : [{ class: at + 1, letter }];
  });
  const run = async (data: Float32Array, width: number) => {
    const outputs = await session.run({ [names.input]: runtime.floats(data, [1, 3, lineHeight, width]) });
    const answer = outputs[names.output];
    const [, steps = 0, classes = 0] = answer?.dims ?? [];
    if (!(answer?.data instanceof Float32Array) || answer.dims.length !== 3 || allowed.some((a) => a.class >= classes))
      throw new ModelError('other-shape', `${manifest.name}: it does not answer chances of its letters, step by step.`);
    return { data: answer.data, steps, classes };
  };
  if (allowed.length < plateLetters.length)
    throw new ModelError('other-shape', `${manifest.name}: its letters are not all that plates have.`);
  await run(new Float32Array(3 * lineHeight * leastWidth), leastWidth);

  return {
    session,
    margin: { upper: 0.04, side: 0.1 },
    async read(picture, crop, costing) {
      const wanted = Math.round((lineHeight * crop.width) / crop.height / 8) * 8;
      const width = Math.min(Math.max(wanted, leastWidth), mostWidth);
      const data = new Float32Array(3 * lineHeight * width);
      costing.time('prepareMs', () => {
        const placed = stretch(crop, { width, height: lineHeight });
        paint(data, planesOf(manifest.colours, 0, lineHeight * width), width, picture, placed, signed);
      });
      const { data: chances, steps, classes } = await costing.run(() => run(data, width));
      return costing.time('readMs', () => readSteps(chances, steps, classes, allowed));
    },
  };
}

/** `plate-slots`: bytes in, one slot a letter out; the last letter of its alphabet is none. */
async function openSlots(deps: Deps, session: ModelSession, names: Names): Promise<PlateReader> {
  const { runtime, manifest } = deps;
  const [width, height] = manifest.sizes[0] as [number, number]; // a manifest has one at least
  const alphabet = `${plateLetters}_`;
  const pixels = width * height;
  const floats = new Float32Array(3 * pixels);
  const bytes = new Uint8Array(3 * pixels);
  const run = async () => {
    const outputs = await session.run({ [names.input]: runtime.bytes(bytes, [1, height, width, 3]) });
    const answer = outputs[names.output];
    const [, slots = 0, size = 0] = answer?.dims ?? [];
    if (!(answer?.data instanceof Float32Array) || slots === 0 || size !== alphabet.length)
      throw new ModelError('other-shape', `${manifest.name}: it does not answer ${alphabet.length} chances a letter.`);
    return { data: answer.data, slots };
  };
  if (session.inputs[0]?.type !== 'uint8')
    throw new ModelError('other-shape', `${manifest.name}: its input is no picture of bytes.`);
  await run().catch((error: unknown) => {
    throw error instanceof ModelError && error.trouble === 'failed'
      ? new ModelError('other-shape', `${manifest.name}: ${error.message}`, error)
      : error;
  });

  return {
    session,
    margin: { upper: 0.2, side: 0.2 },
    async read(picture, crop, costing) {
      costing.time('prepareMs', () => {
        const placed = stretch(crop, { width, height });
        paint(floats, planesOf(manifest.colours, 0, pixels), width, picture, placed, plain);
        for (let i = 0; i < pixels; i += 1) {
          for (let c = 0; c < 3; c += 1) bytes[3 * i + c] = Math.round(floats[c * pixels + i] as number);
        }
      });
      const { data, slots } = await costing.run(run);
      return costing.time('readMs', () => readSlots(data, slots, alphabet));
    },
  };
}
