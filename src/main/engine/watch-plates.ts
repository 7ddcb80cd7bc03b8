/**
 * Plates of vehicles that are followed, and of what moves in places where plates are read: asked of the pool when nothing more
 * urgent waits, put together over pictures (`decide/plate-passings.ts`), compared with lists, and told once for each passing.
 */
import { boundsOf, legible, plateParts, wantsDetail } from '#domain/decide/plate-picture.ts';
import {
  endPassings,
  freshPassings,
  stepPassings,
  unread,
  type Passing,
  type PassingOutput,
  type Passings,
  type PlateSight,
} from '#domain/decide/plate-passings.ts';
import { explainPlate } from '#domain/decide/explain-plate.ts';
import type { Event, EventLook, Severity } from '#domain/event.ts';
import type { PlateWhy } from '#domain/event-why.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import { vehicleClasses } from '#domain/object-class.ts';
import { inside, overlapOf, type Box, type Point } from '#domain/place.ts';
import type { PlateListKind } from '#domain/plate-list.ts';
import type { PlateRead } from '#domain/plate.ts';
import type { ScheduleId } from '#domain/recording-plan.ts';
import type { Track, TrackId } from '#domain/track.ts';
import { keptOut, type WatchZone } from '#domain/watch-zone.ts';
import type { PlateState, PlateTrouble } from '#domain/watching.ts';
import type { EventRoom } from './events.ts';
import type { InferencePool } from './inference.ts';
import type { Models } from './model-rooms.ts';
import type { PlateLists } from './plate-port.ts';
import type { CameraRecord } from './index-port.ts';
import type { EventPictures } from './event-pictures.ts';
import { createPlateLooks, type PlateLooks } from './watch-plate-looks.ts';
import type { Framed, Still, WatchingRoom } from './watching.ts';
import type { WatchRuleRoom } from './watch-rules.ts';

/** Questions without an answer, of all cameras: their pictures are kept in memory. */
const mostAsked = 4;
/** Pictures of plates are kept this wide at most: at 960 their letters would be lost. */
const pictureWidth = 1_920;
/** So many vehicles that were too narrow to read, in a row, until it is said. */
const narrowToSay = 5;
/** So many pictures in a row of which the model made nothing, until it is said: the next one may come tomorrow. */
const failedToSay = 3;

const severities: Record<PlateListKind, Severity> = { allow: 'info', watch: 'warning', deny: 'alarm' };

type Pictured = { frame: Framed['picture']; atMs: number };
/** The event of a passing, and what it says now. */
type Told = {
  id: EventId;
  fromMs: number;
  passing: Passing;
  text: string;
  score: number;
  pictured: boolean;
  /** Where it was read, and how it goes with lists as they were then. */
  then: Pick<PlateWhy, 'zone' | 'stream' | 'list'>;
};
type Mine = {
  camera: CameraRecord;
  passings: Passings;
  tracks: Track[];
  /** The picture that is being, or was just, watched. */
  frame: Framed | null;
  asking: boolean;
  /** Of the last picture that was read. */
  readMs: number;
  narrow: number;
  failed: number;
  /** Pictures by passing, until its event keeps them. */
  stills: Map<number, Promise<Still>>;
  /** And of its readings. */
  looks: Map<number, PlateLooks>;
  open: Map<number, Told>;
  state: PlateState;
};

export type WatchPlates = {
  /** Whether plates of a camera are to be read, and there is what reads them. */
  reads(id: CameraId): boolean;
  /** A picture in which something moves. */
  frame(camera: CameraRecord, frame: Framed): void;
  /** What is followed, after each picture that was looked at. */
  followed(camera: CameraRecord, tracks: readonly Track[], atMs: number): void;
  /** null: none are to be read. */
  state(id: CameraId): PlateState | null;
  /** What is set for a camera may be another: where none are to be read any more, what goes on is over now. */
  settle(id: CameraId): void;
  unwatched(id: CameraId, ended: string): void;
  forget(id: CameraId): void;
  stop(): void;
};

export function createWatchPlates(deps: {
  pool: () => Pick<InferencePool, 'submit'>;
  models: () => Pick<Models, 'choose'>;
  rules: Pick<WatchRuleRoom, 'settings' | 'zones'>;
  /** Whether a vehicle that is followed has left the place in which it was seen first. */
  hasLeft: (id: CameraId, trackId: TrackId) => boolean;
  lists: Pick<PlateLists, 'find'>;
  events: Pick<EventRoom, 'note' | 'finish' | 'look' | 'reasoned'>;
  watching: () => Pick<WatchingRoom, 'encode' | 'detail'>;
  scheduleOn: (id: ScheduleId, atMs: number) => boolean;
  keep: (id: EventId, cameraId: CameraId, still: NonNullable<Still>) => boolean;
  keepLook: EventPictures['keepLook'];
}): WatchPlates {
  const { rules, events, lists } = deps;
  const cameras = new Map<CameraId, Mine>();
  const states = new Map<CameraId, PlateState>();
  let asked = 0;

  const everywhere = (id: CameraId): boolean => {
    const { mode, plates } = rules.settings(id);
    return mode === 'objects' && plates;
  };
  const zonesOf = (id: CameraId): WatchZone[] => rules.zones(id).filter((z) => z.kind === 'detect' && z.plates);
  const wanted = (id: CameraId): boolean =>
    rules.settings(id).mode !== 'off' && (everywhere(id) || zonesOf(id).length > 0);
  const readers = () => {
    const textModelId = deps.models().choose('text', null);
    const plateModelId = deps.models().choose('plate', null);
    return textModelId === null || plateModelId === null ? null : { textModelId, plateModelId };
  };
  /** The models that failed, by camera: of others it is not known yet. */
  const failing = new Map<CameraId, string>();
  const stateOf = (id: CameraId): PlateState => {
    let state = states.get(id);
    if (state === undefined) states.set(id, (state = { looked: 0, told: 0, stream: null, trouble: null }));
    return state;
  };
  const mineOf = (camera: CameraRecord): Mine => {
    let mine = cameras.get(camera.id);
    if (mine === undefined) {
      mine = {
        ...{ camera, passings: freshPassings, tracks: [], frame: null, asking: false, readMs: 0, narrow: 0, failed: 0 },
        ...{ stills: new Map<number, Promise<Still>>(), open: new Map<number, Told>() },
        looks: new Map<number, PlateLooks>(),
        state: stateOf(camera.id),
      };
      cameras.set(camera.id, mine);
    }
    mine.camera = camera;
    return mine;
  };
  const holds = (zone: WatchZone, atMs: number): boolean =>
    zone.scheduleId === null || deps.scheduleOn(zone.scheduleId, atMs);

  /** Where a plate stands; null: nothing there matters. */
  const placed = ({ camera: { id }, tracks }: Mine, read: PlateRead, atMs: number): PlateSight | null => {
    const { text, score, box } = read;
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const zones = rules.zones(id).filter((z) => holds(z, atMs));
    // Without a vehicle nobody can say that it stands.
    const vehicle = tracks.find((t) => vehicleClasses.includes(t.class) && within(t.box, middle));
    if (keptOut(zones, middle, vehicle === undefined || deps.hasLeft(id, vehicle.id))) return null;
    const detect = zones.filter((z) => z.kind === 'detect');
    const here = detect.filter((z) => inside(z.points, middle) && (z.plates || everywhere(id)));
    if (here.length === 0 && !(everywhere(id) && detect.length === 0)) return null;
    const zone = here.find((z) => z.plates) ?? here[0];
    return { text, score, box, zoneId: zone?.id ?? null };
  };

  const lookOf = ({ passing, text, score, pictured }: Omit<Told, 'id'>): EventLook => ({
    ...{ class: passing.class ?? 'plate', score, box: passing.best.box, text, hasPicture: pictured },
    ...{ zoneId: passing.zoneId, lineId: null, trackId: passing.trackId },
  });
  const picture = (mine: Mine, told: Told): void => {
    const { atMs } = told.passing.best;
    const looks = mine.looks.get(told.passing.key);
    void mine.stills.get(told.passing.key)?.then((still) => {
      // A better one may be on its way.
      if (still === null || told.passing.best.atMs !== atMs) return;
      if (!deps.keep(told.id, mine.camera.id, { data: still.data, atMs })) return;
      told.pictured = true;
      events.look(told.id, lookOf(told));
      looks?.keep(told.id);
    });
  };
  /** How much it matters, and what is said of it. */
  const weighed = ({ camera, state }: Mine, passing: Passing, text: string) => {
    const [found] = lists.find(text, passing.best.atMs);
    const zone = rules.zones(camera.id).find((z) => z.id === passing.zoneId);
    const data: Event['data'] = {
      camera: camera.name,
      ...(zone === undefined ? {} : { source: zone.name }),
      list: found?.list.name ?? null,
      listKind: found?.list.kind ?? null,
      label: found === undefined || found.entry.label === '' ? null : found.entry.label,
      listed: found === undefined || found.match === 'exact' ? null : found.entry.text,
    };
    const tells = zone?.plateTells ?? rules.settings(camera.id).plateTells;
    const isTold = tells === 'all' || found?.list.kind !== 'allow';
    const then: Told['then'] = {
      ...{ zone: zone?.name ?? null, stream: state.stream },
      list:
        found === undefined
          ? null
          : { name: found.list.name, kind: found.list.kind, entry: found.entry.text, match: found.match },
    };
    return { isTold, severity: found === undefined ? 'info' : severities[found.list.kind], data, then } as const;
  };
  const tell = (mine: Mine, output: Extract<PassingOutput, { is: 'told' }>): void => {
    const { passing, text, score } = output;
    const { isTold, severity, data, then } = weighed(mine, passing, text);
    const open = mine.open.get(passing.key);
    if (open !== undefined) {
      // Thought better of: another text, and so perhaps another list.
      Object.assign(open, { passing, text, score, then });
      events.look(open.id, lookOf(open), { severity, data });
      events.reasoned(open.id, explainPlate(passing, text, then));
      return;
    }
    if (!isTold) return;
    const said = { fromMs: passing.sinceMs, passing, text, score, pictured: false, then };
    const event = events.note({
      ...{ kind: 'plate', severity, cameraId: mine.camera.id, fromMs: passing.sinceMs, toMs: null },
      data: Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null)),
      ...{ look: lookOf(said), why: explainPlate(passing, text, then) },
    });
    if (event === null) return;
    mine.state.told += 1;
    const told: Told = { ...said, id: event.id };
    mine.open.set(passing.key, told);
    picture(mine, told);
  };
  const looksOf = ({ camera, looks }: Mine, key: number): PlateLooks => {
    let mine = looks.get(key);
    if (mine === undefined) {
      mine = createPlateLooks({ cameraId: camera.id, watching: deps.watching, keepLook: deps.keepLook });
      looks.set(key, mine);
    }
    return mine;
  };
  const obey = (mine: Mine, outputs: readonly PassingOutput[], shown: Pictured | null, ended?: string): void => {
    for (const output of outputs) {
      const { key } = output.passing;
      if (output.is === 'read') {
        if (shown !== null) looksOf(mine, key).read(shown.frame, output.box, shown.atMs);
      } else if (output.is === 'view') {
        if (shown === null) continue;
        mine.stills.set(key, deps.watching().encode(shown.frame, pictureWidth));
        const open = mine.open.get(key);
        if (open === undefined) continue;
        open.passing = output.passing;
        picture(mine, open);
      } else if (output.is === 'told') tell(mine, output);
      else {
        const open = mine.open.get(key);
        mine.open.delete(key);
        mine.stills.delete(key);
        if (open === undefined) continue;
        // All its readings are known now.
        events.reasoned(open.id, explainPlate(output.passing, open.text, open.then));
        events.finish(open.id, Math.max(open.fromMs, output.atMs), ended === undefined ? {} : { ended });
      }
    }
    const live = new Set(mine.passings.passings.map((p) => p.key));
    for (const held of [mine.stills, mine.looks]) for (const key of held.keys()) if (!live.has(key)) held.delete(key);
  };

  type Chosen = Pictured & { kind: PlateState['stream']; vehicles: Track[]; zones: WatchZone[] };
  /** The picture that shows letters best: the main stream's newest where the watched one is too small. */
  const choose = async (mine: Mine, frame: Framed, vehicles: Track[], zones: WatchZone[]): Promise<Chosen | null> => {
    const { picture: small } = frame;
    const boxes = vehicles.map((v) => v.box);
    const areas = zones.map((z) => z.points);
    const detail = wantsDetail(small, boxes, areas) ? await deps.watching().detail(mine.camera.id) : null;
    const best = detail !== null && detail.picture.width > small.width ? detail : { picture: small, atMs: frame.atMs };
    const near = legible(best.picture, vehicles);
    if (near.length === 0 && zones.length === 0) {
      mine.narrow += 1;
      if (mine.narrow >= narrowToSay) mine.state.trouble = 'too-small';
      return null;
    }
    mine.narrow = 0;
    if (best.atMs <= mine.readMs) return null;
    return { frame: best.picture, atMs: best.atMs, kind: best === detail ? 'main' : null, vehicles: near, zones };
  };

  const ask = async (mine: Mine, frame: Framed, vehicles: Track[], zones: WatchZone[]): Promise<void> => {
    const { camera } = mine;
    const models = readers();
    if (models === null) return;
    if (mine.asking || asked >= mostAsked) return;
    mine.asking = true;
    asked += 1;
    try {
      const chosen = await choose(mine, frame, vehicles, zones);
      if (chosen === null || cameras.get(camera.id) !== mine) return;
      const { frame: shown, atMs } = chosen;
      const boxes = chosen.vehicles.map((v) => v.box);
      const areas = chosen.zones.map((z) => z.points);
      const answer = await deps.pool().submit({
        ...{ from: camera.id, lane: `plates ${camera.id}`, urgency: 'idle', waitMs: null, job: 'plates' },
        ask: { ...models, picture: shown, regions: plateParts(shown, boxes, areas, everywhere(camera.id)) },
      });
      if (cameras.get(camera.id) !== mine) return;
      const trouble = answer.ok ? null : troubleOf(answer.why);
      mine.failed = trouble === 'model-failed' || trouble === 'no-model' ? mine.failed + 1 : 0;
      if (mine.failed > 0) failing.set(camera.id, JSON.stringify(models));
      if (mine.failed === 0 || mine.failed >= failedToSay) mine.state.trouble = trouble;
      if (!answer.ok) return;
      mine.readMs = atMs;
      mine.state.looked += 1;
      mine.state.stream = chosen.kind;
      const reads = answer.value.plates.flatMap((read) => placed(mine, read, atMs) ?? []);
      const tried = chosen.vehicles.map((v) => v.id);
      step(mine, { atMs, reads, tracks: mine.tracks, tried }, { frame: shown, atMs });
    } finally {
      asked -= 1;
      mine.asking = false;
    }
  };
  const step = (mine: Mine, input: Parameters<typeof stepPassings>[1], shown: Pictured | null): void => {
    const [next, outputs] = stepPassings(mine.passings, input);
    mine.passings = next;
    obey(mine, outputs, shown);
  };

  const unwatched = (id: CameraId, ended: string): void => {
    const mine = cameras.get(id);
    if (mine === undefined) return;
    cameras.delete(id);
    obey(mine, endPassings(mine.passings), null, ended);
  };

  return {
    reads: (id) => wanted(id) && readers() !== null,
    frame(camera, frame) {
      if (!wanted(camera.id)) {
        unwatched(camera.id, 'unwatched');
        return;
      }
      const mine = mineOf(camera);
      mine.frame = frame;
      const zones = zonesOf(camera.id).filter((z) => holds(z, frame.atMs) && moves(z, frame.regions));
      if (zones.length === 0) return;
      void ask(mine, frame, unread(mine.passings, mine.tracks), zones);
    },
    followed(camera, tracks, atMs) {
      const mine = wanted(camera.id) ? mineOf(camera) : cameras.get(camera.id);
      if (mine === undefined) return;
      if (!wanted(camera.id)) {
        unwatched(camera.id, 'unwatched');
        return;
      }
      mine.tracks = [...tracks];
      step(mine, { atMs, reads: null, tracks }, null);
      const { frame } = mine;
      if (frame === null || !everywhere(camera.id)) return;
      const vehicles = unread(mine.passings, tracks).filter((t) => t.lastMs === atMs);
      if (vehicles.length > 0) void ask(mine, frame, vehicles, []);
    },
    state(id) {
      if (!wanted(id)) return null;
      const [state, models] = [stateOf(id), readers()];
      if (models === null) return { ...state, trouble: 'no-model' };
      const failed = state.trouble === 'model-failed' || state.trouble === 'no-model';
      return failed && failing.get(id) !== JSON.stringify(models) ? { ...state, trouble: null } : { ...state };
    },
    settle(id) {
      if (!wanted(id)) unwatched(id, 'unwatched');
    },
    unwatched,
    forget(id) {
      unwatched(id, 'unwatched');
      states.delete(id);
      failing.delete(id);
    },
    stop() {
      for (const id of [...cameras.keys()]) unwatched(id, 'station-stopped');
    },
  };
}

const within = (box: Box, { x, y }: Point): boolean =>
  x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;

/** Whether something moves in a zone. */
const moves = ({ points }: WatchZone, regions: readonly Box[]): boolean =>
  regions.some((r) => overlapOf(r, boundsOf(points)) > 0);

const troubleOf = (why: string): PlateTrouble =>
  why === 'no-model' ? 'no-model' : why === 'model' || why === 'model-rests' ? 'model-failed' : 'busy';
