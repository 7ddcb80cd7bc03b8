/** The detector of speech that comes with Vigie, on recordings beside the project: of people, and of what is none. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InferenceJobs, SpeechState } from '../../../workers/inference/port.ts';
import { builtIn, hasMedia, mediaDir } from '../../../../tests/support/media.ts';
import { createOnnx, loadRuntime, type OnnxRoom } from './index.ts';

const { manifest, folder } = builtIn('silero-vad');
let room: OnnxRoom;
beforeAll(async () => {
  room = createOnnx({
    runtime: loadRuntime(),
    threads: 1,
    providers: ['cpu'],
    nowMs: () => performance.now(),
    onFellBack: () => undefined,
  });
  await room.load({ manifest, folder });
});
afterAll(() => room.close());

/** Samples of a WAV file of 16 kHz, mono, 16 bit. */
function samplesOf(name: string): Float32Array {
  const bytes = readFileSync(join(mediaDir, 'audio', name));
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [kind, size] = [bytes.toString('latin1', at, at + 4), bytes.readUInt32LE(at + 4)];
    const part = bytes.subarray(at + 8, at + 8 + size);
    if (kind === 'fmt ')
      expect([part.readUInt16LE(2), part.readUInt32LE(4), part.readUInt16LE(14)]).toEqual([1, 16_000, 16]);
    if (kind === 'data')
      return Float32Array.from({ length: part.length >> 1 }, (_, i) => part.readInt16LE(i * 2) / 32_768);
    at += 8 + size + (size % 2);
  }
  throw new Error(`${name} has no samples`);
}
async function listen(samples: Float32Array, piece = samples.length): Promise<number[]> {
  const chances: number[] = [];
  let state: SpeechState | null = null;
  for (let at = 0; at < samples.length; at += piece) {
    const ask: InferenceJobs['speech']['ask'] = { modelId: manifest.id, samples: samples.slice(at, at + piece), state };
    const answer: InferenceJobs['speech']['answer'] = (await room.ask('speech', ask)).value;
    chances.push(...answer.chances);
    state = answer.state;
  }
  return chances;
}
const shareOf = (chances: number[]): number => chances.filter((c) => c >= 0.5).length / chances.length;

describe.skipIf(!hasMedia)('speech', () => {
  // The parts of windows that the reference of these recordings names: 67 to 92 %.
  it.each(['speech_1', 'speech_2', 'speech_3', 'cards_1', 'cards_2', 'cards_3'])('is heard in %s', async (name) => {
    const share = shareOf(await listen(samplesOf(`${name}.wav`)));
    expect(share).toBeGreaterThanOrEqual(0.66);
    expect(share).toBeLessThanOrEqual(0.93);
  });
  it.each(['applause', 'piano', 'crowd_cheering', 'typing', 'thunder', 'rain', 'car_engine'])(
    'is not heard in %s',
    async (name) => {
      expect(shareOf(await listen(samplesOf(`${name}.wav`)))).toBe(0);
    },
  );
  it('begins and ends within a few windows of the voice, in pieces as they come from a camera', async () => {
    const voice = samplesOf('speech_1.wav');
    // Two seconds of nothing on both sides.
    const silence = 32_000;
    const samples = new Float32Array(voice.length + 2 * silence);
    samples.set(voice, silence);
    const chances = await listen(samples, 320);
    const [first, last] = [chances.findIndex((c) => c >= 0.5), chances.findLastIndex((c) => c >= 0.5)];
    const windowsOf = (count: number): number => count / 512;
    expect(Math.abs(first - windowsOf(silence))).toBeLessThan(16);
    expect(Math.abs(last - windowsOf(silence + voice.length))).toBeLessThan(16);
    expect(chances).toEqual(await listen(samples));
  });
});
