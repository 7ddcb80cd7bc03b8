import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Encoder } from '../../src/main/domain/encoder.ts';
import { openSite, person } from './command-rig.ts';
import { until } from './engine-rig.ts';

type Site = Awaited<ReturnType<typeof openSite>>;
let site: Site;
beforeAll(async () => {
  site = await openSite(['Gate', 'Yard']);
});
afterAll(() => site.close(), 30_000);

const admin = person(0, 'administrator');
const settings = () => site.engine.deviceSettings;
const noToken = ({ token, ...rest }: Encoder): Omit<Encoder, 'token'> => (token === '' ? rest : rest);

test('an encoder is set within what the device offers; its stream is taken anew, and the gap says why', {
  timeout: 60_000,
}, async () => {
  const gate = site.id('Gate');
  const segments = async () =>
    site.engine.playback.segments({
      id: gate,
      stream: 'main',
      fromMs: 0,
      toMs: Date.now() + 60_000,
      limit: 100,
    });
  await until('it records', async () => (await segments()).length > 0);
  const { encoder, options } = await settings().encoder(gate, 'main');
  expect(encoder).toMatchObject({ codec: 'h264', width: 1920, height: 1080, fps: 15 });
  const [offered] = options;
  expect(offered?.sizes).toEqual([{ width: 1920, height: 1080 }]);

  const before = (await segments()).length;
  for (const [change, path] of [
    [{ codec: 'mjpeg' }, 'encoder.codec'],
    [{ width: 1000 }, 'encoder.width'],
    [{ fps: 99 }, 'encoder.fps'],
    [{ bitsPerSecond: 900_000_000 }, 'encoder.bitsPerSecond'],
  ] as const)
    await expect(settings().setEncoder(gate, admin, 'main', { ...noToken(encoder), ...change })).rejects.toMatchObject({
      code: 'INVALID',
      data: { issues: [{ path }] },
    });

  const fromMs = Date.now();
  const set = await settings().setEncoder(gate, admin, 'main', { ...noToken(encoder), bitsPerSecond: 1_000_000 });
  expect(set.bitsPerSecond).toBe(1_000_000);
  await until('it records anew', async () => (await segments()).length > before);
  await until(
    'it is live again',
    () => site.engine.cameras.get(gate)?.streams.find((s) => s.kind === 'main')?.state === 'live',
  );
  const { rows } = await site.engine.timeline.coverage({
    fromMs: fromMs - 1_000,
    toMs: Date.now(),
    cameraId: [gate],
    stream: 'main',
    grainMs: 0,
  });
  // What was missing before its first picture is another matter.
  const since = (rows[0]?.gaps ?? []).filter((gap) => gap.toMs === null || gap.toMs > fromMs);
  for (const gap of since) expect(gap.cause).toBe('reconfigured');
});

test('pictures, lens, relays, auxiliary commands, overlays and the clock obey, and refuse what is not offered', {
  timeout: 60_000,
}, async () => {
  const [gate, yard] = [site.id('Gate'), site.id('Yard')];
  const { imaging, options } = await settings().imaging(yard);
  const range = options.brightness;
  if (range === undefined) throw new Error('no brightness');
  const brightness = imaging.brightness === range.min ? range.max : range.min;
  expect(await settings().setImaging(yard, admin, { brightness })).toMatchObject({ brightness });
  // The iris is turned by hand: the exposure goes with it, and other values of it stay.
  expect(options.iris).toEqual({ min: 0, max: 20 });
  expect(await settings().setImaging(yard, admin, { iris: 7.5 })).toMatchObject({
    iris: 7.5,
    exposure: 'manual',
    gain: imaging.gain,
  });
  await expect(settings().setImaging(yard, admin, { iris: 21 })).rejects.toMatchObject({ code: 'INVALID' });
  await expect(settings().setImaging(yard, admin, { brightness: range.max + 1 })).rejects.toMatchObject({
    code: 'INVALID',
    data: { issues: [{ path: 'change.brightness' }] },
  });

  // What is sent along: the rest of it stays as it was, and what a camera has not cannot be had.
  const along = await settings().metadata(yard);
  expect(along?.options).toEqual({ analytics: true, events: true, ptzStatus: true, ptzPosition: true });
  const without = { ...along?.metadata, events: false };
  expect(await settings().setMetadata(yard, admin, { events: false })).toEqual(without);
  expect(await settings().setMetadata(yard, admin, { ptzStatus: false })).toEqual({ ...without, ptzStatus: false });
  expect((await settings().metadata(gate))?.options.ptzPosition).toBe(false);
  await expect(settings().setMetadata(gate, admin, { ptzPosition: true })).rejects.toMatchObject({
    code: 'INVALID',
    data: { issues: [{ path: 'change.ptzPosition' }] },
  });

  expect(options.focusMove).toBe(true);
  await settings().focus(yard, admin, 0.1);
  await settings().focus(yard, admin, 0);

  const token = (await settings().relays(gate))[0]?.token ?? '';
  await settings().setRelay(gate, admin, { id: gate, token, on: true });
  expect(site.site.device('Gate')?.terminals.relays()[0]?.active).toBe(true);
  await settings().auxiliary(yard, admin, 'tt:WhiteLight|On');
  expect(site.site.device('Yard')?.terminals.switchedOn()).toEqual(['tt:WhiteLight']);
  await expect(settings().auxiliary(yard, admin, 'tt:Explode|On')).rejects.toMatchObject({ code: 'INVALID' });

  await settings().addOverlay(gate, admin, { kind: 'text', text: 'North gate', position: 'lower-left' });
  const mine = (await settings().overlays(gate)).find((o) => o.text === 'North gate');
  expect(mine?.position).toBe('lower-left');
  await settings().removeOverlay(gate, admin, mine?.token ?? '');
  expect((await settings().overlays(gate)).some((o) => o.text === 'North gate')).toBe(false);

  const clock = site.site.device('Gate')?.deviceClock;
  clock?.set(Date.now() + 90_000);
  expect(Math.abs((await settings().setClock(gate, admin)) ?? 9_999)).toBeLessThan(1_000);
  expect(Math.abs(clock?.offsetMs() ?? 9_999)).toBeLessThan(1_000);

  expect((await settings().facts(gate, admin)).users.length).toBeGreaterThan(0);
  expect((await settings().facts(gate, person(1, 'viewer'))).users).toEqual([]);
  const picture = await settings().snapshot(gate, 'main');
  expect([...(picture ?? []).slice(0, 2)]).toEqual([0xff, 0xd8]);
});
