/** What belongs to this screen, not to the user: theme and language. Kept in this browser, read before the first paint. */
import { create } from 'zustand';
import { browserLanguage, isLanguage, setLanguage, type Language } from '../text/index.ts';

export const themes = ['dark', 'light', 'contrast'] as const;
export type Theme = (typeof themes)[number];
const isTheme = (value: unknown): value is Theme => themes.some((t) => t === value);

type Screen = { theme: Theme; language: Language };

const read = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is forbidden: defaults
  }
};
const write = (key: string, value: string): void => {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is forbidden: it holds until the page is closed.
  }
};

export const useScreen = create<Screen>(() => ({ theme: 'dark', language: 'en' }));

const preferredTheme = (): Theme => (matchMedia('(prefers-contrast: more)').matches ? 'contrast' : 'dark');

/** Reads what was chosen and puts the theme on; returns the language to start texts with. */
export function startScreen(): Language {
  const theme = read('vigie.theme');
  const language = read('vigie.language');
  const state: Screen = {
    theme: isTheme(theme) ? theme : preferredTheme(),
    language: isLanguage(language) ? language : browserLanguage(),
  };
  useScreen.setState(state);
  document.documentElement.dataset.theme = state.theme;
  return state.language;
}

export function chooseTheme(theme: Theme): void {
  write('vigie.theme', theme);
  document.documentElement.dataset.theme = theme;
  useScreen.setState({ theme });
}

export async function chooseLanguage(language: Language): Promise<void> {
  write('vigie.language', language);
  await setLanguage(language);
  useScreen.setState({ language });
}
