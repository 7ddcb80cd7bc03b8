/**
 * Sound from the microphone's rate to 8 kHz, piece by piece: a low-pass of windowed sinc (Blackman) that ends where the
 * telephone band does, so that nothing above folds back into speech. Pure.
 */
export const talkRate = 8000;
const cutoffHz = 3600;
/** Zero crossings on either side: stop band below −60 dB, delay 2 ms. */
const crossings = 16;
const phases = 64;

export type Resampler = { push(samples: Float32Array): Float32Array };

export function createResampler(fromRate: number): Resampler {
  const step = fromRate / talkRate;
  const cutoff = Math.min(cutoffHz, fromRate * 0.45) / fromRate;
  const half = Math.ceil(crossings / (2 * cutoff));
  const taps = 2 * half;
  // Kernels for positions between two samples, so that any rate comes out even.
  const kernels = Array.from({ length: phases }, (_, phase) => {
    const kernel = new Float32Array(taps);
    let sum = 0;
    for (let i = 0; i < taps; i++) {
      const at = i - half + 1 - phase / phases;
      const turn = 2 * Math.PI * cutoff * at;
      const part = Math.PI * (at / half);
      const window = Math.abs(at) >= half ? 0 : 0.42 + 0.5 * Math.cos(part) + 0.08 * Math.cos(2 * part);
      const value = (at === 0 ? 1 : Math.sin(turn) / turn) * window;
      kernel[i] = value;
      sum += value;
    }
    return kernel.map((v) => v / sum);
  });
  let kept = new Float32Array(taps);
  /** Place of the next sample to come out, in `kept`. */
  let next = half - 1;

  return {
    push(samples) {
      const all = new Float32Array(kept.length + samples.length);
      all.set(kept);
      all.set(samples, kept.length);
      const out: number[] = [];
      for (; next + half < all.length; next += step) {
        const whole = Math.floor(next);
        const kernel = kernels[Math.floor((next - whole) * phases)];
        if (!kernel) break;
        let sum = 0;
        const from = whole - half + 1;
        for (let i = 0; i < taps; i++) sum += (kernel[i] ?? 0) * (all[from + i] ?? 0);
        out.push(sum);
      }
      const drop = Math.max(0, Math.floor(next) - half + 1);
      kept = all.slice(drop);
      next -= drop;
      return Float32Array.from(out);
    },
  };
}
