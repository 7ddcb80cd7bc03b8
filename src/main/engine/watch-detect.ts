/**
 * What is on pictures that the gate let through: asked of the pool, followed from picture to picture, and told as events of zones and
 * lines, with the picture that shows each best. Answers that come late or out of order are left out; where none come, what nobody looks at
 * is over.
 */
import { hasLeft, stayed } from '#domain/decide/scene-places.ts';
import {
  freshScene,
  scene,
  type Scene,
  type SceneEvent,
  type SceneKind,
  type SceneOutput,
} from '#domain/decide/scene.ts';
import { freshTracking, keepsLooking, track, tracksOf, type Tracking } from '#domain/decide/track.ts';
import { unlookedMs } from '#domain/decide/track-ends.ts';
import { weakPart, type Detection } from '#domain/detection.ts';
import type { Event, EventLook, Severity } from '#domain/event.ts';
import type { ObjectWhy } from '#domain/event-why.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { ModelId } from '#domain/model.ts';
import type { Box } from '#domain/place.ts';
import type { ScheduleId } from '#domain/recording-plan.ts';
import { TrackId, type Track } from '#domain/track.ts';
import type { LineCount, MotionLook, WatchTrouble } from '#domain/watching.ts';
import type { Clock } from '#lib/clock.ts';
import type { EventRoom } from './events.ts';
import type { InferencePool } from './inference.ts';
import type { Models } from './model-rooms.ts';
import type { CameraRecord } from './index-port.ts';
import type { LineTallyRoom } from './line-tallies.ts';
import type { Framed, Looked, Still, WatchingRoom } from './watching.ts';
import type { WatchRuleRoom } from './watch-rules.ts';
import type { WatchWhy } from './watch-why.ts';

/** An answer that comes later is of no use, ms. */
const lateMs = 4_000;
/** A picture that shows it so much more surely takes the place of the one before. */
const better = 0.1;

export type WatchDetect = {
  looked(camera: CameraRecord, look: Looked): void;
  frame(camera: CameraRecord, frame: Framed): void;
  tracks(id: CameraId): Track[];
  /** Whether what is followed has left the place in which it was seen first. */
  hasLeft(id: CameraId, trackId: TrackId): boolean;
  detected(id: CameraId): number;
  /** Who went which way over its lines that count, since the station started. */
  lines(id: CameraId): LineCount[];
  trouble(id: CameraId): WatchTrouble | null;
  /** Models came or went, or others are to be used. */
  modelsChanged(): void;
  /** What is set for a camera may be another: where objects are not to be found any more, what goes on is over now. */
  settle(id: CameraId): void;
  unwatched(id: CameraId, ended: string): void;
  forget(id: CameraId): void;
  stop(): void;
};

type Open = {
  id: EventId;
  fromMs: number;
  score: number;
  pictured: number;
  look: EventLook;
  why: ObjectWhy;
  /** Whether its object has stayed in its place; null: not told yet. */
  stayed: boolean | null;
};
type Told = Extract<SceneOutput, { is: 'begin' | 'moment' }>;
type Seen = {
  tracking: Tracking;
  scene: Scene;
  /** Of the newest picture that was gone by, and of the newest that a detector looked at; null: none. */
  atMs: number | null;
  foundMs: number | null;
  /** Of the newest picture that is on its way to be asked about; null: none is. */
  dueMs: number | null;
  /** Questions without an answer. */
  asked: number;
  eager: boolean;
  open: Map<string, Open>;
  trouble: WatchTrouble | null;
};
/** Some things matter to somebody at once. */
const severities: Record<SceneKind, Severity> = {
  object: 'info',
  'zone-entered': 'info',
  'zone-left': 'info',
  'line-crossed': 'info',
  loitering: 'warning',
  crowd: 'warning',
  'object-left': 'warning',
  'object-taken': 'warning',
  'wrong-way': 'warning',
  speeding: 'warning',
};

export function createWatchDetect(deps: {
  clock: Clock;
  pool: () => Pick<InferencePool, 'submit' | 'need'>;
  models: () => Pick<Models, 'choose' | 'ready'>;
  rules: Pick<WatchRuleRoom, 'settings' | 'zones' | 'lines'>;
  events: Pick<EventRoom, 'note' | 'finish' | 'look' | 'stayed' | 'reasoned'>;
  /** An event has ended. */
  over: (event: Pick<Event, 'id' | 'cameraId' | 'look'>) => void;
  watching: () => Pick<WatchingRoom, 'eager' | 'encode'>;
  scheduleOn: (id: ScheduleId, atMs: number) => boolean;
  keep: (id: EventId, cameraId: CameraId, still: NonNullable<Still>) => boolean;
  reasons: WatchWhy;
  lines: Pick<LineTallyRoom, 'looked' | 'counted'>;
  /** What is followed is known anew. */
  changed: (id: CameraId, motion: MotionLook | null, atMs: number) => void;
}): WatchDetect {
  const { rules, events, reasons } = deps;
  const cameras = new Map<CameraId, Seen>();
  const motions = new Map<CameraId, MotionLook>();
  const counts = new Map<CameraId, number>();
  /** Of cameras that are not followed now. */
  const lineCounts = new Map<CameraId, LineCount[]>();

  let needed = false;
  /** A worker stands ready while somebody watches for objects and there is a model to find them with. */
  const need = (): void => {
    const now = [...cameras.keys()].some((id) => deps.models().choose('detect', rules.settings(id).modelId) !== null);
    if (now !== needed) deps.pool().need(now);
    needed = now;
  };
  const seenOf = (id: CameraId): Seen => {
    let mine = cameras.get(id);
    if (mine === undefined) {
      mine = {
        ...{ tracking: freshTracking, atMs: null, foundMs: null, dueMs: null, asked: 0, eager: false },
        scene: { ...freshScene, lines: { ...freshScene.lines, counts: countsOf(id) } },
        ...{ open: new Map<string, Open>(), trouble: null },
      };
      cameras.set(id, mine);
      need();
    }
    return mine;
  };
  /** Of the lines that there are. */
  const countsOf = (id: CameraId): LineCount[] => {
    const counting = new Set(rules.lines(id).flatMap((l) => (l.countsIn === null ? [] : [l.id])));
    const known = cameras.get(id)?.scene.lines.counts ?? lineCounts.get(id) ?? [];
    return known.filter((c) => counting.has(c.lineId));
  };
  const lookOf = (e: SceneEvent, hasPicture: boolean): EventLook => ({
    ...{ class: e.class, score: e.score, box: e.box, zoneId: e.zoneId, lineId: e.lineId, trackId: e.trackId },
    ...{ text: null, hasPicture },
  });
  const picture = (
    camera: CameraRecord,
    id: EventId,
    about: SceneEvent,
    now: Framed | null,
    why: ObjectWhy | null,
  ): void => {
    // Who went over the edge, or is not found just now, is on an earlier picture.
    const { seenMs } = about;
    const frame = seenMs === null || seenMs === now?.atMs ? now : (reasons.picture(camera.id, seenMs) ?? now);
    if (frame === null) return;
    void deps
      .watching()
      .encode(frame.picture)
      .then((still) => {
        if (still === null || !deps.keep(id, camera.id, { data: still.data, atMs: frame.atMs })) return;
        events.look(id, lookOf(about, true));
        if (why !== null) reasons.keep(camera.id, id, why);
      });
  };
  const obey = (
    camera: CameraRecord,
    mine: Seen,
    output: SceneOutput,
    frame: Framed | null,
    reasonOf: (told: Told) => ObjectWhy,
  ): void => {
    if (output.is === 'counted') {
      deps.lines.counted(output.lineId, output.way, output.atMs);
      return;
    }
    if (output.is === 'end') {
      const open = mine.open.get(output.key);
      mine.open.delete(output.key);
      if (open === undefined) return;
      place(mine, open, true);
      finish(camera.id, open, output.atMs, {});
      return;
    }
    if (output.is === 'update') {
      const open = mine.open.get(output.key);
      if (open === undefined) return;
      const score = output.score ?? 0;
      if (frame !== null && score > open.pictured + better) {
        open.pictured = score;
        picture(camera, open.id, output, frame, null);
      }
      return;
    }
    const fromMs = output.is === 'begin' ? output.fromMs : output.atMs;
    const detail = output.is === 'moment' ? output.detail : null;
    const why = reasonOf(output);
    const stays = output.is === 'moment' ? staysOf(mine, output.trackId, true) : null;
    const look: EventLook = { ...lookOf(output, false), ...(stays !== null && { stayed: stays }) };
    const event = events.note({
      kind: output.kind,
      severity: severities[output.kind],
      cameraId: camera.id,
      fromMs,
      toMs: output.is === 'begin' ? null : output.atMs,
      data: { camera: camera.name, ...placeName(camera.id, output), ...(detail === null ? {} : detail) },
      look,
      why,
    });
    if (event === null) return;
    const score = output.score ?? 0;
    if (output.is === 'begin')
      mine.open.set(output.key, { id: event.id, fromMs, score, pictured: score, look, why, stayed: null });
    else deps.over(event);
    picture(camera, event.id, output, frame, why);
  };
  const staysOf = ({ scene: { places } }: Seen, trackId: number | null, over: boolean): boolean | null =>
    trackId === null ? null : stayed(places, TrackId.parse(trackId), over);
  /** Tells of an event that goes on whether its object stays in its place, once that is known, and when it is otherwise. */
  const place = (mine: Seen, open: Open, over: boolean): void => {
    const stays = staysOf(mine, open.look.trackId, over);
    if (stays === null || stays === open.stayed) return;
    open.stayed = stays;
    events.stayed(open.id, stays);
  };
  /** What showed it best is known now. */
  const finish = (id: CameraId, { id: eventId, fromMs, look, why }: Open, atMs: number, more: Event['data']): void => {
    const best = reasons.best(id, look.trackId);
    if (best.length > 0) events.reasoned(eventId, { ...why, best: [...best] });
    events.finish(eventId, Math.max(fromMs, atMs), more);
    deps.over({ id: eventId, cameraId: id, look });
  };
  const placeName = (id: CameraId, { zoneId, lineId }: SceneEvent): { source?: string } => {
    const named = rules.zones(id).find((z) => z.id === zoneId) ?? rules.lines(id).find((l) => l.id === lineId);
    return named === undefined ? {} : { source: named.name };
  };

  const step = (
    camera: CameraRecord,
    mine: Seen,
    found: { atMs: number; detections: readonly Detection[] | null; minScore: number; motion: readonly Box[] | null },
    frame: Framed | null,
    gate: MotionLook | null,
  ): void => {
    const { atMs, detections, motion } = found;
    const detected = detections !== null;
    if (mine.atMs !== null && (atMs < mine.atMs || (atMs === mine.atMs && (!detected || atMs === mine.foundMs))))
      return;
    mine.atMs = atMs;
    if (detected) mine.foundMs = atMs;
    const aspect = frame === null ? 16 / 9 : frame.picture.width / frame.picture.height;
    const [tracking, changes] = track(mine.tracking, { ...found, aspect });
    reasons.looked(camera.id, { before: mine.tracking, after: tracking, atMs, frame, motion: gate });
    mine.tracking = tracking;
    const holds = (one: { scheduleId: ScheduleId | null }): boolean =>
      one.scheduleId === null || deps.scheduleOn(one.scheduleId, atMs);
    const places = {
      zones: rules.zones(camera.id).filter(holds),
      lines: rules.lines(camera.id).filter(holds),
    };
    const seen = { ...{ atMs, detected, motion, changes }, tracks: tracksOf(tracking) };
    const [next, outputs] = scene(mine.scene, { ...seen, ...places });
    const beforeMs = mine.scene.lookedMs;
    mine.scene = next;
    if (beforeMs !== null && next.lookedMs === atMs) deps.lines.looked(places.lines, beforeMs, atMs);
    const now = { atMs, scene: next, tracking, ...places, modelScore: found.minScore };
    for (const output of outputs) obey(camera, mine, output, frame, (told) => reasons.why(camera.id, told, now));
    for (const open of mine.open.values()) place(mine, open, false);
    const eager = keepsLooking(tracking, atMs);
    if (eager !== mine.eager) deps.watching().eager(camera.id, eager);
    mine.eager = eager;
    deps.changed(camera.id, motions.get(camera.id) ?? null, atMs);
  };

  const unwatched = (id: CameraId, ended: string): void => {
    const mine = cameras.get(id);
    lineCounts.set(id, countsOf(id));
    cameras.delete(id);
    motions.delete(id);
    // Of the time since the newest picture nothing is known.
    const atMs = mine?.atMs ?? deps.clock.nowMs();
    for (const open of mine?.open.values() ?? []) finish(id, open, atMs, { ended });
    reasons.forget(id);
    if (mine?.eager === true) deps.watching().eager(id, false);
    if (mine !== undefined) need();
  };

  const ask = async (camera: CameraRecord, mine: Seen, frame: Framed, modelId: ModelId): Promise<void> => {
    const minScore = deps.models().ready(modelId)?.manifest.minScore ?? 0.3;
    const urgent = rules.zones(camera.id).some((z) => z.urgent);
    const gate = motions.get(camera.id) ?? null;
    mine.asked += 1;
    const answer = await deps.pool().submit({
      ...{ from: camera.id, lane: `detect ${camera.id}`, waitMs: lateMs, job: 'detect' },
      urgency: urgent ? 'urgent' : 'usual',
      ask: { modelId, picture: frame.picture, regions: frame.regions, minScore: minScore * weakPart, classes: null },
    });
    mine.asked -= 1;
    if (cameras.get(camera.id) !== mine) return;
    if (!answer.ok) {
      if (answer.why === 'no-model') mine.trouble = 'no-model';
      else if (answer.why === 'model' || answer.why === 'model-rests') mine.trouble = 'model-failed';
      return;
    }
    mine.trouble = null;
    counts.set(camera.id, (counts.get(camera.id) ?? 0) + 1);
    const { detections } = answer.value;
    step(camera, mine, { atMs: frame.atMs, detections, minScore, motion: frame.regions }, frame, gate);
  };

  return {
    looked(camera, look) {
      const { id } = camera;
      if (rules.settings(id).mode !== 'objects') return;
      const mine = seenOf(id);
      if (deps.models().choose('detect', rules.settings(id).modelId) === null) mine.trouble = 'no-model';
      else if (mine.trouble === 'no-model') mine.trouble = null;
      if (look.motion === null) return;
      motions.set(id, look.motion);
      // Where a picture for the detector comes, that is what counts, unless none has come of it for long; what came on top is of no step.
      if (look.asks) mine.dueMs = look.atMs;
      // It is decoded in its own size first; the look after it may be here before it is.
      const due = mine.dueMs !== null && look.atMs - mine.dueMs <= lateMs;
      const waits = due || mine.asked > 0;
      if (look.second || (waits && (mine.atMs === null || look.atMs - mine.atMs <= unlookedMs))) return;
      const { is, regions } = look.motion;
      const motion = is === 'still' || is === 'motion' ? regions : null;
      step(camera, mine, { atMs: look.atMs, detections: null, minScore: 0, motion }, null, null);
    },
    frame(camera, frame) {
      const { id } = camera;
      const { mode, modelId } = rules.settings(id);
      if (mode !== 'objects') return;
      const mine = seenOf(id);
      if (mine.dueMs !== null && frame.atMs >= mine.dueMs) mine.dueMs = null;
      const chosen = deps.models().choose('detect', modelId);
      if (chosen === null) mine.trouble = 'no-model';
      else void ask(camera, mine, frame, chosen);
    },
    hasLeft: (id, trackId) => hasLeft(cameras.get(id)?.scene.places ?? [], trackId),
    tracks: (id) => tracksOf(cameras.get(id)?.tracking ?? freshTracking),
    detected: (id) => counts.get(id) ?? 0,
    lines: countsOf,
    trouble: (id) => cameras.get(id)?.trouble ?? null,
    modelsChanged: need,
    settle(id) {
      if (cameras.has(id) && rules.settings(id).mode !== 'objects') unwatched(id, 'unwatched');
      else need();
    },
    unwatched,
    forget(id) {
      unwatched(id, 'unwatched');
      counts.delete(id);
      lineCounts.delete(id);
    },
    stop() {
      for (const id of [...cameras.keys()]) unwatched(id, 'station-stopped');
    },
  };
}
