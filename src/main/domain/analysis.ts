/** How the analysis of pictures does: the pool of workers, its queue, its models, and what it costs. */
import { z } from 'zod';
import { strategies, type Strategy } from './decide/choose-worker.ts';
import { CameraId } from './id.ts';
import { ModelId } from './model.ts';
import { TimeMs } from './time.ts';

const count = z.number().int().min(0);
/** Of the last minute, ms; null: nothing happened in it. */
export const Percentiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number() }).nullable();
export type Percentiles = z.infer<typeof Percentiles>;

export const PoolStrategy = z.enum(strategies satisfies readonly Strategy[]);

export const AnalysisSettings = z.object({
  /** How a worker is chosen. */
  strategy: PoolStrategy.default('least-connections'),
  /** Workers at most; null: what the PC bears. */
  mostWorkers: z.number().int().min(1).max(16).nullable().default(null),
});
export type AnalysisSettings = z.infer<typeof AnalysisSettings>;

/** Counts since the station started. Every job that was asked for is done, failed, dropped, or still there. */
export const JobCounts = z.object({
  asked: count,
  done: count,
  failed: count,
  /** A newer picture of the camera came before it. */
  newer: count,
  /** There was no room. */
  full: count,
  /** It had waited for too long. */
  late: count,
});
export type JobCounts = z.infer<typeof JobCounts>;

export const PoolWorker = z.object({
  id: count,
  /** starting · idle · busy · down: its thread ended and comes back · hung: it has not answered for long, and gets nothing. */
  is: z.enum(['starting', 'idle', 'busy', 'down', 'hung']),
  /** What runs its models here, best first. */
  providers: z.array(z.string()),
  models: z.array(ModelId),
  given: count,
  done: count,
  failed: count,
  restarts: count,
  /** Smoothed, ms. */
  answerMs: z.number().nullable(),
  health: z.number().min(0).max(1),
});
export type PoolWorker = z.infer<typeof PoolWorker>;

export const PoolModel = z.object({
  modelId: ModelId,
  /** What runs it, where it is loaded; null: nowhere. */
  provider: z.string().nullable(),
  done: count,
  failed: count,
  answerMs: Percentiles,
  /** Too many of its jobs failed: it is asked again at this moment; null: it works. */
  restsUntilMs: TimeMs.nullable(),
  fault: z.string().nullable(),
});
export type PoolModel = z.infer<typeof PoolModel>;

export const AnalysisNow = z.object({
  settings: AnalysisSettings,
  /** As many as there are, as there is work for, and as the PC bears. */
  workers: z.array(PoolWorker),
  wantedWorkers: count,
  mostWorkers: count,
  /** Recording has trouble to keep up, and the analysis gives way. */
  givesWay: z.boolean(),
  queue: z.object({ waiting: count, bound: count, urgent: count, usual: count, idle: count }),
  /** From being asked for to being given to a worker, from there to the answer, and both. */
  waitMs: Percentiles,
  answerMs: Percentiles,
  totalMs: Percentiles,
  /** Answers in the last minute. */
  perMinute: count,
  counts: JobCounts,
  /** Jobs that were given to another worker because theirs ended. */
  retried: count,
  models: z.array(PoolModel),
  cameras: z.array(
    z.object({
      cameraId: CameraId,
      counts: JobCounts,
      /** Of the pictures that it would look at, so many are looked at, because the PC does not manage more; 1: all. */
      share: z.number().min(0).max(1),
    }),
  ),
});
export type AnalysisNow = z.infer<typeof AnalysisNow>;
