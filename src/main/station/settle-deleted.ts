/**
 * An index that is a copy of earlier knows segments that retention has deleted since. What the report from beside the video tells of, and is on
 * no disk any more, leaves the index as deleted footage does: it is no loss, and nobody is told of one.
 */
import { ownVolume } from '#domain/volume.ts';
import type { StreamRecord } from '../engine/index-port.ts';
import type { Store } from './open-data.ts';
import type { OpenedVolumes } from './open-volumes.ts';

/** A line of the report, as far as it is newer than the index: segments of a stream that started in [fromMs, toMs), so many at most. */
export type DeletedSince = { stream: StreamRecord; fromMs: number; toMs: number; segments: number };

const pageRows = 1_000;

/**
 * Of a line the oldest that are not there, and no more than it counts: what is missing besides, or is on a volume that is not here, stays in the
 * index and is told. Answers how many left it.
 */
export async function settleDeleted(
  store: Store,
  volumes: Pick<OpenedVolumes, 'here' | 'spread'>,
  lines: readonly DeletedSince[],
): Promise<number> {
  const here = new Set(volumes.here.map((v) => v.volume));
  let settled = 0;
  for (const { stream, fromMs, toMs, segments } of lines) {
    let left = segments;
    for (let at = fromMs; left > 0 && at < toMs; ) {
      const page = store.segmentsFrom(stream.id, at, toMs - 1, pageRows);
      const [first, last] = [page[0], page.at(-1)];
      if (first === undefined || last === undefined) break;
      at = last.startMs + 1;
      const files = await volumes.spread.list(stream.folder, first.startMs, last.startMs);
      const there = new Set(files.filter((f) => f.kind === stream.kind).map((f) => f.startMs));
      const gone = page
        .map(({ startMs, endMs, bytes, state, volume = ownVolume }) => {
          return { startMs, endMs, bytes, volume, open: state === 'open' };
        })
        .filter(({ startMs, volume }) => here.has(volume) && !there.has(startMs) && !isCopied(stream, startMs))
        .slice(0, left);
      store.retention.deletedBefore(stream.id, gone);
      left -= gone.length;
      settled += gone.length;
    }
  }
  return settled;

  /** It may have moved to its archive since. */
  function isCopied(stream: StreamRecord, startMs: number): boolean {
    return store.archive.of(stream.id, startMs) !== null;
  }
}
