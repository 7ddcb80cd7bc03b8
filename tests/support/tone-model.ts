/**
 * A speech-to-text model whose right answer is known: it hears tones as letters. 500 Hz is A, 1,000 Hz is B, 1,500 Hz is the pause
 * between words; anything else is nothing. A step is 20 ms (320 samples), as those of wav2vec 2.0.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attribute, floats, node, onnxFile, tensor } from '../../scripts/models/onnx-file.mjs';
import { ModelManifest } from '../../src/main/domain/model.ts';
import { createHash } from 'node:crypto';
import type { ModelToLoad } from '../../src/workers/inference/port.ts';

const step = 320;
const tones = [1_500, 500, 1_000];
/** Classes: nothing, the pause, A, B, and a mark that is no text. */
const vocabulary = { '<pad>': 0, '|': 1, A: 2, B: 3, '<unk>': 4 };

function toneModel(): Buffer {
  const waves = tones.flatMap((hz) => [Math.cos, Math.sin].map((wave) => ({ hz, wave })));
  const kernel = new Float32Array(waves.length * step);
  for (const [w, { hz, wave }] of waves.entries())
    for (let i = 0; i < step; i += 1) kernel[w * step + i] = (2 / step) * wave((2 * Math.PI * hz * i) / 16_000);
  const classes = Object.keys(vocabulary).length;
  const sums = new Float32Array(classes * waves.length);
  for (const [c] of tones.entries()) for (const w of [2 * c, 2 * c + 1]) sums[(c + 1) * waves.length + w] = 1;
  // A tone of variance 1 gives 2; half of that is taken for one.
  const bias = Float32Array.of(1, 0, 0, 0, -5);
  return onnxFile({
    name: 'tones',
    producer: 'vigie-test',
    nodes: [
      node('Unsqueeze', ['input_values', 'axis'], 'channel'),
      node('Conv', ['channel', 'kernel'], 'waves', [attribute.numbers('strides', [step])]),
      node('Mul', ['waves', 'waves'], 'squares'),
      node('Conv', ['squares', 'sums', 'bias'], 'energies'),
      node('Transpose', ['energies'], 'logits', [attribute.numbers('perm', [0, 2, 1])]),
    ],
    constants: [
      tensor('axis', [1], BigInt64Array.of(1n)),
      tensor('kernel', [waves.length, 1, step], kernel),
      tensor('sums', [classes, waves.length, 1], sums),
      tensor('bias', [classes], bias),
    ],
    inputs: [floats('input_values', ['batch', 'samples'])],
    outputs: [floats('logits', ['batch', 'steps', classes])],
  });
}

/** Written into a folder, to be loaded from there. */
export function writeToneModel(folder: string): ModelToLoad {
  mkdirSync(folder, { recursive: true });
  const files = [
    { name: 'tones.onnx', data: toneModel() },
    { name: 'vocab.json', data: Buffer.from(JSON.stringify(vocabulary)) },
  ];
  for (const { name, data } of files) writeFileSync(join(folder, name), data);
  const manifest = ModelManifest.parse({
    ...{ id: 'tones', name: 'Tones', task: 'transcribe', reader: 'ctc-speech', licence: 'CC0-1.0', sizes: [[16, 16]] },
    files: files.map(({ name, data }) => ({
      ...{ name, bytes: data.length, sha256: createHash('sha256').update(data).digest('hex') },
    })),
  });
  return { manifest, folder };
}

/** Hz of letters; 0 for nothing. */
export const hzOf = { A: 500, B: 1_000, ' ': 1_500, '-': 0 } as const;
/** What spells a text at a sample rate: each letter 300 ms, a silence between each two. */
export function spell(text: string, rate: number): (n: number) => number {
  const letters = Array.from(text).flatMap((letter) => [hzOf[letter as keyof typeof hzOf], 0]);
  return (n) => {
    const hz = letters[Math.floor(n / (rate * 0.3))] ?? 0;
    return hz === 0 ? 0 : 0.5 * Math.sin((2 * Math.PI * hz * n) / rate);
  };
}
