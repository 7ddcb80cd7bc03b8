/** What `vigie check --repair` does: it corrects the index to what is on disk. Video is never changed or deleted. */
import type { ClockSeam } from '#domain/clock-seam.ts';
import { seamOf } from '#domain/decide/clock-runs.ts';
import type { FileFinding } from '../adapters/files/index.ts';
import type { SegmentRow, StreamRecord } from '../engine/index-port.ts';
import type { SegmentContent } from '../engine/segment-file-port.ts';
import type { Store } from './open-data.ts';

const rowOf = (
  stream: StreamRecord,
  startMs: number,
  content: SegmentContent,
  seams: readonly ClockSeam[],
  volume: number,
): SegmentRow => ({
  streamId: stream.id,
  startMs,
  endMs: content.endMs,
  bytes: content.bytes,
  state: content.sealed ? 'sealed' : 'recovered',
  origin: content.origin,
  volume,
  seam: seamOf(seams, {
    startMs,
    steadyMs: content.clocks?.steadyMs ?? null,
    boot: content.clocks?.boot ?? null,
  }),
  format: content.format,
});

/** What a segment is shorter by than the index said is a gap now: its video was there and is lost. */
function correct(store: Store, stream: StreamRecord, row: SegmentRow): void {
  const was = store.segmentsFrom(stream.id, row.startMs, row.startMs, 1)[0];
  store.together(() => {
    store.segment.correct(row);
    if (was !== undefined && was.endMs > row.endMs)
      store.gap.add({ streamId: stream.id, fromMs: row.endMs, toMs: was.endMs, cause: 'disk-error' });
    store.gap.cut(stream.id, row.startMs, row.endMs);
  });
}

/** Answers what was done; null when nothing can be. `stream` null: the index has no such camera. */
export function repairFile(
  store: Store,
  stream: StreamRecord | null,
  finding: FileFinding,
  volume: number,
): string | null {
  const { place, inspection } = finding.file;
  const content = inspection?.content ?? null;
  if (place === null || content === null || stream === null) return null;
  switch (finding.code) {
    case 'no-row':
      store.together(() => {
        store.segment.adopt(rowOf(stream, place.startMs, content, store.clock.seams(), volume));
        store.gap.cut(stream.id, place.startMs, content.endMs);
      });
      return 'taken into the index';
    case 'too-short':
    case 'damaged':
    case 'end-differs':
      correct(store, stream, rowOf(stream, place.startMs, content, store.clock.seams(), volume));
      return 'the index now says what the file holds';
    case 'tail':
    case 'unreadable':
    case 'unknown-file':
      return null;
  }
}

/** Takes a segment out of the index whose file is not there. */
export function repairMissing(store: Store, stream: StreamRecord, startMs: number): string | null {
  const was = store.segmentsFrom(stream.id, startMs, startMs, 1)[0];
  if (was === undefined) return null;
  store.together(() => {
    store.segment.drop(stream.id, was.startMs);
    store.gap.add({ streamId: stream.id, fromMs: was.startMs, toMs: was.endMs, cause: 'disk-error' });
  });
  return 'taken out of the index; the time is a gap now';
}

/** Makes a table again that is made from others; null for faults of the database itself. */
export function repairDerived(store: Store, fault: ReturnType<Store['faults']>[number]): string | null {
  if (fault.what === 'event-days') store.rebuildEventDays();
  else if (fault.what === 'stored') store.rebuildStored();
  else if (fault.what === 'coverage' && fault.streamId !== undefined) store.rebuildCoverage(fault.streamId);
  else return null;
  return 'made again';
}
