/** The audio thread's side of the speaker: takes decoded sound from the page, gives it to the loudspeaker evenly. */
import { createSoundBuffer } from './sound-buffer.ts';

// The scope of an AudioWorklet (Web Audio API §1.32), for which TypeScript has no types.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

class Speaker extends AudioWorkletProcessor {
  readonly #buffer = createSoundBuffer(sampleRate);
  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<Float32Array[]>) => {
      this.#buffer.push(event.data);
    };
  }
  process(_inputs: unknown, outputs: Float32Array[][]): boolean {
    const out = outputs[0];
    if (out) this.#buffer.pull(out);
    return true;
  }
}
registerProcessor('vigie-speaker', Speaker);
