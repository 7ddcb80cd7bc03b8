/** Listening to cameras, put together; what the contract's `sound` says. */
import type { CameraSound } from '#contract/sound.ts';
import { AppError } from '#contract/error.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { SoundLook, SoundState } from '#domain/sound.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { WorkQueueNow } from '#domain/work.ts';
import type { Analysing } from './analysing.ts';
import type { CameraRoom } from './cameras.ts';
import type { EngineDeps } from './engine-deps.ts';
import type { EventPictures } from './event-pictures.ts';
import type { EventRoom } from './events.ts';
import { createBell } from './follow.ts';
import type { IngestPool } from './ingest-pool.ts';
import { createListening, type ListeningRoom } from './listening.ts';
import { recordedSound } from './recorded-sound.ts';
import { createSoundEvents, type Heard } from './sound-events.ts';
import type { Sounds } from './sound-room.ts';
import { createSoundRules } from './sound-rules.ts';
import { createSpeech } from './sound-speech.ts';
import type { Playback } from './rooms.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import { createTranscribing } from './transcribing.ts';
import type { Still } from './watching.ts';

const unknown: Heard = { peakDb: null, backgroundDb: null, chance: null };
/** Looks that wait for one who follows: ten seconds. */
const mostWaiting = 50;

export type SoundRooms = Sounds & {
  workers: ListeningRoom['workers'];
  /** What is said that waits to be written down. */
  queue(): WorkQueueNow;
  start(): void;
  stop(): Promise<void>;
  /** What a camera is may be another now. */
  settle(): void;
  forget(id: CameraId): void;
};

export function createSoundRooms(
  deps: Pick<EngineDeps, 'clock' | 'log' | 'store' | 'ffmpeg' | 'startListenWorker'> & {
    events: Pick<EventRoom, 'note' | 'finish' | 'look'>;
    statuses: Pick<StreamStatuses, 'get'>;
    cameras: () => Pick<CameraRoom, 'record' | 'records'>;
    analysing: () => Pick<Analysing, 'pool' | 'models'>;
    pool: () => Pick<IngestPool, 'soundTo' | 'hear'>;
    playback: () => Pick<Playback, 'segments' | 'fragments' | 'file'>;
    still: (id: CameraId) => Promise<Still>;
    keep: EventPictures['keep'];
  },
): SoundRooms {
  const { clock, log } = deps;
  const followers = new Map<CameraId, Set<{ waiting: SoundLook[]; ring(): void }>>();
  let stopped = false;

  const rules = createSoundRules({
    store: deps.store.sound,
    cameraExists: (id) => deps.cameras().record(id) !== null,
    changed: () => {
      listening.settle();
    },
  });
  const events = createSoundEvents({
    ...deps,
    settings: (id) => rules.settings(id),
    spoken: (id, cameraId, toMs) => transcribing.spoken(id, cameraId, toMs),
  });
  const speech = createSpeech({
    pool: () => deps.analysing().pool,
    models: () => deps.analysing().models,
    told(camera, outputs) {
      for (const output of outputs)
        if (output.is === 'begin')
          events.begin(camera, 'speech', output.fromMs, { ...unknown, chance: speech.chance(camera.id) });
        else events.end(camera.id, 'speech', output.atMs, null);
    },
  });
  const listening: ListeningRoom = createListening({
    ...{ clock, log, rules, ffmpeg: deps.ffmpeg, startWorker: deps.startListenWorker, pool: deps.pool },
    records: () => deps.cameras().records(),
    status: (id, kind) => deps.statuses.get(id, kind),
    detects: () => deps.analysing().models.choose('speech', null) !== null,
    ears: () => ({
      heard(camera, { atMs, levels, backgroundDb, events: said }) {
        for (const event of said)
          if (event.is === 'begin')
            events.begin(camera, event.matter, event.fromMs, { ...unknown, peakDb: event.peakDb, backgroundDb });
          else events.end(camera.id, event.matter, event.atMs, event.peakDb);
        const listeners = followers.get(camera.id);
        if (listeners === undefined || levels.length === 0) return;
        const chance = rules.settings(camera.id).tellSpeech ? speech.chance(camera.id) : null;
        const goingOn = events.goingOn(camera.id);
        const look: SoundLook = { atMs, levels: levels.slice(-100), backgroundDb, speech: chance, goingOn };
        for (const follower of listeners) {
          follower.waiting.push(look);
          if (follower.waiting.length > mostWaiting) follower.waiting.shift();
          follower.ring();
        }
      },
      sound: speech.sound,
      unheard(id) {
        speech.unheard(id);
        events.unheard(id, 'unwatched');
      },
    }),
  });

  const transcribing = createTranscribing({
    ...{ clock, log, store: deps.store, events: deps.events, decode: listening.decode },
    sound: (span) => recordedSound(deps.playback(), span),
    models: () => deps.analysing().models,
    pool: () => deps.analysing().pool,
    behind(id, toMs) {
      const camera = deps.cameras().record(id);
      if (camera === null) return false;
      const isBehind = (kind: StreamKind, streamId: StreamId | null): boolean =>
        streamId !== null &&
        deps.statuses.get(streamId, kind).recording &&
        (deps.store.lastSegment(streamId, clock.nowMs())?.endMs ?? 0) < toMs;
      return isBehind('main', camera.streamIds.main) || isBehind('sub', camera.streamIds.sub);
    },
    wanted(id) {
      const { on, tellSpeech, transcribe } = rules.settings(id);
      return on && tellSpeech && transcribe;
    },
  });

  const present = (id: CameraId): void => {
    if (deps.cameras().record(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
  };
  const stateOf = (id: CameraId): SoundState => {
    const state = listening.state(id);
    const { on, tellSpeech } = rules.settings(id);
    if (!on || !tellSpeech || state.trouble !== null) return state;
    const none = deps.analysing().models.choose('speech', null) === null ? ('no-model' as const) : null;
    return { ...state, trouble: none ?? speech.trouble(id) };
  };
  const of = (id: CameraId): CameraSound => {
    present(id);
    const transcriber = deps.analysing().models.choose('transcribe', null);
    return { cameraId: id, settings: rules.settings(id), state: stateOf(id), transcriber };
  };

  return {
    of,
    set(id, settings) {
      rules.set(id, settings);
      // Speech that goes on is over as far as anybody knows.
      if (!settings.tellSpeech) {
        speech.unheard(id);
        events.end(id, 'speech', clock.nowMs(), null);
      }
      return of(id);
    },
    async *watch(id, signal) {
      present(id);
      const bell = createBell(signal);
      const me = { waiting: [] as SoundLook[], ring: bell.ring };
      const mine = followers.get(id) ?? new Set();
      followers.set(id, mine);
      mine.add(me);
      listening.live(id, true);
      try {
        for (;;) {
          for (let next = me.waiting.shift(); next !== undefined; next = me.waiting.shift()) yield { value: next };
          if (stopped || !(await bell.next()) || deps.cameras().record(id) === null) return;
        }
      } finally {
        mine.delete(me);
        if (mine.size === 0) {
          followers.delete(id);
          listening.live(id, false);
        }
      }
    },
    workers: listening.workers,
    settle: listening.settle,
    queue: transcribing.now,
    start() {
      listening.start();
      transcribing.start();
    },
    async stop() {
      stopped = true;
      for (const set of followers.values()) for (const follower of set) follower.ring();
      events.stop();
      // What it waits for ends with the worker.
      await Promise.all([transcribing.stop(), listening.stop()]);
    },
    forget(id) {
      listening.forget(id);
      rules.forget(id);
      for (const follower of followers.get(id) ?? []) follower.ring();
    },
  };
}
