import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endsWithRecoveryKey, readRecoveryKey, recoveryKeyBytes, writeRecoveryKey } from './recovery-key.ts';

const anyKey = fc.uint8Array({ minLength: recoveryKeyBytes, maxLength: recoveryKeyBytes });

describe('a recovery key on paper', () => {
  it('is read back, however it is typed', () => {
    fc.assert(
      fc.property(anyKey, (bytes) => {
        const text = writeRecoveryKey(bytes);
        expect(text).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/);
        const typed = text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
        expect(readRecoveryKey(text)).toEqual(bytes);
        expect(readRecoveryKey(typed)).toEqual(bytes);
      }),
    );
  });

  it('is none when a letter is missing, too many, or of another alphabet', () => {
    const text = writeRecoveryKey(new Uint8Array(recoveryKeyBytes).fill(0xa5));
    for (const wrong of ['', text.slice(1), `${text}A`, text.replace(/.$/, 'U'), text.replace(/.$/, '*')])
      expect(readRecoveryKey(wrong)).toBeNull();
  });

  it('is confirmed by its last two groups and by nothing else', () => {
    fc.assert(
      fc.property(anyKey, fc.string({ maxLength: 9 }), (bytes, other) => {
        const text = writeRecoveryKey(bytes);
        expect(endsWithRecoveryKey(text, text.slice(-9).toLowerCase())).toBe(true);
        expect(endsWithRecoveryKey(text, text.slice(-4))).toBe(false);
        if (readRecoveryKey(text.slice(0, -9) + other) === null) expect(endsWithRecoveryKey(text, other)).toBe(false);
      }),
    );
    expect(endsWithRecoveryKey(writeRecoveryKey(new Uint8Array(recoveryKeyBytes)), '')).toBe(false);
  });
});
