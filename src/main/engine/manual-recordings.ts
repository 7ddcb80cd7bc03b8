/** Recording that a person asked for, up to a moment and no longer. Kept over restarts. */
import { z } from 'zod';
import { AppError } from '#contract/error.ts';
import { CameraId, type EventId } from '#domain/id.ts';
import { ManualRecording } from '#domain/recording-now.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord, ReadStore, WriteStore } from './index-port.ts';

const settingKey = 'manual-recording';
const Kept = z.array(z.object({ id: CameraId, manual: ManualRecording })).max(10_000);

export type ManualRecordings = {
  of(id: CameraId): ManualRecording | null;
  /** Throws NOT_FOUND; CONFLICT for a camera that is switched off. */
  begin(id: CameraId, said: { by: string; seconds: number }): ManualRecording;
  /** Nothing happens where there is none. `by`: the user's name; absent: nobody ended it. */
  end(id: CameraId, by?: string): void;
  /** Ends those whose time is over. */
  look(): void;
  start(): void;
};

export function createManualRecordings(deps: {
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note' | 'finish'>;
  store: Pick<ReadStore, 'openEvents'> & Pick<WriteStore, 'setting'>;
  record: (id: CameraId) => CameraRecord | null;
}): ManualRecordings {
  const { clock, log, events, store } = deps;
  const current = new Map<CameraId, ManualRecording>();
  const noted = new Map<CameraId, EventId>();

  const kept = store.setting.get(settingKey);
  if (kept !== null) {
    try {
      for (const { id, manual } of Kept.parse(JSON.parse(kept))) current.set(id, manual);
    } catch (error) {
      log.error('what was kept of recording by hand cannot be read: it has ended', { error: String(error) });
    }
  }

  const keep = (): void => {
    store.setting.set(settingKey, JSON.stringify([...current].map(([id, manual]) => ({ id, manual }))));
  };
  const finish = (id: CameraId, atMs: number, by?: string): void => {
    const event = noted.get(id);
    noted.delete(id);
    if (event !== undefined) events.finish(event, atMs, by === undefined ? {} : { endedBy: by });
  };
  const over = (id: CameraId, atMs: number, by?: string): void => {
    if (!current.delete(id)) return;
    keep();
    finish(id, atMs, by);
  };

  return {
    of: (id) => current.get(id) ?? null,
    begin(id, { by, seconds }) {
      const camera = deps.record(id);
      if (camera === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
      if (!camera.enabled)
        throw new AppError('CONFLICT', `${camera.name} is switched off. Switch it on first.`, {
          data: { what: 'switched-off', name: camera.name },
        });
      const now = clock.nowMs();
      const manual = { by, sinceMs: current.get(id)?.sinceMs ?? now, untilMs: now + seconds * 1000 };
      current.set(id, manual);
      keep();
      if (!noted.has(id)) {
        const event = events.note({
          kind: 'manual-recording',
          severity: 'info',
          cameraId: id,
          fromMs: now,
          data: { camera: camera.name, by },
        });
        if (event !== null) noted.set(id, event.id);
      }
      log.info('recording by hand', { camera: camera.name, by, seconds });
      return manual;
    },
    end(id, by) {
      over(id, clock.nowMs(), by);
    },
    look() {
      const now = clock.nowMs();
      for (const [id, { untilMs }] of [...current])
        if (now >= untilMs || deps.record(id)?.enabled !== true) over(id, Math.min(now, untilMs));
    },
    start() {
      for (const event of store.openEvents())
        if (event.kind === 'manual-recording' && event.cameraId !== null) noted.set(event.cameraId, event.id);
      for (const id of [...noted.keys()]) if (!current.has(id)) finish(id, clock.nowMs());
      this.look();
    },
  };
}
