/** The audio thread's side of the microphone: 20 ms of µ-law at a time, with how loud they are. */
import { muLawOf } from './mu-law.ts';
import { createResampler } from './resample.ts';

// The scope of an AudioWorklet (Web Audio API §1.32), for which TypeScript has no types.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const frameSamples = 160;

class Microphone extends AudioWorkletProcessor {
  readonly #resampler = createResampler(sampleRate);
  #frame = new Uint8Array(frameSamples);
  #filled = 0;
  #peak = 0;
  process(inputs: Float32Array[][]): boolean {
    const input = inputs[0]?.[0];
    if (!input) return true;
    for (const sample of this.#resampler.push(input)) {
      this.#peak = Math.max(this.#peak, Math.abs(sample));
      this.#frame[this.#filled++] = muLawOf(sample);
      if (this.#filled < frameSamples) continue;
      this.port.postMessage({ frame: this.#frame, peak: this.#peak }, [this.#frame.buffer]);
      this.#frame = new Uint8Array(frameSamples);
      this.#filled = 0;
      this.#peak = 0;
    }
    return true;
  }
}
registerProcessor('vigie-microphone', Microphone);
