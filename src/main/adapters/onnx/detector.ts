/** Objects in pictures, by models of three families. */
import type { Box } from '#domain/place.ts';
import { closerCrops, type Crop, wholeCrops } from '#domain/decide/choose-crops.ts';
import { type Candidate, joinParts, type PartCandidate, suppress } from '#domain/decide/suppress.ts';
import { mostDetections } from '#domain/detection.ts';
import type { ModelManifest } from '#domain/model.ts';
import type { I420 } from '#media/i420.ts';
import type { Provider } from '../../../workers/inference/port.ts';
import type { Costing } from './cost.ts';
import { ModelError } from './model-error.ts';
import { fit, liftOf, paint, type Placed, plain, planesOf, type Scaling, signed, unit } from './paint.ts';
import { readSsd } from './read-ssd.ts';
import { readYolo } from './read-yolo.ts';
import { readYolox, rowsOfYolox } from './read-yolox.ts';
import { resizeGraph } from './resize-graph.ts';
import type { Runtime, Tensor } from './runtime.ts';
import type { ModelSession } from './session.ts';

type Size = { width: number; height: number };
type Outputs = Record<string, Tensor>;

/** One family: how pixels go in, and boxes come out. */
type Family = {
  scaling: Scaling;
  /** What stands where no picture is, as the model gets it. */
  fill: number;
  /** Shown squares rather than long pictures. */
  square: boolean;
  /** What is dark is shown lifted. */
  lifts: boolean;
  outputs?: readonly string[];
  /** Whether outputs of a warming run are such; false: the file is not what its manifest says. */
  fits(outputs: Outputs, size: Size): boolean;
  /** Boxes of the n-th picture of a run, in pixels of the input. */
  read(outputs: Outputs, n: number, size: Size, minScore: number, wanted: readonly number[]): Candidate[];
};

/** Of boxes of one class that share so much of their union, one is kept (as the models' makers have it). */
const sameShare = 0.45;
const ssdShare = 0.5;
/** Pictures of one run, where the model takes several. */
const mostTogether = 4;
/** Sizes of one model differ in shape; they show things equally large if their ratio is within this of the first one's. */
const ratioSlack = 0.02;

const floatsOf = (outputs: Outputs, name: string): Float32Array =>
  outputs[name]?.data instanceof Float32Array ? outputs[name].data : new Float32Array(0);
const dimsOf = (outputs: Outputs, name: string): readonly number[] => outputs[name]?.dims ?? [];

function yolox(output: string, classes: number): Family {
  return {
    scaling: plain,
    fill: 114,
    square: false,
    lifts: false,
    fits(outputs, size) {
      const [, rows, columns] = dimsOf(outputs, output);
      return rows === rowsOfYolox(size.width, size.height) && columns === 5 + classes;
    },
    read(outputs, n, size, minScore) {
      const length = rowsOfYolox(size.width, size.height) * (5 + classes);
      return readYolox(floatsOf(outputs, output).subarray(n * length, (n + 1) * length), classes, size, minScore);
    },
  };
}

function yolo(output: string, classes: number): Family {
  return {
    scaling: unit,
    fill: 114 / 255,
    square: false,
    lifts: false,
    fits(outputs) {
      const dims = dimsOf(outputs, output);
      return dims.length === 3 && dims[1] === 4 + classes && (dims[2] ?? 0) > 0;
    },
    read(outputs, n, _, minScore) {
      const rows = dimsOf(outputs, output)[2] ?? 0;
      const length = rows * (4 + classes);
      return readYolo(floatsOf(outputs, output).subarray(n * length, (n + 1) * length), classes, rows, minScore);
    },
  };
}

function ssd(classes: number): Family {
  let anchors: Float32Array | null = null;
  return {
    scaling: signed,
    fill: 0,
    square: true,
    lifts: true,
    outputs: ['boxes', 'scores'],
    fits(outputs) {
      const [codes, scores, places] = ['boxes', 'scores', 'anchors'].map((name) => floatsOf(outputs, name));
      if (codes === undefined || scores === undefined || places === undefined) return false;
      // The same in every run: read once.
      anchors = Float32Array.from(places);
      const rows = places.length / 4;
      return rows > 0 && codes.length === rows * 4 && scores.length === rows * classes;
    },
    read(outputs, n, size, minScore, wanted) {
      if (anchors === null) return [];
      const rows = anchors.length / 4;
      const codes = floatsOf(outputs, 'boxes').subarray(n * rows * 4, (n + 1) * rows * 4);
      const scores = floatsOf(outputs, 'scores').subarray(n * rows * classes, (n + 1) * rows * classes);
      return readSsd(codes, scores, anchors, classes, wanted, size, minScore);
    },
  };
}

export type Detector = {
  mostAtOnce: number;
  provider(): Provider;
  /**
   * What the model names in a picture, in pixels of it, the surest first; `classes`: those that are asked for, by the model's numbers.
   */
  find(ask: {
    picture: I420;
    regions: readonly Box[];
    minScore: number;
    classes: readonly number[];
    costing: Costing;
  }): Promise<Candidate[]>;
  close(): Promise<void>;
};

type Lane = { size: Size; session: ModelSession; input: string; mostAtOnce: number; buffer: Float32Array };

/** Throws `ModelError` where the file is no model, or one of another shape. */
export async function openDetector(deps: {
  runtime: Runtime;
  manifest: ModelManifest;
  model: Uint8Array;
  open(model: Uint8Array): Promise<ModelSession>;
}): Promise<Detector> {
  const { runtime, manifest } = deps;
  const sizes = manifest.sizes.map(([width, height]): Size => ({ width, height }));
  const classes = manifest.classes.length;
  const other = (what: string): ModelError => new ModelError('other-shape', `${manifest.name}: ${what}`);
  const lanes = new Map<Size, Promise<Lane>>();
  const family: { known: Family | null } = { known: null };
  const opened = new Set<ModelSession>();

  const familyOf = (session: ModelSession): Family => {
    if (manifest.reader === 'ssd') return ssd(classes);
    const output = session.outputs[0]?.name ?? '';
    return manifest.reader === 'yolo' ? yolo(output, classes) : yolox(output, classes);
  };

  async function openLane(size: Size): Promise<Lane> {
    let session = await deps.open(deps.model);
    opened.add(session);
    const input = session.inputs[0];
    if (input === undefined || input.type !== 'float32' || input.shape.length !== 4)
      throw other('its input is no picture of 32-bit numbers, [n, 3, height, width].');
    const [count, channels, height, width] = input.shape;
    if (typeof channels === 'number' && channels !== 3) throw other(`its input has ${channels} planes, not 3.`);
    const fixed = [width, height].map((n) => (typeof n === 'number' && n > 0 ? n : null));
    if (fixed[0] !== null && (fixed[0] !== size.width || fixed[1] !== size.height)) {
      opened.delete(session);
      await session.close();
      session = await deps.open(resizeGraph(deps.model, input.name, size));
      opened.add(session);
    }
    const mostAtOnce = typeof count === 'number' && count > 0 ? 1 : mostTogether;
    const pixels = size.width * size.height;
    const known = (family.known ??= familyOf(session));
    const warm = await session.run({
      [input.name]: runtime.floats(new Float32Array(3 * pixels), [1, 3, size.height, size.width]),
    });
    if (!known.fits(warm, size)) {
      const found = Object.entries(warm).map(([name, t]) => `${name} [${t.dims.join(', ')}]`);
      throw other(
        `at ${size.width} × ${size.height} it answers ${found.join(', ')}, which is not what its manifest says.`,
      );
    }
    return { size, session, input: input.name, mostAtOnce, buffer: new Float32Array(mostAtOnce * 3 * pixels) };
  }
  const laneOf = (size: Size): Promise<Lane> => {
    const known = lanes.get(size);
    if (known !== undefined) return known;
    const opening = openLane(size);
    lanes.set(size, opening);
    opening.catch(() => lanes.delete(size));
    return opening;
  };

  const first = sizes[0] as Size; // a manifest has one at least
  const firstLane = await laneOf(first).catch(async (error: unknown) => {
    for (const session of opened) await session.close().catch(() => undefined);
    throw error instanceof ModelError && error.trouble === 'failed' ? other(error.message) : error;
  });
  const kind = family.known ?? familyOf(firstLane.session);

  /** The cheapest size that shows a crop as large as the first one does. */
  const sizeFor = (crop: Crop): Size => {
    const ratioOf = (s: Size): number => Math.min(s.width / crop.width, s.height / crop.height);
    const usual = ratioOf(first);
    return sizes
      .filter((s) => Math.abs(ratioOf(s) / usual - 1) <= ratioSlack)
      .reduce((a, b) => (b.width * b.height < a.width * a.height ? b : a), first);
  };

  function paintInto(lane: Lane, n: number, picture: I420, crop: Crop): Placed {
    const pixels = lane.size.width * lane.size.height;
    const placed = fit(crop, lane.size);
    const at = n * 3 * pixels;
    if (placed.width < lane.size.width || placed.height < lane.size.height)
      lane.buffer.fill(kind.fill, at, at + 3 * pixels);
    paint(
      lane.buffer,
      planesOf(manifest.colours, at, pixels),
      lane.size.width,
      picture,
      placed,
      kind.scaling,
      kind.lifts ? liftOf(picture, crop) : null,
    );
    return placed;
  }

  return {
    mostAtOnce: firstLane.mostAtOnce,
    provider: () => firstLane.session.provider(),
    async find({ picture, regions, minScore, classes: wanted, costing }) {
      const crops = [...wholeCrops(picture, kind.square), ...closerCrops(picture, regions, first, kind.square)];
      const found: PartCandidate[] = [];
      const asked = new Set(wanted);
      for (let i = 0; i < crops.length; ) {
        const size = sizeFor(crops[i] as Crop);
        const lane = await laneOf(size);
        let together = 1;
        while (
          together < lane.mostAtOnce &&
          i + together < crops.length &&
          sizeFor(crops[i + together] as Crop) === size
        )
          together += 1;
        const from = i;
        const now = crops.slice(from, from + together);
        i += together;
        const placed = costing.time('prepareMs', () => now.map((crop, n) => paintInto(lane, n, picture, crop)));
        const data = lane.buffer.subarray(0, together * 3 * size.width * size.height);
        const feeds = { [lane.input]: runtime.floats(data, [together, 3, size.height, size.width]) };
        const outputs = await costing.run(() => lane.session.run(feeds, kind.outputs));
        costing.time('readMs', () => {
          placed.forEach((p, n) => {
            const part = from + n;
            for (const c of kind.read(outputs, n, size, minScore, wanted)) {
              if (asked.has(c.class)) found.push(inPicture(c, p, picture, part));
            }
          });
        });
      }
      const share = kind.square ? ssdShare : sameShare;
      return costing.time('readMs', () =>
        crops.length > 1 ? joinParts(found, share, mostDetections) : suppress(found, share, mostDetections),
      );
    },
    async close() {
      for (const session of opened) await session.close();
    },
  };
}

/** Pixels of a crop's edge that a box may stay away from and still be cut by it, as a part of the crop. */
const cutSlack = 0.01;

/** From pixels of the input to those of the picture, within the crop. */
function inPicture(c: Candidate, { crop, ratioX, ratioY }: Placed, picture: Size, part: number): PartCandidate {
  const [right, bottom] = [crop.left + crop.width, crop.top + crop.height];
  const x = (n: number): number => Math.min(Math.max(crop.left + n / ratioX, crop.left), right);
  const y = (n: number): number => Math.min(Math.max(crop.top + n / ratioY, crop.top), bottom);
  const box = { left: x(c.left), top: y(c.top), right: x(c.right), bottom: y(c.bottom) };
  const slack = cutSlack * Math.max(crop.width, crop.height);
  const cut =
    (crop.left > 0 && box.left < crop.left + slack) ||
    (crop.top > 0 && box.top < crop.top + slack) ||
    (right < picture.width && box.right > right - slack) ||
    (bottom < picture.height && box.bottom > bottom - slack);
  return { ...box, class: c.class, score: c.score, part, ratio: ratioX, cut };
}
