/** Who follows the cameras: keeps what is new for each, so that a slow one is never behind by more than one look. */
import type { Pushed, Signal } from '#contract/call.ts';
import type { CameraView } from '#domain/camera.ts';
import type { CameraId } from '#domain/id.ts';
import { createBell } from './follow.ts';
import type { CameraPush } from './rooms.ts';

type Follower = { all: boolean; cameras: Set<CameraId>; streams: Set<CameraId>; removed: Set<CameraId>; ring(): void };

export type CameraFollowers = {
  watch(signal: Signal): AsyncGenerator<Pushed<CameraPush>>;
  /** A camera has other settings or another device status. */
  camera(id: CameraId): void;
  /** Only the state of its streams. */
  streams(id: CameraId): void;
  removed(id: CameraId): void;
  /** Ends all following. */
  stop(): void;
};

export function createCameraFollowers(deps: {
  list: () => CameraView[];
  view: (id: CameraId) => CameraView | null;
}): CameraFollowers {
  const followers = new Set<Follower>();
  let stopped = false;
  const tell = (change: (f: Follower) => void): void => {
    for (const f of followers) {
      change(f);
      f.ring();
    }
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
        if (all) yield { value: { type: 'all', cameras: deps.list() } };
        else {
          for (const id of removed) if (deps.view(id) === null) yield { value: { type: 'removed', id } };
          for (const id of cameras) {
            const camera = deps.view(id);
            if (camera !== null) yield { value: { type: 'camera', camera } };
          }
          const changes = [...moved].flatMap((id) => {
            const camera = cameras.has(id) ? null : deps.view(id);
            return camera === null ? [] : [{ id, streams: camera.streams }];
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
    watch,
    camera(id) {
      tell((f) => f.cameras.add(id));
    },
    streams(id) {
      tell((f) => f.streams.add(id));
    },
    removed(id) {
      tell((f) => f.removed.add(id));
    },
    stop() {
      stopped = true;
      tell(() => undefined);
    },
  };
}
