/** Real footage of days ago in a data folder: demo pictures, written by the real recorder and known to the index. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { h264Track } from '#media/h264.ts';
import type { IngestReport } from '#workers/ingest/port.ts';
import { openVolume } from '../../src/main/adapters/files/index.ts';
import { openWriteStore } from '../../src/main/adapters/sqlite/index.ts';
import { readClip } from '../../src/main/demo/clip.ts';
import type { CameraRecord } from '../../src/main/engine/index-port.ts';
import { createRecordDisk } from '../../src/workers/ingest/record/disk.ts';
import { createRecorder } from '../../src/workers/ingest/record/recorder.ts';
import { cameraRow } from './camera-row.ts';
import { pieces } from './encoded.ts';

const clipPath = join(import.meta.dirname, '../../resources/demo/gate-main.mp4');
const newId = createUlids(() => systemClock.nowMs());

/** A data folder at `data` with one camera; `spans`: what it recorded, [start in UTC ms, seconds], over and
 * over from a clip (`from`; the demo's own). Answers the starts of its segments. */
export async function makeOldFootage(
  data: string,
  camera: Partial<Omit<CameraRecord, 'streamIds'>>,
  spans: readonly (readonly [startMs: number, seconds: number])[],
  from = clipPath,
): Promise<number[]> {
  const clip = readClip(readFileSync(from));
  const sets = clip.parameterSets;
  const [sps, pps] = [sets.filter((n) => ((n[0] ?? 0) & 31) === 7), sets.filter((n) => ((n[0] ?? 0) & 31) === 8)];
  const store = openWriteStore(join(data, 'vigie.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  const volume = await openVolume(data, null);
  store.setting.set('volume-id', volume.id);
  const row = store.camera.add(cameraRow(camera));
  const streamId = row.streamIds.main;
  const reports: IngestReport[] = [];
  for (const [startMs, seconds] of spans) {
    let monoMs = 0;
    const recorder = createRecorder({
      streamId,
      kind: 'main',
      target: { volume: 1, root: volume.root, folder: row.folder },
      notBeforeMs: 0,
      maxPendingBytes: 2 ** 26,
      clock: { ...systemClock, monoMs: () => monoMs },
      disk: createRecordDisk(),
      report: (report) => reports.push(report),
    });
    recorder.format(h264Track(sps, pps), null);
    for (let n = 0; n < seconds * clip.fps; n += 1) {
      const picture = clip.pictures[n % clip.pictures.length];
      if (picture === undefined) throw new Error('the clip is empty');
      const us = startMs * 1000 + Math.round((n * 1e6) / clip.fps);
      recorder.unit({ track: 'video', key: picture.key, ptsUs: us, dtsUs: us, ...pieces(picture.nals) }, us);
      monoMs += 1000 / clip.fps;
    }
    await recorder.stop();
  }
  const startsMs: number[] = [];
  for (const sealed of reports) {
    if (sealed.op !== 'sealed' || sealed.sha256 === null) continue;
    const opened = reports.find((r) => r.op === 'opened' && r.startMs === sealed.startMs);
    if (opened?.op !== 'opened') throw new Error('a segment that was never opened');
    const { startMs, endMs, bytes, sha256 } = sealed;
    store.segment.adopt({ streamId, startMs, endMs, bytes, state: 'sealed', format: opened.format });
    store.chain.link(streamId, { folder: row.folder, kind: 'main' }, { startMs, endMs, bytes, sha256 });
    startsMs.push(startMs);
  }
  store.close();
  return startsMs;
}
