/** Deletions that persons asked for, and are not carried out to the end. */
import type { StreamId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { ToDelete } from './deleting.ts';
import type { HoldRoom } from './holds.ts';
import type { ReadStore, WriteStore } from './index-port.ts';
import type { VolumeLookup } from './volume-lookup.ts';

export function createErasures(deps: {
  store: Pick<WriteStore, 'retention'> & Pick<ReadStore, 'streams' | 'openSegments'>;
  volumes: Pick<VolumeLookup, 'filesOf'>;
  holds: Pick<HoldRoom, 'isHeld'>;
  clock: Clock;
  /** Its disk has refused to delete it lately. */
  refused: (streamId: StreamId, startMs: number) => boolean;
  /** Segments at once. */
  batch: number;
}) {
  const { store, holds, clock, batch } = deps;
  const rows = store.retention;
  let erasing = rows.erasure.open();

  return {
    count: () => erasing.length,
    /** More was asked for. */
    reload(): void {
      erasing = rows.erasure.open();
    },
    /**
     * What is next; null: all of it is done but what is held; 'later': some of it is still being written, on a volume that is not here, or
     * refused by its disk.
     */
    next(): { work: ToDelete } | 'later' | null {
      let later = false;
      for (const erasure of erasing) {
        let away = false;
        const { cameraId, kind, fromMs, toMs, why, by } = erasure;
        const streams = store.streams().filter((s) => s.cameraId === cameraId && (kind === null || s.kind === kind));
        const ids = new Set(streams.map((s) => s.id));
        for (const stream of streams) {
          let at = rows.before(stream.id, fromMs + 1) ?? fromMs;
          while (at < toMs) {
            const page = rows.finished(stream.id, at, batch).filter((s) => s.startMs < toMs);
            const free = page.filter((s) => s.endMs > fromMs && !holds.isHeld(cameraId, s.startMs, s.endMs));
            const segments = free.filter(
              (s) => deps.volumes.filesOf(s.volume) !== null && !deps.refused(stream.id, s.startMs),
            );
            if (segments.length < free.length) away = true;
            if (segments.length > 0) return { work: { stream, segments, reason: 'by-hand', by, why } };
            const last = page.at(-1);
            if (last === undefined) break;
            at = last.startMs + 1;
          }
        }
        if (away || store.openSegments().some((s) => ids.has(s.streamId) && s.startMs < toMs)) {
          later = true;
          continue;
        }
        rows.erasure.done(erasure.id, clock.nowMs());
        erasing = erasing.filter((e) => e !== erasure);
      }
      return later ? 'later' : null;
    },
  };
}
