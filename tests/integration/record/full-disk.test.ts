/** A volume that fills up, on a small file system of its own. Needs root on Linux. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamId } from '#domain/id.ts';
import { type Clock, systemClock } from '#lib/clock.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import type { IngestReport } from '#workers/ingest/port.ts';
import { createRecordDisk } from '#workers/ingest/record/disk.ts';
import { createRecorder } from '#workers/ingest/record/recorder.ts';
import { createSegmentFiles } from '../../../src/main/adapters/files/index.ts';
import { tempFolder } from '../../support/temp.ts';
import { markVolume } from '../../support/volume.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const t0 = Date.UTC(2026, 10, 22, 14, 0, 0);

describe.skipIf(!canMount)('a small volume (needs root)', () => {
  let root: string;
  let remove: () => void;
  let mounted = false;
  beforeEach(() => {
    ({ path: root, remove } = tempFolder());
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'vigie-test', root], { encoding: 'utf8' });
    mounted = mount.status === 0;
    markVolume(root);
  });
  afterEach(() => {
    if (mounted) spawnSync('umount', [root]);
    remove();
  });

  it('full and read-only: keeps what is whole, says why, and goes on by itself when it can', async ({ skip }) => {
    if (!mounted) skip('this machine lets nobody mount a file system');
    const reports: IngestReport[] = [];
    let monoMs = 0;
    const clock: Clock = { ...systemClock, monoMs: () => monoMs };
    const recorder = createRecorder({
      streamId: StreamId.parse(1),
      kind: 'main',
      target: { volume: 1, root, folder: 'gate' },
      notBeforeMs: 0,
      maxPendingBytes: 1 << 20,
      clock,
      disk: createRecordDisk(),
      report: (r) => reports.push(r),
    });
    recorder.format(mjpegTrack(640, 360), null);
    const jpeg = Uint8Array.from({ length: 10_000 }, (_, i) => [0xff, 0xd8][i] ?? i & 255);
    let at = t0;
    const second = async (): Promise<void> => {
      for (let i = 0; i < 20; i += 1, at += 50, monoMs += 50) {
        const unit: AccessUnit = {
          track: 'video',
          key: true,
          ptsUs: at * 1000,
          dtsUs: at * 1000,
          data: [jpeg],
          bytes: jpeg.length,
        };
        recorder.unit(unit, 0);
      }
      await expect.poll(() => recorder.lagMs(), { interval: 2 }).toBe(0);
    };
    const codes = (): (string | null)[] => reports.flatMap((r) => (r.op === 'disk' ? [r.code] : []));
    const files = createSegmentFiles(root);

    writeFileSync(join(root, 'filler'), new Uint8Array(7 << 20));
    while (codes().length === 0 && at < t0 + 30_000) await second();
    expect(codes()).toEqual(['ENOSPC']);
    const uncovered = reports.find((r) => r.op === 'uncovered');
    expect(uncovered).toMatchObject({ cause: 'disk-full' });
    const [kept] = await files.list('gate', t0, at);
    const content = kept ? await files.inspect(files.path('gate', 'main', kept.startMs)) : null;
    expect(content?.endMs).toBe(uncovered?.op === 'uncovered' ? uncovered.fromMs : 0);

    for (let i = 0; i < 3; i += 1) await second();
    expect(codes()).toEqual(['ENOSPC']); // told once, tried again every second
    rmSync(join(root, 'filler'));
    for (let i = 0; i < 3 && codes().length < 2; i += 1) await second();
    await expect.poll(codes).toEqual(['ENOSPC', null]);

    // A file open for writing holds the remount back, so the segment is left first.
    recorder.interrupt();
    await expect.poll(() => recorder.pendingBytes()).toBe(0);
    await expect.poll(() => spawnSync('mount', ['-o', 'remount,ro', root]).status).toBe(0);
    await second();
    await expect.poll(() => codes().at(-1)).toBe('EROFS');
    expect(spawnSync('mount', ['-o', 'remount,rw', root]).status).toBe(0);
    for (let i = 0; i < 3 && codes().at(-1) !== null; i += 1) await second();
    await expect.poll(() => codes().at(-1)).toBeNull();
    await recorder.stop();
    expect(codes()).toEqual(['ENOSPC', null, 'EROFS', null]);
    for (const file of await files.list('gate', t0, at)) {
      expect(await files.inspect(files.path('gate', 'main', file.startMs))).toMatchObject({ bytes: file.bytes });
    }
  });
});
