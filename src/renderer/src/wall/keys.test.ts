import { describe, expect, it } from 'vitest';
import type { KeyPress } from '../ui/chord.ts';
import { actionFor, type ChosenKeys } from '../ui/key-actions.ts';
import { wishOf, type Wish } from './keys.ts';

const press = (key: string, with_: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrl: false,
  alt: false,
  shift: false,
  meta: false,
  ...with_,
});

const wish = (p: KeyPress, chosen: ChosenKeys = {}): Wish | null => wishOf(p, (chord) => actionFor(chosen, chord));

describe('wishOf', () => {
  it('knows the keys of the wall', () => {
    expect(wish(press('7'))).toEqual({ wish: 'digit', digit: '7' });
    expect(wish(press('F'))).toEqual({ wish: 'full' });
    expect(wish(press('ArrowLeft'))).toEqual({ wish: 'move', key: 'ArrowLeft' });
    expect(wish(press('ArrowLeft', { ctrl: true }))).toEqual({ wish: 'swap', key: 'ArrowLeft' });
    expect(wish(press('3', { ctrl: true }))).toEqual({ wish: 'recall', slot: 3 });
    expect(wish(press('?', { shift: true }))).toEqual({ wish: 'help' });
    expect(wish(press('PageDown'))).toEqual({ wish: 'page', by: 1 });
  });
  it('takes the keys that were chosen', () => {
    expect(wish(press('v'), { full: 'v' })).toEqual({ wish: 'full' });
    expect(wish(press('f'), { full: 'v' })).toBeNull();
    expect(wish(press('7'), { full: 'v' })).toEqual({ wish: 'digit', digit: '7' });
  });
  it('leaves time to the timeline', () => {
    for (const key of [' ', 'j', 'k', 'l', ',', '.', '[', ']', 'Home']) expect(wish(press(key))).toBeNull();
  });
  it('leaves the browser its own', () => {
    for (const key of ['f', 'g', 's', 'l', 'j', 'r', 't', 'w']) expect(wish(press(key, { ctrl: true }))).toBeNull();
    expect(wish(press('ArrowLeft', { alt: true }))).toBeNull();
    expect(wish(press('Tab'))).toBeNull();
    expect(wish(press('F5'))).toBeNull();
  });
});
