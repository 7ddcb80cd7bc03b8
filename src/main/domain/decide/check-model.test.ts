import { expect, it } from 'vitest';
import type { OnnxFace, OnnxValue } from '../../media/onnx/read-onnx.ts';
import type { ModelReader, ModelTask } from '../model.ts';
import { checkManifest, checkModel } from './check-model.ts';

const value = (dims: OnnxValue['dims'], type = 1, name = 'x'): OnnxValue => ({ name, type, dims });
const face = (inputs: OnnxValue[], outputs: OnnxValue[]): OnnxFace => ({
  irVersion: 8,
  producer: '',
  inputs,
  outputs,
  nodes: 1,
});
const manifest = (reader: ModelReader, task: ModelTask, classes = 80) => ({
  reader,
  task,
  classes: Array.from({ length: classes }, () => 'person' as const),
  sizes: [[416, 416] as [number, number]],
});
const picture = value([1, 3, 416, 416], 1, 'images');

it('takes what the kinds of models give, with fixed and with open sizes', () => {
  const fine: [ModelReader, ModelTask, OnnxFace][] = [
    ['yolox', 'detect', face([picture], [value([1, 3549, 85])])],
    ['yolox', 'detect', face([value([null, 3, null, null], 10)], [value([null, null, 85])])],
    ['yolox', 'detect', face([value(null)], [value(null)])],
    ['yolo', 'detect', face([picture], [value([1, 84, 8400])])],
    ['ssd', 'detect', face([picture], [value([1, 1917, 4]), value([1, 1917, 91])])],
    ['ppocr-text', 'text', face([picture], [value([null, 1, null, null])])],
    ['ppocr-read', 'plate', face([value([null, 3, 48, null])], [value([null, null, 6625])])],
    ['plate-slots', 'plate', face([value([null, 64, 128, 3], 2)], [value([null, 9, 37])])],
    ['ctc-speech', 'transcribe', face([value([null, null])], [value([null, null, 32])])],
    [
      'silero-vad',
      'speech',
      face([value([1, 576], 1, 'input'), value([2, 1, 128], 1, 'state'), value([], 7, 'sr')], [value([1, 1])]),
    ],
  ];
  for (const [reader, task, f] of fine) {
    expect(checkModel(manifest(reader, task), f), reader).toBeNull();
    expect(checkManifest(manifest(reader, task)), reader).toBeNull();
  }
});

it('says in what a file is another one', () => {
  const wrong: [ModelReader, OnnxFace, RegExp][] = [
    ['yolox', face([picture], [value([1, 1000])]), /gives \[1, rows, 5 \+ classes\]; this one gives \[1, 1000\]/],
    ['yolox', face([picture], [value([1, 84, 8400])]), /85 numbers a row .* \[1, 84, 8400\]/],
    ['yolo', face([picture], [value([1, 3549, 85])]), /84 numbers a row/],
    [
      'yolox',
      face([value([1, 224, 224, 3])], [value([1, 3549, 85])]),
      /\[n, 3, height, width\]; this one takes “x” \[1, 224, 224, 3\]/,
    ],
    ['yolox', face([value([1, 3, 416, 416], 2)], [value([1, 3549, 85])]), /floats/],
    ['yolox', face([picture, value([1])], [value([1, 3549, 85])]), /one picture/],
    ['ssd', face([picture], [value([1, 1917, 4])]), /this one has one output/],
    ['plate-slots', face([picture], [value([1, 9, 37])]), /one picture of bytes/],
    [
      'silero-vad',
      face([value([1, 576], 1, 'audio')], [value([1])]),
      /takes input, state and sr; this one takes audio/,
    ],
    ['ctc-speech', face([value([1, 80, 3000])], [value([1, 1500, 51865])]), /sound alone/],
    ['ctc-speech', face([value([1, null]), value([1, null])], [value([1, null, 32])]), /sound alone/],
    ['ppocr-text', face([], []), /no input or no output/],
  ];
  for (const [reader, f, words] of wrong) expect(checkModel(manifest(reader, 'detect'), f), reader).toMatch(words);
});

it('refuses manifests that cannot be', () => {
  expect(checkManifest(manifest('plate-slots', 'detect'))).toMatch(/for the task “plate”/);
  expect(checkManifest(manifest('yolox', 'detect', 0))).toMatch(/list of its classes/);
  expect(checkManifest({ ...manifest('yolox', 'detect', 0), classes: [null, null] })).toMatch(/None of its classes/);
});
