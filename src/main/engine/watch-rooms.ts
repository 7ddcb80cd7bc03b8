/** Watching cameras by the station's own analysis, put together. */
import type { CameraRoom } from './cameras.ts';
import type { WriteStore } from './ports.ts';
import type { RecordingRoom } from './recordings.ts';
import { createWatchRules, type WatchRuleRoom } from './watch-rules.ts';

export type WatchRooms = { rules: WatchRuleRoom };

export function createWatchRooms(deps: {
  store: Pick<WriteStore, 'watch'>;
  newId: () => string;
  cameras: () => Pick<CameraRoom, 'record' | 'deviceChanged'>;
  recordings: () => Pick<RecordingRoom, 'scheduleExists'>;
}): WatchRooms {
  const rules = createWatchRules({
    store: deps.store.watch,
    newId: deps.newId,
    cameraExists: (id) => deps.cameras().record(id) !== null,
    scheduleExists: (id) => deps.recordings().scheduleExists(id),
    changed: (id) => {
      deps.cameras().deviceChanged(id);
    },
  });
  return { rules };
}
