/** What an ingest worker reports of streams goes to the room that it concerns. */
import type { StreamId } from '#domain/id.ts';
import { ownVolume } from '#domain/volume.ts';
import type { CameraMetadataRoom } from './camera-metadata.ts';
import type { DiskPressureRoom } from './disk-pressure.ts';
import type { Gaps } from './gaps.ts';
import type { StreamReport } from './ingest-pool.ts';
import type { RecordingRoom } from './recordings.ts';
import type { Segments } from './segments.ts';
import type { StationClock } from './station-clock.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { SystemWatch } from './system-watch.ts';
import type { VolumeRoom } from './volumes.ts';

export function createReportRoute(rooms: {
  statuses: Pick<StreamStatuses, 'set'>;
  gaps: Pick<Gaps, 'tell'>;
  segments: Pick<Segments, 'opened' | 'grew' | 'sealed' | 'dropped' | 'left' | 'letGo'>;
  volumes: Pick<VolumeRoom, 'refused' | 'taken'>;
  watch: Pick<SystemWatch, 'disk'>;
  pressure: Pick<DiskPressureRoom, 'behind' | 'refused'>;
  clocks: () => Pick<StationClock, 'look'>;
  recordings: Pick<RecordingRoom, 'clockJumped'>;
  metadata: Pick<CameraMetadataRoom, 'line' | 'take'>;
  /** What was left on a disk may be looked at (`VolumeRooms`). */
  letGo: (streamId: StreamId, startMs: number) => void;
  /** A segment was begun there. */
  begun: (streamId: StreamId, volume: number) => void;
}): (report: StreamReport) => void {
  const { statuses, gaps, segments, watch, recordings, metadata, pressure } = rooms;
  /** What each stream said last of its disk. */
  const words = new Map<StreamId, object>();

  /** Where a volume refuses, it is looked whether it refuses all, or one camera's folder is not as it should be. */
  const disk = (streamId: StreamId, volume: number, code: string | null): void => {
    const word = {};
    words.set(streamId, word);
    if (code === null) {
      words.delete(streamId);
      watch.disk(streamId, null);
      rooms.volumes.taken(streamId, volume);
      return;
    }
    void rooms.volumes.refused(streamId, volume, code).then((is) => {
      if (words.get(streamId) === word) watch.disk(streamId, is === 'volume' && volume === ownVolume ? code : null);
    });
  };

  return (report) => {
    switch (report.op) {
      case 'status':
        for (const { streamId, status } of report.streams) statuses.set(streamId, status);
        return;
      case 'uncovered':
        gaps.tell(report.streamId, { is: 'uncovered', fromMs: report.fromMs, cause: report.cause });
        return;
      case 'opened':
        segments.opened(report.streamId, report.startMs, report, report.format);
        rooms.begun(report.streamId, report.volume);
        return;
      case 'grew':
        segments.grew(report.segments);
        return;
      case 'sealed':
        segments.sealed(report.streamId, report.startMs, report);
        return;
      case 'dropped':
        segments.dropped(report.streamId, report.startMs);
        return;
      case 'left':
        segments.left(report.streamId, report.startMs);
        return;
      case 'let-go':
        segments.letGo(report.streamId, report.startMs);
        rooms.letGo(report.streamId, report.startMs);
        return;
      case 'disk':
        pressure.refused(report.streamId, report.volume, report.code);
        disk(report.streamId, report.volume, report.code);
        return;
      case 'behind':
        pressure.behind(report.streams);
        return;
      case 'metadata-line':
        metadata.line(report.streamId, report.line);
        return;
      case 'metadata':
        metadata.take(report.streamId, report);
        return;
      case 'clock-jumped':
        rooms.clocks().look();
        recordings.clockJumped();
        return;
    }
  };
}
