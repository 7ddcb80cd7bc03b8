// Reads graph models of TensorFlow.js: `model.json`, and the files of weights that it names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} folder that holds model.json
 * @returns nodes by name, and weights by the name of their constant
 * @throws {Error} on weights of another kind than whole or floating numbers of 32 bits
 */
export function readTfjs(folder) {
  const model = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const nodes = new Map(
    model.modelTopology.node.map((n) => [
      n.name,
      {
        name: n.name,
        op: n.op,
        // Without those that only say what goes first, and without the number of the output: all but Switch have one.
        inputs: (n.input ?? []).filter((i) => !i.startsWith('^')).map((i) => i.replace(/:0$/, '')),
        attributes: n.attr ?? {},
      },
    ]),
  );
  const weights = new Map();
  for (const group of model.weightsManifest) {
    const bytes = Buffer.concat(group.paths.map((path) => readFileSync(join(folder, path))));
    let at = 0;
    for (const { name, shape, dtype, quantization } of group.weights) {
      const size = shape.reduce((a, b) => a * b, 1);
      if (quantization !== undefined || (dtype !== 'float32' && dtype !== 'int32'))
        throw new Error(`the weights ${name} are of a kind that is not read: ${quantization?.dtype ?? dtype}`);
      const data = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
      for (let i = 0; i < size; i += 1, at += 4)
        data[i] = dtype === 'float32' ? bytes.readFloatLE(at) : bytes.readInt32LE(at);
      weights.set(name, { shape, data });
    }
    if (at !== bytes.length) throw new Error(`weights of ${bytes.length} bytes, of which ${at} are named`);
  }
  return { nodes, weights };
}

/** Texts of an attribute. */
export const texts = (attribute) => (attribute?.list?.s ?? []).map((s) => Buffer.from(s, 'base64').toString());
export const text = (attribute) => Buffer.from(attribute.s, 'base64').toString();
export const numbers = (attribute, otherwise) => attribute?.list?.i?.map(Number) ?? otherwise;
