/** What people say of watching cameras: settings, zones and lines; what the contract's `watching` says. */
import type { ScheduleUsers } from '#contract/recording.ts';
import { AppError, invalid } from '#contract/error.ts';
import type { CameraWatching } from '#contract/watching.ts';
import { LineId, ZoneId, type CameraId } from '#domain/id.ts';
import type { ModelId } from '#domain/model.ts';
import type { Polygon } from '#domain/place.ts';
import type { ScheduleId } from '#domain/recording-plan.ts';
import {
  mostLines,
  mostZones,
  type LineDraft,
  type WatchLine,
  type WatchZone,
  type ZoneDraft,
} from '#domain/watch-zone.ts';
import { WatchSettings } from '#domain/watching.ts';
import type { WatchStore } from './watch-port.ts';

/** Throws NOT_FOUND for a camera, zone or line that is not there; CONFLICT (`version`, `count`, `schedule`); INVALID. */
export type WatchRules = {
  of(id: CameraId): CameraWatching;
  set(id: CameraId, settings: WatchSettings): CameraWatching;
  addZone(id: CameraId, draft: ZoneDraft): WatchZone;
  changeZone(id: CameraId, zoneId: ZoneId, version: number, draft: ZoneDraft): WatchZone;
  removeZone(id: CameraId, zoneId: ZoneId): void;
  addLine(id: CameraId, draft: LineDraft): WatchLine;
  changeLine(id: CameraId, lineId: LineId, version: number, draft: LineDraft): WatchLine;
  removeLine(id: CameraId, lineId: LineId): void;
};

export type WatchRuleRoom = WatchRules & {
  settings(id: CameraId): WatchSettings;
  /** The same list until one of them changes. */
  zones(id: CameraId): readonly WatchZone[];
  lines(id: CameraId): readonly WatchLine[];
  /** What of the picture nobody is to see. */
  privacy(id: CameraId): Polygon[];
  /** Zones and lines that go by a schedule. */
  usersOf(schedule: ScheduleId): ScheduleUsers['watched'];
  /** The camera is gone from the station. Its video stays, and so does what of it nobody is to see. */
  forget(id: CameraId): void;
  /** The camera is gone with all its video. */
  erase(id: CameraId): void;
};

const usual: WatchSettings = WatchSettings.parse({});

export function createWatchRules(deps: {
  store: WatchStore;
  newId: () => string;
  cameraExists: (id: CameraId) => boolean;
  scheduleExists: (id: ScheduleId) => boolean;
  /** The station knows a model of this id that finds objects, whether or not it is here. */
  isDetector: (id: ModelId) => boolean;
  /** What is said of a camera is another now. */
  changed: (id: CameraId) => void;
}): WatchRuleRoom {
  const { store } = deps;
  const settings = new Map<CameraId, WatchSettings>(store.settings().map((s) => [s.cameraId, s.settings]));
  const zones = grouped(store.zones());
  const lines = grouped(store.lines());

  const present = (id: CameraId): void => {
    if (!deps.cameraExists(id)) throw new AppError('NOT_FOUND', 'There is no such camera.');
  };
  const settingsOf = (id: CameraId): WatchSettings => settings.get(id) ?? usual;
  const none: WatchZone[] = [];
  const zonesOf = (id: CameraId): WatchZone[] => zones.get(id) ?? none;
  const linesOf = (id: CameraId): WatchLine[] => lines.get(id) ?? [];
  const of = (id: CameraId): CameraWatching => {
    present(id);
    return { cameraId: id, settings: settingsOf(id), zones: zonesOf(id), lines: linesOf(id) };
  };
  const holds = (draft: { scheduleId: ScheduleId | null }): void => {
    if (draft.scheduleId !== null && !deps.scheduleExists(draft.scheduleId))
      throw new AppError('CONFLICT', 'There is no such schedule any more. Choose another one.', {
        data: { what: 'schedule-gone' },
      });
  };
  const room = (there: number, most: number): void => {
    if (there >= most)
      throw new AppError('CONFLICT', `There are ${most} already; that is the most.`, {
        data: { what: 'count', number: most },
      });
  };
  const current = <T extends { version: number }>(found: T | undefined, version: number): T => {
    if (found === undefined) throw new AppError('NOT_FOUND', 'It is not there any more.');
    if (found.version !== version)
      throw new AppError('CONFLICT', 'Somebody else has changed it meanwhile. Look at it again.', {
        data: { what: 'version' },
      });
    return found;
  };
  const heights = (what: 'zone' | 'line', { minHeight, maxHeight }: { minHeight: number; maxHeight: number }): void => {
    if (minHeight <= maxHeight) return;
    const message = 'the largest height is below the smallest: nothing would count';
    throw invalid(`${what}.maxHeight`, 'over-most', `Of a ${what} ${message}.`);
  };
  const measuresTo = (id: CameraId, own: LineId | null, { speed }: LineDraft): void => {
    if (speed === null) return;
    if (speed.toLineId === own || !linesOf(id).some((l) => l.id === speed.toLineId))
      throw invalid('line.speed.toLineId', 'gone', 'Speed is measured to another line of the same camera.');
  };

  return {
    of,
    settings: settingsOf,
    zones: zonesOf,
    lines: linesOf,
    privacy: (id) =>
      zonesOf(id)
        .filter((z) => z.kind === 'privacy')
        .map((z) => z.points),
    set(id, said) {
      present(id);
      // One that was chosen before and is forgotten meanwhile holds up nothing else.
      const { modelId } = said;
      if (modelId !== null && modelId !== settingsOf(id).modelId && !deps.isDetector(modelId))
        throw invalid(
          'settings.modelId',
          'gone',
          `${modelId} is no detector that this station knows. Choose one of its models.`,
        );
      store.setSettings(id, said);
      settings.set(id, said);
      deps.changed(id);
      return of(id);
    },
    addZone(id, draft) {
      present(id);
      holds(draft);
      heights('zone', draft);
      room(zonesOf(id).length, mostZones);
      const zone: WatchZone = { ...draft, id: ZoneId.parse(deps.newId()), cameraId: id, version: 1 };
      store.putZone(zone);
      zones.set(id, [...zonesOf(id), zone]);
      deps.changed(id);
      return zone;
    },
    changeZone(id, zoneId, version, draft) {
      present(id);
      const was = current(
        zonesOf(id).find((z) => z.id === zoneId),
        version,
      );
      holds(draft);
      heights('zone', draft);
      const zone: WatchZone = { ...draft, id: zoneId, cameraId: id, version: was.version + 1 };
      store.putZone(zone);
      zones.set(
        id,
        zonesOf(id).map((z) => (z.id === zoneId ? zone : z)),
      );
      deps.changed(id);
      return zone;
    },
    removeZone(id, zoneId) {
      present(id);
      if (!zonesOf(id).some((z) => z.id === zoneId)) throw new AppError('NOT_FOUND', 'There is no such zone.');
      store.removeZone(zoneId);
      zones.set(
        id,
        zonesOf(id).filter((z) => z.id !== zoneId),
      );
      deps.changed(id);
    },
    addLine(id, draft) {
      present(id);
      holds(draft);
      heights('line', draft);
      room(linesOf(id).length, mostLines);
      measuresTo(id, null, draft);
      const line: WatchLine = { ...draft, id: LineId.parse(deps.newId()), cameraId: id, version: 1 };
      store.putLine(line);
      lines.set(id, [...linesOf(id), line]);
      deps.changed(id);
      return line;
    },
    changeLine(id, lineId, version, draft) {
      present(id);
      const was = current(
        linesOf(id).find((l) => l.id === lineId),
        version,
      );
      holds(draft);
      heights('line', draft);
      measuresTo(id, lineId, draft);
      const line: WatchLine = { ...draft, id: lineId, cameraId: id, version: was.version + 1 };
      store.putLine(line);
      lines.set(
        id,
        linesOf(id).map((l) => (l.id === lineId ? line : l)),
      );
      deps.changed(id);
      return line;
    },
    removeLine(id, lineId) {
      present(id);
      if (!linesOf(id).some((l) => l.id === lineId)) throw new AppError('NOT_FOUND', 'There is no such line.');
      const left = linesOf(id)
        .filter((l) => l.id !== lineId)
        .map((l) => (l.speed?.toLineId === lineId ? { ...l, speed: null, version: l.version + 1 } : l));
      for (const line of left) if (!linesOf(id).includes(line)) store.putLine(line);
      store.removeLine(lineId);
      lines.set(id, left);
      deps.changed(id);
    },
    usersOf: (schedule) =>
      [['zone', zones] as const, ['line', lines] as const].flatMap(([is, drawn]) =>
        [...drawn].flatMap(([cameraId, all]) =>
          all.filter((one) => one.scheduleId === schedule).map(({ name }) => ({ cameraId, is, name })),
        ),
      ),
    forget(id) {
      settings.delete(id);
      zones.set(
        id,
        zonesOf(id).flatMap((z) => (z.kind === 'privacy' ? [{ ...z, scheduleId: null }] : [])),
      );
      lines.delete(id);
    },
    erase(id) {
      settings.delete(id);
      zones.delete(id);
      lines.delete(id);
    },
  };
}

function grouped<T extends { cameraId: CameraId }>(all: readonly T[]): Map<CameraId, T[]> {
  const by = new Map<CameraId, T[]>();
  for (const one of all) by.set(one.cameraId, [...(by.get(one.cameraId) ?? []), one]);
  return by;
}
