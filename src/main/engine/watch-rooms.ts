/** Watching cameras by the station's own analysis, put together. */
import type { Analysing } from './analysing.ts';
import { type AnalysisWatching, createAnalysisWatch } from './analysis-watch.ts';
import type { CameraHealthRoom } from './camera-health.ts';
import type { CameraRoom } from './cameras.ts';
import type { EngineDeps } from './engine-deps.ts';
import { createCloserLooks } from './closer-looks.ts';
import { createFootageDecoder } from './footage-decode.ts';
import { createFootageSearches, type FootageSearchRoom } from './footage-search.ts';
import { createEventPictures, type EventPictures } from './event-pictures.ts';
import type { EventRoom } from './events.ts';
import type { IngestPool } from './ingest-pool.ts';
import { createLineTallies, type LineTallyRoom } from './line-tallies.ts';
import { createLooks, type LookRoom } from './looks.ts';
import { createMotionJournal, type MotionJournal } from './motion-journal.ts';
import type { Keeping } from './keeping.ts';
import type { RecordingRoom } from './recordings.ts';
import type { Playback } from './rooms.ts';
import { createSoundRooms, type SoundRooms } from './sound-rooms.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { CameraId } from '#domain/id.ts';
import { createPlateLists } from './plate-lists.ts';
import type { PlateLists } from './plate-port.ts';
import type { WatchState } from '#domain/watching.ts';
import type { Work } from './work-port.ts';
import { createWatchDetect } from './watch-detect.ts';
import { createWatchWhy } from './watch-why.ts';
import { createWatchPlates } from './watch-plates.ts';
import { createWatchEvents } from './watch-events.ts';
import { createWatching, type WatchingRoom } from './watching.ts';
import { createWatchRules, type WatchRuleRoom } from './watch-rules.ts';

export type WatchRooms = {
  rules: WatchRuleRoom;
  watching: WatchingRoom;
  looks: LookRoom;
  /** With them those of what searches of footage found are forgotten. */
  pictures: EventPictures;
  motion: MotionJournal;
  sound: SoundRooms;
  plates: PlateLists;
  lines: LineTallyRoom;
  /** Pictures that are not analysed although they are to be. */
  troubles: AnalysisWatching['troubles'];
  work: Work;
  /** Started by itself, once there are models; stopped with the others. */
  footage: FootageSearchRoom;
  /** Whether it is looked at now, and motion is told. */
  tellsMotion(id: CameraId): boolean;
  /** Footage of this span is gone: so is what was made of it. */
  bare(id: CameraId, fromMs: number, toMs: number): void;
  /** `aliveMs`: see `WatchEvents.start`. */
  start(aliveMs: number): void;
  stop(): Promise<void>;
  /** The camera is gone from the station. */
  forget(id: CameraId): void;
  /** The camera is gone with all its video. */
  erase(id: CameraId): void;
};

export function createWatchRooms(
  deps: Pick<
    EngineDeps,
    | 'clock'
    | 'log'
    | 'store'
    | 'newId'
    | 'ffmpeg'
    | 'startWatchWorker'
    | 'startListenWorker'
    | 'eventPictures'
    | 'footage'
    | 'queries'
  > & {
    events: Pick<EventRoom, 'note' | 'finish' | 'look' | 'stayed' | 'closer' | 'reasoned'>;
    statuses: Pick<StreamStatuses, 'get'>;
    cameras: () => Pick<CameraRoom, 'record' | 'records' | 'deviceChanged' | 'stream'>;
    recordings: () => Pick<RecordingRoom, 'scheduleExists' | 'scheduleOn' | 'settings'>;
    analysing: () => Pick<Analysing, 'pool' | 'models'>;
    health: () => Pick<CameraHealthRoom, 'pictures' | 'maintenance'>;
    playback: () => Pick<Playback, 'segments' | 'fragments' | 'file' | 'segmentAt' | 'moment'>;
    pool: () => Pick<IngestPool, 'picturesTo' | 'show' | 'soundTo' | 'hear'>;
    keeping: () => Pick<Keeping, 'changed' | 'archiving' | 'bookmarks'>;
    /** Recording has trouble to keep up. */
    strained: () => boolean;
  },
): WatchRooms {
  const { clock, log, store } = deps;
  const rules = createWatchRules({
    store: store.watch,
    newId: deps.newId,
    cameraExists: (id) => deps.cameras().record(id) !== null,
    scheduleExists: (id) => deps.recordings().scheduleExists(id),
    isDetector: (id) =>
      deps
        .analysing()
        .models.list()
        .some((m) => m.manifest.id === id && m.manifest.task === 'detect'),
    changed: (id) => {
      watching.settle();
      events.settle(id);
      detect.settle(id);
      reading.settle(id);
      deps.cameras().deviceChanged(id);
      deps.keeping().changed([id]);
    },
  });
  const ofEvents = createEventPictures({ log, pictures: deps.eventPictures, store });
  const pictures: EventPictures = {
    ...ofEvents,
    forget(id, fromMs, toMs) {
      ofEvents.forget(id, fromMs, toMs);
      footage.forget(id, fromMs, toMs);
    },
  };
  const motion = createMotionJournal({ log, store, queries: deps.queries });
  const plates = createPlateLists({
    ...{ clock, log, newId: deps.newId },
    store: store.plate,
    zone: () => deps.recordings().settings().zone,
  });
  const lines = createLineTallies({
    ...{ clock, log, rules },
    store: store.watch,
    zone: () => deps.recordings().settings().zone,
  });
  const watching: WatchingRoom = createWatching({
    ...{ clock, log, rules },
    ffmpeg: deps.ffmpeg,
    startWorker: deps.startWatchWorker,
    pool: deps.pool,
    records: () => deps.cameras().records(),
    status: (id, kind) => deps.statuses.get(id, kind),
    reads: (id) => reading.reads(id),
    detects: (id) => deps.analysing().models.choose('detect', rules.settings(id).modelId) !== null,
    share: (id) => deps.analysing().pool.share(id),
    judged: (id) => deps.health().pictures.wanted(id),
    ears: () => ({
      looked(camera, kind, look) {
        if (look.judged !== null) deps.health().pictures.judged(camera, kind, look.judged);
        events.looked(camera, look);
        if (look.motion !== null) motion.take(camera.id, look.motion);
        detect.looked(camera, look);
        reading.followed(camera, detect.tracks(camera.id), look.atMs);
        const { atMs, motion: moved } = look;
        if (moved !== null) looks.take(camera.id, { atMs, motion: moved, tracks: detect.tracks(camera.id) });
      },
      frame(camera, frame) {
        reading.frame(camera, frame);
        detect.frame(camera, frame);
      },
      failed(camera, inRow) {
        deps.health().pictures.failed(camera.id, inRow);
      },
      unwatched(id) {
        deps.health().pictures.unwatched(id);
        events.unwatched(id);
        detect.unwatched(id, 'unwatched');
        reading.unwatched(id, 'unwatched');
      },
    }),
  });
  const events = createWatchEvents({
    ...{ clock, store, rules },
    events: deps.events,
    still: (id) => watching.still(id),
    keep: pictures.keep,
    over: (event) => {
      closer.over(event);
    },
  });
  const detect = createWatchDetect({
    ...{ clock, rules, lines },
    events: deps.events,
    pool: () => deps.analysing().pool,
    models: () => deps.analysing().models,
    watching: () => watching,
    scheduleOn: (id, atMs) => deps.recordings().scheduleOn(id, atMs),
    keep: pictures.keep,
    over: (event) => {
      closer.over(event);
    },
    reasons: createWatchWhy({ watching: () => watching, keepLook: pictures.keepLook }),
    changed(id, moved, atMs) {
      const camera = deps.cameras().record(id);
      if (camera !== null) reading.followed(camera, detect.tracks(id), atMs);
      if (moved !== null) looks.take(id, { atMs, motion: moved, tracks: detect.tracks(id) });
    },
  });
  const reading = createWatchPlates({
    ...{ rules, lists: plates, events: deps.events, keep: pictures.keep, keepLook: pictures.keepLook },
    hasLeft: detect.hasLeft,
    pool: () => deps.analysing().pool,
    models: () => deps.analysing().models,
    watching: () => watching,
    scheduleOn: (id, atMs) => deps.recordings().scheduleOn(id, atMs),
  });
  const state = (id: CameraId): WatchState => {
    const now = watching.state(id);
    const trouble = now.trouble ?? detect.trouble(id);
    const { mode, modelId: chosen } = rules.settings(id);
    const modelId = mode === 'objects' ? deps.analysing().models.choose('detect', chosen) : null;
    return {
      ...{ ...now, detected: detect.detected(id), lines: detect.lines(id) },
      ...{ modelId, plates: reading.state(id), trouble },
    };
  };
  const looks: LookRoom = createLooks({
    ...{ clock, rules, state },
    records: () => deps.cameras().records(),
    record: (id) => deps.cameras().record(id),
  });
  const sound = createSoundRooms({ ...deps, still: (id) => watching.still(id), keep: pictures.keep });
  const closer = createCloserLooks({
    ...{ clock, log, rules, store, lists: plates, events: deps.events, playback: deps.playback, keep: pictures.keep },
    models: () => deps.analysing().models,
    pool: () => deps.analysing().pool,
    decoder: createFootageDecoder({ log, ffmpeg: deps.ffmpeg.found, startWorker: deps.footage.startWorker }),
    hasFfmpeg: deps.ffmpeg.found !== null,
  });
  const ownWatch = createAnalysisWatch({
    ...{ clock, log, store, state },
    events: deps.events,
    records: () => deps.cameras().records(),
    silenced: (id) => deps.health().maintenance(id) !== null,
    pool: () => deps.analysing().pool,
  });
  let unhear: (() => void) | null = null;
  const footage = createFootageSearches({
    ...{ clock, rules, newId: deps.newId, store: deps.footage.store, queries: deps.queries, ffmpeg: deps.ffmpeg },
    log: log.with({ room: 'footage-search' }),
    cameras: { record: (id) => deps.cameras().record(id), stream: (id, kind) => deps.cameras().stream(id, kind) },
    places: { need: (volume) => deps.keeping().archiving.need(volume) },
    pool: () => deps.analysing().pool,
    models: () => deps.analysing().models,
    bookmarks: () => deps.keeping().bookmarks,
    strained: deps.strained,
    decoder: createFootageDecoder({ log, ffmpeg: deps.ffmpeg.found, startWorker: deps.footage.startWorker }),
  });
  return {
    ...{ rules, watching, looks, pictures, motion, sound, plates, lines, footage },
    troubles: ownWatch.troubles,
    work: { queues: () => [sound.queue(), closer.now()] },
    tellsMotion: (id) => rules.settings(id).tellMotion && watching.state(id).watching,
    bare(id, fromMs, toMs) {
      pictures.forget(id, fromMs, toMs);
      motion.forget(id, fromMs, toMs);
    },
    start(aliveMs) {
      events.start(aliveMs);
      watching.start();
      unhear = deps.analysing().models.onChange(() => {
        detect.modelsChanged();
        watching.settle();
      });
      motion.start();
      lines.start();
      sound.start();
      closer.start();
      ownWatch.start(aliveMs);
    },
    async stop() {
      unhear?.();
      ownWatch.stop();
      events.stop();
      detect.stop();
      reading.stop();
      looks.stop();
      motion.stop();
      lines.stop();
      await Promise.all([watching.stop(), sound.stop(), footage.stop(), closer.stop()]);
    },
    forget(id) {
      watching.forget(id);
      sound.forget(id);
      detect.forget(id);
      reading.forget(id);
      looks.forget(id);
      rules.forget(id);
    },
    erase(id) {
      this.bare(id, 0, Number.MAX_SAFE_INTEGER);
      rules.erase(id);
    },
  };
}
