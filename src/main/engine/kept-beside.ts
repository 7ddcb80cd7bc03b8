/**
 * Writes what people said of a camera and its footage beside its video, so that holds, bookmarks, rules, zones and lines come back
 * when the index is made again from the disk. One file at a time; a disk that refuses is tried again.
 */
import type { Kept } from '#domain/kept.ts';
import type { CameraId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { SegmentFiles } from './ports.ts';

const againAfterMs = 30_000;

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

  const write = async (): Promise<void> => {
    for (const id of [...waiting]) {
      if (stopped) return;
      const folder = deps.folderOf(id);
      waiting.delete(id);
      if (folder === null) continue;
      try {
        const kept: Kept = { vigie: 'kept', format: 1, savedMs: clock.nowMs(), ...deps.keptOf(id) };
        await files.keepBeside(folder, JSON.stringify(kept));
      } catch (error) {
        waiting.add(id);
        log.warn('holds and bookmarks could not be written beside the video; it is tried again', {
          folder,
          error: String(error),
        });
        return;
      }
    }
  };
  const run = (): void => {
    if (writing !== null || stopped || waiting.size === 0) return;
    const before = waiting.size;
    writing = write().finally(() => {
      writing = null;
      if (stopped) return;
      deps.waiting.set([...waiting]);
      if (waiting.size === 0) return;
      const failed = waiting.size >= before;
      timer = setTimeout(run, failed ? againAfterMs : 0);
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
