/** The texts of the screen in its three languages. No other string of the renderer is shown to a person. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en/index.ts';
import { fr } from './fr/index.ts';
import { withFrenchSpaces } from './french.ts';
import { pt } from './pt/index.ts';
import type { Shape } from './shape.ts';

export { useTranslation } from 'react-i18next';

export const languages = { en: 'English', fr: 'Français', pt: 'Português' } as const;
export type Language = keyof typeof languages;
export const isLanguage = (value: unknown): value is Language => typeof value === 'string' && value in languages;

const all = {
  en: { translation: en },
  fr: { translation: withFrenchSpaces(fr satisfies Shape<typeof en>) },
  pt: { translation: pt satisfies Shape<typeof en> },
};

/** The first of the browser's languages that there are texts for, else English. */
export function browserLanguage(): Language {
  for (const tag of navigator.languages) {
    const short = tag.slice(0, 2).toLowerCase();
    if (isLanguage(short)) return short;
  }
  return 'en';
}

export async function startText(language: Language): Promise<void> {
  document.documentElement.lang = language;
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: all,
    interpolation: { escapeValue: false }, // React escapes
  });
}

export async function setLanguage(language: Language): Promise<void> {
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

/** BCP 47 tag for Intl: the browser's own regional form of the chosen language, where it has one. */
export function locale(): string {
  const language = i18next.language;
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? language;
}

/** For code outside components. */
export { t } from 'i18next';
