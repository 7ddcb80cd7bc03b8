/** What keys can be chosen for, and what they are until somebody chooses. Pure. */
export const keyActions = {
  full: { part: 'wall', chord: 'f' },
  layouts: { part: 'wall', chord: 'g' },
  previousPage: { part: 'wall', chord: 'PageUp' },
  nextPage: { part: 'wall', chord: 'PageDown' },
  details: { part: 'wall', chord: 'i' },
  objects: { part: 'wall', chord: 'o' },
  listen: { part: 'wall', chord: 'm' },
  snapshot: { part: 'wall', chord: 's' },
  record: { part: 'wall', chord: 'r' },
  steer: { part: 'steer', chord: 'p' },
  zoomIn: { part: 'steer', chord: '+' },
  zoomOut: { part: 'steer', chord: '-' },
  focusNear: { part: 'steer', chord: 'q' },
  focusFar: { part: 'steer', chord: 'w' },
  goHome: { part: 'steer', chord: 'h' },
  talk: { part: 'steer', chord: 't' },
  play: { part: 'playback', chord: ' ' },
  slower: { part: 'playback', chord: 'j' },
  pause: { part: 'playback', chord: 'k' },
  faster: { part: 'playback', chord: 'l' },
  frameBack: { part: 'playback', chord: ',' },
  frameOn: { part: 'playback', chord: '.' },
  live: { part: 'playback', chord: 'Home' },
  markStart: { part: 'playback', chord: '[' },
  markEnd: { part: 'playback', chord: ']' },
  bookmark: { part: 'playback', chord: 'b' },
  find: { part: 'everywhere', chord: 'Ctrl+k' },
  help: { part: 'everywhere', chord: '?' },
} as const;
export type KeyAction = keyof typeof keyActions;
export type KeyPart = (typeof keyActions)[KeyAction]['part'];
export const partsOfKeys = ['wall', 'steer', 'playback', 'everywhere'] as const satisfies KeyPart[];

export const isKeyAction = (name: string): name is KeyAction => Object.hasOwn(keyActions, name);
const all = Object.keys(keyActions).filter(isKeyAction);
export const actionsOf = (part: KeyPart): KeyAction[] => all.filter((a) => keyActions[a].part === part);

/** Only what was chosen otherwise. */
export type ChosenKeys = Partial<Record<KeyAction, string>>;

export const keyFor = (chosen: ChosenKeys, action: KeyAction): string => chosen[action] ?? keyActions[action].chord;
/** What a chord asks for; null: nothing. No two actions share a key, so there is one at most. */
export const actionFor = (chosen: ChosenKeys, chord: string | null): KeyAction | null =>
  chord === null ? null : (all.find((a) => keyFor(chosen, a) === chord) ?? null);
/** The other action that has this key already. */
export const clashOf = (chosen: ChosenKeys, action: KeyAction, chord: string): KeyAction | null =>
  all.find((a) => a !== action && keyFor(chosen, a) === chord) ?? null;

/** With another key for one action; the usual one is not kept, so that it can change with a later version. */
export function choose(chosen: ChosenKeys, action: KeyAction, chord: string): ChosenKeys {
  const { [action]: _, ...rest } = chosen;
  return chord === keyActions[action].chord ? rest : { ...rest, [action]: chord };
}
