import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionFor, clashOf, choose, isKeyAction, keyActions, keyFor } from '../ui/key-actions.ts';
import { parseKeys } from './keys.ts';

const all = Object.keys(keyActions).filter(isKeyAction);

describe('chosen keys', () => {
  it('start without a clash', () => {
    for (const action of all) expect(clashOf({}, action, keyActions[action].chord)).toBeNull();
  });
  it('replace the usual key, and let it go again', () => {
    const chosen = choose({}, 'full', 'v');
    expect(actionFor(chosen, 'v')).toBe('full');
    expect(actionFor(chosen, 'f')).toBeNull();
    expect(clashOf(chosen, 'snapshot', 'v')).toBe('full');
    expect(choose(chosen, 'full', 'f')).toEqual({});
  });
  it('never clash, whatever was stored', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.oneof(fc.constantFrom(...all), fc.string({ maxLength: 8 })),
          fc.oneof(fc.constantFrom('f', 'g', 'v', ' ', 'Ctrl+w', 'Enter', 'F5', '1'), fc.string({ maxLength: 6 })),
        ),
        (stored) => {
          const chosen = parseKeys(stored);
          if (chosen === null) return;
          const keys = all.map((a) => keyFor(chosen, a));
          expect(new Set(keys).size).toBe(keys.length);
          for (const bad of ['Ctrl+w', 'Enter', 'F5', '1']) expect(keys).not.toContain(bad);
        },
      ),
    );
    expect(parseKeys('nonsense')).toBeNull();
  });
});
