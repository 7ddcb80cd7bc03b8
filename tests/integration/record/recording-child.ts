/** Records a few streams in real time until it is killed; prints what it reports as one JSON line each. */
import { parseArgs } from 'node:util';
import { StreamId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { createRecordDisk } from '#workers/ingest/record/disk.ts';
import { createRecorder } from '#workers/ingest/record/recorder.ts';
import { createTicker } from '#workers/ingest/ticker.ts';
import { type Encoded, encode, hasFfmpeg, pieces } from '../../support/encoded.ts';

const { values } = parseArgs({ options: { root: { type: 'string' }, streams: { type: 'string' } } });
const { root = '', streams = '4' } = values;

const jpeg = Uint8Array.from({ length: 4000 }, (_, i) => [0xff, 0xd8][i] ?? i & 255);
const stills: Encoded = {
  track: mjpegTrack(320, 180),
  fps: 20,
  pictures: Array.from({ length: 40 }, () => ({ nals: [jpeg], key: true })),
};
const encoded = hasFfmpeg ? encode({ codec: 'h264', frames: 60, gop: 30, bitrate: '2000k' }) : stills;
const ticker = createTicker(systemClock);
const disk = createRecordDisk();
const frameMs = 1000 / encoded.fps;

for (let n = 1; n <= Number(streams); n += 1) {
  const recorder = createRecorder({
    streamId: StreamId.parse(n),
    kind: 'main',
    target: { volume: 1, root, folder: `camera-${n}` },
    notBeforeMs: 0,
    maxPendingBytes: 16 << 20,
    clock: systemClock,
    disk,
    report: (report) => process.stdout.write(`${JSON.stringify(report)}\n`),
  });
  ticker.add(() => {
    recorder.tick();
  });
  recorder.format(encoded.track, null);
  let next = 0;
  const first = systemClock.nowMs();
  const step = (): void => {
    while (first + next * frameMs <= systemClock.nowMs()) {
      const picture = encoded.pictures[next % encoded.pictures.length];
      if (picture === undefined) return;
      const atUs = Math.round((first + next * frameMs) * 1000);
      const sample = hasFfmpeg ? pieces(picture.nals) : { data: [jpeg], bytes: jpeg.length };
      const unit: AccessUnit = { track: 'video', key: picture.key, ptsUs: atUs, dtsUs: atUs, ...sample };
      recorder.unit(unit, atUs);
      next += 1;
    }
    setTimeout(step, 10);
  };
  step();
}
