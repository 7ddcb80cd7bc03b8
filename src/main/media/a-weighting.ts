/** A-weighting of sound (IEC 61672-1 annex E): four poles below, two above, as three second-order sections at any sample rate. */

/** The pole frequencies of the standard's annex E, Hz. */
const [f1, f2, f3, f4] = [20.598997, 107.65265, 737.86223, 12_194.217];

type Section = { b: [number, number, number]; a: [number, number]; x: [number, number]; y: [number, number] };

/** (s + p)^-1 times s or one, two at a time, by the bilinear transform. `zeros`: how many lie at 0 Hz. */
function section(p: number, q: number, zeros: 0 | 1 | 2, rate: number): Section {
  const k = 2 * rate;
  const [w, v] = [2 * Math.PI * p, 2 * Math.PI * q];
  const a0 = (k + w) * (k + v);
  const a: [number, number] = [((k + w) * (v - k) + (w - k) * (k + v)) / a0, ((w - k) * (v - k)) / a0];
  const b: [number, number, number] =
    zeros === 2
      ? [(k * k) / a0, (-2 * k * k) / a0, (k * k) / a0]
      : zeros === 1
        ? [k / a0, 0, -k / a0]
        : [1 / a0, 2 / a0, 1 / a0];
  return { a, b, x: [0, 0], y: [0, 0] };
}

function gainAt(sections: readonly Section[], hz: number, rate: number): number {
  const w = (2 * Math.PI * hz) / rate;
  const [c1, s1, c2, s2] = [Math.cos(w), -Math.sin(w), Math.cos(2 * w), -Math.sin(2 * w)];
  return sections.reduce((gain, { a, b }) => {
    const up = Math.hypot(b[0] + b[1] * c1 + b[2] * c2, b[1] * s1 + b[2] * s2);
    const down = Math.hypot(1 + a[0] * c1 + a[1] * c2, a[0] * s1 + a[1] * s2);
    return (gain * up) / down;
  }, 1);
}

/**
 * A filter for sound of one rate, Hz; it remembers what came before. 0 dB at 1 kHz. At 16 kHz it is within 0.6 dB of the standard's
 * curve up to 4 kHz and lower above, because the two upper poles lie beyond half of the rate.
 */
export function createAWeighting(rate: number): (samples: Float32Array) => Float32Array {
  const sections = [section(f1, f1, 2, rate), section(f2, f3, 2, rate), section(f4, f4, 0, rate)];
  const unity = 1 / gainAt(sections, 1_000, rate);
  return (samples) => {
    const out = new Float32Array(samples.length);
    for (const [i, sample] of samples.entries()) {
      let v = sample * unity;
      for (const { a, b, x, y } of sections) {
        const u = b[0] * v + b[1] * x[0] + b[2] * x[1] - a[0] * y[0] - a[1] * y[1];
        x[1] = x[0];
        x[0] = v;
        y[1] = y[0];
        y[0] = u;
        v = u;
      }
      out[i] = v;
    }
    return out;
  };
}
