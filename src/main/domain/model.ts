/** Models: files of weights with what Vigie must know to use them. */
import { z } from 'zod';
import { ObjectClass } from './object-class.ts';

export const ModelId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, 'small letters, digits, points and hyphens')
  .brand<'ModelId'>();
export type ModelId = z.infer<typeof ModelId>;

/** detect: boxes of objects · text: where text stands · plate: reads the text of a plate · speech: whether somebody speaks · transcribe: what is said. */
export const ModelTask = z.enum(['detect', 'text', 'plate', 'speech', 'transcribe']);
export type ModelTask = z.infer<typeof ModelTask>;

/** How pixels become the model's input, and its output boxes, text or chances. One reader of the station each. */
export const ModelReader = z.enum([
  'yolox', // [1, rows, 5 + classes], strides 8, 16, 32, objectness
  'yolo', // [1, 4 + classes, rows] as YOLOv8 and later give it
  'ssd', // box codes, class scores and anchors of the TensorFlow detection API
  'ppocr-text',
  'ppocr-read',
  'plate-slots', // [n, slots, alphabet]
  'silero-vad',
  'ctc-speech', // raw sound in, [n, steps, vocabulary] out
]);
export type ModelReader = z.infer<typeof ModelReader>;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in hex');
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a plain file name');
const side = z.number().int().min(16).max(4096);

/** One file of a model, and where it can be had. */
export const ModelFile = z.object({
  name: fileName,
  bytes: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32),
  sha256,
  urls: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(8)
    .default([]),
});
export type ModelFile = z.infer<typeof ModelFile>;

/** What stands in a model's manifest. A person can write one for a model of their own (docs/models.md). */
export const ModelManifest = z.object({
  id: ModelId,
  name: z.string().trim().min(1).max(80),
  task: ModelTask,
  reader: ModelReader,
  /** SPDX. */
  licence: z.string().trim().min(1).max(80),
  /** Where it comes from. */
  source: z.string().max(400).default(''),
  /** The first is the ONNX file. */
  files: z.array(ModelFile).min(1).max(8),
  /** Width and height that it is run at; the first is the usual one. */
  sizes: z
    .array(z.tuple([side, side]))
    .min(1)
    .max(8),
  /** Order of colours. */
  colours: z.enum(['rgb', 'bgr']).default('rgb'),
  /** Of its outputs, by class number of the model: one of ours, or null where it does not matter. Empty: none. */
  classes: z.array(ObjectClass.nullable()).max(1000).default([]),
  /** A detection counts from here on. */
  minScore: z.number().min(0).max(1).default(0.3),
});
export type ModelManifest = z.infer<typeof ModelManifest>;

/** Where a model comes from: with the product · from the catalogue, downloaded · added by a person. */
export const ModelOrigin = z.enum(['built-in', 'catalogue', 'own']);
export type ModelOrigin = z.infer<typeof ModelOrigin>;

/**
 * What is wrong with a model or with getting it. unreachable: no server answers, or the line breaks again and again · refused: the server
 * does not give the file · wrong-size, wrong-checksum: another file than the one that the manifest names · not-onnx · truncated ·
 * other-shape: an ONNX file whose inputs or outputs are not what its manifest says · missing: a file of it is not there · no-space ·
 * disk: it cannot be read or written · bad-manifest · taken: another model has this id.
 */
export const ModelTrouble = z.enum([
  'unreachable',
  'refused',
  'wrong-size',
  'wrong-checksum',
  'not-onnx',
  'truncated',
  'other-shape',
  'missing',
  'no-space',
  'disk',
  'bad-manifest',
  'taken',
]);
export type ModelTrouble = z.infer<typeof ModelTrouble>;

/** A trouble with what the station has to say of it (file names, sizes, status codes), in English. */
export const ModelFault = z.object({ trouble: ModelTrouble, detail: z.string().max(600) });
export type ModelFault = z.infer<typeof ModelFault>;

/**
 * here: its files are whole · absent; `haveBytes`: of a download that was broken off, `fault`: why · loading: on its way, or waiting for
 * another · broken: what lies there cannot be used.
 */
export const ModelState = z.discriminatedUnion('is', [
  z.object({ is: z.literal('here') }),
  z.object({ is: z.literal('absent'), haveBytes: z.number(), fault: ModelFault.nullable() }),
  z.object({ is: z.literal('loading'), bytes: z.number(), ofBytes: z.number(), waits: z.boolean() }),
  z.object({ is: z.literal('broken'), fault: ModelFault }),
]);
export type ModelState = z.infer<typeof ModelState>;

/** A model as the station knows it. */
export const ModelView = z.object({ manifest: ModelManifest, origin: ModelOrigin, state: ModelState });
export type ModelView = z.infer<typeof ModelView>;

/** What a person writes of a model of their own: sizes and sums of its files are found out when it is taken in. */
export const OwnManifest = ModelManifest.extend({
  files: z
    .array(
      z.object({
        name: fileName,
        bytes: ModelFile.shape.bytes.optional(),
        sha256: sha256.optional(),
        urls: ModelFile.shape.urls,
      }),
    )
    .min(1)
    .max(8),
});
export type OwnManifest = z.infer<typeof OwnManifest>;

/** A model in a folder that a person named. `fault` null: it can be taken in. */
export const FoundModel = z.object({
  /** The file by which it was found. */
  file: z.string(),
  /** null: its manifest cannot be read. */
  manifest: ModelManifest.nullable(),
  origin: ModelOrigin.exclude(['built-in']),
  fault: ModelFault.nullable(),
});
export type FoundModel = z.infer<typeof FoundModel>;

/** What is said of models for the whole station. */
export const ModelSettings = z.object({
  /** Where files of models are asked for first, by their names; null: at their public addresses alone. */
  mirror: z
    .url({ protocol: /^https?$/ })
    .max(400)
    .nullable()
    .default(null),
  /** Of a task: the model that is used where nothing else is said; absent: the best that is here. */
  chosen: z.partialRecord(ModelTask, ModelId).default({}),
});
export type ModelSettings = z.infer<typeof ModelSettings>;

/**
 * Why a model does a task. chosen: somebody said so · better: it was got from the catalogue, which goes before what comes with Vigie ·
 * least-work: of several of those it takes the least of this PC · built-in: no other is here · stands-in: the one that was chosen is not here.
 */
export const ModelReason = z.enum(['chosen', 'better', 'least-work', 'built-in', 'stands-in']);
export type ModelReason = z.infer<typeof ModelReason>;

/** Which model does a task where a camera says nothing else, and why. */
export const ModelUse = z.object({
  task: ModelTask,
  /** null: none can do it. */
  modelId: ModelId.nullable(),
  why: ModelReason.nullable(),
  /** What somebody chose for it; null: it is chosen by rules. */
  chosen: ModelId.nullable(),
});
export type ModelUse = z.infer<typeof ModelUse>;

/**
 * How much a run takes, against other models of the same reader alone: weights times pixels. For YOLOX-nano, -tiny and -s it lies within 8 %
 * of the operations that are published for them (1.08, 6.45 and 26.8 GFLOPs).
 */
export const workOfModel = ({ files, sizes }: ModelManifest): number => {
  const [[width, height] = [1, 1]] = sizes;
  return (files[0]?.bytes ?? 0) * width * height;
};

export const bytesOfModel = (manifest: ModelManifest): number => manifest.files.reduce((sum, f) => sum + f.bytes, 0);
