/**
 * Writes what people said of a camera and its footage beside its video, so that holds, bookmarks, rules, zones and lines come back
 * when the index is made again from the disk. One file at a time; a disk that refuses, or has no folder of the camera, is tried again.
 */
import type { Kept } from '#domain/kept.ts';
import type { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { SegmentFiles } from './ports.ts';

const againAfterMs = 30_000;
/** A camera's folder is made with its description: that of a new camera is there in a moment. */
const nowhereAgainMs = 5_000;

export type KeptBeside = {
  changed(cameraIds: readonly CameraId[]): void;
  /** Ends after what is being written; what waits is written at the next start. */
  stop(): Promise<void>;
};

export function createKeptBeside(deps: {
  files: Pick<SegmentFiles, 'keepBeside'>;
  clock: Clock;
  log: Log;
  folderOf: (id: CameraId) => string | null;
  keptOf: (id: CameraId) => Omit<Kept, 'vigie' | 'format' | 'savedMs'>;
  /** Cameras whose file is not known to be up to date; kept over restarts. */
  waiting: { get(): CameraId[]; set(ids: CameraId[]): void };
}): KeptBeside {
  const { files, clock, log } = deps;
  const waiting = new Set<CameraId>(deps.waiting.get());
  let writing: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;

  /** When what is left is tried again, ms. */
  const write = async (): Promise<number> => {
    const nowhere: CameraId[] = [];
    for (const id of [...waiting]) {
      if (stopped) break;
      const folder = deps.folderOf(id);
      waiting.delete(id);
      if (folder === null) continue;
      try {
        const kept: Kept = { vigie: 'kept', format: 1, savedMs: clock.nowMs(), ...deps.keptOf(id) };
        if (!(await files.keepBeside(folder, JSON.stringify(kept)))) nowhere.push(id);
      } catch (error) {
        for (const left of [id, ...nowhere]) waiting.add(left);
        log.warn('holds and bookmarks could not be written beside the video; it is tried again', {
          folder,
          error: String(error),
        });
        return againAfterMs;
      }
    }
    for (const id of nowhere) waiting.add(id);
    return nowhere.length > 0 ? nowhereAgainMs : 0;
  };
  const run = (): void => {
    if (writing !== null || stopped || waiting.size === 0) return;
    const before = [...waiting].sort().join(' ');
    writing = write().then((againMs) => {
      writing = null;
      if (stopped) return;
      if ([...waiting].sort().join(' ') !== before) deps.waiting.set([...waiting]);
      if (waiting.size > 0) timer = setTimeout(run, againMs);
    });
  };
  if (waiting.size > 0) timer = setTimeout(run, 0);

  return {
    changed(ids) {
      for (const id of ids) waiting.add(id);
      deps.waiting.set([...waiting]);
      run();
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await writing;
    },
  };
}
