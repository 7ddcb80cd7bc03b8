/** Text out of a reader's chances. Plates have capitals and digits. */

export type Letters = { text: string /** Of each letter, 0 … 1. */; chances: number[] };

export const plateLetters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * Connectionist temporal classification, the best way (Graves et al., 2006): per step the likeliest of `allowed`, repeats joined, class
 * 0 nothing. `chances` [steps, classes]. A chance is that among what is allowed.
 */
export function readSteps(
  chances: Float32Array,
  steps: number,
  classes: number,
  allowed: readonly { class: number; letter: string }[],
): Letters {
  const out: Letters = { text: '', chances: [] };
  let last = '';
  for (let step = 0; step < steps; step += 1) {
    const at = step * classes;
    let best = chances[at] as number;
    let sum = best;
    let letter = '';
    for (const { class: c, letter: is } of allowed) {
      const chance = chances[at + c] as number;
      sum += chance;
      if (chance > best) {
        best = chance;
        letter = is;
      }
    }
    const sure = sum > 0 ? best / sum : 0;
    if (letter !== '' && letter !== last) {
      out.text += letter;
      out.chances.push(sure);
    } else if (letter !== '') {
      // The surest of the steps that show one letter.
      const n = out.chances.length - 1;
      out.chances[n] = Math.max(out.chances[n] ?? 0, sure);
    }
    last = letter;
  }
  return out;
}

/** One letter a slot; the last of `alphabet` stands for none. `chances` [slots, letters]. */
export function readSlots(chances: Float32Array, slots: number, alphabet: string): Letters {
  const out: Letters = { text: '', chances: [] };
  const size = alphabet.length;
  for (let slot = 0; slot < slots; slot += 1) {
    let best = 0;
    for (let c = 1; c < size; c += 1) {
      if ((chances[slot * size + c] as number) > (chances[slot * size + best] as number)) best = c;
    }
    if (best === size - 1) continue;
    out.text += alphabet[best] ?? '';
    out.chances.push(Math.min(1, Math.max(0, chances[slot * size + best] as number)));
  }
  return out;
}
