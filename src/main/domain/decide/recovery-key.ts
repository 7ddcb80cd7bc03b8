/** A recovery key as people write it down: 160 bits in Crockford's base 32, in groups of four. */

const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const recoveryKeyBytes = 20;
const letters = (recoveryKeyBytes * 8) / 5;
const groupLetters = 4;

export function writeRecoveryKey(bytes: Uint8Array): string {
  if (bytes.length !== recoveryKeyBytes) throw new Error(`a recovery key has ${recoveryKeyBytes} bytes`);
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += digits[(held >> bits) & 31] ?? '';
    }
  }
  return out.match(new RegExp(`.{${groupLetters}}`, 'g'))?.join('-') ?? '';
}

/** Capitals, without what people put between; O is 0, I and L are 1. */
const normal = (text: string): string =>
  text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');

/** The bytes of a recovery key as a person typed it; null: it cannot be one. */
export function readRecoveryKey(text: string): Uint8Array | null {
  const clean = normal(text);
  if (clean.length !== letters) return null;
  const out = new Uint8Array(recoveryKeyBytes);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const letter of clean) {
    const digit = digits.indexOf(letter);
    if (digit < 0) return null;
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out[at] = (held >> bits) & 255;
    at += 1;
  }
  return out;
}

/** Whether a person typed its last two groups: who has it before them can. */
export const endsWithRecoveryKey = (key: string, typed: string): boolean =>
  normal(typed).length === 2 * groupLetters && normal(key).endsWith(normal(typed));
