/** A disk that somebody else fills up under a recording station: a small file system of its own. Needs root on Linux. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserId } from '#domain/id.ts';
import { recordAlways } from '#domain/recording-plan.ts';
import { dayMs } from '#domain/time.ts';
import { draftOf, openCameras, openEngine, tempFolder, until } from './engine-rig.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const ran = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;
const mib = 2 ** 20;
const minute = 60_000;

describe.skipIf(!canMount)('a disk that fills faster than it is emptied (needs root)', () => {
  let folder: ReturnType<typeof tempFolder>;
  let video: string;
  let mounted = false;
  /** What a test started. */
  let end = async (): Promise<void> => undefined;
  beforeEach(() => {
    folder = tempFolder();
    video = join(folder.path, 'video');
    mkdirSync(video);
    mounted = ran('mount', '-t', 'tmpfs', '-o', 'size=96m', 'vigie-test', video);
  });
  afterEach(async () => {
    await end();
    if (mounted) ran('umount', video);
    folder.remove();
  });

  it('gives up the oldest first, nothing that is held, and records on by itself', async ({ skip }) => {
    if (!mounted) skip('this machine lets nobody mount a file system');
    const { site, cameras } = await openCameras();
    const rig = await openEngine(folder.path);
    end = async () => {
      await rig.close();
      await site.stop();
    };
    const [camera] = cameras;
    if (camera === undefined) throw new Error('the demo site has no camera');
    const draft = draftOf(camera);
    const { id } = await rig.engine.cameras.add({ ...draft, main: { ...draft.main, plan: recordAlways }, sub: null });
    const streamId = rig.engine.cameras.streamId(id, 'main');
    const stream = rig.store.streams().find((s) => s.id === streamId);
    if (streamId === null || stream === undefined) throw new Error('no stream');
    const main = () => rig.engine.cameras.get(id)?.streams.find((s) => s.kind === 'main');
    await until('it is recorded', () => main()?.recording === true);

    // Yesterday: forty minutes of a megabyte each; the first five are held.
    const fromMs = Math.floor(Date.now() / minute) * minute - dayMs;
    const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 700 };
    rig.store.together(() => {
      for (let n = 0; n < 40; n++) {
        const startMs = fromMs + n * minute;
        const path = rig.files.path(stream.folder, 'main', startMs);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, new Uint8Array(mib));
        rig.store.segment.adopt({ streamId, startMs, endMs: startMs + minute, bytes: mib, state: 'sealed', format });
      }
    });
    rig.engine.holds.place(
      { cameraIds: [id], fromMs, toMs: fromMs + 5 * minute, reason: 'theft', owner: 'ana', untilMs: null },
      {
        userId: UserId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV'),
        name: 'ana',
        role: 'administrator',
        local: false,
        sessionId: 'one',
      },
    );
    const kept = (): number[] =>
      rig.store.retention
        .finished(streamId, fromMs, 1000)
        .filter((s) => s.startMs < fromMs + 60 * minute)
        .map((s) => (s.startMs - fromMs) / minute);
    expect(kept()).toHaveLength(40);

    // Somebody fills the disk to the last byte, faster than anything could be deleted.
    ran('sh', '-c', `cat /dev/zero > ${join(video, 'somebody-elses')}`);
    const filledMs = Date.now();
    await until('the disk refuses the stream', () => main()?.trouble === 'disk', 20_000);
    await until('it is recorded again', () => main()?.recording === true && main()?.trouble === null, 20_000);
    const tookMs = Date.now() - filledMs;
    expect(tookMs).toBeLessThan(12_000);
    await until('room is made', () => kept().length < 40 - 5);

    const left = kept();
    // What is held is all there; of the rest the oldest went, without a hole.
    expect(left.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
    const rest = left.slice(5);
    expect(rest).toEqual(Array.from({ length: rest.length }, (_, i) => 40 - rest.length + i));
    const asked = { cameraIds: [], reasons: [], fromMs: null, toMs: null, before: null, limit: 100 };
    expect(new Set(rig.engine.retention.deletions(asked).map((d) => d.reason))).toEqual(new Set(['space']));
    // What was refused is kept and written where there is room again: little or nothing is missing.
    const gaps = await until('no gap is open', async () => {
      const [row] = await rig.queries.coverage({
        streamIds: [streamId],
        fromMs: filledMs,
        toMs: Date.now(),
        grainMs: 0,
      });
      return row?.gaps.every((g) => g.toMs !== null) === true ? row.gaps : null;
    });
    expect(gaps.reduce((n, g) => n + (g.toMs ?? 0) - g.fromMs, 0)).toBeLessThan(tookMs + 3_000);
    const { events } = await rig.engine.events.list({ kind: ['disk-full', 'disk-back'], limit: 10 });
    expect(events.map((e) => e.kind)).toContain('disk-full');
    expect(events.find((e) => e.kind === 'disk-full')?.data.code).toBe('ENOSPC');
  });
});
