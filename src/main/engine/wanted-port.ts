/** When recording was asked for, and the weeks that ask for it (adapters/sqlite). Types only. */
import type { StreamId } from '#domain/id.ts';
import type { RecordingSchedule, ScheduleId } from '#domain/recording-plan.ts';

/** A span in which recording of a stream was asked for; `toMs` null: it still is. */
export type WantedRun = { fromMs: number; toMs: number | null };

/** When recording was asked for, per stream: runs in order that do not touch, at most one of them open. */
export type WantedStore = {
  /** From now on it is asked for; runs that touch become one. Nothing happens where a run is open. */
  begin(streamId: StreamId, fromMs: number): void;
  /** Not any more; a run that would be empty goes. Nothing happens where none is open. */
  end(streamId: StreamId, toMs: number): void;
  /** Takes a whole run in, merged with those that it touches. */
  add(streamId: StreamId, fromMs: number, toMs: number): void;
};

/** Weeks that cameras share. */
export type ScheduleStore = { save(schedule: RecordingSchedule): void; remove(id: ScheduleId): void };
