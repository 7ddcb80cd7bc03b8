/** Backs the index up once a day while the station runs, and keeps some of them (domain/decide/rotate-backups.ts). */
import { AppError } from '#contract/error.ts';
import type { Outputs } from '#contract/call.ts';
import { rotateBackups } from '#domain/decide/rotate-backups.ts';
import { dayMs, hourMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { BackupFiles } from './backup-port.ts';
import type { Verifier } from './verifier-port.ts';

/** Not while a station starts. */
const settleMs = 10 * 60_000;
const lookEveryMs = 60_000;
/** After a failure. */
const retryMs = hourMs;

export type Backups = {
  state(): Outputs['integrity']['state']['backups'];
  /** Throws UNAVAILABLE with the reason. */
  make(): Promise<{ madeMs: number; bytes: number }>;
  start(): Promise<void>;
  /** One that is being made ends with its worker; what is left of it goes with the next one. */
  stop(): void;
};

export function createBackups(deps: {
  verifier: Pick<Verifier, 'backUp'>;
  files: BackupFiles;
  events: Pick<EventRoom, 'note'>;
  clock: Clock;
  log: Log;
}): Backups {
  const { verifier, files, events, clock, log } = deps;
  let list: { madeMs: number; bytes: number }[] = [];
  let nextMs = 0;
  let trouble: string | null = null;
  let making: Promise<{ madeMs: number; bytes: number }> | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;
  let stopped = false;

  const rotate = async (): Promise<void> => {
    for (const madeMs of rotateBackups(
      list.map((b) => b.madeMs),
      clock.nowMs(),
    ))
      await files.remove(madeMs);
    list = await files.list();
  };

  const work = async (): Promise<{ madeMs: number; bytes: number }> => {
    const madeMs = Math.floor(clock.nowMs() / 1000) * 1000;
    const draft = await files.draft(madeMs);
    const { bytes } = await verifier.backUp({ to: draft });
    await files.keep(draft);
    list = await files.list();
    await rotate();
    nextMs = madeMs + dayMs;
    if (trouble !== null) log.info('the index is backed up again', { bytes });
    trouble = null;
    return { madeMs, bytes };
  };

  const failed = (error: unknown): void => {
    nextMs = clock.nowMs() + retryMs;
    if (stopped) return;
    const text = error instanceof Error ? error.message : String(error);
    log.error('the index could not be backed up', { error: text });
    if (trouble === null) {
      const atMs = clock.nowMs();
      events.note({
        kind: 'index-backup-failed',
        severity: 'warning',
        fromMs: atMs,
        toMs: atMs,
        data: { reason: text },
      });
    }
    trouble = text;
  };

  const begin = (): Promise<{ madeMs: number; bytes: number }> => {
    making ??= work()
      .catch((error: unknown) => {
        failed(error);
        throw error;
      })
      .finally(() => {
        making = null;
      });
    return making;
  };

  return {
    state: () => ({ list, nextMs, making: making !== null, trouble }),
    async make() {
      try {
        return await begin();
      } catch (error) {
        throw new AppError('UNAVAILABLE', error instanceof Error ? error.message : String(error), {
          cause: error,
          data: { reason: 'backup' },
        });
      }
    },
    async start() {
      const soonMs = clock.nowMs() + settleMs;
      nextMs = soonMs;
      try {
        list = await files.list();
        nextMs = Math.max(soonMs, (list[0]?.madeMs ?? 0) + dayMs);
        // A clock that was wrong once must not put backups off for years.
        nextMs = Math.min(nextMs, clock.nowMs() + dayMs);
      } catch (error) {
        failed(error);
      }
      timer = setInterval(() => {
        // What fails is told by `failed`.
        if (clock.nowMs() >= nextMs) begin().catch(() => undefined);
      }, lookEveryMs);
    },
    stop() {
      stopped = true;
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}
