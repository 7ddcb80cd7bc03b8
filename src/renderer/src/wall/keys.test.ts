import { describe, expect, it } from 'vitest';
import { wishOf, type KeyPress } from './keys.ts';

const press = (key: string, with_: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrl: false,
  alt: false,
  shift: false,
  meta: false,
  ...with_,
});

describe('wishOf', () => {
  it('knows the keys of the wall', () => {
    expect(wishOf(press('7'))).toEqual({ wish: 'digit', digit: '7' });
    expect(wishOf(press('F'))).toEqual({ wish: 'full' });
    expect(wishOf(press('ArrowLeft'))).toEqual({ wish: 'move', key: 'ArrowLeft' });
    expect(wishOf(press('ArrowLeft', { ctrl: true }))).toEqual({ wish: 'swap', key: 'ArrowLeft' });
    expect(wishOf(press('3', { ctrl: true }))).toEqual({ wish: 'recall', slot: 3 });
    expect(wishOf(press('?', { shift: true }))).toEqual({ wish: 'help' });
    expect(wishOf(press('PageDown'))).toEqual({ wish: 'page', by: 1 });
  });
  it('leaves time to the timeline', () => {
    for (const key of [' ', 'j', 'k', 'l', ',', '.', '[', ']', 'Home']) expect(wishOf(press(key))).toBeNull();
  });
  it('leaves the browser its own', () => {
    for (const key of ['f', 'g', 's', 'l', 'j', 'r', 't', 'w']) expect(wishOf(press(key, { ctrl: true }))).toBeNull();
    expect(wishOf(press('ArrowLeft', { alt: true }))).toBeNull();
    expect(wishOf(press('Tab'))).toBeNull();
    expect(wishOf(press('F5'))).toBeNull();
  });
});
