/** The keys that a user has chosen. Kept with the user, as the wall is. */
import { z } from 'zod';
import { create } from 'zustand';
import { chordOf, chordRefusal, isChord, pressOf } from '../ui/chord.ts';
import {
  actionFor,
  choose,
  clashOf,
  isKeyAction,
  keyActions,
  keyFor,
  type ChosenKeys,
  type KeyAction,
} from '../ui/key-actions.ts';
import { createPreference } from './preference.ts';
import { useSession } from './session.ts';

const Kept = z.record(z.string().max(40), z.string().min(1).max(40));

const clashing = (chosen: ChosenKeys): KeyAction | null =>
  Object.keys(chosen)
    .filter(isKeyAction)
    .find((action) => clashOf(chosen, action, keyFor(chosen, action)) !== null) ?? null;

/** Takes what is known, can be chosen and clashes with nothing: a newer version's keys must not break these. */
export function parseKeys(stored: unknown): ChosenKeys | null {
  const kept = Kept.safeParse(stored).data;
  if (!kept) return null;
  let chosen: ChosenKeys = {};
  for (const [action, chord] of Object.entries(kept))
    if (isKeyAction(action) && isChord(chord) && chordRefusal(chord) === null) chosen = choose(chosen, action, chord);
  // An action that falls back to its usual key may clash with one that had taken it: on until nothing does.
  for (let clash = clashing(chosen); clash !== null; clash = clashing(chosen))
    chosen = choose(chosen, clash, keyActions[clash].chord);
  return chosen;
}

export const useChosenKeys = create<{ chosen: ChosenKeys }>(() => ({ chosen: {} }));
const preference = createPreference<ChosenKeys>('keys', parseKeys);

/** Shows the local copy at once, then the station's. Called after log-in. */
export async function loadKeys(): Promise<void> {
  const user = useSession.getState().user?.id;
  if (user === undefined) return;
  useChosenKeys.setState({ chosen: preference.local(user) ?? {} });
  try {
    const theirs = await preference.sync(user);
    if (theirs !== null) useChosenKeys.setState({ chosen: theirs });
  } catch {
    // The line broke: the local copy holds, and `loadKeys` runs again when it is back.
  }
}

function keep(chosen: ChosenKeys): void {
  useChosenKeys.setState({ chosen });
  const user = useSession.getState().user?.id;
  if (user !== undefined) preference.save(user, chosen);
}
export const chooseKey = (action: KeyAction, chord: string): void => {
  keep(choose(useChosenKeys.getState().chosen, action, chord));
};
export const resetKeys = (): void => {
  keep({});
};

/** What a press asks for; null: nothing that can be chosen. */
export const actionOfPress = (e: Parameters<typeof pressOf>[0]): KeyAction | null =>
  actionFor(useChosenKeys.getState().chosen, chordOf(pressOf(e)));
