/** A demo site that starts again while other programs have its ports: its cameras go on, and nobody is told of a change that nobody made. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recordNever } from '#domain/recording-plan.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createSecrets } from '../../src/main/adapters/auth/index.ts';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import { createDemo } from '../../src/main/station/demo-site.ts';
import { root, until } from './engine-rig.ts';
import { engineStage } from './engine-stage.ts';

const stage = engineStage();

/** The station of a folder with its demo, as `compose` puts them together; each start has ports of its own. */
async function start() {
  const rig = await stage.open(undefined, createDevices({ clock: systemClock, log: quietLog }));
  const demo = createDemo({
    clock: systemClock,
    log: quietLog,
    dir: join(root, 'resources', 'demo'),
    cameras: () => rig.engine.cameras,
    setting: rig.store.setting,
    secrets: createSecrets(join(stage.path(), 'keys')),
    portBase: 0,
  });
  stage.ends(() => demo.close());
  const gate = () => rig.engine.cameras.list().find((c) => c.name === 'Gate')!;
  return {
    ...rig,
    demo,
    gate,
    live: () =>
      until('all are live', () =>
        rig.engine.cameras.list().every((c) => c.streams.every((s) => s.state === 'live' || s.state === 'degraded')),
      ),
    async stop() {
      await demo.close();
      await rig.close();
    },
  };
}

it('takes its cameras up at their new addresses, with what was chosen for them, and tells of no change', async () => {
  const first = await start();
  await first.demo.start();
  await first.live();
  const { id, main } = first.gate();
  await first.engine.cameras.update(id, { main: { ...main, plan: recordNever } });
  await first.stop();

  const again = await start();
  await again.demo.prepare();
  await again.demo.settle();
  await again.live();
  const now = again.gate();
  expect(now.main.url).not.toBe(main.url);
  expect(now.main.url.slice(-'/main'.length)).toBe('/main');
  expect(now.main.plan).toEqual(recordNever);
  await until('its device answers', () => again.gate().device?.state === 'up');
  const told = await again.engine.events.list({ kind: ['camera-changed', 'camera-moved', 'camera-added'], limit: 50 });
  // Four cameras that were added, and the one change that a person made.
  expect(told.events.map((e) => e.kind).sort()).toEqual([...Array<string>(4).fill('camera-added'), 'camera-changed']);
});
