/** Where something moved, written down while cameras are watched: packed, a minute at a time, and searched in the query worker. */
import { invalid } from '#contract/error.ts';
import { longestMotionSearchMs, mostMotionHits } from '#contract/motion-search.ts';
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import { cellsOfText } from '#domain/motion-cells.ts';
import { motionSpanOf, packMotion, type MotionChunk, type MotionHit } from '#domain/motion-index.ts';
import type { Point } from '#domain/place.ts';
import type { MotionLook } from '#domain/watching.ts';
import type { Log } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import type { WriteStore } from './index-port.ts';
import type { Queries } from './query-port.ts';

const flushMs = 60_000;
/** A look stands for the time up to the next one, if that comes so soon, ms. */
const standsMs = 11_000;
/** Looks of one camera that wait; then they are written at once. */
const mostWaiting = 600;

export type MotionSearches = {
  /** Throws INVALID, UNAVAILABLE. */
  search(ask: {
    id: CameraId;
    fromMs: number;
    toMs: number;
    area?: readonly Point[] | undefined;
    minPart: number;
    bridgeMs: number;
  }): Promise<Outputs['motionSearch']['search']>;
};
export type MotionJournal = MotionSearches & {
  start(): void;
  stop(): void;
  take(id: CameraId, look: MotionLook): void;
  /** Footage of this span is gone: where something moved in it goes too. */
  forget(id: CameraId, fromMs: number, toMs: number): void;
};
type Waiting = { fromMs: number; lastMs: number; chunks: MotionChunk[] };

export function createMotionJournal(deps: {
  log: Log;
  store: Pick<WriteStore, 'watch'>;
  queries: Pick<Queries, 'motion'>;
}): MotionJournal {
  const { log, store } = deps;
  const waiting = new Map<CameraId, Waiting>();
  let timer: ReturnType<typeof setInterval> | null = null;

  const rowsOf = (cameraId: CameraId, { fromMs, lastMs, chunks }: Waiting) => [
    {
      cameraId,
      spanMs: motionSpanOf(fromMs),
      looks: packMotion(motionSpanOf(fromMs), [{ is: 'watched', fromMs, toMs: lastMs }, ...chunks]),
    },
  ];
  const write = (ids: readonly CameraId[]): void => {
    const rows = ids.flatMap((id) => {
      const mine = waiting.get(id);
      waiting.delete(id);
      return mine === undefined ? [] : rowsOf(id, mine);
    });
    if (rows.length === 0) return;
    try {
      store.watch.addMotion(rows);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      log.error('where something moved could not be written down', { reason: error.reason });
    }
  };
  const flush = (): void => {
    write([...waiting.keys()]);
  };

  return {
    start() {
      timer = setInterval(flush, flushMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      flush();
    },
    take(id, { atMs, is, cells }) {
      const before = waiting.get(id);
      const goesOn =
        before !== undefined &&
        atMs >= before.lastMs &&
        atMs - before.lastMs <= standsMs &&
        motionSpanOf(atMs) === motionSpanOf(before.fromMs) &&
        before.chunks.length < mostWaiting;
      if (before !== undefined && !goesOn) write([id]);
      const mine = goesOn ? before : { fromMs: atMs, lastMs: atMs, chunks: [] };
      waiting.set(id, mine);
      mine.lastMs = atMs;
      if (is === 'motion') mine.chunks.push({ is: 'moved', atMs, cells: cellsOfText(cells) });
    },
    forget(id, fromMs, toMs) {
      store.watch.removeMotion(id, fromMs, toMs);
    },
    async search({ id, fromMs, toMs, area, minPart, bridgeMs }) {
      if (toMs <= fromMs || toMs - fromMs > longestMotionSearchMs)
        throw invalid('toMs', 'span', 'A search spans 31 days at most, and ends after it starts.', {
          most: longestMotionSearchMs,
        });
      write([id]);
      const found: { hits: MotionHit[]; more: boolean; watched: [number, number][] } = await deps.queries.motion({
        ...{ cameraId: id, fromMs, toMs, area: area ?? null, minPart, bridgeMs, limit: mostMotionHits },
      });
      return found;
    },
  };
}
