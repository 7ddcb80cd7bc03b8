/** What is heard at cameras, as events that begin and end. Each gets the picture of its beginning, where the camera is watched too. */
import type { EventKind, EventLook, Severity } from '#domain/event.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { SoundMatter } from '#domain/sound.ts';
import type { Clock } from '#lib/clock.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord } from './ports.ts';
import type { Still } from './watching.ts';

export type SoundEvents = {
  /** `peakDb`: the loudest so far, dBFS. */
  begin(camera: CameraRecord, matter: SoundMatter, fromMs: number, peakDb: number | null): void;
  end(id: CameraId, matter: SoundMatter, atMs: number, peakDb: number | null): void;
  goingOn(id: CameraId): SoundMatter[];
  /** Nobody listens any more: what goes on is over as far as anybody knows. */
  unheard(id: CameraId, ended: string): void;
  stop(): void;
};

const kinds: Record<SoundMatter, { kind: EventKind; severity: Severity }> = {
  loud: { kind: 'sound', severity: 'warning' },
  sudden: { kind: 'sound', severity: 'info' },
  speech: { kind: 'speech', severity: 'info' },
  silence: { kind: 'silence', severity: 'warning' },
};
const noLook: EventLook = {
  ...{ class: null, score: null, box: null, zoneId: null, lineId: null, trackId: null, text: null },
  hasPicture: false,
};
/** Levels are told to a tenth. */
const tenth = (db: number): number => Math.round(db * 10) / 10;

type Open = { id: EventId; fromMs: number };

export function createSoundEvents(deps: {
  clock: Clock;
  events: Pick<EventRoom, 'note' | 'finish' | 'look'>;
  still: (id: CameraId) => Promise<Still>;
  /** Keeps the picture of an event; false: it could not be kept. */
  keep: (id: EventId, cameraId: CameraId, still: NonNullable<Still>) => boolean;
  /** Somebody spoke. */
  spoken: (id: EventId, cameraId: CameraId, toMs: number) => void;
}): SoundEvents {
  const { events } = deps;
  const open = new Map<CameraId, Map<SoundMatter, Open>>();

  const end: SoundEvents['end'] = (id, matter, atMs, peakDb) => {
    const mine = open.get(id)?.get(matter);
    if (mine === undefined) return;
    open.get(id)?.delete(matter);
    const toMs = Math.max(mine.fromMs, Math.round(atMs));
    events.finish(mine.id, toMs, peakDb === null ? {} : { peakDb: tenth(peakDb) });
    if (matter === 'speech') deps.spoken(mine.id, id, toMs);
  };
  const unheard: SoundEvents['unheard'] = (id, ended) => {
    for (const [matter, { id: event, fromMs }] of open.get(id) ?? []) {
      const toMs = Math.max(fromMs, deps.clock.nowMs());
      events.finish(event, toMs, { ended });
      if (matter === 'speech') deps.spoken(event, id, toMs);
    }
    open.delete(id);
  };
  return {
    begin(camera, matter, fromMs, peakDb) {
      const mine = open.get(camera.id) ?? new Map<SoundMatter, Open>();
      open.set(camera.id, mine);
      if (mine.has(matter)) return;
      const atMs = Math.round(fromMs);
      const event = events.note({
        ...kinds[matter],
        cameraId: camera.id,
        fromMs: atMs,
        data: { camera: camera.name, matter, ...(peakDb !== null && { peakDb: tenth(peakDb) }) },
        look: noLook,
      });
      if (event === null) return;
      mine.set(matter, { id: event.id, fromMs: atMs });
      if (matter === 'silence') return;
      void deps.still(camera.id).then((still) => {
        if (still !== null && deps.keep(event.id, camera.id, still))
          events.look(event.id, { ...noLook, hasPicture: true });
      });
    },
    end,
    goingOn: (id) => [...(open.get(id)?.keys() ?? [])],
    unheard,
    stop() {
      for (const id of [...open.keys()]) unheard(id, 'station-stopped');
    },
  };
}
