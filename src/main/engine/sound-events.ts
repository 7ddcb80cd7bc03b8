/** What is heard at cameras, as events that begin and end. Each gets the picture of its beginning, where the camera is watched too. */
import { silentDb } from '#domain/decide/sound-silence.ts';
import { onChance, speechLeastMs } from '#domain/decide/speech-present.ts';
import type { EventKind, EventLook, Severity } from '#domain/event.ts';
import type { SoundWhy } from '#domain/event-why.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { SoundMatter, SoundSettings } from '#domain/sound.ts';
import type { Clock } from '#lib/clock.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord } from './index-port.ts';
import type { Still } from './watching.ts';

/**
 * What an event begins with: the loudest so far and what is usual there, dBFS, and the chance that somebody speaks. null: not known, or it
 * does not matter.
 */
export type Heard = { peakDb: number | null; backgroundDb: number | null; chance: number | null };

export type SoundEvents = {
  begin(camera: CameraRecord, matter: SoundMatter, fromMs: number, heard: Heard): void;
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

/** What it was compared with. */
function soundWhy(matter: SoundMatter, set: SoundSettings, { peakDb, backgroundDb, chance }: Heard): SoundWhy {
  const thresholds = { loud: set.loudDb, sudden: set.suddenDb, silence: silentDb, speech: null };
  const needed = { loud: set.loudMs, sudden: null, silence: set.silenceS * 1_000, speech: speechLeastMs };
  return {
    ...{ is: 'sound', matter, weighting: set.weighting, levelDb: peakDb === null ? null : tenth(peakDb) },
    backgroundDb: matter === 'sudden' && backgroundDb !== null ? tenth(backgroundDb) : null,
    ...{ thresholdDb: thresholds[matter], neededMs: needed[matter] },
    ...(matter === 'speech' ? { chance, neededChance: onChance } : { chance: null, neededChance: null }),
  };
}

type Open = { id: EventId; fromMs: number };

export function createSoundEvents(deps: {
  clock: Clock;
  events: Pick<EventRoom, 'note' | 'finish' | 'look'>;
  still: (id: CameraId) => Promise<Still>;
  /** Keeps the picture of an event; false: it could not be kept. */
  keep: (id: EventId, cameraId: CameraId, still: NonNullable<Still>) => boolean;
  settings: (id: CameraId) => SoundSettings;
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
    begin(camera, matter, fromMs, heard) {
      const { peakDb } = heard;
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
        why: soundWhy(matter, deps.settings(camera.id), heard),
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
