/** The sound of the corridor: an air duct, a far hum, steps of who walks by, a door. 16 kHz, mono. */
import { seconds } from './scenes.mjs';
import { chance } from './stage.js';

const rate = 16_000;

/** `rounds` loops after each other as a WAV file; every round is the same, and its end meets its start. */
export function corridorSound(rounds) {
  const random = chance(5);
  const count = seconds * rate;
  const round = new Float64Array(count);
  // The duct: low-passed noise, faded over into itself at the seam.
  const extra = rate;
  const noise = new Float64Array(count + extra);
  let a = 0;
  let b = 0;
  for (let i = 0; i < noise.length; i++) {
    a += 0.06 * (random() * 2 - 1 - a);
    b += 0.02 * (a - b);
    noise[i] = a * 0.05 + b * 0.35;
  }
  for (let i = 0; i < count; i++) {
    const k = i < extra ? i / extra : 1;
    round[i] = noise[i] * k + (i < extra ? noise[count + i] * (1 - k) : 0);
    round[i] += 0.006 * Math.sin((2 * Math.PI * 50 * i) / rate) + 0.003 * Math.sin((2 * Math.PI * 100 * i) / rate);
  }
  const thump = (at, loud, pitch, length) => {
    let low = 0;
    for (let i = 0; i < length * rate; i++) {
      const fade = Math.exp((-6 * i) / (length * rate));
      low += 0.25 * (random() * 2 - 1 - low);
      const where = (Math.floor(at * rate) + i) % count;
      round[where] += loud * fade * (Math.sin((2 * Math.PI * pitch * i) / rate) * 0.6 + low);
    }
  };
  for (let t = 1; t < 13; t += 0.54) thump(t, 0.05 + 0.12 * (t / 13), 110, 0.12);
  for (let t = 8; t < 22; t += 0.5) thump(t, 0.19 - 0.15 * ((t - 8) / 14), 150, 0.09);
  thump(14.6, 0.16, 700, 0.03);
  thump(18.6, 0.3, 70, 0.35);
  const wav = Buffer.alloc(44 + count * rounds * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(count * rounds * 2, 40);
  for (let i = 0; i < count * rounds; i++) {
    wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, round[i % count])) * 32_000), 44 + i * 2);
  }
  return wav;
}
