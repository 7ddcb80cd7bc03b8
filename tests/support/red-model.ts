/**
 * A detector whose right answer is known: it takes whatever is red for a car, all of it together. Its file is a real one, of the YOLO family;
 * of a picture without red it finds nothing.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attribute, floats, node, onnxFile, tensor } from '../../scripts/models/onnx-file.mjs';
import { ModelManifest } from '../../src/main/domain/model.ts';
import type { ModelToLoad } from '../../src/workers/inference/port.ts';

const [width, height] = [320, 192];

function redModel(): Buffer {
  const along = (name: string, of: string, axis: number, last: boolean): Buffer[] => [
    node('ArgMax', [of], `${name}At`, [
      attribute.number('axis', axis),
      attribute.number('keepdims', 1),
      attribute.number('select_last_index', last ? 1 : 0),
    ]),
    node('Cast', [`${name}At`], name, [attribute.number('to', 1)]),
  ];
  const most = (name: string, of: string, axis: number, keep: 0 | 1): Buffer =>
    node('ReduceMax', [of], name, [attribute.numbers('axes', [axis]), attribute.number('keepdims', keep)]);
  return onnxFile({
    name: 'red',
    producer: 'vigie-test',
    nodes: [
      node('Gather', ['images', 'first'], 'reds', [attribute.number('axis', 1)]),
      node('Gather', ['images', 'second'], 'greens', [attribute.number('axis', 1)]),
      node('Sub', ['reds', 'greens'], 'more'),
      node('Greater', ['more', 'enough'], 'is'),
      node('Cast', ['is'], 'red', [attribute.number('to', 1)]),
      most('columns', 'red', 1, 0),
      most('rows', 'red', 2, 0),
      ...along('left', 'columns', 1, false),
      ...along('right', 'columns', 1, true),
      ...along('top', 'rows', 1, false),
      ...along('bottom', 'rows', 1, true),
      node('Add', ['right', 'one'], 'rightEnd'),
      node('Add', ['bottom', 'one'], 'bottomEnd'),
      node('Sub', ['rightEnd', 'left'], 'w'),
      node('Sub', ['bottomEnd', 'top'], 'h'),
      node('Add', ['rightEnd', 'left'], 'acrossTwice'),
      node('Add', ['bottomEnd', 'top'], 'downTwice'),
      node('Mul', ['acrossTwice', 'half'], 'x'),
      node('Mul', ['downTwice', 'half'], 'y'),
      most('any', 'rows', 1, 1),
      node('Mul', ['any', 'sure'], 'score'),
      node('Concat', ['x', 'y', 'w', 'h', 'score'], 'row', [attribute.number('axis', 1)]),
      node('Unsqueeze', ['row', 'last'], 'output0'),
    ],
    constants: [
      tensor('first', [], BigInt64Array.of(0n)),
      tensor('second', [], BigInt64Array.of(1n)),
      tensor('last', [1], BigInt64Array.of(2n)),
      tensor('enough', [], Float32Array.of(0.3)),
      tensor('one', [], Float32Array.of(1)),
      tensor('half', [], Float32Array.of(0.5)),
      tensor('sure', [], Float32Array.of(0.9)),
    ],
    inputs: [floats('images', [1, 3, height, width])],
    outputs: [floats('output0', [1, 5, 1])],
  });
}

/** Written into a folder, to be loaded from there. */
export function writeRedModel(folder: string): ModelToLoad {
  mkdirSync(folder, { recursive: true });
  const data = redModel();
  writeFileSync(join(folder, 'red.onnx'), data);
  const manifest = ModelManifest.parse({
    ...{ id: 'red', name: 'Red', task: 'detect', reader: 'yolo', licence: 'CC0-1.0', sizes: [[width, height]] },
    ...{ classes: ['car'], minScore: 0.5 },
    files: [{ name: 'red.onnx', bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') }],
  });
  return { manifest, folder };
}
