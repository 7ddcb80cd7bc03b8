/** The wall's keyboard: which key asks for what (the timeline takes those of time). Pure, so that the tests and the screen agree. */
import { chordOf, type KeyPress } from '../ui/chord.ts';
import type { KeyAction } from '../ui/key-actions.ts';

export type Wish =
  | { wish: 'digit'; digit: string }
  | { wish: 'enter' | 'escape' | 'backspace' }
  | { wish: 'move' | 'swap'; key: string }
  | {
      wish: 'full' | 'layouts' | 'details' | 'objects' | 'listen' | 'snapshot' | 'record' | 'find' | 'help';
    }
  | { wish: 'recall'; slot: number }
  | { wish: 'page'; by: 1 | -1 };

const fixed: Readonly<Record<string, Wish>> = {
  Enter: { wish: 'enter' },
  Escape: { wish: 'escape' },
  Backspace: { wish: 'backspace' },
};

/** `actionFor`: what a chord was chosen for. Null: not a key of the wall. */
export function wishOf(press: KeyPress, actionFor: (chord: string) => KeyAction | null): Wish | null {
  const chord = chordOf(press);
  if (chord === null) return null;
  const { key } = press;
  const command = press.ctrl || press.meta;
  if (command && /^[1-9]$/.test(key)) return { wish: 'recall', slot: Number(key) };
  if (key.startsWith('Arrow')) return command ? { wish: 'swap', key } : press.shift ? null : { wish: 'move', key };
  if (!command && /^\d$/.test(key)) return { wish: 'digit', digit: key };
  const stays = fixed[chord];
  if (stays) return stays;
  const action = actionFor(chord);
  switch (action) {
    case 'full':
    case 'layouts':
    case 'details':
    case 'objects':
    case 'listen':
    case 'snapshot':
    case 'record':
    case 'find':
    case 'help':
      return { wish: action };
    case 'previousPage':
      return { wish: 'page', by: -1 };
    case 'nextPage':
      return { wish: 'page', by: 1 };
    default:
      return null;
  }
}
