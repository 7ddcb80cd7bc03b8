/** Tells of streams whose disk is behind, and once more of those that it has caught up with. */
import type { StreamId } from '#domain/id.ts';
import type { Lane } from './lane/lane.ts';
import type { DiskLag, IngestReport } from './port.ts';

/** Less is what gathering a fragment and writing it takes. */
const worthMs = 1_500;

export function createBehind(post: (report: IngestReport) => void) {
  const told = new Set<StreamId>();
  return {
    /** To be called about once a second. */
    look(lanes: Iterable<Pick<Lane, 'lag'>>): void {
      const streams: DiskLag[] = [];
      for (const lane of lanes) {
        const lag = lane.lag();
        if (lag === null) continue;
        const is = lag.dropping || lag.lagMs >= worthMs;
        if (is || told.has(lag.streamId)) streams.push(lag);
        if (is) told.add(lag.streamId);
        else told.delete(lag.streamId);
      }
      if (streams.length > 0) post({ op: 'behind', streams });
    },
  };
}
