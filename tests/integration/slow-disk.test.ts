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

  const hold = (folderIs: 'frozen' | 'free'): boolean =>
    ran('fsfreeze', folderIs === 'frozen' ? '--freeze' : '--unfreeze', video);
  /** An engine with a camera of two streams, both recorded always, that is switched off. */
  async function withCamera() {
    const { site, cameras } = await openCameras();
    const rig = await openEngine(folder.path);
    end = async () => {
      hold('free');
      await rig.close();
      await site.stop();
    };
    const camera = cameras.find((c) => c.sub !== null);
    if (camera?.sub == null) throw new Error('the demo site has no camera with two streams');
    const draft = draftOf(camera);
    const { id } = await rig.engine.cameras.add({
      ...draft,
      enabled: false,
      main: { ...draft.main, plan: recordAlways },
      sub: { ...camera.sub, plan: recordAlways },
    });
    const slow = async () => (await rig.engine.health.report()).problems.find((p) => p.code === 'disk-slow')?.slow;
    const stream = (kind: 'main' | 'sub') => rig.engine.cameras.get(id)?.streams.find((s) => s.kind === kind);
    const ids = { main: rig.engine.cameras.streamId(id, 'main'), sub: rig.engine.cameras.streamId(id, 'sub') };
    /** What the index has of both since then. */
    const covered = async (fromMs: number) => {
      const rows = await rig.queries.coverage({
        streamIds: [ids.main, ids.sub].filter((s) => s !== null),
        ...{ fromMs, toMs: Date.now() + 1_000, grainMs: 0 },
      });
      return { main: rows.find((r) => r.streamId === ids.main), sub: rows.find((r) => r.streamId === ids.sub) };
    };
    return { rig, id, stream, slow, covered };
  }

  it('keeps what comes while it makes no files: nothing gives way, and the page on health says that pictures wait', async ({
    skip,
  }) => {
    if (!mounted) skip('this machine lets nobody mount a file system');
    const { rig, id, stream, slow, covered } = await withCamera();
    expect(hold('frozen')).toBe(true);
    const onMs = Date.now();
    await rig.engine.cameras.update(id, { enabled: true });
    await until('both streams are live', () => stream('main')?.state === 'live' && stream('sub')?.state === 'live');
    const liveMs = Date.now();
    const waits = await until('pictures wait', slow);
    expect(waits).toMatchObject({ is: 'waits', yielding: 0, path: video });
    expect(waits.behindMs).toBeGreaterThanOrEqual(3_000);
    expect(stream('sub')).toMatchObject({ state: 'live', trouble: null });
    expect(hold('free')).toBe(true);
    const seen = await until('all of it is in the index', async () => {
      const { main, sub } = await covered(onMs);
      return (main?.spans.at(-1)?.[1] ?? 0) > liveMs + 5_000 && (sub?.spans.at(-1)?.[1] ?? 0) > liveMs + 5_000
        ? { main, sub }
        : null;
    });
    for (const row of [seen.main, seen.sub]) {
      expect(row?.spans).toHaveLength(1);
      // From its first key picture on, which came no later than the stream was seen to be live.
      expect(row?.spans[0]?.[0]).toBeLessThanOrEqual(liveMs);
      expect(row?.gaps.filter((g) => g.cause === 'disk-slow')).toEqual([]);
    }
    expect((await rig.engine.events.list({ kind: ['disk-slow'], limit: 10 })).events).toEqual([]);
    expect(await slow()).toBeUndefined();
  });

  it('lets sub streams give way and keeps every picture of the main ones; everything comes back by itself', async ({
    skip,
  }) => {
    if (!mounted) skip('this machine lets nobody mount a file system');
    const { rig, id, stream, slow, covered } = await withCamera();
    await rig.engine.cameras.update(id, { enabled: true });
    await until(
      'both streams are recorded',
      () => stream('main')?.recording === true && stream('sub')?.recording === true,
    );
    await until('their bit rates are known', () => (stream('main')?.bitsPerSecond ?? 0) > 0, 30_000);

    const frozenMs = Date.now();
    expect(hold('frozen')).toBe(true);
    let thawed = false;
    try {
      await until('the sub stream gives way', () => stream('sub')?.trouble === 'disk-slow', 20_000);
      expect(stream('sub')).toMatchObject({ state: 'degraded', recording: false });
      expect(stream('main')).toMatchObject({ state: 'live', recording: true, trouble: null });
      // Told of the stream first: the disk is looked at in turns of its own.
      expect(
        await until('the disk is said to be slow', async () => ((await slow())?.is === 'yields' ? slow() : null)),
      ).toMatchObject({ yielding: 1, of: 1, path: video });
    } finally {
      thawed = hold('free');
    }
    expect(thawed).toBe(true);
    expect(
      await until('it keeps up again', async () => ((await slow())?.is === 'returns' ? slow() : null)),
    ).toMatchObject({
      ...{ yielding: 1, of: 1 },
    });
    await until('the sub stream is recorded again', () => stream('sub')?.recording === true, 40_000);
    const backMs = Date.now();
    const seen = await until('what was written since is in the index', async () => {
      const { main, sub } = await covered(frozenMs - 5_000);
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
    expect(await slow()).toBeUndefined();
  });
});
