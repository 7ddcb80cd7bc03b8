/** The volumes that video is recorded on: which are here, where a segment's file is, and where a stream goes on. */
import { AppError } from '#contract/error.ts';
import { exchangedPlaces } from '#domain/decide/exchange-places.ts';
import { isFull } from '#domain/decide/disk-state.ts';
import { spaceNeed } from '#domain/decide/space-need.ts';
import {
  fitnessOf,
  type Fitness,
  unseenVolume,
  type VolumeCondition,
  type VolumeSight,
  volumeStep,
} from '#domain/decide/volume-state.ts';
import type { EventId, StreamId } from '#domain/id.ts';
import { diskCalled, isHere, ownVolume } from '#domain/volume.ts';
import { createStillness } from '#lib/stillness.ts';
import { guardFiles } from './guarded-files.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { RefusedFolder } from '#domain/refused-folder.ts';
import { createRefusedFolders } from './refused-folders.ts';
import { createStaleFolders, type StaleFolders } from './stale-folders.ts';
import { createSpreadFiles } from './spread-files.ts';
import { createStreamPlaces } from './stream-places.ts';
import type { VolumeDeps } from './volume-deps.ts';
import type { HereVolume, SeenVolume, VolumeChoice, VolumeLookup } from './volume-lookup.ts';
import { createVolumeGate } from './volume-gate.ts';
import type { VolumeLook } from './volume-door-port.ts';
import type { VolumeRow } from './volume-port.ts';
import { troubleOf } from './volume-words.ts';

export type VolumeRoom = VolumeLookup & {
  /** Where a stream is recorded; it is remembered until `release`. */
  choose(streamId: StreamId): VolumeChoice;
  /** It is not recorded any more. */
  release(streamId: StreamId): void;
  /** Nothing of it is to be recorded for now: a folder that refused it is of no matter. */
  unasked(streamId: StreamId): void;
  /** Streams by the volume that they are recorded on. */
  placed(): Map<StreamId, number>;
  seen(): SeenVolume[];
  /** First looks at all of them; 3 s at most, whatever hangs. Looks again and again from then on. */
  start(): Promise<void>;
  stop(): void;
  /** What was seen of the own one, which is looked at elsewhere; a text: it could not be looked at (errno). */
  own(look: VolumeLook | string): void;
  /**
   * A recorder was refused by a volume (errno). Answers what is not as it should be: the volume, or only the folder of that stream (the volume
   * takes what others write); it was dealt with by then.
   */
  refused(streamId: StreamId, volume: number, code: string): Promise<'volume' | 'folder'>;
  /** Something of a stream is on a volume again that refused it. */
  taken(streamId: StreamId, volume: number): void;
  /** Folders of cameras that are refused by volumes that take video otherwise. */
  refusedFolders(): RefusedFolder[];
  /** Rows were added, changed or removed. */
  reload(): Promise<void>;
  /** Some volume does not answer, or has not for a while that others do. */
  hanging(): boolean;
  /** Another than this one takes recordings as it should. */
  isOther(volume: number): boolean;
  /** Something written beside a camera's video did not get onto a volume: it is written anew when that takes it again. */
  stale(volume: number, folder: string): void;
};

type Entry = {
  row: VolumeRow;
  root: string;
  files: SegmentFiles;
  condition: VolumeCondition;
  /** On the wall clock. */
  sinceMs: number;
  space: SeenVolume['space'];
  writeMs: number | null;
  device: { device: string; fileSystem: string } | null;
  /** The id that is there; null: none. */
  found: string | null;
  /** When the look that is under way began; null: none is. */
  lookingMs: number | null;
  keyed: boolean;
  event: EventId | null;
  wasHere: boolean;
  leftMs: number;
  arriving: Promise<void>;
  stale: StaleFolders;
};

const lookEveryMs = 2_000;
/** Looks further apart say that the station itself was held. */
const heldMs = lookEveryMs + 1_000;
/** A look that takes longer hangs, or its disk is asleep. */
const usualLookMs = 1_000;
const startPatienceMs = 3_000;
/** Pieces of work that may wait for one volume; recording has threads of its own share. */
const mostAtOnce = 3;

export function createVolumes(deps: VolumeDeps): VolumeRoom {
  const { own, clock, log, events, door } = deps;
  const entries = new Map<number, Entry>();
  const stillness = createStillness(heldMs);
  let timer: ReturnType<typeof setInterval> | null = null;

  const entryOf = (row: VolumeRow): Entry => {
    const isOwn = row.volume === ownVolume;
    const root = isOwn ? own.root : door.rootOf(row.path);
    return {
      row,
      root,
      files: isOwn ? own : guardFiles(door.files(root, row.mark), createVolumeGate(mostAtOnce)),
      // The data folder's own was opened before the engine was made.
      condition: { ...unseenVolume(clock.monoMs()), ...(isOwn && { state: 'ok' as const }) },
      sinceMs: clock.nowMs(),
      space: null,
      writeMs: null,
      device: null,
      found: null,
      lookingMs: null,
      keyed: isOwn,
      event: null,
      wasHere: isOwn,
      leftMs: clock.nowMs(),
      arriving: Promise.resolve(),
      stale: createStaleFolders(clock),
    };
  };
  /** Volumes whose files are synced by another policy now. */
  const load = (): number[] => {
    const rows = deps.rows.all();
    const resynced = rows.filter((r) => (entries.get(r.volume)?.row.sync ?? r.sync) !== r.sync).map((r) => r.volume);
    for (const row of rows) {
      const known = entries.get(row.volume);
      if (known !== undefined && known.row.path === row.path && known.row.mark === row.mark) known.row = row;
      // What was told of it at its old place ends when it is seen at the new one.
      else entries.set(row.volume, { ...entryOf(row), event: known?.event ?? null });
    }
    const kept = new Set(rows.map((r) => r.volume));
    for (const [volume, e] of [...entries]) {
      if (kept.has(volume)) continue;
      if (e.event !== null) events.finish(e.event, clock.nowMs());
      entries.delete(volume);
    }
    return resynced;
  };
  load();
  const folders = createRefusedFolders({
    ...{ clock, log, events, folderOf: deps.folderOf, store: deps.store },
    filesOf: (volume) => filesOf(volume),
    placeOf: (streamId) => places.of(streamId),
    records: deps.records,
    changed: () => places.again(),
  });

  const pathOf = (e: Entry): string => (e.row.volume === ownVolume ? deps.ownPath : e.row.path);
  const calledOf = (e: Entry): string => diskCalled({ name: e.row.name, path: pathOf(e) });
  const fitness = (e: Entry): Fitness =>
    e.row.pausedMs === null && e.keyed ? fitnessOf(e.condition, clock.monoMs()) : 'no';
  const here = (): HereVolume[] =>
    [...entries.values()]
      .filter((e) => isHere(e.condition.state))
      .map((e) => ({ volume: e.row.volume, files: e.files }));
  const filesOf = (volume: number): SegmentFiles | null => {
    const e = entries.get(volume);
    return e !== undefined && isHere(e.condition.state) ? e.files : null;
  };
  const stale = (volume: number, folder: string): void => entries.get(volume)?.stale.add(folder);

  const places = createStreamPlaces({
    ...{ clock, log, events, loadOf: deps.loadOf, moved: deps.moved, barred: folders.barred },
    volumes: () =>
      [...entries.values()].map((e) => ({
        ...{ volume: e.row.volume, weight: e.row.weight, fitness: fitness(e) },
        ...{ called: e.row.name === '' ? pathOf(e) : e.row.name, state: e.condition.state },
      })),
  });

  const tell = (e: Entry, was: VolumeCondition['state'], code: string | null): void => {
    const { state } = e.condition;
    e.sinceMs = clock.nowMs();
    const data = { path: pathOf(e), volume: e.row.volume, state, trouble: troubleOf(state, calledOf(e)), code };
    const level = state === 'ok' ? 'info' : 'warn';
    log[level]('the state of a volume changed', { from: was, to: state, path: data.path, volume: data.volume });
    if (e.row.volume === ownVolume) return; // its events are made where it is looked at
    const atMs = clock.nowMs();
    if (e.event !== null) events.finish(e.event, atMs);
    const had = e.event !== null;
    e.event = null;
    if (state === 'ok') {
      if (had) events.note({ kind: 'disk-back', severity: 'info', fromMs: atMs, toMs: atMs, data });
      return;
    }
    const kind = state === 'full' ? 'disk-full' : 'disk-error';
    e.event = events.note({ kind, severity: state === 'slow' ? 'warning' : 'alarm', fromMs: atMs, data })?.id ?? null;
  };

  const codeOf = (sight: VolumeSight): string | null =>
    sight.is === 'seen' ? sight.refusal : sight.is === 'silent' ? null : sight.code;
  const take = (e: Entry, sight: VolumeSight): void => {
    const was = e.condition;
    e.condition = volumeStep(was, e.row.mark ?? '', clock.monoMs(), sight);
    if (e.condition.state !== was.state) tell(e, was.state, codeOf(sight));
    const isNow = isHere(e.condition.state);
    if (isNow && !e.wasHere) e.arriving = arrived(e, was.state === 'unseen' ? clock.nowMs() : e.leftMs);
    if (!isNow && e.wasHere) e.leftMs = clock.nowMs();
    else if (e.condition.state === 'ok') {
      const missing = e.stale.due(was.state !== 'ok');
      if (missing.size > 0) deps.missed(missing);
    }
    e.wasHere = isNow;
    places.again();
    if (e.condition.state === 'silent' && was.state !== 'silent') deps.silent(e.row.volume);
  };

  /** It is here for the first time, or again. */
  async function arrived(e: Entry, leftMs: number): Promise<void> {
    try {
      if (!e.keyed) deps.keyed(e.row.volume, e.root, await door.keys(e.root, e.row.mark ?? ''));
      e.keyed = true;
      e.device = await door.deviceOf(pathOf(e));
    } catch (error) {
      log.error('the keys of a volume cannot be read; what is encrypted there cannot be shown', {
        path: pathOf(e),
        error: String(error),
      });
    }
    e.stale.clear();
    if (entries.get(e.row.volume) !== e) return;
    deps.returned(e.row.volume, leftMs);
    places.again();
  }

  const sightOf = (e: Entry, seen: VolumeLook): VolumeSight => {
    const { reserveBytes } = spaceNeed({ ...seen, reserveBytes: e.row.reserveBytes, writeBytesPerSecond: 0 });
    return { is: 'seen', ...seen, reserveBytes };
  };
  /** What a look sees that is over within a second; null: it is not. */
  const soonSeen = async (e: Entry): Promise<VolumeSight | null> => {
    const late = Promise.withResolvers<null>();
    const timer = setTimeout(() => late.resolve(null), usualLookMs);
    const seen = door.look(e.root, e.row.mark).then(
      // An index that was made from the disk alone may not know its id yet.
      (look) => sightOf(e, e.row.mark === null ? { ...look, mark: '' } : look),
      (error: unknown): VolumeSight => ({ is: 'failed', code: codeOfError(error) }),
    );
    const first = await Promise.race([seen, late.promise]);
    clearTimeout(timer);
    return first;
  };
  /** One look at a time: one that hangs is waited for, and the volume is silent meanwhile. */
  const look = async (e: Entry): Promise<void> => {
    const atMs = clock.monoMs();
    if (e.lookingMs !== null) {
      take(e, { is: 'silent', forMs: atMs - e.lookingMs - stillness.heldSince(e.lookingMs) });
      return;
    }
    e.lookingMs = atMs;
    let sight: VolumeSight;
    try {
      const seen = await door.look(e.root, e.row.mark);
      e.found = seen.mark;
      e.space = { totalBytes: seen.totalBytes, freeBytes: seen.freeBytes };
      e.writeMs = seen.writeMs;
      sight = sightOf(e, seen);
    } catch (error) {
      sight = { is: 'failed', code: codeOfError(error) };
      e.found = null;
    }
    e.lookingMs = null;
    if (entries.get(e.row.volume) === e) {
      take(e, sight);
      follow();
    }
    await e.arriving;
  };
  /** Those that are in each other's places are known by the new ones. */
  const follow = (): void => {
    const strayed = added().filter((e) => e.condition.state === 'swapped' || e.condition.state === 'missing');
    const exchanged = exchangedPlaces(
      strayed.map((e) => ({ volume: e.row.volume, path: e.row.path, mark: e.row.mark ?? '', found: e.found })),
    );
    if (exchanged.size > 0) deps.exchanged(exchanged);
  };
  const added = (): Entry[] => [...entries.values()].filter((e) => e.row.volume !== ownVolume);

  return {
    here,
    filesOf,
    need(volume) {
      const files = filesOf(volume);
      if (files !== null) return files;
      const e = entries.get(volume);
      const where = e === undefined || e.row.name === '' ? '' : ` (${e.row.name})`;
      throw new AppError(
        'UNAVAILABLE',
        `This recording is on a disk that is not here now${where}. It plays again when that disk is plugged in or mounted.`,
        { data: { reason: 'volume-away' } },
      );
    },
    spread: createSpreadFiles(here, stale),
    placeOf: places.of,
    stale,
    choose(streamId) {
      const volume = places.choose(streamId);
      const e = entries.get(volume);
      const mark = e?.row.mark ?? null;
      return { volume, root: e?.root ?? own.root, sync: e?.row.sync ?? 'durable', ...(mark !== null && { mark }) };
    },
    release(streamId) {
      places.release(streamId);
      folders.forget(streamId);
    },
    unasked: folders.forget,
    placed: places.all,
    seen: () =>
      [...entries.values()].map((e) => ({
        row: e.row,
        path: pathOf(e),
        root: e.root,
        state: e.condition.state,
        sinceMs: e.sinceMs,
        trouble: troubleOf(e.condition.state, calledOf(e)),
        here: isHere(e.condition.state),
        fitness: fitness(e),
        space: e.space,
        writeMs: e.writeMs,
        fileSystem: e.device?.fileSystem ?? '',
        device: e.device?.device ?? '',
      })),
    hanging: () =>
      [...entries.values()].some(
        (e) => e.condition.state === 'silent' || (e.lookingMs !== null && clock.monoMs() - e.lookingMs > usualLookMs),
      ),
    isOther: (volume) => [...entries.values()].some((e) => e.row.volume !== volume && fitness(e) === 'good'),
    async start() {
      folders.start();
      const ownEntry = entries.get(ownVolume);
      const looks = added().map(look);
      if (ownEntry !== undefined)
        looks.push(
          door.deviceOf(deps.ownPath).then(
            (device) => {
              ownEntry.device = device;
            },
            () => undefined, // only what it is called is not known then
          ),
        );
      timer ??= setInterval(() => {
        stillness.look(clock.monoMs());
        for (const e of added()) void look(e);
        folders.look();
        places.again();
      }, lookEveryMs);
      let patience: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([
        Promise.all(looks),
        new Promise<void>((resolve) => {
          patience = setTimeout(resolve, startPatienceMs);
        }),
      ]);
      clearTimeout(patience);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
    own(seen) {
      const e = entries.get(ownVolume);
      if (e === undefined) return;
      if (typeof seen === 'string') {
        take(e, { is: 'failed', code: seen });
        return;
      }
      e.space = { totalBytes: seen.totalBytes, freeBytes: seen.freeBytes };
      e.writeMs = seen.writeMs;
      // An index that was made from the disk alone may not know its id yet.
      take(e, sightOf(e, e.row.mark === null ? { ...seen, mark: '' } : seen));
    },
    async refused(streamId, volume, code) {
      const e = entries.get(volume);
      if (e === undefined) return 'volume';
      const sight: VolumeSight = { is: 'refused', code };
      if (isFull(code) || (e.condition.state !== 'ok' && e.condition.state !== 'slow')) {
        take(e, sight);
        return 'volume';
      }
      const seen = await soonSeen(e);
      if (entries.get(volume) !== e) return 'volume';
      // What is there may be wrong without a word of the system.
      const well = seen !== null && volumeStep(e.condition, e.row.mark ?? '', clock.monoMs(), seen).state;
      if (well === 'ok' || well === 'slow') {
        folders.bar(streamId, volume, code);
        return 'folder';
      }
      take(e, seen?.is === 'seen' && seen.refusal === null ? seen : sight);
      return 'volume';
    },
    taken: folders.taken,
    refusedFolders: folders.list,
    async reload() {
      const resynced = load();
      await Promise.race([
        Promise.all(added().map(look)),
        new Promise<void>((resolve) => setTimeout(resolve, startPatienceMs)),
      ]);
      places.again();
      const mine = [...places.all()].flatMap(([id, volume]) => (resynced.includes(volume) ? [id] : []));
      if (mine.length > 0) deps.moved(mine, () => 'turn');
    },
  };
}

const codeOfError = (error: unknown): string => {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : 'EIO';
};
