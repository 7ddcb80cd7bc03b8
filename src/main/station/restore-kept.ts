/** What people said of cameras and footage, taken back from beside the video (`kept.json`). What the index has already goes before. */
import { readKept, type Kept, type KeptWatching } from '#domain/kept.ts';
import type { CameraId } from '#domain/id.ts';
import type { ScheduleId } from '#domain/recording-plan.ts';
import type { Hold } from '#domain/hold.ts';
import { retentionKey } from '../engine/settings.ts';
import type { VolumeFiles } from '../adapters/files/index.ts';
import type { Store } from './open-data.ts';

/** Cameras must be in the index by then. Answers how many came back. */
export async function restoreKept(
  store: Store,
  files: Pick<VolumeFiles, 'folders' | 'keptBeside'>,
): Promise<{ holds: number; bookmarks: number; rules: number; zones: number; lines: number }> {
  const idOf = new Map(store.streams().map((s) => [s.folder, s.cameraId]));
  const found: { id: CameraId; kept: Kept }[] = [];
  for (const folder of await files.folders()) {
    const id = idOf.get(folder);
    const text = id === undefined ? null : await files.keptBeside(folder);
    const kept = text === null ? null : readKept(text);
    if (id !== undefined && kept !== null) found.push({ id, kept });
  }
  // A camera whose description was lost has another id by now.
  const now = new Map(found.map(({ id, kept }) => [kept.cameraId, id]));
  const renamed = (id: CameraId): CameraId => now.get(id) ?? id;
  const known = new Set(store.hold.all().map((h) => h.id));
  const ruled = new Set(store.retention.rules().map((r) => r.cameraId));
  const schedules = new Set(store.schedules().map((s) => s.id));
  const back = { holds: 0, bookmarks: 0, rules: 0, zones: 0, lines: 0 };
  store.together(() => {
    for (const hold of newestHolds(found.map((f) => f.kept))) {
      if (known.has(hold.id)) continue;
      store.hold.put({ ...hold, cameraIds: hold.cameraIds.map(renamed) });
      back.holds += 1;
    }
    for (const { id, kept } of found) {
      for (const bookmark of kept.bookmarks) {
        if (store.bookmark.get(bookmark.id) !== null) continue;
        store.bookmark.put({ ...bookmark, cameraId: id });
        back.bookmarks += 1;
      }
      if (kept.watching !== null) {
        const { zones, lines } = restoreWatching(store.watch, id, kept.watching, schedules);
        back.zones += zones;
        back.lines += lines;
      }
      const { main, sub, legalDays } = kept.retention;
      if (ruled.has(id) || (main === null && sub === null && legalDays === null)) continue;
      store.retention.setRule(id, kept.retention);
      back.rules += 1;
    }
    const newest = found.map((f) => f.kept).toSorted((a, b) => b.savedMs - a.savedMs)[0];
    if (newest !== undefined && store.setting.get(retentionKey) === null)
      store.setting.set(retentionKey, JSON.stringify(newest.station));
  });
  return back;
}

/**
 * How a camera is watched, where the index knows nothing of that. A schedule that is gone with the old index holds no zone back: it
 * counts always, because watching too much is mended sooner than watching nothing.
 */
function restoreWatching(
  store: Store['watch'],
  cameraId: CameraId,
  kept: KeptWatching,
  schedules: ReadonlySet<ScheduleId>,
): { zones: number; lines: number } {
  const known = store.ofCamera(cameraId);
  if (known.settings !== null || known.zones.length > 0 || known.lines.length > 0) return { zones: 0, lines: 0 };
  const here = <T extends { scheduleId: ScheduleId | null }>(one: T): T =>
    one.scheduleId === null || schedules.has(one.scheduleId) ? one : { ...one, scheduleId: null };
  if (kept.settings !== null) store.setSettings(cameraId, kept.settings);
  for (const zone of kept.zones) store.putZone({ ...here(zone), cameraId });
  for (const line of kept.lines) store.putLine({ ...here(line), cameraId });
  return { zones: kept.zones.length, lines: kept.lines.length };
}

/** A hold of several cameras stands beside each of them; the file written last has it as it is. */
function newestHolds(all: readonly Kept[]): Hold[] {
  const byId = new Map<string, Hold>();
  for (const kept of all.toSorted((a, b) => a.savedMs - b.savedMs))
    for (const hold of kept.holds) byId.set(hold.id, hold);
  return [...byId.values()];
}
