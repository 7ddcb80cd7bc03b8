/**
 * After which clock seam each file that is taken in was recorded. An index that knows the seams is asked; one that knows none (it is
 * made anew) learns them from what the files note of both clocks.
 */
import { seamOf } from '#domain/decide/clock-runs.ts';
import { createSeamFinder } from '#domain/decide/find-seams.ts';
import type { StreamId } from '#domain/id.ts';
import type { SegmentRow } from '../engine/index-port.ts';
import type { SegmentContent } from '../engine/segment-file-port.ts';
import type { Store } from './open-data.ts';

const batch = 500;

export type ClockNotes = {
  /** The number of the seam, as far as it is known yet. */
  note(row: Pick<SegmentRow, 'streamId' | 'startMs'>, clocks: SegmentContent['clocks']): number;
  /** All files were noted: seams that were found go into the index, and what was recorded after one is told. */
  settle(): void;
};

export function createClockNotes(store: Store): ClockNotes {
  const known = store.clock.seams();
  const finder = createSeamFinder();
  const taken: { streamId: StreamId; startMs: number; steadyMs: number; boot: string }[] = [];
  return {
    note({ streamId, startMs }, clocks) {
      if (known.length > 0)
        return seamOf(known, { startMs, steadyMs: clocks?.steadyMs ?? null, boot: clocks?.boot ?? null });
      if (clocks === null) return 0;
      finder.note(clocks);
      taken.push({ streamId, startMs, steadyMs: clocks.steadyMs, boot: clocks.boot });
      return 0;
    },
    settle() {
      const seams = known.length > 0 ? [] : finder.seams();
      if (seams.length === 0) return;
      store.together(() => {
        for (const seam of seams) store.clock.add(seam);
      });
      for (let at = 0; at < taken.length; at += batch) {
        store.together(() => {
          for (const { streamId, ...segment } of taken.slice(at, at + batch)) {
            const seam = seamOf(seams, segment);
            if (seam > 0) store.segment.setSeam(streamId, segment.startMs, seam);
          }
        });
      }
    },
  };
}
