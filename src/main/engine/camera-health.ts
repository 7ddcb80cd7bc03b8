/** How every camera does: what is off at it goes on as events with begin and end, and is told with its figures on request. */
import { z } from 'zod';
import { AppError } from '#contract/error.ts';
import { healthState, type CameraHealth, type Maintenance } from '#domain/camera-health.ts';
import type { PictureOutput } from '#domain/decide/picture-watch.ts';
import { pictureMatters } from '#domain/decide/picture-watch.ts';
import { freshRateWatch, rateMatters, rateWatch, sampleMs, usual, type RateWatch } from '#domain/decide/rate-watch.ts';
import type { EventKind } from '#domain/event.ts';
import { CameraId, type EventId, type StreamId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { CameraEvents } from './camera-events.ts';
import type { CameraMetadataRoom } from './camera-metadata.ts';
import type { EventRoom } from './events.ts';
import { lanesOf } from './ingest.ts';
import { createMaintenance } from './maintenance.ts';
import { createPictureWatch, type PictureWatchRoom } from './picture-watch.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';
import type { CameraRecord, ReadStore, WriteStore } from './index-port.ts';
import type { CameraHealths } from './rooms.ts';
import type { StreamStatuses } from './stream-statuses.ts';

const offKey = 'picture-watch-off';
const Off = z.array(CameraId).max(10_000);

export type CameraHealthRoom = CameraHealths & {
  /** `aliveMs`: see `CameraEvents.start`. */
  start(aliveMs: number): void;
  stop(): void;
  maintenance(id: CameraId): Maintenance | null;
  steered(id: CameraId): void;
  /** Where the watch worker's judgement of pictures goes. */
  pictures: Pick<PictureWatchRoom, 'judged' | 'failed' | 'unwatched'> & { wanted(id: CameraId): boolean };
  /** The camera is gone from the station. */
  forget(id: CameraId): void;
};

type Going = { kind: EventKind; fromMs: number; event: EventId | null; stream: string | null };
const ours: ReadonlySet<EventKind> = new Set([...pictureMatters, ...rateMatters]);

export function createCameraHealth(deps: {
  clock: Clock;
  log: Log;
  events: Pick<EventRoom, 'note' | 'finish' | 'lastOf' | 'goingOn'>;
  store: Pick<ReadStore, 'openEvents'> & Pick<WriteStore, 'setting'>;
  ffmpeg: Pick<Ffmpeg, 'found'>;
  /** A camera's scene is to be learned anew; whether pictures are judged, or how, is another now. */
  watching: () => { anew(id: CameraId): void; settle(): void };
  statuses: StreamStatuses;
  records: () => CameraRecord[];
  record: (id: CameraId) => CameraRecord | null;
  hearing: { cameraEvents: Pick<CameraEvents, 'line' | 'silence'>; cameraMetadata: Pick<CameraMetadataRoom, 'now'> };
  /** Nothing of it is to be told any more (it is in maintenance), or is again. */
  silenced: (id: CameraId, silent: boolean) => void;
}): CameraHealthRoom {
  const { clock, log, events, store, statuses } = deps;
  const going = new Map<CameraId, Map<string, Going>>();
  const rates = new Map<StreamId, RateWatch>();
  const off = new Set<CameraId>();
  let timer: ReturnType<typeof setInterval> | null = null;

  const begin = (camera: CameraRecord, kind: EventKind, fromMs: number, stream: string | null): void => {
    let mine = going.get(camera.id);
    if (mine === undefined) going.set(camera.id, (mine = new Map<string, Going>()));
    const event = events.note({
      kind,
      severity: 'warning',
      cameraId: camera.id,
      fromMs,
      data: { camera: camera.name, stream },
    });
    mine.set(`${kind} ${stream ?? ''}`, { kind, fromMs, event: event?.id ?? null, stream });
  };
  const end = (id: CameraId, key: string, atMs: number, ended: string | null): void => {
    const mine = going.get(id);
    const one = mine?.get(key);
    if (mine === undefined || one === undefined) return;
    mine.delete(key);
    if (one.event !== null) events.finish(one.event, Math.max(atMs, one.fromMs), ended === null ? {} : { ended });
  };
  /** Nobody looks any more: what was going on is over as far as anybody knows. */
  const endAll = (id: CameraId, of: readonly EventKind[], ended: string): void => {
    for (const [key, { kind }] of [...(going.get(id) ?? [])]) if (of.includes(kind)) end(id, key, clock.nowMs(), ended);
  };

  const maintenance = createMaintenance({
    clock,
    log,
    events,
    store,
    record: deps.record,
    changed(id, silent) {
      if (silent) {
        endAll(id, [...pictureMatters, ...rateMatters], 'maintenance');
        deps.hearing.cameraEvents.silence(id);
        const record = deps.record(id);
        if (record !== null) for (const lane of lanesOf(record)) rates.delete(lane.id);
      }
      deps.silenced(id, silent);
      deps.watching().settle();
    },
  });
  const kept = (id: CameraId) => (off.has(id) ? 'off' : maintenance.of(id) !== null ? 'maintenance' : null);
  const pictures = createPictureWatch({
    clock,
    ffmpeg: deps.ffmpeg,
    status: (camera) => statuses.get(camera.streamIds.main, 'main'),
    kept,
    said(camera, output: PictureOutput) {
      if (output.is === 'begin') begin(camera, output.matter, output.fromMs, null);
      else end(camera.id, `${output.matter} `, output.atMs, output.learned ? 'learned' : null);
    },
    over(id) {
      endAll(id, pictureMatters, 'unwatched');
    },
    anew: (id) => {
      deps.watching().anew(id);
    },
  });

  const sample = (): void => {
    const atMs = clock.nowMs();
    for (const camera of deps.records()) {
      if (maintenance.of(camera.id) !== null) continue;
      for (const lane of lanesOf(camera)) {
        const status = statuses.get(lane.id, lane.kind);
        const comes = status.state === 'live' || status.state === 'degraded';
        const { bitsPerSecond, fps, packetsLost } = status;
        const was = rates.get(lane.id) ?? freshRateWatch;
        // The first seconds of a connection tell no rate yet.
        const settled = comes && atMs - status.sinceMs >= sampleMs && bitsPerSecond > 0;
        const [now, said] = rateWatch(was, settled ? { atMs, bitsPerSecond, fps, packetsLost } : null);
        rates.set(lane.id, now);
        for (const output of said)
          if (output.is === 'begin') begin(camera, output.matter, output.fromMs, lane.kind);
          else end(camera.id, `${output.matter} ${lane.kind}`, output.atMs, null);
      }
    }
  };

  const healthOf = (camera: CameraRecord): CameraHealth => {
    const { id } = camera;
    const silent = maintenance.of(id);
    const main = statuses.get(camera.streamIds.main, 'main');
    const sub = camera.streamIds.sub === null ? null : statuses.get(camera.streamIds.sub, 'sub');
    const open = events.goingOn(id).filter((e) => e.severity !== 'info');
    const alarms = open.map((e) => ({ kind: e.kind, fromMs: e.fromMs })).slice(0, 32);
    const state = healthState({
      enabled: camera.enabled,
      maintenance: silent !== null,
      main,
      sub,
      alarms: alarms.length,
    });
    const oldest = alarms[0]?.fromMs ?? main.sinceMs;
    return {
      id,
      state,
      sinceMs:
        state === 'disabled'
          ? null
          : state === 'maintenance'
            ? (silent?.sinceMs ?? null)
            : state === 'degraded' && main.state === 'live'
              ? oldest
              : main.sinceMs,
      alarms,
      lastEvent: events.lastOf(id),
      events: deps.hearing.cameraEvents.line(id),
      metadata: deps.hearing.cameraMetadata.now(id),
      picture: { on: !off.has(id), ...pictures.report(camera) },
      usual: lanesOf(camera).map((lane) => {
        const rate = rates.get(lane.id) ?? freshRateWatch;
        return { kind: lane.kind, bitsPerSecond: usual(rate.bits), fps: usual(rate.fps), loss: rate.loss };
      }),
      maintenance: silent,
    };
  };
  const present = (id: CameraId): CameraRecord => {
    const record = deps.record(id);
    if (record === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
    return record;
  };

  return {
    list: () =>
      deps
        .records()
        .sort((a, b) => a.number - b.number)
        .map(healthOf),
    get: (id) => healthOf(present(id)),
    watchPicture(id, on) {
      const camera = present(id);
      if (on) off.delete(id);
      else {
        off.add(id);
        pictures.forget(id);
      }
      store.setting.set(offKey, JSON.stringify([...off]));
      deps.watching().settle();
      return healthOf(camera);
    },
    beginMaintenance: (id, said) => maintenance.begin(id, said),
    endMaintenance(id) {
      maintenance.end(id);
    },
    start(aliveMs) {
      for (const event of store.openEvents())
        if (ours.has(event.kind))
          events.finish(event.id, Math.max(event.fromMs, aliveMs), { ended: 'station-stopped' });
      const kept = Off.safeParse(JSON.parse(store.setting.get(offKey) ?? '[]') as unknown);
      if (kept.success) for (const id of kept.data) off.add(id);
      maintenance.start();
      timer = setInterval(sample, sampleMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      pictures.stop();
      maintenance.stop();
      for (const id of [...going.keys()]) endAll(id, [...pictureMatters, ...rateMatters], 'station-stopped');
    },
    maintenance: (id) => maintenance.of(id),
    pictures: {
      ...pictures,
      wanted: (id) => kept(id) === null,
    },
    steered: (id) => {
      pictures.steered(id);
    },
    forget(id) {
      endAll(id, [...pictureMatters, ...rateMatters], 'unwatched');
      going.delete(id);
      pictures.forget(id);
      maintenance.forget(id);
      off.delete(id);
    },
  };
}
