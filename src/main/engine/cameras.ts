import { AppError, invalid } from '#contract/error.ts';
import { changeData } from '#domain/change.ts';
import { changeLink, folderFor, type Camera, type CameraChange, type CameraView } from '#domain/camera.ts';
import type { Maintenance } from '#domain/camera-health.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import { CameraId as CameraIdSchema } from '#domain/id.ts';
import type { RecordingNow } from '#domain/recording-now.ts';
import type { ScheduleId } from '#domain/recording-plan.ts';
import { cameraFields } from '#domain/said-recording.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import { createCameraFollowers } from './camera-followers.ts';
import type { DeviceRoom } from './devices.ts';
import { lanesOf, type Ingest } from './ingest.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { CameraRecord, ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import type { Secrets } from './secret-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { Cameras, NewCamera } from './rooms.ts';
import type { StreamStatuses } from './stream-statuses.ts';

export type CameraRoom = Cameras & {
  records(): CameraRecord[];
  /** Does something for every camera, each before any change of it that is asked for later. */
  each(work: (camera: CameraRecord) => Promise<void>): Promise<void>;
  /** Folder and name of a camera, present or removed; null: it never was here. */
  known(id: CameraId): { folder: string; name: string; group: string | null } | null;
  /** Number and folder of a stream, of present and removed cameras. */
  stream(id: CameraId, kind: 'main' | 'sub'): StreamRecord | null;
  streamChanged(streamId: StreamId): void;
  record(id: CameraId): CameraRecord | null;
  /** Unsealed; null where there is none or it does not open. */
  password(camera: CameraRecord): string | null;
  /** A change by the station itself, in the camera's turn; null leaves it as it is. No event is made. */
  relink(id: CameraId, work: (now: CameraRecord) => CameraRecord | null): Promise<void>;
  /** Takes a stream anew, in the camera's turn: its device sends it otherwise now. */
  reconnect(id: CameraId, kind: 'main' | 'sub'): Promise<void>;
  /** Followers see the new status of its device. */
  deviceChanged(id: CameraId): void;
  /** The camera that a stream belongs to; null: it is not here any more. */
  cameraOf(streamId: StreamId): CameraId | null;
  /** What the disk alone needs to know of a camera to make the index again; no secret in it. null: it is not here any more. */
  description(id: CameraId): string | null;
  /** Ends all following. */
  stop(): void;
};

export function createCameras(deps: {
  store: WriteStore & ReadStore;
  clock: Clock;
  log: Log;
  newId: () => string;
  secrets: Secrets;
  files: Pick<SegmentFiles, 'eraseFolder'>;
  /** They are described otherwise now than beside their video. */
  described: (ids: readonly CameraId[]) => void;
  ingest: () => Ingest;
  pool: () => IngestPool;
  devices: () => Pick<DeviceRoom, 'status' | 'cameraChanged' | 'streams'>;
  statuses: () => StreamStatuses;
  maintenance: (id: CameraId) => Maintenance | null;
  recording: (camera: CameraRecord) => RecordingNow;
  scheduleName: (id: ScheduleId) => string;
  /** What of its picture nobody is to see. */
  privacy: (id: CameraId) => CameraView['privacy'];
  sendsObjects: (id: CameraId) => boolean;
  /** A camera went out of the station. */
  gone: (camera: CameraRecord) => void;
  events: () => { note: EventRoom['note']; endLost(id: CameraId): void };
  /** Some of its footage is held: nothing erases it. */
  held: (id: CameraId) => boolean;
  /** Volumes that are not here and have footage of these streams. */
  away: (streamIds: readonly StreamId[]) => string[];
  /** Everything written so far must be in the index before rows are erased. */
  flush: () => void;
  /** A camera was erased with all its video. */
  erased(id: CameraId): void;
  /** A stream was erased: what is remembered of it elsewhere goes too. */
  forget: (streamId: StreamId) => void;
}): CameraRoom {
  const { store, clock, log, secrets } = deps;
  const records = new Map<CameraId, CameraRecord>(store.cameras().map((c) => [c.id, c]));
  const byStream = new Map<StreamId, CameraId>();
  let streams = new Map<string, StreamRecord>();
  /** One change of a camera at a time. */
  const turns = new Map<CameraId, Promise<unknown>>();

  const reindex = (): void => {
    streams = new Map(store.streams().map((s) => [`${s.cameraId} ${s.kind}`, s]));
    byStream.clear();
    for (const c of records.values()) for (const lane of lanesOf(c)) byStream.set(lane.id, c.id);
  };
  reindex();

  const inTurn = <T>(id: CameraId, work: () => Promise<T>): Promise<T> => {
    const before = turns.get(id) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    turns.set(id, settled);
    void settled.then(() => {
      if (turns.get(id) === settled) turns.delete(id);
    });
    return mine;
  };

  const toCamera = (r: CameraRecord): Camera => {
    const { sealedPassword: _, streamIds: __, ...camera } = r;
    return camera;
  };
  const statusesOf = (r: CameraRecord): CameraView['streams'] =>
    lanesOf(r).map((l) => deps.statuses().get(l.id, l.kind));
  const toView = (r: CameraRecord): CameraView => ({
    ...toCamera(r),
    streams: statusesOf(r),
    device: deps.devices().status(r.id),
    maintenance: deps.maintenance(r.id),
    recording: deps.recording(r),
    privacy: deps.privacy(r.id),
    sendsObjects: deps.sendsObjects(r.id),
  });
  const get = (id: CameraId): CameraView | null => {
    const r = records.get(id);
    return r === undefined ? null : toView(r);
  };
  const list = (): CameraView[] => [...records.values()].sort((a, b) => a.number - b.number).map(toView);

  const present = (id: CameraId): CameraRecord => {
    const r = records.get(id);
    if (r === undefined) throw new AppError('NOT_FOUND', 'There is no such camera.');
    return r;
  };
  const numberTaken = (number: number): AppError =>
    new AppError('CONFLICT', `Number ${number} belongs to another camera.`, { data: { what: 'number', number } });
  const otherNumber = (asked: number, id: CameraId): number => {
    for (const c of records.values()) if (c.id !== id && c.number === asked) throw numberTaken(asked);
    return asked;
  };
  const freeNumber = (taken: ReadonlySet<number>): number => {
    for (let n = 1; n <= 9999; n++) if (!taken.has(n)) return n;
    throw new AppError('CONFLICT', 'All 9999 numbers are taken.', { data: { what: 'numbers' } });
  };
  const passwordOf = (camera: CameraRecord): string | null => {
    if (camera.sealedPassword === null) return null;
    try {
      return secrets.open(camera.sealedPassword, camera.id);
    } catch {
      log.error('the password of a camera cannot be unsealed: give it again', { camera: camera.name });
      return null;
    }
  };

  const followers = createCameraFollowers({ list: () => list(), view: (id) => get(id) });
  const changed = (before: CameraRecord | null, after: CameraRecord): void => {
    reindex();
    followers.camera(after.id);
    deps.devices().cameraChanged(before, after);
  };
  const note = (kind: 'camera-added' | 'camera-changed' | 'camera-removed', r: CameraRecord, data = {}): void => {
    const now = clock.nowMs();
    deps
      .events()
      .note({ kind, severity: 'info', cameraId: r.id, fromMs: now, toMs: now, data: { camera: r.name, ...data } });
  };

  const relink: CameraRoom['relink'] = (id, work) =>
    inTurn(id, async () => {
      const before = records.get(id);
      const wanted = before === undefined ? null : work(before);
      if (before === undefined || wanted === null) return;
      const after = store.camera.save(wanted);
      records.set(id, after);
      changed(before, after);
      deps.described([id]);
      await deps.ingest().change(before, after);
    });

  return {
    list,
    records: () => [...records.values()],
    async each(work) {
      const one = async (id: CameraId): Promise<void> => {
        const record = records.get(id);
        if (record !== undefined) await work(record);
      };
      await Promise.all([...records.keys()].map((id) => inTurn(id, () => one(id))));
    },
    get,
    async add(draft, by) {
      const [camera] = await addAll([draft], by);
      if (camera === undefined) throw new AppError('FAILED');
      return camera;
    },
    addAll,
    update: (id, change: CameraChange, by) =>
      inTurn(id, async () => {
        const before = present(id);
        const { password } = change;
        const sealed =
          password === undefined ? before.sealedPassword : password === null ? null : secrets.seal(password, id);
        const wanted: CameraRecord = {
          ...before,
          number: change.number === undefined ? before.number : otherNumber(change.number, id),
          name: change.name ?? before.name,
          group: change.group === undefined ? before.group : change.group,
          enabled: change.enabled ?? before.enabled,
          main: change.main ?? before.main,
          sub: change.sub === undefined ? before.sub : change.sub,
          username: change.username === undefined ? before.username : change.username,
          hasPassword: sealed !== null,
          sealedPassword: sealed,
          tags: change.tags ?? before.tags,
          notes: change.notes ?? before.notes,
        };
        const after = store.camera.save(await linked(wanted, change));
        records.set(id, after);
        changed(before, after);
        deps.described([id]);
        const said = (of: CameraRecord, other: CameraRecord) => cameraFields(of, other, deps.scheduleName);
        note('camera-changed', after, {
          ...(by !== undefined && { by }),
          ...{ changed: Object.keys(change).sort().join(', '), enabled: after.enabled },
          ...changeData(said(before, after), {
            ...said(after, before),
            ...(password !== undefined && { password: password === null ? 'forgotten' : 'given' }),
          }),
        });
        if (!after.enabled) deps.events().endLost(id);
        await deps.ingest().change(before, after);
        followers.camera(id);
        return toCamera(after);
      }),
    relink,
    readdress: (id, { password, deviceUrl, ...to }) =>
      relink(id, (now) => ({
        ...{ ...now, ...to },
        hasPassword: true,
        sealedPassword: secrets.seal(password, id),
        link: now.link && { ...now.link, url: deviceUrl },
      })),
    reconnect: (id, kind) =>
      inTurn(id, async () => {
        const record = records.get(id);
        if (record !== undefined) await deps.ingest().reconnect(record, kind);
      }),
    record: (id) => records.get(id) ?? null,
    password: passwordOf,
    deviceChanged: (id) => followers.camera(id),
    remove: (id, by) =>
      inTurn(id, async () => {
        const record = present(id);
        await takeOut(record);
        note('camera-removed', record, { ...(by !== undefined && { by }), erased: false });
      }),
    erase: (id) =>
      inTurn(id, async () => {
        const record = records.get(id);
        const folder = record?.folder ?? store.streams().find((s) => s.cameraId === id)?.folder;
        if (folder === undefined) throw new AppError('NOT_FOUND', 'There is no such camera.');
        if (deps.held(id))
          throw new AppError('CONFLICT', 'Some of its footage is held. Lift the hold first.', {
            data: { what: 'held', names: record === undefined ? [] : [record.name] },
          });
        const ids = store
          .streams()
          .filter((s) => s.cameraId === id)
          .map((s) => s.id);
        const away = deps.away(ids);
        if (away.length > 0)
          throw new AppError(
            'CONFLICT',
            `Some of its footage is on a disk that is not here now (${away.join(', ')}). Plug it in or mount it, or take that disk out of the station first.`,
            { data: { what: 'volume-away', names: away } },
          );
        if (record !== undefined) await takeOut(record);
        await store.durable();
        await deps.files.eraseFolder(folder);
        store.camera.erase(id);
        for (const streamId of ids) deps.forget(streamId);
        deps.erased(id);
        reindex();
        if (record !== undefined) note('camera-removed', record, { erased: true });
      }),
    async probe({ cameraId, ...input }) {
      const saved = cameraId === undefined || input.password !== null ? undefined : records.get(cameraId);
      const password = saved === undefined ? input.password : (passwordOf(saved) ?? input.password);
      const outcome = await deps
        .pool()
        .probe({ ...input, username: input.username ?? saved?.username ?? null, password });
      if (!outcome.ok) return outcome;
      const { config, picture, ...rest } = outcome;
      const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
      return { ...rest, picture: { config: base64(config), data: base64(picture) } };
    },
    watch: followers.watch,
    streamId: (id, kind) => streams.get(`${id} ${kind}`)?.id ?? null,
    stream: (id, kind) => streams.get(`${id} ${kind}`) ?? null,
    known(id) {
      const stream = streams.get(`${id} main`);
      const record = records.get(id);
      return stream === undefined
        ? null
        : { folder: stream.folder, name: record?.name ?? stream.camera, group: record?.group ?? null };
    },
    streamChanged(streamId) {
      const id = byStream.get(streamId);
      if (id !== undefined) followers.streams(id);
    },
    cameraOf: (streamId) => byStream.get(streamId) ?? null,
    description(id) {
      const r = records.get(id);
      return r === undefined ? null : JSON.stringify(toCamera(r), null, 2);
    },
    stop: followers.stop,
  };

  async function addAll(drafts: NewCamera[], by?: string): Promise<Camera[]> {
    const folders = new Set(store.streams().map((s) => s.folder));
    const numbers = new Set([...records.values()].map((c) => c.number));
    // Numbers that were asked for come first: no other camera of the same list gets one of them.
    for (const { number } of drafts) {
      if (number === undefined) continue;
      if (numbers.has(number)) throw numberTaken(number);
      numbers.add(number);
    }
    const wanted = drafts.map((draft): Omit<CameraRecord, 'streamIds'> => {
      const id = CameraIdSchema.parse(deps.newId());
      const folder = folderFor(draft.name, (f) => folders.has(f));
      folders.add(folder);
      const number = draft.number ?? freeNumber(numbers);
      numbers.add(number);
      const { password, group, tags = [], notes = '', link = null, ...rest } = draft;
      return {
        ...rest,
        tags,
        notes,
        link,
        id,
        number,
        group: group ?? null,
        folder,
        hasPassword: password !== null,
        createdMs: clock.nowMs(),
        sealedPassword: password === null ? null : secrets.seal(password, id),
      };
    });
    const made: CameraRecord[] = [];
    store.together(() => {
      for (const camera of wanted) made.push(store.camera.add(camera));
    });
    for (const record of made) records.set(record.id, record);
    for (const record of made) {
      changed(null, record);
      note('camera-added', record, { ...(by !== undefined && { by }), number: record.number });
      deps.ingest().begin(record);
    }
    deps.described(made.map((r) => r.id));
    return Promise.resolve(made.map(toCamera));
  }

  /** With the link that was asked for, and the streams of its profiles where these are others. */
  async function linked(wanted: CameraRecord, change: CameraChange): Promise<CameraRecord> {
    if (change.link === undefined) return wanted;
    const link = changeLink(wanted.link, change.link);
    if (link === null && change.link !== null)
      throw invalid('change.link.url', 'missing', 'Give the address of the device.');
    const other =
      link !== null &&
      (link.mainProfile !== (wanted.link?.mainProfile ?? null) ||
        link.subProfile !== (wanted.link?.subProfile ?? null));
    return { ...wanted, link, ...(other && (await deps.devices().streams(wanted, link))) };
  }

  async function takeOut(record: CameraRecord): Promise<void> {
    await deps.ingest().end(record);
    deps.flush();
    store.camera.remove(record.id, clock.nowMs());
    deps.events().endLost(record.id);
    records.delete(record.id);
    reindex();
    for (const lane of lanesOf(record)) deps.statuses().forget(lane.id);
    deps.devices().cameraChanged(record, null);
    deps.gone(record);
    followers.removed(record.id);
  }
}
