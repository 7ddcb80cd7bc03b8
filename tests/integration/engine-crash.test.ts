import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draftOf, openCameras, openEngine, tempFolder, until } from './engine-rig.ts';

let folder: ReturnType<typeof tempFolder>;
let poisoned: string | null;
let rig: Awaited<ReturnType<typeof openEngine>>;
let site: Awaited<ReturnType<typeof openCameras>>;
beforeEach(async () => {
  folder = tempFolder();
  poisoned = null;
  rig = await openEngine(folder.path, (label) => label === poisoned);
  site = await openCameras();
});
afterEach(async () => {
  await rig.close();
  await site.site.stop();
  folder.remove();
});

describe('a stream that crashes its worker each time it is started', () => {
  it('is found and waits alone; the others record, and it comes back when it is healed', async () => {
    const { engine } = rig;
    for (const camera of site.cameras) await engine.cameras.add(draftOf(camera));
    const streams = () =>
      engine.cameras.list().flatMap((c) => c.streams.map((s) => ({ ...s, label: `${c.name} ${s.kind}` })));
    await until('all live', () => streams().length >= 6 && streams().every((s) => s.state === 'live'));
    const victim = streams()[0];
    if (victim === undefined) throw new Error('no stream');
    poisoned = victim.label;
    await rig.ingestThreads[0]?.kill();
    const found = await until('found', () => streams().find((s) => s.detail?.includes('tried again in 1 min')), 90_000);
    expect(found).toMatchObject({ label: poisoned, state: 'lost', trouble: 'worker' });
    await until('others live', () => streams().every((s) => s.label === poisoned || s.state === 'live'), 30_000);
    const restarts = async () => (await engine.health.report()).workers.reduce((n, w) => n + w.restarts, 0);
    expect(await restarts()).toBeGreaterThanOrEqual(3);

    // Giving the camera anew forgets what it did.
    poisoned = null;
    const camera = engine.cameras.list().find((c) => c.streams.some((s) => s.state === 'lost'));
    if (camera === undefined) throw new Error('no camera');
    await engine.cameras.update(camera.id, { enabled: false });
    const before = await restarts();
    await engine.cameras.update(camera.id, { enabled: true });
    await until('all live again', () => streams().every((s) => s.state === 'live'), 30_000);
    expect(await restarts()).toBe(before);
  }, 180_000);
});
