/** How large a finder of text is shown a picture, by a model that takes whatever is white for text. */
import { expect, it } from 'vitest';
import { attribute, floats, node, onnxFile, tensor } from '../../../../scripts/models/onnx-file.mjs';
import { ModelManifest } from '#domain/model.ts';
import { bytesOfI420, type I420 } from '#media/i420.ts';
import { createCost } from './cost.ts';
import { loadRuntime } from './runtime.ts';
import { openSession } from './session.ts';
import { openTextFinder } from './text-finder.ts';

const whiteModel = onnxFile({
  name: 'white',
  producer: 'vigie-test',
  nodes: [
    node('ReduceMin', ['x'], 'least', [attribute.numbers('axes', [1]), attribute.number('keepdims', 1)]),
    // What fills the input beside the picture is no text.
    node('Sub', ['least', 'grey'], 'more'),
    node('Sigmoid', ['more'], 'chance'),
  ],
  constants: [tensor('grey', [], Float32Array.of(1))],
  inputs: [floats('x', ['n', 3, 'height', 'width'])],
  outputs: [floats('chance', ['n', 1, 'height', 'width'])],
});

const runtime = loadRuntime();
const finder = await openTextFinder({
  runtime,
  manifest: ModelManifest.parse({
    ...{ id: 'white', name: 'White', task: 'text', reader: 'ppocr-text', licence: 'CC0-1.0', sizes: [[480, 480]] },
    files: [{ name: 'white.onnx', bytes: whiteModel.length, sha256: '0'.repeat(64) }],
  }),
  model: whiteModel,
  open: (model) => openSession({ runtime, model, providers: ['cpu'], threads: 1, onFellBack: () => undefined }),
});

/** White bars on black: as many as fit, in places that lie at any phase of a grid of four pixels. */
function bars(width: number, height: number, thick: number): { picture: I420; tops: number[] } {
  const data = new Uint8Array(bytesOfI420(width, height)).fill(16, 0, width * height).fill(128, width * height);
  const tops: number[] = [];
  for (let top = 20; top + thick < height - 20; top += 71) {
    tops.push(top);
    for (let y = top; y < top + thick; y += 1) data.fill(235, y * width + 100, y * width + 160);
  }
  return { picture: { width, height, data }, tops };
}

const find = async (picture: I420): Promise<number[]> => {
  const whole = { left: 0, top: 0, width: picture.width, height: picture.height };
  const places = await finder.find(
    picture,
    whole,
    createCost(() => performance.now()),
  );
  return places.map((p) => (p.top + p.bottom) / 2).sort((a, b) => a - b);
};

it.each([
  [640, 360],
  [960, 540],
  [1_280, 720],
])('a picture of %i × %i is shown in its own size: letters three pixels high are found', async (width, height) => {
  const { picture, tops } = bars(width, height, 3);
  const middles = await find(picture);
  expect(middles).toHaveLength(tops.length);
  middles.forEach((middle, i) => expect(Math.abs(middle - tops[i]! - 1.5)).toBeLessThan(0.6));
});

it('a larger one is shown smaller, and what is found lies where it is', async () => {
  const { picture, tops } = bars(1_920, 1_080, 9);
  const middles = await find(picture);
  expect(middles).toHaveLength(tops.length);
  middles.forEach((middle, i) => expect(Math.abs(middle - tops[i]! - 4.5)).toBeLessThan(1.5));
});
