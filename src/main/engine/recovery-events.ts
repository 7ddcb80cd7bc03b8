/** What people are told of a stream that was taken in after a crash. */
import { segmentPath } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { CameraRecord } from './index-port.ts';
import type { Recovered } from './recovery.ts';

/** Of one stream so many are told one by one. */
const mostTold = 20;

export function noteRecovered(
  { events, log }: { events: Pick<EventRoom, 'note'>; log: Log },
  camera: CameraRecord,
  kind: StreamKind,
  found: Recovered,
): void {
  const of = { camera: camera.name, stream: kind };
  if (found.segments > 0) {
    const { segments, bytes, fromMs, toMs } = found;
    log.info('segments taken into the index after a crash', { ...of, segments, bytes });
    events.note({
      kind: 'segment-recovered',
      severity: 'info',
      cameraId: camera.id,
      fromMs,
      toMs: Math.max(fromMs, toMs),
      data: { ...of, segments, bytes },
    });
  }
  // What was safe on a disk does not go by a crash or a power cut: the disk lost it, or somebody changed the file.
  for (const { startMs, fromMs, toMs } of found.short.slice(0, mostTold)) {
    const path = segmentPath(camera.folder, kind, startMs);
    const text = `${Math.round((toMs - fromMs) / 1000)} s that were safe on the disk cannot be read any more.`;
    log.error('a recording is shorter than was known to be safe on its disk', { path, fromMs, toMs });
    events.note({
      kind: 'segment-corrupt',
      severity: 'alarm',
      cameraId: camera.id,
      fromMs,
      toMs,
      data: { ...of, startMs, path, text },
    });
  }
}
