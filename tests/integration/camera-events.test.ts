/** What cameras say happens, as events of the station: a whole engine, the real ONVIF adapter, the demo devices. */
import { describe, expect, it } from 'vitest';
import { createFfmpeg } from '../../src/main/adapters/ffmpeg/index.ts';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import { flickerMs } from '#domain/decide/event-watch.ts';
import type { Event } from '../../src/main/domain/event.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { ffmpegBin, noFfmpeg } from '../support/grey.ts';
import { until } from './engine-rig.ts';
import { engineStage, foundDraftOf } from './engine-stage.ts';

const stage = engineStage();

/** A station with one demo camera that hangs on its device; `looks`: it watches pictures too. */
async function open(name: string, looks = false) {
  const { site, cameras } = await stage.cameras();
  const real = createDevices({ clock: systemClock, log: quietLog, net: { interfaces: () => [], port: 3702 } });
  const given = { given: ffmpegBin, searchPath: process.env['PATH'] ?? '', log: quietLog };
  const ffmpeg = looks ? await createFfmpeg(given) : undefined;
  stage.ends(() => ffmpeg?.stop());
  const rig = await stage.open(() => false, real, ffmpeg);
  const demo = cameras.find((c) => c.name === name)!;
  const [camera] = await rig.engine.finding.add([foundDraftOf(demo, demo.sub === null ? null : 'profile-sub')]);
  const device = site.device(name)!;
  await until('the subscription', () => device.hub.count() > 0);
  const events = async (kind: Event['kind']): Promise<Event[]> =>
    (await rig.engine.events.list({ kind: [kind], limit: 100 })).events.reverse();
  return { ...rig, site, device, camera: camera!, events };
}

describe('events of a camera', () => {
  it('begin and end with the device, flicker apart; what is so at the beginning is no news', async () => {
    const { device, events, camera } = await open('Gate');
    device.setTamper(true);
    const begun = await until('tamper', async () => (await events('tamper'))[0]);
    expect(begun).toMatchObject({ cameraId: camera.id, severity: 'warning', toMs: null });
    for (const active of [false, true, false]) {
      device.setTamper(active);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const ended = await until('its end', async () => (await events('tamper')).find((e) => e.toMs !== null));
    expect(ended.data).toMatchObject({ camera: 'Gate', times: 2 });
    // It ended when it was last told to, not when it had been quiet for long enough to say so.
    expect(Date.now() - (ended.toMs ?? 0)).toBeGreaterThanOrEqual(flickerMs);
    expect(await events('tamper')).toHaveLength(1);
    expect(await events('digital-input')).toEqual([]);
    // Motion as the demo pictures have it, told by two topics at once: one event at a time.
    const motion = await events('motion');
    expect(motion.filter((e) => e.toMs === null).length).toBeLessThanOrEqual(1);
  });

  it.skipIf(noFfmpeg)(
    'of motion are one with what the station sees of it, and say so',
    async () => {
      const { events } = await open('Gate', true);
      await until(
        'an event of both',
        async () => (await events('motion')).some((e) => e.data['by'] === 'both'),
        90_000,
      );
      const told = await events('motion');
      for (const [n, event] of told.entries()) {
        const next = told[n + 1];
        if (next !== undefined) expect(event.toMs ?? Infinity).toBeLessThanOrEqual(next.fromMs);
      }
      // Which part of the camera told it is nobody's matter any more.
      const both = told.find((e) => e.data['by'] === 'both');
      expect(both?.data['camera']).toBe('Gate');
      expect(both?.data['source'] ?? null).toBeNull();
    },
    120_000,
  );

  it('end, and say why, when the camera cannot be heard any more', async () => {
    const { device, events, site } = await open('Gate');
    device.setTamper(true);
    await until('tamper', async () => (await events('tamper')).length === 1);
    await site.cut('Gate');
    const ended = await until('its end', async () => (await events('tamper')).find((e) => e.toMs !== null));
    expect(ended.data['ended']).toBe('connection-lost');
    expect(ended.severity).toBe('warning');
    await site.restore('Gate');
    await until('the subscription again', () => device.hub.count() > 0, 40_000);
    expect(await events('tamper')).toHaveLength(1);
  });

  it('are not asked for while the camera is disabled', async () => {
    const { device, events, engine, camera } = await open('Gate');
    device.setTamper(true);
    await until('tamper', async () => (await events('tamper')).length === 1);
    await engine.cameras.update(camera.id, { enabled: false });
    await until('the unsubscription', () => device.hub.count() === 0);
    expect((await events('tamper'))[0]?.toMs).not.toBeNull();
    await engine.cameras.update(camera.id, { enabled: true });
    await until('the subscription', () => device.hub.count() > 0);
  });
});
