import type { StreamId } from '#domain/id.ts';
import type { DiskSeen } from './retention.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { VolumeRoom } from './volumes.ts';

/** What streams write to a volume now, and how many they are. */
export function writtenTo(
  volume: number,
  of: {
    volumes: Pick<VolumeRoom, 'placed'>;
    statuses: Pick<StreamStatuses, 'get'>;
    kindOf: (streamId: StreamId) => 'main' | 'sub';
  },
): { streams: number; bytesPerSecond: number } {
  let [streams, bits] = [0, 0];
  for (const [id, at] of of.volumes.placed()) {
    if (at !== volume) continue;
    const status = of.statuses.get(id, of.kindOf(id));
    if (!status.recording) continue;
    streams += 1;
    bits += status.bitsPerSecond;
  }
  return { streams, bytesPerSecond: bits / 8 };
}

/** The volumes as retention sees them: what they have, and what is written to them now. Only those that can be looked at. */
export function disksSeen(of: {
  volumes: Pick<VolumeRoom, 'seen'>;
  written: (volume: number) => { bytesPerSecond: number };
  /** It refuses streams for want of room. */
  full: (volume: number) => boolean;
}): DiskSeen[] {
  return of.volumes.seen().flatMap(({ row, root, here, space, state, device }) =>
    here && space !== null
      ? [
          {
            volume: row.volume,
            path: root,
            device,
            seen: space,
            full: state === 'full' || of.full(row.volume),
            reserveBytes: row.reserveBytes,
            writeBytesPerSecond: of.written(row.volume).bytesPerSecond,
          },
        ]
      : [],
  );
}
