/** What people said of how long video is kept, kept in the index. */
import { asStation, ruleOf, StationRetention, untouched, type CameraRetention, type Rule } from '#domain/retention.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Log } from '#lib/log.ts';
import type { WriteStore } from './index-port.ts';
import { retentionKey } from './settings.ts';

export type RetentionRules = {
  station(): StationRetention;
  camera(id: CameraId): CameraRetention;
  /** Cameras of which something else is said than of the station. */
  cameras(): { cameraId: CameraId; retention: CameraRetention }[];
  /** The same object until something else is said. */
  rule(id: CameraId, kind: StreamKind): Rule;
  setStation(retention: StationRetention): void;
  setCamera(id: CameraId, retention: CameraRetention | null): void;
  /** Grows with every change. */
  version(): number;
};

export function createRetentionRules(deps: {
  store: Pick<WriteStore, 'retention' | 'setting'>;
  log: Log;
}): RetentionRules {
  const { store, log } = deps;
  let version = 0;
  let rules = new Map<string, Rule>();
  const cameras = new Map<CameraId, CameraRetention>(store.retention.rules().map((r) => [r.cameraId, r.rule]));
  let station = read();

  function read(): StationRetention {
    const kept = store.setting.get(retentionKey);
    if (kept === null) return untouched;
    try {
      return StationRetention.parse(JSON.parse(kept));
    } catch (error) {
      // Rather too much is kept than too little.
      log.error('what was said of retention cannot be read: footage is kept as long as there is space', {
        error: String(error),
      });
      return untouched;
    }
  }
  const changed = (): void => {
    rules = new Map();
    version += 1;
  };
  const camera = (id: CameraId): CameraRetention => cameras.get(id) ?? asStation;

  return {
    station: () => station,
    camera,
    cameras: () => [...cameras].map(([cameraId, retention]) => ({ cameraId, retention })),
    rule(id, kind) {
      const key = `${id} ${kind}`;
      let rule = rules.get(key);
      if (rule === undefined) rules.set(key, (rule = ruleOf(station, camera(id), kind)));
      return rule;
    },
    setStation(retention) {
      store.setting.set(retentionKey, JSON.stringify(retention));
      station = retention;
      changed();
    },
    setCamera(id, retention) {
      store.retention.setRule(id, retention);
      if (retention === null) cameras.delete(id);
      else cameras.set(id, retention);
      changed();
    },
    version: () => version,
  };
}
