import type { Database } from 'better-sqlite3';
import { firstArchive } from '#domain/archive.ts';
import { gapToleranceMs } from '#domain/gap.ts';
import type { StreamId } from '#domain/id.ts';
import { segmentMaxMs } from '#domain/segment.ts';
import { mergeSpans } from './merge-spans.ts';

/** Spans are told from each other by this share of the window at most: so many rows are looked at, however long it is. */
const mostRows = 4_000;

/**
 * What of a stream is at archives only. Of a long window rows are looked at that lie a part of the grain apart: a year of archived minutes
 * is half a million of them.
 */
export function createArchivedSpans(
  db: Database,
): (q: { streamId: StreamId; fromMs: number; toMs: number; grainMs: number }) => [number, number][] {
  const next = db
    .prepare<[number, number, number], [startMs: number, endMs: number, volume: number]>(
      `SELECT a.start_ms, s.start_ms + s.duration_ms, s.volume_id FROM archived AS a
       JOIN segment AS s ON s.stream_id = a.stream_id AND s.start_ms = a.start_ms
       WHERE a.stream_id = ? AND a.start_ms >= ? AND a.start_ms < ? ORDER BY a.start_ms LIMIT 1`,
    )
    .raw();
  return ({ streamId, fromMs, toMs, grainMs }) => {
    const grain = Math.max(grainMs, (toMs - fromMs) / mostRows, gapToleranceMs);
    // What is passed over and the segment after it are shorter than the grain together.
    const step = Math.max(0, grain - 2 * segmentMaxMs);
    function* spans(): Generator<[number, number]> {
      let row = next.get(streamId, fromMs - 2 * segmentMaxMs, toMs);
      while (row !== undefined) {
        const [startMs, endMs, volume] = row;
        if (volume >= firstArchive && endMs > fromMs) yield [startMs, endMs];
        row = next.get(streamId, Math.max(startMs + 1, endMs + step), toMs);
      }
    }
    return mergeSpans(spans(), fromMs, toMs, grain);
  };
}
