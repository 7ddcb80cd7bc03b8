/**
 * A voice that says letters which a model of a test can tell (tone-model.ts): a throat of 125 Hz with the resonances of a vowel, and a breath
 * of noise before each, as syllables have. The resonance that matters lies on a harmonic of the throat, so that what is said is known.
 */
import { hzOf } from './tone-model.ts';

const throatHz = 125;
/** A syllable, and how long of it is breath, s. */
const syllableS = 0.32;
const breathS = 0.06;
const pauseS = 0.1;
const highestHz = 3_600;

/** How strongly a frequency comes through: the letter's own resonance, and two that every throat has. */
const through = (hz: number, own: number): number =>
  1 / (1 + ((hz - own) / 70) ** 2) + 0.3 / (1 + ((hz - 2_300) / 160) ** 2) + 0.2 / (1 + ((hz - 3_100) / 200) ** 2);

/** What it says a text as, at a sample rate: −1 … 1 by number of the sample; silence after its end. */
export function sayText(text: string, rate: number): (n: number) => number {
  const letters = Array.from(text);
  const each = syllableS + pauseS;
  const samples = new Float32Array(Math.ceil(letters.length * each * rate));
  const harmonics = Array.from({ length: Math.floor(highestHz / throatHz) }, (_, i) => i + 1);
  let noise = 1;
  const hiss = (): number => {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) & 0x7fffffff;
    return noise / 0x3fffffff - 1;
  };
  let phase = 0;
  for (const [l, letter] of letters.entries()) {
    const own = hzOf[letter as keyof typeof hzOf];
    const from = Math.round(l * each * rate);
    let before = 0;
    for (let i = 0; i < syllableS * rate; i += 1) {
      const s = i / rate;
      const white = hiss();
      if (s < breathS) {
        samples[from + i] = 0.08 * Math.sin((Math.PI * s) / breathS) * (white - before);
        before = white;
        continue;
      }
      // Nobody holds a note exactly.
      phase += (2 * Math.PI * throatHz * (1 + 0.008 * Math.sin(2 * Math.PI * 5 * s))) / rate;
      const swell = Math.min(1, (s - breathS) / 0.03, (syllableS - s) / 0.05);
      const tone = harmonics.reduce(
        (sum, h) => sum + (through(h * throatHz, own) * Math.sin(h * phase)) / Math.sqrt(h),
        0,
      );
      samples[from + i] = 0.35 * swell * tone;
    }
  }
  return (n) => samples[n] ?? 0;
}
