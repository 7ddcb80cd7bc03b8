/** Archives as administrators steer them and as the other rooms use them: the rooms that belong together, put together. */
import { AppError } from '#contract/error.ts';
import { isArchive, tiersFor, type ArchiveSettings, type ArchiveView, type TierRules } from '#domain/archive.ts';
import { changeData } from '#domain/change.ts';
import type { ClockSeam } from '#domain/clock-seam.ts';
import type { Event } from '#domain/event.ts';
import type { CameraId } from '#domain/id.ts';
import { archiveSaid, tiersSaid } from '#domain/said-archive.ts';
import { createTimeZone, ownTimeZone } from '#domain/time-zone.ts';
import { ArchiveError } from '#lib/archive-error.ts';
import type { Caller } from '#contract/call.ts';
import { compareArchive } from './archive-compare.ts';
import { createArchiveKeeping } from './archive-keeping.ts';
import type { Archives } from './archive-rooms.ts';
import { createArchives, type ArchiveDeps, type OpenArchive } from './archives.ts';
import { createDeleting } from './deleting.ts';
import type { HoldRoom } from './holds.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { RetentionRoom } from './retention.ts';
import { createRecount, type Recount } from './recount.ts';
import { createTierRules, type TierRulesRoom } from './tier-rules.ts';
import { createTiering, type Tiering } from './tiering.ts';
import type { VolumeLookup } from './volume-lookup.ts';

const dropBatch = 200;

export type Archiving = {
  room: Archives;
  numbers(): number[];
  /** What was said of where footage goes when it is old; `version`: another one when something else is said. */
  tiers: { rule: TierRulesRoom['rule']; version(): string };
  /** What is wrong with archives, in words. */
  troubles(): string[];
  /** Why files whose footage is at an archive do not go from their disk; null: they do. */
  undeleted(): string | null;
  /** Where a segment's file is read, at an archive or on a volume. Throws UNAVAILABLE. */
  need(volume: number): Pick<SegmentFiles, 'path' | 'inspect' | 'open'>;
  release: Tiering['release'];
  /** Deletes all that archives have of a camera, then its folders on the volumes. Throws UNAVAILABLE. */
  eraseFolder(folder: string): Promise<void>;
  start(): void;
  /** Ends what is being sent; it goes on after the next start. */
  stop(): Promise<void>;
};

export function createArchiving(
  deps: ArchiveDeps & {
    volumes: Pick<VolumeLookup, 'filesOf' | 'need' | 'spread'>;
    keeping: () => { retention: Pick<RetentionRoom, 'rules' | 'ageMs'>; holds: Pick<HoldRoom, 'isHeld'> };
    /** IANA name of the station's zone. */
    zone: () => string | null;
    seams: () => readonly ClockSeam[];
    bare: (cameraId: CameraId, fromMs: number, toMs: number) => void;
    cameraName: (id: CameraId) => string | null;
    groupOf: (id: CameraId) => string | null;
  },
): Archiving {
  const { store, events, clock, log } = deps;
  const archives = createArchives(deps);
  const rules = createTierRules({ store, log, groupOf: deps.groupOf });
  const isHeld = (id: CameraId, fromMs: number, toMs: number): boolean => deps.keeping().holds.isHeld(id, fromMs, toMs);
  const deleting = createDeleting({
    store,
    volumes: archives,
    clock,
    log,
    streams: () => store.streams(),
    isHeld,
    bare: deps.bare,
  });
  const tidy = createArchiveKeeping({
    store,
    rules,
    retention: () => deps.keeping().retention.rules,
    ageMs: () => deps.keeping().retention.ageMs(),
    isHeld,
    deleting,
    clock,
  });
  let zone = { name: '', at: createTimeZone(ownTimeZone()) };
  const tiering = createTiering({
    store,
    archives,
    rules,
    volumes: deps.volumes,
    tidy,
    seams: deps.seams,
    minuteOfDay(atMs) {
      const name = deps.zone() ?? ownTimeZone();
      if (zone.name !== name) zone = { name, at: createTimeZone(name) };
      const { hour, minute } = zone.at.wall(atMs);
      return hour * 60 + minute;
    },
    clock,
    log,
  });
  const counts = new Map<number, Recount<ArchiveView['copies']>>();

  const unavailable = (error: unknown): unknown =>
    error instanceof ArchiveError
      ? new AppError('UNAVAILABLE', error.message, { cause: error, data: { reason: 'archive-trouble' } })
      : error;

  const copiesOf = (archive: number): ArchiveView['copies'] => {
    const known = counts.get(archive) ?? createRecount<ArchiveView['copies']>(clock);
    counts.set(archive, known);
    return known.of(() => store.archive.count(archive));
  };
  const onlyAt = (archive: number): ArchiveView['only'] => {
    const mine = store.retention.stored().filter((s) => s.volume === archive);
    return {
      segments: mine.reduce((sum, s) => sum + s.segments, 0),
      bytes: mine.reduce((sum, s) => sum + s.bytes, 0),
    };
  };
  const viewOf = async (entry: OpenArchive): Promise<ArchiveView> => {
    const { archive, name, place, pace, addedMs } = entry.row;
    const trouble = entry.health.trouble();
    return {
      archive,
      name,
      place,
      pace,
      addedMs,
      trouble: trouble?.trouble ?? null,
      words: trouble?.words ?? null,
      sinceMs: trouble?.sinceMs ?? null,
      nextTryMs: trouble?.nextTryMs ?? null,
      ...tiering.state(archive),
      copies: copiesOf(archive),
      only: onlyAt(archive),
      freeBytes: trouble === null ? await entry.store.freeBytes().catch(() => null) : null,
    };
  };
  const note = (
    entry: OpenArchive,
    change: 'added' | 'changed' | 'removed',
    caller: Caller,
    more: Event['data'] = {},
  ): void => {
    const atMs = clock.nowMs();
    const data = { archive: entry.row.name, change, by: caller.name };
    events.note({ kind: 'archive-changed', severity: 'info', fromMs: atMs, toMs: atMs, data: { ...data, ...more } });
    log.info('an archive was changed', data);
  };
  const nameOf = (archive: number): string =>
    archives.list().find((e) => e.row.archive === archive)?.row.name ?? String(archive);
  /** What goes to archives, of one camera, of a group, or of all. */
  const rulesOf = (of: { cameraId?: CameraId; group?: string }): ReturnType<typeof tiersSaid> => {
    const all = rules.all();
    const group = of.cameraId === undefined ? of.group : deps.groupOf(of.cameraId);
    const { cameraId = null } = of;
    if (cameraId === null && of.group === undefined) return tiersSaid(all.station, nameOf);
    const isOwn =
      cameraId === null ? all.groups.some((g) => g.group === group) : all.cameras.some((c) => c.cameraId === cameraId);
    return tiersSaid(tiersFor(all, cameraId, group ?? null), nameOf, isOwn);
  };
  const tellRules = (
    of: Parameters<typeof rulesOf>[0],
    was: ReturnType<typeof rulesOf>,
    { name: by }: Caller,
  ): void => {
    const changed = changeData(was, rulesOf(of));
    const { cameraId = null, group } = of;
    const camera = cameraId === null ? {} : { camera: deps.cameraName(cameraId) };
    const whose = { ...camera, ...(group !== undefined && { group }), by };
    log.info('what goes to archives was changed', whose);
    if (Object.keys(changed).length === 0) return;
    const [atMs, data] = [clock.nowMs(), { ...whose, ...changed }];
    events.note({ kind: 'tiering-changed', severity: 'info', cameraId, fromMs: atMs, toMs: atMs, data });
  };
  const saidOf = ({ row }: { row: ArchiveSettings }, secret: boolean) => archiveSaid(row, secret);
  const known = (r: TierRules | null): void => {
    for (const rule of [r?.main, r?.sub]) if (rule != null) archives.get(rule.archive);
  };

  const room: Archives = {
    list: () => Promise.all(archives.list().map(viewOf)),
    folders: () =>
      archives
        .list()
        .flatMap(({ row: { name, place } }) => (place.kind === 'folder' ? [{ name, path: place.path }] : [])),
    async add(settings, secret, caller) {
      const entry = await archives.add(settings, secret);
      note(entry, 'added', caller, changeData({}, saidOf(entry, false)));
      tiering.changed();
      return await viewOf(entry);
    },
    async change(archive, change, secret, caller) {
      const before = archives.get(archive);
      const { name, place, pace } = before.row;
      const was = saidOf(before, false);
      const entry = await archives.change(
        archive,
        { name: change.name ?? name, place: change.place ?? place, pace: change.pace ?? pace },
        secret,
      );
      const changed = changeData(was, saidOf(entry, secret !== null));
      if (Object.keys(changed).length > 0) note(entry, 'changed', caller, changed);
      tiering.changed();
      return await viewOf(entry);
    },
    async test(archive) {
      const entry = archives.get(archive);
      try {
        await entry.health.run(() => entry.store.test());
      } catch (error) {
        throw unavailable(error);
      }
      tiering.changed();
      return await viewOf(entry);
    },
    remove(archive, loseFootage, caller) {
      const entry = archives.get(archive);
      if (rules.names(archive))
        throw new AppError('CONFLICT', 'Some footage is to go there. Change those rules first.', {
          data: { what: 'archive-rules' },
        });
      const { segments } = onlyAt(archive);
      if (segments > 0 && !loseFootage)
        throw new AppError(
          'CONFLICT',
          `${segments.toLocaleString('en')} recordings are nowhere else. They stay at that archive, but this station would not know of them any more.`,
          { data: { what: 'archive-only', number: segments } },
        );
      for (const stream of store.streams())
        for (;;) {
          const page = store.retention.finished(stream.id, 0, dropBatch, archive);
          if (page.length === 0) break;
          store.together(() => {
            for (const { startMs } of page) store.segment.drop(stream.id, startMs);
          });
        }
      tiering.forget(archive);
      archives.remove(archive);
      counts.delete(archive);
      note(entry, 'removed', caller);
    },
    async compare(archive, caller) {
      const entry = archives.get(archive);
      try {
        const done = await compareArchive(entry, { store, clock });
        log.info('an archive was compared with the index', {
          archive: entry.row.name,
          by: caller.name,
          objects: done.objects,
          takenIn: done.takenIn,
          missing: done.missing,
        });
        counts.delete(archive);
        tiering.changed();
        return done;
      } catch (error) {
        throw unavailable(error);
      }
    },
    tiering: () => rules.all(),
    setStation(said, caller) {
      known(said);
      const was = rulesOf({});
      rules.setStation(said);
      tellRules({}, was, caller);
      tiering.changed();
    },
    setGroup(group, said, caller) {
      known(said);
      const was = rulesOf({ group });
      rules.setGroup(group, said);
      tellRules({ group }, was, caller);
      tiering.changed();
    },
    setCameras(ids, said, caller) {
      known(said);
      for (const id of ids)
        if (deps.cameraName(id) === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
      const were = [...new Set(ids)].map((cameraId) => [{ cameraId }, rulesOf({ cameraId })] as const);
      rules.setCameras(ids, said);
      for (const [of, was] of were) tellRules(of, was, caller);
      tiering.changed();
    },
  };

  return {
    room,
    numbers: () => archives.list().map((e) => e.row.archive),
    tiers: { rule: rules.rule, version: () => JSON.stringify(rules.all()) },
    troubles: () =>
      archives.list().flatMap(({ row, health }) => {
        const trouble = health.trouble();
        return trouble === null ? [] : [`${row.name}: ${trouble.words}`];
      }),
    undeleted() {
      const refused = tiering.refused();
      return refused === null
        ? null
        : `${refused.count} whose footage is at an archive are refused by themselves: ${refused.why}`;
    },
    need(volume) {
      if (!isArchive(volume)) return deps.volumes.need(volume);
      const files = archives.filesOf(volume);
      if (files === null)
        throw new AppError('UNAVAILABLE', 'The archive of this recording was taken out of the station.', {
          data: { reason: 'archive-away' },
        });
      return files;
    },
    release: tiering.release,
    async eraseFolder(folder) {
      const ids = store.streams().filter((s) => s.folder === folder);
      for (const entry of archives.list()) {
        if (!ids.some((s) => store.archive.copies(s.id, entry.row.archive, 0, 1).length > 0)) continue;
        try {
          for await (const { key } of entry.store.list(folder)) await entry.health.run(() => entry.store.remove(key));
        } catch (error) {
          throw unavailable(error);
        }
      }
      await deps.volumes.spread.eraseFolder(folder);
    },
    start: () => {
      tiering.start();
    },
    async stop() {
      deleting.halt();
      await tiering.stop();
      archives.stop();
    },
  };
}
