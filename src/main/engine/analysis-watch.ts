/** Tells when cameras are looked at much less often than asked for, and when nobody can look (`domain/decide/analysis-watch.ts`). */
import type { AnalysisTrouble } from '#domain/analysis-trouble.ts';
import {
  analysisWatch,
  freshAnalysisWatch,
  troublesOf,
  type AnalysisLooks,
  type AnalysisOutput,
} from '#domain/decide/analysis-watch.ts';
import type { Event, EventKind } from '#domain/event.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { WatchState } from '#domain/watching.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { InferencePool } from './inference.ts';
import type { CameraRecord, ReadStore } from './index-port.ts';

const tickMs = 5_000;
const kinds: ReadonlySet<EventKind> = new Set(['analysis-slow', 'analysis-failed']);

export type AnalysisWatching = {
  /** What goes on now, as events told it. */
  troubles(): AnalysisTrouble[];
  /** `aliveMs`: when the last run was last known to be alive: what it left open ended then at the latest. */
  start(aliveMs: number): void;
  stop(): void;
};

export function createAnalysisWatch(deps: {
  clock: Clock;
  log: Log;
  store: Pick<ReadStore, 'openEvents'>;
  events: Pick<EventRoom, 'note' | 'finish'>;
  records: () => CameraRecord[];
  state: (id: CameraId) => WatchState;
  /** In maintenance: nothing is told of it. */
  silenced: (id: CameraId) => boolean;
  pool: () => Pick<InferencePool, 'share' | 'now'>;
}): AnalysisWatching {
  const { clock, log, events } = deps;
  const open = new Map<string, EventId>();
  let state = freshAnalysisWatch;
  let timer: ReturnType<typeof setInterval> | null = null;

  const looks = (): AnalysisLooks => {
    const pool = deps.pool();
    const cameras = deps
      .records()
      .filter((c) => c.enabled && !deps.silenced(c.id))
      .map(({ id }) => ({ id, state: deps.state(id), share: pool.share(id) }))
      .filter((c) => c.state.wantedPerSecond > 0)
      .map(({ id, state: { trouble, perSecond, wantedPerSecond, plates }, share }) => ({
        ...{ id, trouble, share, plates: plates?.trouble ?? null },
        part: Math.min(1, perSecond / wantedPerSecond),
      }));
    const { workers } = pool.now();
    return {
      ...{ atMs: clock.nowMs(), cameras },
      workersGone: workers.length > 0 && workers.every((w) => w.is === 'down' || w.is === 'hung'),
    };
  };
  const nameOf = (id: CameraId): string | null => deps.records().find((c) => c.id === id)?.name ?? null;
  const note = (output: Exclude<AnalysisOutput, { is: 'end' }>): void => {
    const { is, reason, fromMs, camera } = output;
    const more: Event['data'] = is === 'slow' ? { part: output.part } : { cameras: output.cameras };
    const made = events.note({
      kind: is === 'slow' ? 'analysis-slow' : 'analysis-failed',
      ...{ severity: 'warning', cameraId: camera, fromMs },
      data: { camera: camera === null ? null : nameOf(camera), why: reason, ...more },
    });
    if (made !== null) open.set(output.key, made.id);
  };
  const finish = (key: string, atMs: number, ended: string | null): void => {
    const id = open.get(key);
    open.delete(key);
    if (id !== undefined) events.finish(id, atMs, ended === null ? {} : { ended });
  };
  const tick = (): void => {
    const [next, outputs] = analysisWatch(state, looks());
    state = next;
    for (const output of outputs) {
      if (output.is === 'end') finish(output.key, output.atMs, output.unwatched ? 'unwatched' : null);
      else note(output);
      log.warn(output.is === 'end' ? 'the analysis does again what was asked of it' : 'the analysis is in trouble', {
        matter: output.key,
      });
    }
  };

  return {
    troubles: () => (timer === null ? [] : troublesOf(state, looks())),
    start(aliveMs) {
      for (const event of deps.store.openEvents())
        if (kinds.has(event.kind))
          events.finish(event.id, Math.max(event.fromMs, aliveMs), { ended: 'station-stopped' });
      timer = setInterval(tick, tickMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const key of [...open.keys()]) finish(key, clock.nowMs(), 'station-stopped');
    },
  };
}
