/** Keys as the screen says them: names from the texts, the chosen ones from the user. */
import { useChosenKeys } from '../stores/keys.ts';
import { t } from '../text/index.ts';
import { chordParts } from './chord.ts';
import { keyFor, type KeyAction } from './key-actions.ts';

const names = (): Record<string, string> => ({
  Space: t('wall.help.key.space'),
  Enter: '↵',
  Escape: t('wall.help.key.escape'),
  Home: t('wall.help.key.home'),
  End: t('wall.help.key.end'),
  PageUp: t('wall.help.key.pageUp'),
  PageDown: t('wall.help.key.pageDown'),
  Shift: t('wall.help.key.shift'),
  Ctrl: t('wall.help.key.ctrl'),
});

export const keyParts = (chord: string): string[] => chordParts(chord, names());
export const keyText = (chord: string): string => keyParts(chord).join('+');

/** A label with its key behind it, as tooltips show it; follows what the user chooses. */
export function useKeyLabel(): (label: string, action: KeyAction) => string {
  const chosen = useChosenKeys((s) => s.chosen);
  return (label, action) => `${label} (${keyText(keyFor(chosen, action))})`;
}
