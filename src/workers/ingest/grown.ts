import type { StreamId } from '#domain/id.ts';
import type { IngestReport } from './port.ts';

/**
 * Gathers what segments grew by, so that one message tells it for all streams; any other report of a recorder goes after what
 * was gathered, so that the order in which things became durable stays.
 */
export function createGrown(post: (report: IngestReport) => void): {
  report(report: IngestReport): void;
  flush(): void;
} {
  type Growth = Extract<IngestReport, { op: 'grew' }>['segments'][number];
  let pending = new Map<StreamId, Growth>();
  function flush(): void {
    if (pending.size === 0) return;
    const segments = [...pending.values()];
    pending = new Map();
    post({ op: 'grew', segments });
  }
  return {
    flush,
    report(report) {
      if (report.op !== 'grew') {
        flush();
        post(report);
        return;
      }
      for (const growth of report.segments) {
        const before = pending.get(growth.streamId);
        if (before !== undefined && before.startMs !== growth.startMs) flush();
        pending.set(growth.streamId, growth);
      }
    },
  };
}
