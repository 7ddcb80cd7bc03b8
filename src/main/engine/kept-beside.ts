/**
 * Writes how a camera is called and recorded, and what people said of it and its footage, beside its video, so that cameras, holds,
 * bookmarks, rules, zones and lines come back when the index is made again from the disk. One file at a time, and only where the camera
 * has a folder: recording makes it, and tells of it (`begun`). A disk that refuses, or has no folder of the camera, is tried again.
 */
import type { Kept } from '#domain/kept.ts';
import type { CameraId } from '#domain/id.ts';
import { createBackoff } from '#lib/backoff.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { SegmentFiles } from './segment-file-port.ts';

const againAfterMs = 30_000;
/** So many cameras are refused before it is the disk that refuses: the rest waits too. */
const mostRefused = 3;
/** A camera without a folder was never recorded, as a rule; a folder that was away is back without a word, though. */
const nowhereAgainMs = { firstMs: 5_000, maxMs: 60_000 };

export type KeptBeside = {
  changed(cameraIds: readonly CameraId[]): void;
  /** A segment of the camera was begun on a volume: all is written there if nothing is yet. */
  begun(cameraId: CameraId, volume: number): void;
  /** Ends after what is being written; what waits is written at the next start. */
  stop(): Promise<void>;
};

export function createKeptBeside(deps: {
  files: Pick<SegmentFiles, 'describe' | 'keepBeside'>;
  /** null: the volume is not here now. */
  filesOf: (volume: number) => Pick<SegmentFiles, 'described'> | null;
  clock: Clock;
  log: Log;
  folderOf: (id: CameraId) => string | null;
  /** null: it is not a camera of the station any more. */
  descriptionOf: (id: CameraId) => string | null;
  keptOf: (id: CameraId) => Omit<Kept, 'vigie' | 'format' | 'savedMs'>;
  /** Cameras whose files are not known to be up to date; kept over restarts. */
  waiting: { get(): CameraId[]; set(ids: CameraId[]): void };
}): KeptBeside {
  const { files, clock, log } = deps;
  const waiting = new Set<CameraId>(deps.waiting.get());
  const nowhereAgain = createBackoff(nowhereAgainMs);
  /** Where a segment was begun, by camera; a new place is looked at once. */
  const begunOn = new Map<CameraId, Set<number>>();
  const toLookAt: { id: CameraId; volume: number }[] = [];
  let looking: Promise<void> | null = null;
  let writing: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;

  /** Whether the camera has a folder anywhere. */
  const writeOne = async (id: CameraId, folder: string): Promise<boolean> => {
    const description = deps.descriptionOf(id);
    if (description !== null && !(await files.describe(folder, description))) return false;
    const kept: Kept = { vigie: 'kept', format: 1, savedMs: clock.nowMs(), ...deps.keptOf(id) };
    return files.keepBeside(folder, JSON.stringify(kept));
  };
  /** When what is left is tried again, ms. */
  const write = async (): Promise<number> => {
    const nowhere: CameraId[] = [];
    const refused: CameraId[] = [];
    for (const id of [...waiting]) {
      if (stopped || refused.length >= mostRefused) break;
      const folder = deps.folderOf(id);
      waiting.delete(id);
      if (folder === null) continue;
      try {
        if (!(await writeOne(id, folder))) nowhere.push(id);
      } catch (error) {
        refused.push(id);
        log.warn('what is kept of a camera could not be written beside its video; it is tried again', {
          folder,
          error: String(error),
        });
      }
    }
    const more = waiting.size > 0;
    for (const id of [...refused, ...nowhere]) waiting.add(id);
    if (refused.length > 0) return againAfterMs;
    return nowhere.length > 0 && !more ? nowhereAgain.next() : 0;
  };
  const run = (): void => {
    if (writing !== null || stopped || waiting.size === 0) return;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const before = [...waiting].sort().join(' ');
    writing = write().then((againMs) => {
      writing = null;
      if (stopped) return;
      if ([...waiting].sort().join(' ') !== before) deps.waiting.set([...waiting]);
      if (waiting.size > 0) timer = setTimeout(run, againMs);
    });
  };
  if (waiting.size > 0) timer = setTimeout(run, 0);

  const changed = (ids: readonly CameraId[]): void => {
    for (const id of ids) waiting.add(id);
    deps.waiting.set([...waiting]);
    nowhereAgain.reset();
    run();
  };

  /** Those that have nothing beside their video yet, one look after the other and all told at once. */
  const look = async (): Promise<void> => {
    const fresh = new Set<CameraId>();
    for (let next = toLookAt.shift(); next !== undefined && !stopped; next = toLookAt.shift()) {
      const { id, volume } = next;
      const folder = deps.folderOf(id);
      if (folder === null) continue;
      try {
        const there = deps.filesOf(volume);
        if (there !== null && (await there.described(folder)) === null) fresh.add(id);
      } catch (error) {
        begunOn.get(id)?.delete(volume); // with its next segment
        log.warn('whether a camera is described beside its video could not be seen', { folder, error: String(error) });
      }
    }
    if (fresh.size === 0) return;
    try {
      changed([...fresh]);
    } catch (error) {
      for (const id of fresh) begunOn.delete(id);
      log.warn('that cameras are to be described beside their video could not be noted', { error: String(error) });
    }
  };

  return {
    changed,
    begun(id, volume) {
      let on = begunOn.get(id);
      if (on === undefined) begunOn.set(id, (on = new Set()));
      if (on.has(volume) || stopped) return;
      on.add(volume);
      toLookAt.push({ id, volume });
      looking ??= look().finally(() => {
        looking = null;
      });
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await Promise.all([looking, writing]);
    },
  };
}
