/** A disk that hangs under a whole engine: a file system of its own that the kernel is told to freeze. Needs root on Linux. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordAlways } from '#domain/recording-plan.ts';
import { draftOf, openCameras, openEngine, tempFolder, until } from './engine-rig.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const ran = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

describe.skipIf(!canMount)('a disk that does not keep up (needs root)', () => {
  let folder: ReturnType<typeof tempFolder>;
  let video: string;
  let mounted = false;
  /** What a test started. */
  let end = async (): Promise<void> => undefined;
  beforeEach(() => {
    folder = tempFolder();
    video = join(folder.path, 'video');
    mkdirSync(video);
    const image = join(folder.path, 'disk.img');
    mounted =
      ran('truncate', '-s', '400M', image) &&
      ran('mkfs.ext4', '-q', '-F', image) &&
      ran('mount', '-o', 'loop', image, video);
  });
  afterEach(async () => {
    await end();
    if (mounted) ran('umount', video);
    folder.remove();
  });

  it('lets sub streams give way and keeps every picture of the main ones; everything comes back by itself', async ({
    skip,
  }) => {
    if (!mounted) skip('this machine lets nobody mount a file system');
    const { site, cameras } = await openCameras();
    const rig = await openEngine(folder.path);
    end = async () => {
      ran('fsfreeze', '--unfreeze', video);
      await rig.close();
      await site.stop();
    };
    const camera = cameras.find((c) => c.sub !== null);
    if (camera?.sub == null) throw new Error('the demo site has no camera with two streams');
    const draft = draftOf(camera);
    const { id } = await rig.engine.cameras.add({
      ...draft,
      main: { ...draft.main, plan: recordAlways },
      sub: { ...camera.sub, plan: recordAlways },
    });
    const stream = (kind: 'main' | 'sub') => rig.engine.cameras.get(id)?.streams.find((s) => s.kind === kind);
    await until(
      'both streams are recorded',
      () => stream('main')?.recording === true && stream('sub')?.recording === true,
    );
    await until('their bit rates are known', () => (stream('main')?.bitsPerSecond ?? 0) > 0, 30_000);

    const frozenMs = Date.now();
    expect(ran('fsfreeze', '--freeze', video)).toBe(true);
    let thawed = false;
    try {
      await until('the sub stream gives way', () => stream('sub')?.trouble === 'disk-slow', 20_000);
      expect(stream('sub')).toMatchObject({ state: 'degraded', recording: false });
      expect(stream('main')).toMatchObject({ state: 'live', recording: true, trouble: null });
      const health = await rig.engine.health.report();
      expect(health.problems.map((p) => p.code)).toContain('disk-slow');
    } finally {
      thawed = ran('fsfreeze', '--unfreeze', video);
    }
    expect(thawed).toBe(true);
    await until('the sub stream is recorded again', () => stream('sub')?.recording === true, 40_000);
    const backMs = Date.now();
    const ids = { main: rig.engine.cameras.streamId(id, 'main'), sub: rig.engine.cameras.streamId(id, 'sub') };
    const seen = await until('what was written since is in the index', async () => {
      const rows = await rig.queries.coverage({
        streamIds: [ids.main, ids.sub].filter((s) => s !== null),
        fromMs: frozenMs - 5_000,
        toMs: backMs,
        grainMs: 0,
      });
      const main = rows.find((r) => r.streamId === ids.main);
      const sub = rows.find((r) => r.streamId === ids.sub);
      return (main?.spans.at(-1)?.[1] ?? 0) >= backMs - 3_000 && sub?.gaps.at(-1)?.toMs != null ? { main, sub } : null;
    });
    // Not a picture of the main stream is missing.
    expect(seen.main?.gaps.filter((g) => (g.toMs ?? backMs) > frozenMs)).toEqual([]);
    expect(seen.main?.spans.filter(([, to]) => to > frozenMs)).toHaveLength(1);
    const gaps = seen.sub?.gaps.filter((g) => (g.toMs ?? backMs) > frozenMs) ?? [];
    expect(gaps.map((g) => g.cause)).toEqual(['disk-slow']);
    expect((gaps[0]?.fromMs ?? 0) - frozenMs).toBeGreaterThan(0);
    // It is over when the disk has kept up for a while, which may be after the small stream is recorded again.
    const events = await until('its end', async () => {
      const told = (await rig.engine.events.list({ kind: ['disk-slow'], limit: 10 })).events;
      return told.length > 0 && told.every((e) => e.toMs !== null) ? told : null;
    });
    expect(events).toMatchObject([{ severity: 'warning', data: { lost: false } }]);
    expect((await rig.engine.health.report()).problems.map((p) => p.code)).not.toContain('disk-slow');
  }, 120_000);
});
