import { expect, it } from 'vitest';
import type { SpeechOutput } from '#domain/decide/speech-present.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { ModelId } from '#domain/model.ts';
import type { InferenceJobs } from '#workers/inference/port.ts';
import type { PoolAnswer } from './inference.ts';
import type { SoundGiven } from './listening.ts';
import type { CameraRecord } from './index-port.ts';
import { createSpeech } from './sound-speech.ts';

const camera = { id: '01JD0000000000000000000000' as CameraId, name: 'Gate' } as CameraRecord;
const t0 = 1_800_000_000_000;
const samples = 8_000;
const rest = new Float32Array(64);

/** What the model answers is written down by the test; everything else is real. */
function rig() {
  const asked: InferenceJobs['speech']['ask'][] = [];
  const waiting: ((answer: PoolAnswer<'speech'>) => void)[] = [];
  const told: SpeechOutput[] = [];
  let model: ModelId | null = 'vad' as ModelId;
  const speech = createSpeech({
    pool: () => ({
      submit: (job) =>
        new Promise((done) => {
          asked.push(job.ask as InferenceJobs['speech']['ask']);
          waiting.push(done);
        }),
    }),
    models: () => ({ choose: () => model }),
    told: (_, outputs) => void told.push(...outputs),
  });
  const give = (n: number, after = n > 0): void => {
    const atMs = t0 + n * 500;
    const given: SoundGiven = {
      ...{ op: 'sound', streamId: 1 as StreamId, atMs, after, samples: new Float32Array(samples) },
    };
    speech.sound(camera, given);
  };
  const answer = async (chance: number): Promise<void> => {
    const chances = Array.from({ length: 15 }, () => chance);
    const cost = { prepareMs: 0, runMs: 0, readMs: 0, runs: 1 };
    const state = { memory: new Float32Array(256), rest };
    waiting.shift()?.({ ok: true, value: { chances, state }, cost, waitMs: 0, answerMs: 0 });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const refuse = async (why: 'late' | 'model-rests'): Promise<void> => {
    waiting.shift()?.({ ok: false, why, detail: '' });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const lose = (): void => void (model = null);
  return { speech, give, answer, refuse, lose, asked, waiting, told };
}

it('asks piece by piece, each with the memory of the one before, and tells a talk from its first word to its last', async () => {
  const { give, answer, asked, waiting, told, speech } = rig();
  for (let n = 0; n < 3; n += 1) give(n);
  expect(waiting).toHaveLength(1);
  await answer(0.01);
  await answer(0.9);
  await answer(0.9);
  expect(asked.map((a) => a.state !== null)).toEqual([false, true, true]);
  expect(speech.chance(camera.id)).toBe(0.9);
  expect(told).toEqual([{ is: 'begin', fromMs: t0 + 500 }]);
  for (let n = 3; n < 12; n += 1) {
    give(n);
    await answer(0.01);
  }
  expect(told).toEqual([
    { is: 'begin', fromMs: t0 + 500 },
    { is: 'end', atMs: t0 + 1_000 + 15 * 32 },
  ]);
});

it('begins anew after a hole, a refusal, and what it had to leave out, and says which', async () => {
  const { give, answer, refuse, asked, speech, lose, waiting } = rig();
  give(0);
  await answer(0.1);
  give(5, false);
  await answer(0.1);
  expect(asked.at(-1)?.state).toBeNull();
  give(6);
  await refuse('late');
  expect(speech.trouble(camera.id)).toBe('busy');
  give(7);
  await refuse('model-rests');
  expect(speech.trouble(camera.id)).toBe('model-failed');
  // One is asked, eight wait, and three are too many.
  for (let n = 8; n < 20; n += 1) give(n);
  expect(speech.trouble(camera.id)).toBe('busy');
  await answer(0.1);
  expect(speech.trouble(camera.id)).toBeNull();
  expect(asked.at(-1)?.state).toBeNull();
  for (let n = 0; n < 8; n += 1) await answer(0.1);
  expect(waiting).toHaveLength(0);
  lose();
  give(20);
  await new Promise((resolve) => setImmediate(resolve));
  expect([speech.trouble(camera.id), speech.chance(camera.id)]).toEqual(['no-model', null]);
  speech.unheard(camera.id);
  expect(speech.trouble(camera.id)).toBeNull();
});
