import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spell, writeToneModel } from '../../../../tests/support/tone-model.ts';
import type { ModelToLoad } from '../../../workers/inference/port.ts';
import { createOnnx, loadRuntime, type OnnxRoom } from './index.ts';
import { readTokens, readVocabulary, type Vocabulary } from './read-tokens.ts';

describe('a vocabulary', () => {
  it('is read as JSON of numbers by token, and as lines', () => {
    const want: Vocabulary = { tokens: ['', ' ', 'E', '', ' THE'], blank: 0 };
    expect(readVocabulary('{"E": 2, "<pad>": 0, "|": 1, "<unk>": 3, "▁THE": 4}')).toEqual(want);
    expect(readVocabulary('<pad>\n|\nE\n<unk>\n▁THE\n')).toEqual(want);
  });
  it('is refused in a sentence where it cannot be used', () => {
    expect(readVocabulary('{"A": "x"}')).toMatch(/no JSON object/);
    expect(readVocabulary('')).toMatch(/empty/);
    expect(readVocabulary('A\nB\n')).toMatch(/no blank/);
  });
});

it('joins what is repeated, keeps what a blank parts, and tells how sure it is', () => {
  const tokens = readVocabulary('<pad>\n|\nA\nB\n') as Vocabulary;
  const steps = [2, 2, 0, 2, 1, 1, 3, 0, 1];
  const logits = Float32Array.from(steps.flatMap((c) => [0, 1, 2, 3].map((i) => (i === c ? 20 : 0))));
  const { text, sure } = readTokens(logits, steps.length, 4, tokens);
  expect(text).toBe('AA B');
  expect(sure).toBeGreaterThan(0.99);
  expect(readTokens(new Float32Array(0), 0, 4, tokens)).toEqual({ text: '', sure: 0 });
});

describe('a model that hears tones as letters', () => {
  let dir: string;
  let room: OnnxRoom;
  let model: ModelToLoad;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'vigie-tones-'));
    model = writeToneModel(dir);
    room = createOnnx({
      ...{ runtime: loadRuntime(), threads: 1, providers: ['cpu'], nowMs: () => performance.now() },
      onFellBack: () => undefined,
    });
  });
  afterAll(async () => {
    await room.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const said = (text: string): Float32Array => {
    const wave = spell(text, 16_000);
    return Float32Array.from({ length: text.length * 9_600 }, (_, n) => wave(n));
  };

  it('writes down what is spelled, loud or soft', async () => {
    await room.load(model);
    const ask = { modelId: model.manifest.id, samples: said('AB BA') };
    expect((await room.ask('transcribe', ask)).value.text).toBe('AB BA');
    const soft = ask.samples.map((v) => v / 100);
    const { value, cost } = await room.ask('transcribe', { ...ask, samples: soft });
    expect(value.text).toBe('AB BA');
    expect(value.sure).toBeGreaterThan(0.4);
    expect(cost.runs).toBe(1);
    expect((await room.ask('transcribe', { ...ask, samples: new Float32Array(100) })).value.text).toBe('');
    await expect(room.ask('transcribe', { ...ask, samples: new Float32Array(480_001) })).rejects.toThrow(
      'half a minute',
    );
    await expect(room.ask('speech', { ...ask, state: null })).rejects.toThrow('does not do this');
  });

  it('is refused with another vocabulary than it answers, and without one', async () => {
    writeFileSync(join(dir, 'vocab.json'), JSON.stringify({ '<pad>': 0, '|': 1, A: 2, B: 3, C: 4, D: 5 }));
    await expect(room.load(model)).rejects.toThrow('chances of its vocabulary');
    rmSync(join(dir, 'vocab.json'));
    await expect(room.load(model)).rejects.toMatchObject({ trouble: 'missing' });
  });
});
