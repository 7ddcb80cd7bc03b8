/** Keys of `setting` that more than one room knows. */

/** When the last run was known to be alive; each few seconds. */
export const aliveKey = 'alive-ms';
/** When the last run ended in order; `no` while one is going on. */
export const endedKey = 'ended-ms';
/** How long video is kept (JSON of StationRetention); absent: nothing was said. */
export const retentionKey = 'retention';
/** What people set of the station; what it only remembers for itself is not among them. */
export const ownStationKeys: readonly string[] = [
  retentionKey,
  'recording-zone',
  'archives',
  'tiering',
  'thumbnail-bytes',
  'integrity-plan',
  'picture-watch-off',
  'maintenance',
  'privacy',
  'analysis',
  'models',
];
/** From when on the disk may hold segments that the index does not know; absent or empty: it knows all. */
export const takeInKey = 'take-in-from-ms';
/** … and up to when; absent or empty: up to the start, which looks at the newest by itself. */
export const takeInUntilKey = 'take-in-until-ms';
/** The same of volumes that were away when the others were looked through. */
export const takeInAwayKey = 'take-in-away-from-ms';

/** When the last run was last known to be alive, and whether it ended in order; null: there was none. */
export function lastRun(setting: { get(key: string): string | null }): { aliveMs: number; ended: boolean } | null {
  const number = (key: string): number => Number(setting.get(key) ?? Number.NaN);
  const aliveMs = number(aliveKey);
  return Number.isFinite(aliveMs) ? { aliveMs, ended: Number.isFinite(number(endedKey)) } : null;
}
