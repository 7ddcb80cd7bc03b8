/** What people said of cameras and footage, taken back from beside the video (`kept.json`). */
import { readKept, type Kept, type KeptWatching } from '#domain/kept.ts';
import type { CameraId } from '#domain/id.ts';
import type { ScheduleId } from '#domain/recording-plan.ts';
import type { Hold } from '#domain/hold.ts';
import { retentionKey } from '../engine/settings.ts';
import type { SpreadFiles } from '../engine/spread-files.ts';
import type { Store } from './open-data.ts';
import type { OpenedVolumes } from './open-volumes.ts';

/**
 * Cameras must be in the index by then. What the index has already goes before, but for files that were written after `sinceMs`: up to
 * then it knows. Answers how many came back, or are otherwise now.
 */
export async function restoreKept(
  store: Store,
  files: Pick<OpenedVolumes, 'keptBeside'> & Pick<SpreadFiles, 'folders'>,
  sinceMs: number,
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
  const known = new Map(store.hold.all().map((h) => [h.id, JSON.stringify(h)]));
  const ruled = new Map(store.retention.rules().map((r) => [r.cameraId, JSON.stringify(r.rule)]));
  const schedules = new Set(store.schedules().map((s) => s.id));
  const back = { holds: 0, bookmarks: 0, rules: 0, zones: 0, lines: 0 };
  store.together(() => {
    for (const { hold: told, savedMs } of newestHolds(found.map((f) => f.kept))) {
      const hold = { ...told, cameraIds: told.cameraIds.map(renamed) };
      const is = known.get(hold.id);
      if (is !== undefined && (savedMs <= sinceMs || is === JSON.stringify(hold))) continue;
      store.hold.put(hold);
      back.holds += 1;
    }
    for (const { id, kept } of found) {
      const isNewer = kept.savedMs > sinceMs;
      const marked = new Set(kept.bookmarks.map((b) => b.id));
      if (isNewer)
        for (const old of store.bookmark.ofCamera(id)) if (!marked.has(old.id)) store.bookmark.remove(old.id);
      for (const bookmark of kept.bookmarks) {
        const is = store.bookmark.get(bookmark.id);
        const mine = { ...bookmark, cameraId: id };
        if (is !== null && (!isNewer || JSON.stringify(is) === JSON.stringify(mine))) continue;
        store.bookmark.put(mine);
        back.bookmarks += 1;
      }
      if (kept.watching !== null) {
        const { zones, lines } = restoreWatching(store.watch, id, kept.watching, schedules, isNewer);
        back.zones += zones;
        back.lines += lines;
      }
      const { main, sub, legalDays } = kept.retention;
      const asStation = main === null && sub === null && legalDays === null;
      const is = ruled.get(id);
      if (
        isNewer
          ? is === JSON.stringify(kept.retention) || (asStation && is === undefined)
          : is !== undefined || asStation
      )
        continue;
      store.retention.setRule(id, asStation ? null : kept.retention);
      back.rules += 1;
    }
    const newest = found.map((f) => f.kept).toSorted((a, b) => b.savedMs - a.savedMs)[0];
    if (newest !== undefined && (newest.savedMs > sinceMs || store.setting.get(retentionKey) === null))
      store.setting.set(retentionKey, JSON.stringify(newest.station));
  });
  return back;
}

/**
 * How a camera is watched, where the index knows nothing of that, or an older state (`isNewer`). A schedule that is gone with the old index holds no zone back: it
 * counts always, because watching too much is mended sooner than watching nothing.
 */
function restoreWatching(
  store: Store['watch'],
  cameraId: CameraId,
  kept: KeptWatching,
  schedules: ReadonlySet<ScheduleId>,
  isNewer: boolean,
): { zones: number; lines: number } {
  const known = store.ofCamera(cameraId);
  if (!isNewer && (known.settings !== null || known.zones.length > 0 || known.lines.length > 0))
    return { zones: 0, lines: 0 };
  if (JSON.stringify({ ...known }) === JSON.stringify({ ...kept })) return { zones: 0, lines: 0 };
  const stays = new Set<string>([...kept.zones, ...kept.lines].map((one) => one.id));
  for (const { id } of known.zones) if (!stays.has(id)) store.removeZone(id);
  // Who crossed a line goes with it: one that stays is written over in its place.
  for (const { id } of known.lines) if (!stays.has(id)) store.removeLine(id);
  const here = <T extends { scheduleId: ScheduleId | null }>(one: T): T =>
    one.scheduleId === null || schedules.has(one.scheduleId) ? one : { ...one, scheduleId: null };
  if (kept.settings !== null) store.setSettings(cameraId, kept.settings);
  for (const zone of kept.zones) store.putZone({ ...here(zone), cameraId });
  for (const line of kept.lines) store.putLine({ ...here(line), cameraId });
  return { zones: kept.zones.length, lines: kept.lines.length };
}

/** A hold of several cameras stands beside each of them; the file written last has it as it is. */
function newestHolds(all: readonly Kept[]): { hold: Hold; savedMs: number }[] {
  const byId = new Map<string, { hold: Hold; savedMs: number }>();
  for (const { holds, savedMs } of all.toSorted((a, b) => a.savedMs - b.savedMs))
    for (const hold of holds) byId.set(hold.id, { hold, savedMs });
  return [...byId.values()];
}
