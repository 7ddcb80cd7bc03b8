import { invalid } from '#contract/error.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { dayMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { CameraRoom } from './cameras.ts';
import type { Queries } from './query-port.ts';
import type { Timeline } from './rooms.ts';

const maxSpanMs = 400 * dayMs;
const maxTicks = 2_000;

export function createTimeline(deps: {
  cameras: Pick<CameraRoom, 'records' | 'streamId'>;
  queries: Queries;
  clock: Pick<Clock, 'nowMs'>;
}): Timeline {
  const { cameras, queries } = deps;

  /** The asked cameras' streams, or those of all present cameras; unknown ones are left out. */
  const streamsOf = (asked: readonly CameraId[] | undefined, kind: StreamKind): Map<StreamId, CameraId> => {
    const ids = asked !== undefined && asked.length > 0 ? asked : cameras.records().map((c) => c.id);
    const out = new Map<StreamId, CameraId>();
    for (const id of ids) {
      const streamId = cameras.streamId(id, kind);
      if (streamId !== null) out.set(streamId, id);
    }
    return out;
  };

  return {
    async coverage({ fromMs, toMs, cameraId, stream, grainMs }) {
      if (toMs <= fromMs) throw invalid('toMs', 'order', 'A span must end after it starts.');
      if (toMs - fromMs > maxSpanMs)
        throw invalid('toMs', 'span', 'A timeline spans 400 days at most.', { most: maxSpanMs });
      const streams = streamsOf(cameraId, stream);
      const streamIds = [...streams.keys()];
      const only = cameraId !== undefined && cameraId.length > 0 ? cameraId : null;
      const [rows, ticks, bounds, clocks] = await Promise.all([
        queries.coverage({ streamIds, fromMs, toMs, grainMs }),
        queries.ticks({ cameraIds: only, fromMs, toMs, grainMs, limit: maxTicks }),
        queries.bounds(streamIds),
        queries.clocks({ streamIds, fromMs, toMs, nowMs: deps.clock.nowMs() }),
      ]);
      return {
        rows: rows.flatMap(({ streamId, ...row }) => {
          const id = streams.get(streamId);
          return id === undefined ? [] : [{ cameraId: id, stream, ...row }];
        }),
        ticks,
        ...bounds,
        seams: clocks.seams,
        twice: clocks.twice.flatMap(({ streamId, ...span }) => {
          const id = streams.get(streamId);
          return id === undefined ? [] : [{ cameraId: id, ...span }];
        }),
      };
    },
    async days({ startsMs, cameraId }) {
      const streamIds = [...streamsOf(cameraId, 'main').keys(), ...streamsOf(cameraId, 'sub').keys()];
      return { covered: await queries.days(streamIds, startsMs) };
    },
  };
}
