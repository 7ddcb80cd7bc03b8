/** The wall's keyboard: which key asks for what (the timeline has its own for time). Pure, so that `?`, the tests and the screen agree. */
export type KeyPress = { key: string; ctrl: boolean; alt: boolean; shift: boolean; meta: boolean };

export type Wish =
  | { wish: 'digit'; digit: string }
  | { wish: 'enter' | 'escape' | 'backspace' }
  | { wish: 'move' | 'swap'; key: string }
  | {
      wish: 'full' | 'layouts' | 'details' | 'listen' | 'snapshot' | 'find' | 'help';
    }
  | { wish: 'recall'; slot: number }
  | { wish: 'page'; by: 1 | -1 };

const plain: Readonly<Record<string, Wish>> = {
  Enter: { wish: 'enter' },
  Escape: { wish: 'escape' },
  Backspace: { wish: 'backspace' },
  f: { wish: 'full' },
  g: { wish: 'layouts' },
  i: { wish: 'details' },
  m: { wish: 'listen' },
  s: { wish: 'snapshot' },
  '?': { wish: 'help' },
  PageUp: { wish: 'page', by: -1 },
  PageDown: { wish: 'page', by: 1 },
};

/** Null: not a key of the wall. */
export function wishOf(press: KeyPress): Wish | null {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const command = press.ctrl || press.meta;
  if (press.alt) return null;
  if (command) {
    if (key === 'k') return { wish: 'find' };
    if (/^[1-9]$/.test(key)) return { wish: 'recall', slot: Number(key) };
    if (key.startsWith('Arrow')) return { wish: 'swap', key };
    return null;
  }
  if (/^\d$/.test(key)) return { wish: 'digit', digit: key };
  if (key.startsWith('Arrow')) return press.shift ? null : { wish: 'move', key };
  return plain[key] ?? null;
}
