/** A whole door over real sockets: real store, real access, real contract layer; behind it a small engine of plain data. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPasswords } from '../../src/main/adapters/auth/index.ts';
import { createSegmentFiles } from '../../src/main/adapters/files/index.ts';
import { createHttp, type HttpDeps } from '../../src/main/adapters/http/index.ts';
import { openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { createAccess } from '../../src/main/engine/access.ts';
import { createAnswers } from '../../src/main/engine/api/index.ts';
import { createDeviceSettings } from '../../src/main/engine/device-settings.ts';
import { noArchives } from '../support/no-archives.ts';
import { onlyOwnVolume } from '../../src/main/engine/only-own-volume.ts';
import { createPlateLists } from '../../src/main/engine/plate-lists.ts';
import { createWatchRules } from '../../src/main/engine/watch-rules.ts';
import { createKeeping } from '../../src/main/engine/keeping.ts';
import { createEncryption } from '../../src/main/engine/encryption.ts';
import { createPrivacy } from '../../src/main/engine/privacy.ts';
import { createPtz } from '../../src/main/engine/ptz.ts';
import { createTalks } from '../../src/main/engine/talk.ts';
import type { Ffmpeg } from '../../src/main/engine/ffmpeg-port.ts';
import type { LiveDoor } from '../../src/main/engine/live-port.ts';
import type { PlaybackDoor } from '../../src/main/engine/playback-port.ts';
import type { SnapshotDoor } from '../../src/main/engine/snapshot-port.ts';
import type { TalkDoor } from '../../src/main/engine/talk-port.ts';
import type { Engine, NewEvent } from '../../src/main/engine/rooms.ts';
import type { LineCsvDoor, LineTallies } from '../../src/main/engine/watch-port.ts';
import type { Event } from '../../src/main/domain/event.ts';
import type { CameraView } from '../../src/main/domain/camera.ts';
import { CameraId, EventId, StationId } from '../../src/main/domain/id.ts';
import { AppError } from '../../src/main/contract/error.ts';
import { systemClock, type Clock } from '../../src/main/lib/clock.ts';
import { quietLog, type Log } from '../../src/main/lib/log.ts';
import { createUlids } from '../../src/main/lib/ulid.ts';
import { recordAlways } from '#domain/recording-plan.ts';

export const cameraId = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
export const password = 'correct horse battery';
const noFfmpeg: Ffmpeg = {
  found: null,
  jpeg: () => Promise.reject(new Error('no ffmpeg')),
  blacken: () => Promise.reject(new Error('none')),
  thumbnail: () => Promise.reject(new Error('none')),
  transcode: () => {
    throw new Error('no ffmpeg');
  },
};
const noLive: LiveDoor = {
  connect: (viewer) => ({
    request(request) {
      if (request.op === 'watch') viewer.notice({ op: 'ended', ref: request.ref, reason: 'no-such-stream' });
    },
    close() {},
  }),
  keyFrame: () => Promise.resolve(null),
  viewers: () => 0,
};

export type RigOptions = {
  live?: LiveDoor;
  ffmpeg?: Ffmpeg;
  playback?: PlaybackDoor['file'];
  moment?: PlaybackDoor['moment'];
  talks?: TalkDoor;
  snapshots?: SnapshotDoor;
  lines?: LineTallies & LineCsvDoor;
  /** What is private in the camera's picture. */
  privacy?: CameraView['privacy'];
  clock?: Clock;
  log?: Log;
  ready?: HttpDeps['ready'];
  durably?: HttpDeps['durably'];
  tls?: { key: string; cert: string };
  host?: string;
  port?: number;
  /** Breaks `timeline.days` on purpose. */
  fail?: () => never;
};

export async function createRig(options: RigOptions = {}) {
  const clock = options.clock ?? systemClock;
  const dir = mkdtempSync(join(tmpdir(), 'vigie-http-'));
  const rendererDir = join(dir, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<!doctype html><title>Vigie</title>');
  writeFileSync(join(rendererDir, 'assets', 'index-a1B2c3D4.js'), 'export {};');
  writeFileSync(join(dir, 'secret.txt'), 'not for everybody');
  const newId = createUlids(() => clock.nowMs());
  const origin = newId();
  const store = openWriteStore(join(dir, 'index.db'), {
    clock,
    log: quietLog,
    newStation: () => ({ id: origin, name: 'Test' }),
  });
  const events: Event[] = [];
  const followers = new Set<() => void>();
  const add = (e: NewEvent): Event => {
    const event: Event = {
      id: EventId.parse(newId()),
      origin: StationId.parse(origin),
      seq: events.length + 1,
      kind: e.kind,
      severity: e.severity,
      cameraId: e.cameraId ?? null,
      fromMs: e.fromMs ?? clock.nowMs(),
      toMs: e.toMs ?? null,
      data: e.data ?? {},
    };
    events.push(event);
    for (const follower of followers) follower();
    return event;
  };
  const camera: CameraView = {
    id: cameraId,
    number: 1,
    name: 'Gate',
    group: null,
    folder: 'gate',
    enabled: true,
    main: { url: 'rtsp://10.0.0.9/user=admin_password=geheim_channel=1', transport: 'auto', plan: recordAlways },
    sub: null,
    username: null,
    hasPassword: false,
    createdMs: 1,
    tags: [],
    notes: '',
    link: null,
    streams: [],
    device: null,
    maintenance: null,
    recording: {
      main: { mode: 'continuous', wanted: true, why: 'continuous', kind: null, untilMs: null },
      sub: null,
      manual: null,
    },
    sendsObjects: false,
    privacy: options.privacy ?? [],
  };
  let name = 'Test';
  const nothing = (): never => {
    throw new AppError('NOT_FOUND');
  };
  const plain: Pick<
    Engine,
    | 'station'
    | 'cameras'
    | 'devices'
    | 'finding'
    | 'events'
    | 'timeline'
    | 'playback'
    | 'thumbnails'
    | 'health'
    | 'encryption'
    | 'coverage'
  > = {
    encryption: createEncryption({
      volumes: () => [],
      pool: () => ({ useKeys: () => undefined }),
      forget: () => undefined,
      events: { note: add },
      log: quietLog,
    }),
    station: {
      info: () => ({ id: StationId.parse(origin), name, version: '0.0.0', startedMs: 0 }),
      rename: (to) => {
        name = to;
      },
    },
    cameras: {
      list: () => [camera],
      get: (id) => (id === cameraId ? camera : null),
      add: async () => nothing(),
      addAll: async () => nothing(),
      update: async () => nothing(),
      readdress: async () => nothing(),
      remove: async () => nothing(),
      erase: async () => nothing(),
      probe: async () => ({ ok: false, trouble: 'unreachable', detail: 'nothing there' }),
      async *watch(signal) {
        yield { value: { type: 'all', cameras: [camera] } };
        await new Promise<void>((done) => signal.addEventListener('abort', done, { once: true }));
      },
      streamId: () => null,
    },
    devices: {
      of: () => null,
      run: async () => nothing(),
      facts: async () => nothing(),
      status: () => null,
      trust: async () => nothing(),
      onChange: () => () => undefined,
    },
    finding: {
      async *watch(signal) {
        yield { value: { type: 'all', devices: [], probing: false } };
        await new Promise<void>((done) => signal.addEventListener('abort', done, { once: true }));
      },
      probe() {},
      ask: async () => ({ devices: [] }),
      look: async ({ url }) => ({ ok: false, url, trouble: 'unreachable', detail: 'nothing there' }),
      guess: async () => ({ streams: [], refused: false }),
      add: async () => nothing(),
      readList: () => ({ lines: [], ok: false }),
      importList: async () => nothing(),
    },
    events: {
      add,
      post: (e, by) => add({ kind: 'external', severity: e.severity, data: { title: e.title, by } }),
      end() {},
      list: async ({ limit }) => ({ events: events.slice(-limit).reverse(), more: events.length > limit }),
      why: () => ({ why: null, pictures: [] }),
      async *watch(afterId, signal) {
        let at = afterId === undefined ? events.length : events.findIndex((e) => e.id === afterId) + 1;
        while (!signal.aborted) {
          for (const e of events.slice(at)) yield { id: e.id, value: e };
          at = events.length;
          await new Promise<void>((done) => {
            const go = (): void => {
              followers.delete(go);
              signal.removeEventListener('abort', go);
              done();
            };
            followers.add(go);
            signal.addEventListener('abort', go, { once: true });
          });
        }
      },
    },
    timeline: {
      coverage: async () => ({ rows: [], ticks: [], firstMs: null, lastMs: null, seams: [], twice: [] }),
      days: async ({ startsMs }) => (options.fail ? options.fail() : { covered: startsMs.slice(1).map(() => false) }),
    },
    playback: {
      segments: async () => [],
      fragments: async () => nothing(),
      segmentAt: () => Promise.resolve(null),
      file: options.playback ?? (() => Promise.resolve(null)),
      moment: options.moment ?? (() => Promise.resolve(null)),
    },
    coverage: { prove: async () => nothing(), missing: async () => nothing(), report: async () => nothing() },
    thumbnails: {
      picture: () => Promise.resolve(null),
      grid: async () => nothing(),
      status: nothing,
      limit: nothing,
      forget: nothing,
      erase: nothing,
    },
    health: { report: async () => nothing() },
  };
  const noRecord = { record: () => null, records: () => [] };
  const noCameras = { ...noRecord, relink: async () => nothing(), reconnect: async () => nothing() };
  const devices = { ...plain.devices, streams: async () => nothing() };
  const engine = {
    ...plain,
    ptz: createPtz({
      ...noRecord,
      moved: () => undefined,
      devices,
      setting: store.setting,
      events: { note: add },
      clock,
      log: quietLog,
    }),
    integrity: {
      state: nothing,
      checkNow: nothing,
      plan: nothing,
      backUp: async () => nothing(),
      proof: nothing,
    },
    cameraHealth: {
      list: () => [],
      get: nothing,
      watchPicture: nothing,
      beginMaintenance: nothing,
      endMaintenance: nothing,
    },
    privacy: createPrivacy({ log: quietLog, setting: store.setting, zones: () => camera.privacy }),
    volumes: {
      hanging: () => false,
      list: () => [],
      places: () => [],
      look: async () => nothing(),
      add: async () => nothing(),
      change: async () => nothing(),
      footage: nothing,
      remove: async () => nothing(),
    },
    cameraMetadata: { now: () => null, watch: nothing },
    recordings: {
      settings: () => ({ zone: 'UTC', schedules: [] }),
      setZone: nothing,
      saveSchedule: nothing,
      removeSchedule: nothing,
      scheduleUsers: nothing,
      apply: nothing,
      startManual: nothing,
      stopManual: nothing,
      now: () => camera.recording,
    },
    deviceSettings: createDeviceSettings({ devices, cameras: noCameras, log: quietLog }),
    storage: { forecast: async () => nothing() },
    archives: {
      list: async () => [],
      folders: () => [],
      add: async () => nothing(),
      change: async () => nothing(),
      test: async () => nothing(),
      remove: nothing,
      compare: async () => nothing(),
      tiering: nothing,
      setStation: nothing,
      setGroup: nothing,
      setCameras: nothing,
    },
    analysis: { now: nothing, configure: nothing },
    models: {
      list: () => [],
      settings: nothing,
      set: nothing,
      download: nothing,
      cancel: nothing,
      remove: async () => nothing(),
      look: async () => [],
      takeIn: async () => [],
      ready: () => null,
      choose: () => null,
      uses: () => [],
      fault: nothing,
      onChange: () => nothing,
    },
    looks: { states: () => [], watch: nothing },
    eventPictures: { picture: () => null, look: () => null },
    motionSearch: { search: nothing },
    sounds: { of: nothing, set: nothing, watch: nothing },
    work: { queues: () => [] },
    lineTallies: options.lines ?? { totals: nothing, named: nothing },
    plates: createPlateLists({ clock, log: quietLog, newId, store: store.plate, zone: () => 'Europe/Paris' }),
    footageSearch: {
      ...{ list: () => [], watch: nothing, hits: () => [], watchHits: nothing, begin: nothing, cancel: nothing },
      ...{ remove: nothing, keep: nothing, picture: () => null },
    },
    watchRules: createWatchRules({
      store: store.watch,
      newId,
      cameraExists: () => false,
      scheduleExists: () => false,
      isDetector: () => false,
      changed: () => undefined,
    }),
    ...createKeeping({
      clock,
      log: quietLog,
      store,
      queries: { recordedHours: async () => nothing() },
      cameras: () => [],
      statuses: { get: nothing },
      volumes: onlyOwnVolume(createSegmentFiles(dir)),
      ...noArchives,
      files: createSegmentFiles(dir),
      events: { note: () => null, finish: () => undefined },
      newId,
      description: () => null,
      camera: () => null,
      disks: () => [],
      seams: () => [],
      bare: () => undefined,
    }),
    talks: createTalks({
      cameras: { record: () => null, password: () => null },
      pool: () => ({ talk: nothing }),
      clock,
      log: quietLog,
    }),
  };
  const access = createAccess({
    store: store.access,
    setting: store.setting,
    passwords: createPasswords(),
    clock,
    log: quietLog,
    newId,
    event: add,
  });
  const live = options.live ?? noLive;
  const http = createHttp({
    answers: createAnswers({ engine, access, live, demo: null, clock }),
    durably: options.durably ?? store.durably,
    access,
    live,
    playback: engine.playback,
    retention: engine.retention,
    talks: options.talks ?? engine.talks,
    snapshots: options.snapshots ?? engine.deviceSettings,
    thumbnails: engine.thumbnails,
    privacy: engine.privacy,
    eventPictures: engine.eventPictures,
    plates: engine.plates,
    lines: engine.lineTallies,
    footage: engine.footageSearch,
    coverageReport: engine.coverage.report,
    ffmpeg: options.ffmpeg ?? noFfmpeg,
    rendererDir,
    log: options.log ?? quietLog,
    clock,
    version: '0.0.0',
    ready: options.ready ?? (() => ({ ok: true, reasons: [] })),
    listen: { host: options.host ?? '127.0.0.1', port: options.port ?? 0, tls: options.tls ?? null },
  });
  const { url, port } = await http.start().catch((error: unknown) => {
    store.close();
    rmSync(dir, { recursive: true });
    throw error;
  });

  const call = (
    method: string,
    path: string,
    more: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
  ) =>
    fetch(`${url}${path}`, {
      method,
      headers: {
        ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(more.token === undefined ? {} : { authorization: `Bearer ${more.token}` }),
        ...more.headers,
      },
      ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
    });
  const tokenOf = async (answer: Response): Promise<string> => {
    const text = await answer.text();
    const token = answer.headers.get('x-vigie-token');
    if (token === null) throw new Error(`no token: ${answer.status} ${text}`);
    return token;
  };
  const asToken = { 'x-vigie-session': 'token' };
  return {
    url,
    port,
    dir,
    access,
    store,
    events,
    add,
    privacy: engine.privacy,
    call,
    /** Signs in as a program. */
    login: async (who = 'ada', pass = password) =>
      tokenOf(await call('POST', '/api/session', { body: { name: who, password: pass }, headers: asToken })),
    setup: async () => tokenOf(await call('POST', '/api/setup', { body: { name: 'ada', password }, headers: asToken })),
    async stop() {
      await http.stop();
      store.close();
      rmSync(dir, { recursive: true });
    },
  };
}
export type Rig = Awaited<ReturnType<typeof createRig>>;
