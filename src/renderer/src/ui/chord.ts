/** Keys as people name and choose them. Pure. A chord is written `f`, `Shift+PageUp`, `Ctrl+k`, `?`. */
export type KeyPress = { key: string; ctrl: boolean; alt: boolean; shift: boolean; meta: boolean };

export const pressOf = (e: {
  key: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
}): KeyPress => ({ key: e.key, ctrl: e.ctrlKey, alt: e.altKey, shift: e.shiftKey, meta: e.metaKey });

/**
 * The chord of a press; null with Alt, which makes characters on many keyboards. Shift counts for letters and for keys with
 * a name; for other characters it is how the character is typed. Caps lock makes no difference.
 */
export function chordOf({ key, ctrl, alt, shift, meta }: KeyPress): string | null {
  if (alt || key === 'Dead' || key === 'Unidentified' || key === '') return null;
  const character = /^.$/su.test(key);
  const lower = character ? key.toLowerCase() : key;
  const letter = character && lower !== key.toUpperCase();
  const shifted = shift && (letter || !character || key === ' ');
  return `${ctrl || meta ? 'Ctrl+' : ''}${shifted ? 'Shift+' : ''}${lower}`;
}

const modifiers = new Set(['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock', 'Fn', 'ScrollLock']);
/** Whether a press is of a modifier alone: the rest of the chord is still to come. */
export const isModifier = (press: KeyPress): boolean => modifiers.has(press.key);

/** Keys of the wall that stay what they are. */
const fixed = /^(Ctrl\+)?(Shift\+)?(\d|Enter|Escape|Backspace|Delete|Arrow(Up|Down|Left|Right))$/;
/** What browsers and screen readers take for themselves: Tab, function keys and nearly all with Ctrl. */
const browsers =
  /^(Ctrl\+.*|(Shift\+)?(Tab|F\d{1,2}|ContextMenu|PrintScreen|Pause|Insert|Meta|(Browser|Media|Audio|Launch).*))$/;

/** Whether text from outside is written as chords are. */
export const isChord = (text: string): boolean => /^(Ctrl\+)?(Shift\+)?(.|[A-Z][A-Za-z0-9]{1,24})$/u.test(text);

/** Why a chord cannot be chosen, or null. `allowed` is one with Ctrl that browsers leave to pages. */
export function chordRefusal(chord: string, allowed = 'Ctrl+k'): 'fixed' | 'browser' | null {
  if (chord === allowed) return null;
  return fixed.test(chord) ? 'fixed' : browsers.test(chord) ? 'browser' : null;
}

const signs: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
};
const called = (names: Readonly<Record<string, string>>, part: string): string | undefined =>
  Object.hasOwn(names, part) ? names[part] : undefined;

/** The parts of a chord as they stand on keyboards; `names` says what those with a name are called. */
export const chordParts = (chord: string, names: Readonly<Record<string, string>>): string[] =>
  chord
    .split(/\+(?=.)/su)
    .map(
      (part) =>
        called(names, part === ' ' ? 'Space' : part) ??
        called(signs, part) ??
        (part.length === 1 ? part.toUpperCase() : part),
    );
