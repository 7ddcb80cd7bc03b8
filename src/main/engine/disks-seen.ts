import { lanesOf } from './ingest.ts';
import type { CameraRecord } from './ports.ts';
import type { DiskSeen } from './retention.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { Space } from './system-watch.ts';

/** The volume as retention sees it: what it has, and what all streams write to it now. None while it cannot be looked at. */
export function disksSeen(of: {
  root: string;
  space: Space | null;
  cameras: readonly CameraRecord[];
  statuses: Pick<StreamStatuses, 'get'>;
}): DiskSeen[] {
  if (of.space === null) return [];
  const lanes = of.cameras.flatMap((c) => lanesOf(c).map((lane) => of.statuses.get(lane.id, lane.kind)));
  const bits = lanes.reduce((sum, s) => sum + (s.recording ? s.bitsPerSecond : 0), 0);
  return [{ volume: 1, path: of.root, seen: of.space, reserveBytes: null, writeBytesPerSecond: bits / 8 }];
}
