/** Sound of one rate to another, mono: a windowed sinc (Hann), cut at the lower of the two half rates. */

/** Zero crossings of the sinc on each side. */
const crossings = 12;
/** The cut lies so far below half of the lower rate: the window's slope has to fit. */
const cut = 0.92;
const mostPhases = 640;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * Takes sound in pieces of any length and gives what can be known of it at the other rate, about 1.5 ms later. Rates in Hz, 4,000 …
 * 192,000; throws RangeError for others.
 */
export function createResampler(from: number, to: number): (samples: Float32Array) => Float32Array {
  for (const rate of [from, to])
    if (!Number.isInteger(rate) || rate < 4_000 || rate > 192_000)
      throw new RangeError(`a sample rate of ${String(rate)} Hz is none that sound has`);
  if (from === to) return (samples) => samples;
  const common = gcd(from, to);
  const phases = to / common;
  const step = from / common;
  // In units of the samples that come.
  const scale = Math.min(1, to / from) * cut;
  const half = Math.ceil(crossings / scale);
  const kernelAt = (phase: number): Float32Array => {
    const kernel = new Float32Array(2 * half);
    let sum = 0;
    for (let k = 0; k < 2 * half; k += 1) {
      const t = k - half + 1 - phase / phases;
      const x = Math.PI * t * scale;
      const inside = Math.abs(t) / half;
      const v = inside >= 1 ? 0 : (x === 0 ? 1 : Math.sin(x) / x) * (0.5 + 0.5 * Math.cos(Math.PI * inside));
      kernel[k] = v;
      sum += v;
    }
    // A steady level stays what it is.
    return kernel.map((v) => v / sum);
  };
  const kernels = new Map<number, Float32Array>();
  const kernelOf = (phase: number): Float32Array => {
    const kept = kernels.get(phase);
    if (kept !== undefined) return kept;
    const made = kernelAt(phase);
    if (kernels.size < mostPhases) kernels.set(phase, made);
    return made;
  };
  let held = new Float32Array(half - 1);
  /** Of the next sample that is given: whole samples from the start of `held`, and parts of `phases`. */
  let at = half - 1;
  let phase = 0;

  return (samples) => {
    const all = new Float32Array(held.length + samples.length);
    all.set(held);
    all.set(samples, held.length);
    const out = new Float32Array(Math.max(0, Math.ceil(((all.length - at) * to) / from) + 1));
    let n = 0;
    while (at + half < all.length) {
      const kernel = kernelOf(phase);
      let sum = 0;
      for (let k = 0; k < kernel.length; k += 1) sum += (kernel[k] ?? 0) * (all[at - half + 1 + k] ?? 0);
      out[n] = sum;
      n += 1;
      phase += step;
      at += Math.floor(phase / phases);
      phase %= phases;
    }
    const drop = Math.min(all.length, at - half + 1);
    held = all.slice(drop);
    at -= drop;
    return out.slice(0, n);
  };
}
