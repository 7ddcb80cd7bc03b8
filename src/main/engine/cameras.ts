import { AppError } from '#contract/error.ts';
import type { Pushed, Signal } from '#contract/call.ts';
import { folderFor, type Camera, type CameraChange, type CameraDraft, type CameraView } from '#domain/camera.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import { CameraId as CameraIdSchema } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import { createBell } from './follow.ts';
import { lanesOf, type Ingest } from './ingest.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { CameraRecord, ReadStore, Secrets, SegmentFiles, StreamRecord, WriteStore } from './ports.ts';
import type { CameraPush, Cameras } from './rooms.ts';
import type { StreamStatuses } from './stream-statuses.ts';

type Follower = { all: boolean; cameras: Set<CameraId>; streams: Set<CameraId>; removed: Set<CameraId>; ring(): void };

export type CameraRoom = Cameras & {
  records(): CameraRecord[];
  /** Does something for every camera, each before any change of it that is asked for later. */
  each(work: (camera: CameraRecord) => Promise<void>): Promise<void>;
  /** Number and folder of a stream, of present and removed cameras. */
  stream(id: CameraId, kind: 'main' | 'sub'): StreamRecord | null;
  streamChanged(streamId: StreamId): void;
  /** Ends all following. */
  stop(): void;
};

export function createCameras(deps: {
  store: WriteStore & ReadStore;
  clock: Clock;
  log: Log;
  newId: () => string;
  secrets: Secrets;
  files: Pick<SegmentFiles, 'describe' | 'eraseFolder'>;
  ingest: () => Ingest;
  pool: () => IngestPool;
  statuses: () => StreamStatuses;
  events: () => { note: EventRoom['note']; endLost(id: CameraId): void };
  /** Everything written so far must be in the index before rows are erased. */
  flush: () => void;
  /** A stream was erased: what is remembered of it elsewhere goes too. */
  forget: (streamId: StreamId) => void;
}): CameraRoom {
  const { store, clock, log, secrets } = deps;
  const records = new Map<CameraId, CameraRecord>(store.cameras().map((c) => [c.id, c]));
  const byStream = new Map<StreamId, CameraId>();
  let streams = new Map<string, StreamRecord>();
  const followers = new Set<Follower>();
  /** One change of a camera at a time. */
  const turns = new Map<CameraId, Promise<unknown>>();
  let stopped = false;

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
    const { id, number, name, group, folder, enabled, main, sub, username, hasPassword, createdMs } = r;
    return { id, number, name, group, folder, enabled, main, sub, username, hasPassword, createdMs };
  };
  const statusesOf = (r: CameraRecord): CameraView['streams'] =>
    lanesOf(r).map((l) => deps.statuses().get(l.id, l.kind));
  const toView = (r: CameraRecord): CameraView => ({ ...toCamera(r), streams: statusesOf(r) });
  const list = (): CameraView[] => [...records.values()].sort((a, b) => a.number - b.number).map(toView);

  const present = (id: CameraId): CameraRecord => {
    const r = records.get(id);
    if (r === undefined) throw new AppError('NOT_FOUND', 'There is no such camera.');
    return r;
  };
  const freeNumber = (asked: number | undefined, but: CameraId | null): number => {
    const taken = new Set([...records.values()].filter((c) => c.id !== but).map((c) => c.number));
    if (asked !== undefined) {
      if (taken.has(asked))
        throw new AppError('CONFLICT', `Number ${asked} belongs to another camera.`, { data: { what: 'number' } });
      return asked;
    }
    for (let n = 1; n <= 9999; n++) if (!taken.has(n)) return n;
    throw new AppError('CONFLICT', 'All 9999 numbers are taken.', { data: { what: 'number' } });
  };

  const tell = (change: (f: Follower) => void): void => {
    for (const f of followers) {
      change(f);
      f.ring();
    }
  };
  const changed = (id: CameraId): void => {
    reindex();
    tell((f) => f.cameras.add(id));
  };
  /** What the disk alone needs to know to make the index again; no secret in it. */
  const describe = (r: CameraRecord): void => {
    deps.files.describe(r.folder, JSON.stringify(toCamera(r), null, 2)).catch((error: unknown) => {
      log.warn('the description beside the video could not be written', { camera: r.name, error: String(error) });
    });
  };
  const note = (kind: 'camera-added' | 'camera-changed' | 'camera-removed', r: CameraRecord, data = {}): void => {
    const now = clock.nowMs();
    deps
      .events()
      .note({ kind, severity: 'info', cameraId: r.id, fromMs: now, toMs: now, data: { camera: r.name, ...data } });
  };

  async function* watch(signal: Signal): AsyncGenerator<Pushed<CameraPush>> {
    const bell = createBell(signal);
    const me: Follower = { all: true, cameras: new Set(), streams: new Set(), removed: new Set(), ring: bell.ring };
    followers.add(me);
    try {
      for (;;) {
        const { all, cameras, streams: moved, removed } = me;
        me.all = false;
        me.cameras = new Set();
        me.streams = new Set();
        me.removed = new Set();
        if (all) yield { value: { type: 'all', cameras: list() } };
        else {
          for (const id of removed) if (!records.has(id)) yield { value: { type: 'removed', id } };
          for (const id of cameras) {
            const r = records.get(id);
            if (r !== undefined) yield { value: { type: 'camera', camera: toView(r) } };
          }
          const changes = [...moved].flatMap((id) => {
            const r = records.get(id);
            return r === undefined || cameras.has(id) ? [] : [{ id, streams: statusesOf(r) }];
          });
          if (changes.length > 0) yield { value: { type: 'streams', changes } };
        }
        if (me.cameras.size + me.streams.size + me.removed.size > 0) continue;
        if (stopped || !(await bell.next())) return;
      }
    } finally {
      followers.delete(me);
    }
  }

  return {
    list,
    records: () => [...records.values()],
    async each(work) {
      await Promise.all([...records.values()].map((r) => inTurn(r.id, () => work(records.get(r.id) ?? r))));
    },
    get(id) {
      const r = records.get(id);
      return r === undefined ? null : toView(r);
    },
    add: (draft: CameraDraft) =>
      new Promise<Camera>((resolve) => {
        const id = CameraIdSchema.parse(deps.newId());
        const folders = new Set(store.streams().map((s) => s.folder));
        const record = store.camera.add({
          id,
          number: freeNumber(draft.number, null),
          name: draft.name,
          group: draft.group ?? null,
          folder: folderFor(draft.name, (f) => folders.has(f)),
          enabled: draft.enabled,
          main: draft.main,
          sub: draft.sub,
          username: draft.username,
          hasPassword: draft.password !== null,
          createdMs: clock.nowMs(),
          sealedPassword: draft.password === null ? null : secrets.seal(draft.password, id),
        });
        records.set(id, record);
        changed(id);
        describe(record);
        note('camera-added', record, { number: record.number });
        deps.ingest().begin(record);
        resolve(toCamera(record));
      }),
    update: (id, change: CameraChange) =>
      inTurn(id, async () => {
        const before = present(id);
        const { password } = change;
        const sealed =
          password === undefined ? before.sealedPassword : password === null ? null : secrets.seal(password, id);
        const after = store.camera.save({
          ...before,
          number: change.number === undefined ? before.number : freeNumber(change.number, id),
          name: change.name ?? before.name,
          group: change.group === undefined ? before.group : change.group,
          enabled: change.enabled ?? before.enabled,
          main: change.main ?? before.main,
          sub: change.sub === undefined ? before.sub : change.sub,
          username: change.username === undefined ? before.username : change.username,
          hasPassword: sealed !== null,
          sealedPassword: sealed,
        });
        records.set(id, after);
        changed(id);
        describe(after);
        const what = Object.keys(change).sort().join(', ');
        note('camera-changed', after, { changed: what, enabled: after.enabled });
        if (!after.enabled) deps.events().endLost(id);
        await deps.ingest().change(before, after);
        return toCamera(after);
      }),
    remove: (id) =>
      inTurn(id, async () => {
        const record = present(id);
        await takeOut(record);
        note('camera-removed', record, { erased: false });
      }),
    erase: (id) =>
      inTurn(id, async () => {
        const record = records.get(id);
        const folder = record?.folder ?? store.streams().find((s) => s.cameraId === id)?.folder;
        if (folder === undefined) throw new AppError('NOT_FOUND', 'There is no such camera.');
        const ids = store
          .streams()
          .filter((s) => s.cameraId === id)
          .map((s) => s.id);
        if (record !== undefined) await takeOut(record);
        await deps.files.eraseFolder(folder);
        store.camera.erase(id);
        for (const streamId of ids) deps.forget(streamId);
        reindex();
        if (record !== undefined) note('camera-removed', record, { erased: true });
      }),
    async probe({ cameraId, ...input }) {
      const saved = cameraId === undefined || input.password !== null ? undefined : records.get(cameraId);
      const password =
        saved?.sealedPassword === null || saved === undefined
          ? input.password
          : secrets.open(saved.sealedPassword, saved.id);
      const outcome = await deps
        .pool()
        .probe({ ...input, username: input.username ?? saved?.username ?? null, password });
      if (!outcome.ok) return outcome;
      const { config, picture, ...rest } = outcome;
      const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
      return { ...rest, picture: { config: base64(config), data: base64(picture) } };
    },
    watch,
    streamId: (id, kind) => streams.get(`${id} ${kind}`)?.id ?? null,
    stream: (id, kind) => streams.get(`${id} ${kind}`) ?? null,
    streamChanged(streamId) {
      const id = byStream.get(streamId);
      if (id !== undefined) tell((f) => f.streams.add(id));
    },
    stop() {
      stopped = true;
      tell(() => undefined);
    },
  };

  async function takeOut(record: CameraRecord): Promise<void> {
    await deps.ingest().end(record);
    deps.flush();
    store.camera.remove(record.id, clock.nowMs());
    deps.events().endLost(record.id);
    records.delete(record.id);
    reindex();
    for (const lane of lanesOf(record)) deps.statuses().forget(lane.id);
    tell((f) => f.removed.add(record.id));
  }
}
