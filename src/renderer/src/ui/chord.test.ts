import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chordOf, chordParts, chordRefusal, isModifier, type KeyPress } from './chord.ts';

const press = (key: string, with_: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrl: false,
  alt: false,
  shift: false,
  meta: false,
  ...with_,
});

describe('chords', () => {
  it('names what is pressed, whatever caps lock says', () => {
    expect(chordOf(press('f'))).toBe('f');
    expect(chordOf(press('F'))).toBe('f');
    expect(chordOf(press('F', { shift: true }))).toBe('Shift+f');
    expect(chordOf(press('?', { shift: true }))).toBe('?');
    expect(chordOf(press('PageUp', { shift: true }))).toBe('Shift+PageUp');
    expect(chordOf(press('k', { ctrl: true }))).toBe('Ctrl+k');
    expect(chordOf(press('k', { meta: true }))).toBe('Ctrl+k');
    expect(chordOf(press('é'))).toBe('é');
    expect(chordOf(press('@', { alt: true }))).toBeNull();
    expect(isModifier(press('Shift', { shift: true }))).toBe(true);
  });
  it('leaves the browser and the wall their own', () => {
    for (const chord of ['Ctrl+w', 'Ctrl+Shift+t', 'F5', 'Shift+F10', 'Tab', 'Shift+Tab', 'MediaPlayPause'])
      expect(chordRefusal(chord), chord).toBe('browser');
    for (const chord of ['1', 'Enter', 'Escape', 'ArrowLeft', 'Shift+ArrowUp', 'Ctrl+9'])
      expect(chordRefusal(chord), chord).toBe('fixed');
    for (const chord of ['f', 'Shift+f', '?', '+', ' ', 'Home', 'Ctrl+k'])
      expect(chordRefusal(chord), chord).toBeNull();
  });
  it('shows every key, the plus too', () => {
    expect(chordParts('Ctrl+k', {})).toEqual(['Ctrl', 'K']);
    expect(chordParts('+', {})).toEqual(['+']);
    expect(chordParts('Shift+ ', { Space: 'Espace' })).toEqual(['Shift', 'Espace']);
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constantFrom('Home', 'F13', 'constructor')),
        fc.boolean(),
        (key, shift) => {
          const chord = chordOf(press(key, { shift }));
          if (chord === null) return;
          const parts = chordParts(chord, {});
          expect(parts.every((p) => p !== '')).toBe(true);
          expect(parts.at(-1)?.toLowerCase()).toBe(key.toLowerCase());
        },
      ),
    );
  });
});
