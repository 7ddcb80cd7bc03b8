/** What a disk is called. */
import { ownVolume } from '#domain/volume.ts';
import { t } from '../text/index.ts';

/** Its name, else where it is, which administrators alone are told, else its number; empty: nothing is known of it. */
export const diskCalled = (of: { name?: unknown; path?: unknown; volume?: unknown }): string => {
  const told = [of.name, of.path].find((text): text is string => typeof text === 'string' && text !== '');
  if (told !== undefined) return told;
  if (typeof of.volume !== 'number') return '';
  return of.volume === ownVolume ? t('storage.disk.own') : t('storage.disk.number', { number: of.volume });
};
