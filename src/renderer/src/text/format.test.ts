import { beforeEach, expect, it, vi } from 'vitest';
import { bytesOf, decimalSign, lastedOf, percentOf, percentSign } from './format.ts';
import { setLanguage, startText, type Language } from './index.ts';

beforeEach(async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB'], language: 'en-GB' });
  vi.stubGlobal('document', { documentElement: {} });
  await startText('en');
});
/** Spaces of whichever width as one. */
const plain = (text: string): string => text.replace(/\s/g, ' ');

it('writes per cent and decimals as each language does, in words and in fields alike', async () => {
  const said = async (language: Language): Promise<string[]> => {
    await setLanguage(language);
    return [percentOf(0.5), percentOf(0.002, 1), percentSign(), decimalSign()].map(plain);
  };
  expect(await said('en')).toEqual(['50%', '0.2%', '%', '.']);
  expect(await said('fr')).toEqual(['50 %', '0,2 %', ' %', ',']);
  expect(await said('pt')).toEqual(['50%', '0,2%', '%', ',']);
  await setLanguage('en');
  expect([bytesOf(1), bytesOf(6), bytesOf(2_100_000)].map(plain)).toEqual(['1 byte', '6 bytes', '2.1 MB']);
});

it('says of what was over within a second that it was, and nothing of what has no length', async () => {
  const said = async (language: Language): Promise<string[]> => {
    await setLanguage(language);
    return [0, 1, 999, 1000, 12_400].map(lastedOf).map(plain);
  };
  expect(await said('en')).toEqual(['', '< 1 sec', '< 1 sec', '1 sec', '12 secs']);
  expect(await said('fr')).toEqual(['', '< 1 s', '< 1 s', '1 s', '12 s']);
  expect(await said('pt')).toEqual(['', '< 1 s', '< 1 s', '1 s', '12 s']);
  await setLanguage('en');
});
