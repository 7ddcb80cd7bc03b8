/**
 * Main streams whose newest key picture lies ready at the watch worker beside the small stream that is watched: letters of a plate
 * need more pixels than finding a car. A picture costs its few bytes until somebody asks for it; then it is decoded.
 */
import type { CameraId, StreamId } from '#domain/id.ts';
import type { Polygon } from '#domain/place.ts';
import { shownSlotBytes, type ShowOrder } from '#workers/ingest/port.ts';
import type { WatchCommand } from '#workers/watch/port.ts';
import type { CameraRecord } from './index-port.ts';

type Detail = { id: StreamId; perSecond: number; ordered: string; slot: SharedArrayBuffer };

export type WatchDetails = {
  /** `perSecond` 0: nobody needs it, or it does not run. */
  settle(camera: CameraRecord, perSecond: number): void;
  end(id: CameraId): void;
  /** Another worker runs, that knows nothing. */
  forgotten(): void;
  /** null: none lies ready. */
  streamOf(id: CameraId): StreamId | null;
};

export function createWatchDetails(deps: {
  show: (id: StreamId, order: ShowOrder | null) => void;
  post: (command: WatchCommand) => void;
  privacy: (id: CameraId) => Polygon[];
}): WatchDetails {
  const details = new Map<CameraId, Detail>();
  const end = (id: CameraId): void => {
    const mine = details.get(id);
    if (mine === undefined) return;
    details.delete(id);
    deps.show(mine.id, null);
    deps.post({ op: 'unwatch', streamId: mine.id });
  };
  return {
    settle(camera, perSecond) {
      const { main } = camera.streamIds;
      const before = details.get(camera.id);
      if (perSecond === 0 || (before !== undefined && before.id !== main)) end(camera.id);
      if (perSecond === 0) return;
      const mine = details.get(camera.id) ?? {
        ...{ id: main, perSecond: 0, ordered: '', slot: new SharedArrayBuffer(shownSlotBytes) },
      };
      details.set(camera.id, mine);
      const privacy = deps.privacy(camera.id);
      const text = JSON.stringify([camera.name, privacy]);
      if (text !== mine.ordered)
        deps.post({
          op: 'watch',
          order: {
            ...{ streamId: main, label: `${camera.name} main`, slot: mine.slot, gate: null },
            ...{ privacy, judge: false, natives: false, share: 1, detail: true },
          },
        });
      mine.ordered = text;
      if (Math.abs(perSecond - mine.perSecond) < 1e-6) return;
      mine.perSecond = perSecond;
      deps.show(main, { perSecond, between: false, slot: mine.slot });
    },
    end,
    forgotten() {
      for (const mine of details.values()) {
        mine.ordered = '';
        mine.perSecond = 0;
        mine.slot = new SharedArrayBuffer(shownSlotBytes);
      }
    },
    streamOf: (id) => details.get(id)?.id ?? null,
  };
}
