/**
 * Takes in what a crash left: segments that the index holds as open, and files that it has not heard of. Looks only at a
 * stream's newest hours, reads boxes and no samples, changes no file, and touches nothing that is indexed as finished.
 */
import { longestSegmentMs, overlapLeadMs } from '#domain/clock-seam.ts';
import type { StreamId } from '#domain/id.ts';
import { hourMs } from '#domain/time.ts';
import { ownVolume } from '#domain/volume.ts';
import type { Log } from '#lib/log.ts';
import type { VolumeRoom } from './volumes.ts';
import type { StationClock } from './station-clock.ts';
import type { ReadStore, SegmentRow, StreamRecord, WriteStore } from './index-port.ts';

/** The index lags by a second; a clock that was set and a restored copy of the database may make it more. */
const lookAheadMs = 48 * hourMs;
/** Behind the moment up to which the index has heard of everything: what is missing then began close to it. */
const lookBehindMs = longestSegmentMs;

export type Recovered = {
  /** End of the newest segment of the stream; null: it has none. */
  coveredMs: number | null;
  /** What was taken in. */
  segments: number;
  bytes: number;
  fromMs: number;
  toMs: number;
  /** Segments of which less is left than was known to be safe on their disk, and from when to when it is missing. */
  short: { startMs: number; fromMs: number; toMs: number }[];
};

/** The index closes at the next picture; the end of the last one in the file may be told so much earlier. */
const sameEndMs = 1_000;

/** A start looks at so many unknown files of a stream, the newest; the rest is taken in while recording goes on. */
const mostAtOnce = 20;

export type StreamRecovery = (
  stream: StreamRecord,
  /** `sinceMs`: since when there can be any · `aliveMs`: up to when the index is known to have heard of it. */
  span: { nowMs: number; sinceMs: number; aliveMs: number; unlessOpen: (startMs: number) => boolean },
) => Promise<Recovered>;

export function createRecovery(deps: {
  store: WriteStore & ReadStore;
  volumes: VolumeRoom;
  log: Log;
  /** There is more than can be looked at now, from this moment on. */
  later(fromMs: number): void;
  clocks: () => Pick<StationClock, 'seamOf'>;
}): StreamRecovery {
  const { store, volumes, log } = deps;

  return async (stream, { nowMs, sinceMs, aliveMs, unlessOpen }) => {
    const taken: Recovered = {
      coveredMs: null,
      segments: 0,
      bytes: 0,
      fromMs: Number.MAX_SAFE_INTEGER,
      toMs: 0,
      short: [],
    };
    /** Only what was synced with each write is known to be safe. */
    const isSafe = (row: SegmentRow): boolean =>
      volumes.seen().find((v) => v.row.volume === (row.volume ?? ownVolume))?.row.sync === 'durable';
    const count = (startMs: number, endMs: number, bytes: number): void => {
      taken.segments += 1;
      taken.bytes += bytes;
      taken.fromMs = Math.min(taken.fromMs, startMs);
      taken.toMs = Math.max(taken.toMs, endMs);
    };
    const inspect = async (startMs: number, volume: number) => {
      const files = volumes.filesOf(volume);
      if (files === null) return undefined; // not here now: it stays as it is until it is back
      try {
        return await files.inspect(files.path(stream.folder, stream.kind, startMs));
      } catch (error) {
        // What is recorded from now on lies behind it: no later start would look at it again.
        deps.later(startMs);
        log.warn('a segment could not be read; it is tried again later', {
          folder: stream.folder,
          startMs,
          error: String(error),
        });
        return undefined;
      }
    };

    const list = async (of: StreamRecord, fromMs: number, toMs: number) => {
      try {
        return await volumes.spread.list(of.folder, fromMs, toMs);
      } catch (error) {
        deps.later(fromMs);
        throw error;
      }
    };

    // What a clock that was ahead recorded says nothing of where the newest is.
    const before = store.lastSegment(stream.id, nowMs + overlapLeadMs);
    for (const row of openOf(store, stream.id)) {
      if (unlessOpen(row.startMs)) continue;
      const content = await inspect(row.startMs, row.volume ?? ownVolume);
      if (content === undefined) continue;
      const leftMs = content?.endMs ?? row.startMs;
      if (isSafe(row) && (content?.bytes ?? 0) < row.bytes && leftMs < row.endMs - sameEndMs)
        taken.short.push({ startMs: row.startMs, fromMs: leftMs, toMs: row.endMs });
      if (content === null) {
        store.segment.drop(stream.id, row.startMs);
        continue;
      }
      const { endMs, bytes, sealed } = content;
      store.segment.close(stream.id, row.startMs, { endMs, bytes, state: sealed ? 'sealed' : 'recovered' });
      count(row.startMs, endMs, bytes);
    }

    const lastHeardMs = before === null ? sinceMs : before.startMs + 1;
    // Set back while it ran: newer files may lie in time that had been recorded before.
    const fromMs = store.clock.seams().length === 0 ? lastHeardMs : Math.min(lastHeardMs, aliveMs - longestSegmentMs);
    const until = (ms: number): number => Math.min(nowMs + hourMs, ms + lookAheadMs);
    const listed = await list(stream, fromMs, until(fromMs));
    // A stream that is recorded now and then may have its newest segment days before what the crash left.
    const behindMs = Math.max(aliveMs - lookBehindMs, until(fromMs) + 1);
    if (behindMs <= nowMs) listed.push(...(await list(stream, behindMs, until(behindMs))));
    const unknown = listed.filter(
      (file) => file.kind === stream.kind && file.startMs >= fromMs && !unlessOpen(file.startMs),
    );
    const oldest = unknown[0];
    if (oldest !== undefined && unknown.length > mostAtOnce) deps.later(oldest.startMs);
    for (const file of unknown.slice(-mostAtOnce)) {
      if (store.segmentsFrom(stream.id, file.startMs, file.startMs, 1).length > 0) continue;
      const content = await inspect(file.startMs, file.volume);
      if (content === undefined || content === null) continue;
      const { endMs, bytes, sealed, origin, clocks, format } = content;
      store.segment.adopt({
        streamId: stream.id,
        startMs: file.startMs,
        endMs,
        bytes,
        state: sealed ? 'sealed' : 'recovered',
        origin,
        seam: deps.clocks().seamOf(file.startMs, clocks),
        volume: file.volume,
        format,
      });
      count(file.startMs, endMs, bytes);
    }
    const last = store.lastSegment(stream.id, nowMs + overlapLeadMs);
    return { ...taken, coveredMs: last === null ? null : last.endMs };
  };
}

const openOf = (store: ReadStore, streamId: StreamId): SegmentRow[] =>
  store.openSegments().filter((s) => s.streamId === streamId);
