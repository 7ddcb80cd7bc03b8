/** What people said of footage that moves to archives, kept in the index. */
import { noTiers, Tiering, type TierRule, type TierRules } from '#domain/archive.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Log } from '#lib/log.ts';
import type { WriteStore } from './index-port.ts';

const key = 'tiering';

export type TierRulesRoom = {
  all(): Tiering;
  rule(cameraId: CameraId, kind: StreamKind): TierRule | null;
  setStation(rules: TierRules): void;
  /** null: as the station again. */
  setGroup(group: string, rules: TierRules | null): void;
  /** null: as their groups, or the station, again. */
  setCameras(ids: readonly CameraId[], rules: TierRules | null): void;
  /** Some rule names it. */
  names(archive: number): boolean;
};

export function createTierRules(deps: {
  store: Pick<WriteStore, 'setting'>;
  groupOf: (cameraId: CameraId) => string | null;
  log: Log;
}): TierRulesRoom {
  const { setting } = deps.store;
  let station: TierRules = noTiers;
  const groups = new Map<string, TierRules>();
  const cameras = new Map<CameraId, TierRules>();
  const kept = setting.get(key);
  if (kept !== null) {
    try {
      const read = Tiering.parse(JSON.parse(kept));
      ({ station } = read);
      for (const { group, rules } of read.groups) groups.set(group, rules);
      for (const { cameraId, rules } of read.cameras) cameras.set(cameraId, rules);
    } catch (error) {
      deps.log.error('what was said of archives cannot be read: nothing is sent', { error: String(error) });
    }
  }
  const all = (): Tiering => ({
    station,
    groups: [...groups].map(([group, rules]) => ({ group, rules })),
    cameras: [...cameras].map(([cameraId, rules]) => ({ cameraId, rules })),
  });
  const save = (): void => {
    setting.set(key, JSON.stringify(all()));
  };
  return {
    all,
    rule: (cameraId, kind) => (cameras.get(cameraId) ?? groups.get(deps.groupOf(cameraId) ?? '') ?? station)[kind],
    setStation(rules) {
      station = rules;
      save();
    },
    setGroup(group, rules) {
      if (rules === null) groups.delete(group);
      else groups.set(group, rules);
      save();
    },
    setCameras(ids, rules) {
      for (const id of ids) {
        if (rules === null) cameras.delete(id);
        else cameras.set(id, rules);
      }
      save();
    },
    names: (archive) =>
      [station, ...groups.values(), ...cameras.values()].some(
        (r) => r.main?.archive === archive || r.sub?.archive === archive,
      ),
  };
}
