import { overlapLeadMs } from '#domain/clock-seam.ts';
import type { StreamId } from '#domain/id.ts';
import type { SegmentFormat } from '#workers/ingest/port.ts';
import type { Chain } from './chain.ts';
import type { Gaps } from './gaps.ts';
import type { StationClock } from './station-clock.ts';
import type { Growth, IndexJournal } from './index-journal.ts';

/** A segment that is being written, as its worker last reported it: newer than the index by up to a second. */
export type OpenSegment = {
  startMs: number;
  endMs: number;
  bytes: number;
  seam: number;
  volume: number;
  format: SegmentFormat;
};

export type Segments = {
  /** `steadyMs`: the machine's steady clock when it was begun; `past`: see `IngestReport`. */
  opened(
    streamId: StreamId,
    startMs: number,
    at: { steadyMs: number; volume: number; past?: true },
    format: SegmentFormat,
  ): void;
  grew(rows: Growth[]): void;
  /** `sha256` null: known only by reading the file. */
  sealed(streamId: StreamId, startMs: number, to: { endMs: number; bytes: number; sha256: string | null }): void;
  dropped(streamId: StreamId, startMs: number): void;
  /** Its disk does not answer: its row stays open until it is known what is on that disk. */
  left(streamId: StreamId, startMs: number): void;
  /** Its disk has answered: what is on it may be looked at. */
  letGo(streamId: StreamId, startMs: number): void;
  /** It is held open, or was left on a disk that has not answered yet: its file may still change. */
  mayChange(streamId: StreamId, startMs: number): boolean;
  /** Segments of a stream that were open when their worker died; they are not open any more. */
  abandon(streamId: StreamId): number[];
  open(streamId: StreamId, startMs: number): OpenSegment | null;
  /** Streams that have one open on this volume. */
  openOn(volume: number): StreamId[];
  /** End of what this stream has on disk as far as was heard; 0: nothing was heard. */
  coveredMs(streamId: StreamId): number;
  /** End of the newest segment that was finished, as far as was heard; 0: nothing was heard. */
  finishedMs(streamId: StreamId): number;
  /** Start of the segment that was begun last, as far as was heard; 0: nothing was heard. */
  newestMs(streamId: StreamId): number;
  forget(streamId: StreamId): void;
};

/** Takes what workers report into the index and into the account of gaps. */
export function createSegments(deps: {
  journal: IndexJournal;
  gaps: Gaps;
  chain: Pick<Chain, 'hashed'>;
  clocks: () => Pick<StationClock, 'seamNow'>;
}): Segments {
  const { journal, gaps, chain } = deps;
  const open = new Map<StreamId, Map<number, OpenSegment>>();
  const covered = new Map<StreamId, number>();
  const finished = new Map<StreamId, number>();
  const leftBehind = new Map<StreamId, Set<number>>();
  const of = (streamId: StreamId): Map<number, OpenSegment> => {
    let mine = open.get(streamId);
    if (mine === undefined) open.set(streamId, (mine = new Map<number, OpenSegment>()));
    return mine;
  };
  const newest = new Map<StreamId, number>();
  const reach = (streamId: StreamId, startMs: number, endMs: number): void => {
    if (startMs > (newest.get(streamId) ?? startMs)) return; // of a clock that was ahead
    covered.set(streamId, Math.max(endMs, covered.get(streamId) ?? 0));
  };

  return {
    opened(streamId, startMs, { steadyMs, volume, past }, format) {
      const seam = deps.clocks().seamNow(startMs, steadyMs);
      of(streamId).set(startMs, { startMs, endMs: startMs, bytes: format.initBytes, seam, volume, format });
      // The clock was set back: what counts is what comes now.
      if (startMs < (covered.get(streamId) ?? 0) - overlapLeadMs) covered.set(streamId, startMs);
      newest.set(streamId, startMs);
      journal.add(({ segment }) => {
        segment.open({
          streamId,
          startMs,
          endMs: startMs,
          bytes: format.initBytes,
          state: 'open',
          seam,
          volume,
          format,
        });
      });
      gaps.tell(streamId, { is: past === true ? 'opened-past' : 'opened', startMs });
    },
    grew(rows) {
      for (const row of rows) {
        const mine = of(row.streamId).get(row.startMs);
        if (mine === undefined) continue;
        mine.endMs = row.endMs;
        mine.bytes = row.bytes;
        reach(row.streamId, row.startMs, row.endMs);
        journal.grow(row);
        gaps.tell(row.streamId, { is: 'grew', startMs: row.startMs, endMs: row.endMs });
      }
    },
    sealed(streamId, startMs, { endMs, bytes, sha256 }) {
      of(streamId).delete(startMs);
      reach(streamId, startMs, endMs);
      finished.set(streamId, endMs);
      journal.add(({ segment }) => {
        segment.close(streamId, startMs, { endMs, bytes, state: 'sealed' });
      });
      gaps.tell(streamId, { is: 'closed', startMs, endMs });
      chain.hashed(streamId, { startMs, endMs, bytes, sha256 });
    },
    dropped(streamId, startMs) {
      of(streamId).delete(startMs);
      journal.add(({ segment }) => {
        segment.drop(streamId, startMs);
      });
      gaps.tell(streamId, { is: 'closed', startMs, endMs: null });
    },
    left(streamId, startMs) {
      const mine = of(streamId).get(startMs);
      of(streamId).delete(startMs);
      leftBehind.set(streamId, (leftBehind.get(streamId) ?? new Set()).add(startMs));
      gaps.tell(streamId, { is: 'closed', startMs, endMs: mine?.endMs ?? null });
    },
    letGo(streamId, startMs) {
      leftBehind.get(streamId)?.delete(startMs);
    },
    mayChange: (streamId, startMs) =>
      open.get(streamId)?.has(startMs) === true || leftBehind.get(streamId)?.has(startMs) === true,
    abandon(streamId) {
      const starts = [...of(streamId).keys()];
      leftBehind.delete(streamId);
      open.delete(streamId);
      return starts;
    },
    openOn: (volume) =>
      [...open].flatMap(([id, mine]) => ([...mine.values()].some((s) => s.volume === volume) ? [id] : [])),
    open: (streamId, startMs) => open.get(streamId)?.get(startMs) ?? null,
    coveredMs: (streamId) => covered.get(streamId) ?? 0,
    finishedMs: (streamId) => finished.get(streamId) ?? 0,
    newestMs: (streamId) => newest.get(streamId) ?? 0,
    forget(streamId) {
      leftBehind.delete(streamId);
      open.delete(streamId);
      covered.delete(streamId);
      finished.delete(streamId);
      newest.delete(streamId);
    },
  };
}
