import { describe, expect, it } from 'vitest';
import { fromALaw, fromMuLaw, muToALaw, toALaw } from './g711.ts';

const all = Array.from({ length: 256 }, (_, i) => i);

describe('G.711', () => {
  it('has the levels of the recommendation', () => {
    // Tables 1a, 2a (16-bit scale): silence, the greatest, and steps between.
    expect([0xff, 0x80, 0x00, 0xfe].map(fromMuLaw)).toEqual([0, 32_124, -32_124, 8]);
    expect([0xd5, 0xaa, 0x2a, 0x55].map(fromALaw)).toEqual([8, 32_256, -32_256, -8]);
  });

  it('gives each A-law level its own code back', () => {
    expect(all.map((byte) => toALaw(fromALaw(byte)))).toEqual(all);
  });

  it('turns µ-law into A-law with no more than a step of either between them', () => {
    const turned = muToALaw(Uint8Array.from(all));
    for (const byte of all) {
      const [was, is] = [fromMuLaw(byte), fromALaw(turned[byte] ?? 0)];
      expect(Math.abs(is - was)).toBeLessThanOrEqual(Math.max(16, Math.abs(was) / 16));
    }
  });
});
