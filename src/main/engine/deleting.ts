/**
 * Deletes segments so that a crash at any moment leaves nothing unexplained: the index is told which are going, then the files go,
 * then their rows, coverage and marks, with the report. What was marked when a crash came is finished at the next start.
 */
import type { CameraId, StreamId } from '#domain/id.ts';
import type { DeletionReason } from '#domain/retention.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { durableOrEnded } from './durable-or-ended.ts';
import type { StreamRecord, WriteStore } from './index-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { DeletionMark, FinishedSegment } from './retention-port.ts';

/** Segments of a stream that are to go, oldest first. */
export type ToDelete = {
  stream: StreamRecord;
  segments: readonly FinishedSegment[];
  reason: DeletionReason;
  by?: string;
  why?: string;
};

/** A file that could not be deleted while others can. */
export type Refused = { streamId: StreamId; startMs: number; why: string };

export type Deleting = {
  /**
   * Answers what is gone, `bytes` by volume, and what was refused by itself; what is on a volume that is not here now stays. `trouble`: what
   * kept it from going on.
   */
  delete(
    work: readonly ToDelete[],
  ): Promise<{ gone: number; bytes: Map<number, number>; refused: Refused[]; trouble: string | null }>;
  /** Finishes what an earlier run, or a disk that refused, left marked. */
  resume(): Promise<{ trouble: string | null }>;
  /** What is under way ends after the file that is going. */
  halt(): void;
};

export function createDeleting(deps: {
  store: Pick<WriteStore, 'retention' | 'durable'>;
  volumes: { filesOf(volume: number): Pick<SegmentFiles, 'remove'> | null };
  /** Of these segments those that have a copy at an archive leave their volume and stay footage; absent: none has. */
  release?: (
    stream: StreamRecord,
    startsMs: readonly number[],
  ) => Promise<{ startMs: number; volume: number; bytes: number }[]>;
  clock: Clock;
  log: Log;
  streams: () => StreamRecord[];
  isHeld: (cameraId: CameraId, fromMs: number, toMs: number) => boolean;
  /** No stream of the camera has anything of this span any more: what was made of it goes too. */
  bare: (cameraId: CameraId, fromMs: number, toMs: number) => void;
}): Deleting {
  const { clock, log, isHeld } = deps;
  const rows = deps.store.retention;
  const halting = new AbortController();
  /** A question, not a value: it changes while files go. */
  const halted = (): boolean => halting.signal.aborted;

  type Run = { mark: DeletionMark; stream: StreamRecord; segments: FinishedSegment[] };

  /** Runs of segments between which the index knows no other. */
  const runsOf = ({ stream, segments, reason, by = '', why = '' }: ToDelete): Run[] => {
    const out: Run[] = [];
    for (const segment of segments) {
      const last = out.at(-1);
      const before = last?.segments.at(-1)?.startMs;
      if (last !== undefined && before === rows.before(stream.id, segment.startMs)) {
        last.segments.push(segment);
        last.mark.toMs = segment.startMs;
      } else {
        const mark = { streamId: stream.id, fromMs: segment.startMs, toMs: segment.startMs, reason, by, why };
        out.push({ mark, stream, segments: [segment] });
      }
    }
    return out;
  };

  /** Whether a stream has something of a span. */
  const covers = (streamId: StreamId, fromMs: number, toMs: number): boolean => {
    const lastMs = rows.before(streamId, toMs);
    if (lastMs === null) return false;
    const last = rows.finished(streamId, lastMs, 1)[0];
    // One that is being written goes on up to now.
    return last?.startMs !== lastMs || last.endMs > fromMs;
  };
  const tellBare = (streamId: StreamId, removed: readonly FinishedSegment[]): void => {
    const [first, last] = [removed[0], removed.at(-1)];
    const streams = deps.streams();
    const cameraId = streams.find((s) => s.id === streamId)?.cameraId;
    if (first === undefined || last === undefined || cameraId === undefined) return;
    const others = streams.filter((s) => s.cameraId === cameraId);
    if (!others.some((s) => covers(s.id, first.startMs, last.endMs))) deps.bare(cameraId, first.startMs, last.endMs);
  };

  const carryOut = async (
    runs: readonly Run[],
  ): Promise<{ gone: number; bytes: Map<number, number>; refused: Refused[]; trouble: string | null }> => {
    const done: { mark: DeletionMark; removed: FinishedSegment[] }[] = [];
    const refused: Refused[] = [];
    let trouble: string | null = null;
    for (const { mark, stream, segments } of runs) {
      if (halted() || trouble !== null) break;
      const byStart = new Map(segments.map((s) => [s.startMs, s]));
      const kind = stream.kind;
      const removed: FinishedSegment[] = [];
      for (const [volume, mine] of Map.groupBy(segments, (s) => s.volume)) {
        const result = await deps.volumes.filesOf(volume)?.remove(
          stream.folder,
          mine.map(({ startMs }) => ({ kind, startMs })),
          ({ startMs }) => halted() || isHeld(stream.cameraId, startMs, byStart.get(startMs)?.endMs ?? startMs),
        );
        trouble ??= result?.trouble ?? null;
        for (const one of result?.refused ?? [])
          refused.push({ streamId: stream.id, startMs: one.segment.startMs, why: one.why });
        removed.push(...(result?.gone ?? []).flatMap(({ startMs }) => byStart.get(startMs) ?? []));
      }
      removed.sort((a, b) => a.startMs - b.startMs);
      // With trouble the mark stays: whether the rest is there or not is found out when it is tried again.
      const whole = removed.length === segments.length;
      if (whole || (trouble === null && !halted())) done.push({ mark, removed });
    }
    if (done.length > 0) rows.gone(done, clock.nowMs());
    for (const { mark, removed } of done) tellBare(mark.streamId, removed);
    if (trouble !== null) log.error('recordings cannot be deleted', { error: trouble });
    const removed = done.flatMap((d) => d.removed);
    const bytes = new Map<number, number>();
    for (const s of removed) bytes.set(s.volume, (bytes.get(s.volume) ?? 0) + s.bytes);
    return { gone: removed.length, bytes, refused, trouble };
  };

  return {
    async delete(work) {
      const kept: ToDelete[] = [];
      const freed = new Map<number, number>();
      let left = 0;
      for (const item of work) {
        const gone =
          (await deps.release?.(
            item.stream,
            item.segments.map((s) => s.startMs),
          )) ?? [];
        left += gone.length;
        for (const { volume, bytes } of gone) freed.set(volume, (freed.get(volume) ?? 0) + bytes);
        const starts = new Set(gone.map((g) => g.startMs));
        if (starts.size < item.segments.length)
          kept.push({ ...item, segments: item.segments.filter((s) => !starts.has(s.startMs)) });
      }
      const runs = kept.flatMap(runsOf);
      rows.mark(runs.map((r) => r.mark));
      // No file goes before a power cut would leave the mark.
      await durableOrEnded(deps.store, halting.signal);
      const done = await carryOut(runs);
      for (const [volume, bytes] of done.bytes) freed.set(volume, (freed.get(volume) ?? 0) + bytes);
      return { ...done, gone: done.gone + left, bytes: freed };
    },
    async resume() {
      const streams = new Map(deps.streams().map((s) => [s.id, s]));
      const runs = rows.marks().map((mark): Run | null => {
        const stream = streams.get(mark.streamId);
        if (stream === undefined) return null;
        const segments: FinishedSegment[] = [];
        for (let fromMs = mark.fromMs; fromMs <= mark.toMs; ) {
          const page = rows.finished(mark.streamId, fromMs, 500).filter((s) => s.startMs <= mark.toMs);
          segments.push(...page);
          const last = page.at(-1);
          if (last === undefined) break;
          fromMs = last.startMs + 1;
        }
        return { mark, stream, segments };
      });
      const { gone, trouble } = await carryOut(runs.filter((r) => r !== null));
      if (runs.length > 0) log.info('deleting that was interrupted was finished', { segments: gone });
      return { trouble };
    },
    halt() {
      halting.abort();
    },
  };
}
