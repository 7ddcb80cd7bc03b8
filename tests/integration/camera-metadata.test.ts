/** What cameras send beside their pictures: a whole engine with its workers, the real ONVIF adapter, the demo cameras. */
import { describe, expect, it } from 'vitest';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import type { CameraObjects } from '../../src/main/domain/camera-objects.ts';
import type { Event } from '../../src/main/domain/event.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { recordAlways, recordNever } from '../../src/main/domain/recording-plan.ts';
import { startScriptedCamera } from '../support/rtsp-server/scripted-camera.ts';
import { draftOf, until } from './engine-rig.ts';
import { engineStage, foundDraftOf } from './engine-stage.ts';

const stage = engineStage();

async function open() {
  const { site, cameras } = await stage.cameras();
  const door = createDevices({ clock: systemClock, log: quietLog, net: { interfaces: () => [], port: 3702 } });
  const rig = await stage.open(() => false, door);
  const demo = cameras.find((c) => c.name === 'Gate')!;
  const device = site.device('Gate')!;
  const events = async (kind: Event['kind']): Promise<Event[]> =>
    (await rig.engine.events.list({ kind: [kind], limit: 100 })).events.reverse();
  /** By its stream address alone, or by its device. */
  const add = async (by: 'address' | 'device', transport: 'tcp' | 'udp' = 'tcp') => {
    const draft = draftOf(demo);
    const main = { ...draft.main, transport };
    if (by === 'address') return rig.engine.cameras.add({ ...draft, main });
    const [camera] = await rig.engine.finding.add([foundDraftOf(demo)]);
    return camera!;
  };
  const way = (camera: { id: Parameters<typeof rig.engine.cameraHealth.get>[0] }) =>
    rig.engine.cameraHealth.get(camera.id).events;
  return { ...rig, site, device, add, events, way };
}

/** A pulse of an input that tells no state: each of them counts, and counts twice where it is heard twice. */
const pulse = (device: Awaited<ReturnType<typeof open>>['device'], n: number): void =>
  device.hub.set('input', [['InputToken', 'pulse']], [['LogicalState', `pulse ${String(n)}`]]);

describe('events in the metadata of a camera', () => {
  it.each(['tcp', 'udp'] as const)(
    'come over %s where there is no device to ask, as they do from one',
    async (transport) => {
      const { add, way, device, events } = await open();
      const camera = await add('address', transport);
      expect(await until('the metadata', () => way(camera))).toMatchObject({
        up: true,
        way: 'metadata',
        trouble: null,
      });
      device.setTamper(true);
      const [begun] = await until('tamper', async () =>
        (await events('tamper')).length > 0 ? events('tamper') : null,
      );
      expect(begun).toMatchObject({ cameraId: camera.id, severity: 'warning', toMs: null, data: { camera: 'Gate' } });
      device.setTamper(false);
      await until('its end', async () => (await events('tamper'))[0]?.toMs != null);
      expect(await events('tamper')).toHaveLength(1);
    },
  );

  it('take over where the device makes no subscription, and say so', async () => {
    const { add, way, device, events } = await open();
    const taken = Array.from({ length: 16 }, () => device.hub.subscribe(null, 600_000));
    const camera = await add('device');
    await until('the metadata', () => way(camera)?.way === 'metadata');
    await until('the refusal', () => way(camera)?.trouble !== null);
    expect(way(camera)).toMatchObject({ up: true, way: 'metadata' });
    device.setTamper(true);
    await until('tamper', async () => (await events('tamper')).length === 1);
    for (const one of taken) one.end();
    device.setTamper(false);
    await until('its end', async () => (await events('tamper'))[0]?.toMs != null);
    await until('the subscription', () => way(camera)?.way === 'pull-point', 40_000);
  });

  it('are not told twice where the device is subscribed to as well', async () => {
    const { add, way, device, events, engine } = await open();
    pulse(device, 0); // the first is how things are at the beginning
    const camera = await add('device');
    await until('the metadata', () => engine.cameraHealth.get(camera.id).metadata?.state === 'reading');
    await until('the subscription', () => way(camera)?.way === 'pull-point');
    for (let n = 1; n <= 12; n++) pulse(device, n);
    const event = await until('the end', async () => (await events('digital-input')).find((e) => e.toMs !== null));
    expect(event.data).toMatchObject({ source: 'pulse', times: 12 });
    expect(await events('digital-input')).toHaveLength(1);
  });

  it('end, and say why, when the stream is lost and nothing else is heard', async () => {
    const { add, way, device, events, site } = await open();
    const camera = await add('address');
    await until('the metadata', () => way(camera)?.way === 'metadata');
    device.setTamper(true);
    await until('tamper', async () => (await events('tamper')).length === 1);
    await site.cut('Gate');
    const ended = await until('its end', async () => (await events('tamper')).find((e) => e.toMs !== null));
    expect(ended.data['ended']).toBe('connection-lost');
    expect(way(camera)).toBeNull();
  });
});

describe('what a camera itself sees', () => {
  it('is followed while somebody looks, and remembered by kind', async () => {
    const { add, engine } = await open();
    const camera = await add('address');
    const leave = new AbortController();
    const seen: CameraObjects[] = [];
    for await (const { value } of engine.cameraMetadata.watch(camera.id, leave.signal)) {
      seen.push(value);
      if (seen.filter((s) => s.objects.length > 0).length >= 5) leave.abort();
    }
    const objects = seen.flatMap((s) => s.objects);
    for (const { box } of objects) {
      expect(box.width * box.height).toBeGreaterThan(0);
      expect(box.x + box.width).toBeLessThanOrEqual(1);
      expect(box.y + box.height).toBeLessThanOrEqual(1);
    }
    expect(objects.every((o) => o.class === 'Human' || o.class === 'Vehicle')).toBe(true);
    expect(objects[0]?.likelihood).toBeGreaterThan(0.3);
    const { metadata } = engine.cameraHealth.get(camera.id);
    expect(metadata).toMatchObject({ state: 'reading', stream: 'main', leftOut: 0 });
    expect(metadata?.seen.map((s) => s.class)).toEqual(expect.arrayContaining([objects[0]?.class]));
    expect(engine.cameras.get(camera.id)?.sendsObjects).toBe(true);
    // its sub stream offers the same and is not asked for it
    expect(engine.cameras.get(camera.id)?.streams.find((s) => s.kind === 'sub')).toMatchObject({ kind: 'sub' });
  });

  it('ends when the camera is set not to send it', async () => {
    const { add, engine, device } = await open();
    const camera = await add('device');
    await until('objects', () => engine.cameras.get(camera.id)?.sendsObjects);
    device.metadata().analytics = false;
    const late: number[] = [];
    const from = systemClock.nowMs() + 200;
    for await (const { value } of engine.cameraMetadata.watch(camera.id, AbortSignal.timeout(2_500)))
      if (value.atMs > from) late.push(value.atMs);
    expect(late).toEqual([]);
  });
});

describe('a camera with metadata on its sub stream only', () => {
  const track = 'm=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:track2\r\n';
  const video =
    'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n';

  it.each([
    ['taken anew for it where nothing is recorded through it', false],
    ['left as it is while it is recorded, and read from its next connection on', true],
  ])('is %s', async (_, recorded) => {
    let mainUp = !recorded; // the sub stream is there first, and knows nothing of the main one yet
    const camera = await startScriptedCamera({
      answer(q) {
        if (q.method !== 'DESCRIBE') return 'usual';
        if (!mainUp && q.uri.endsWith('/main')) return { status: '503 Service Unavailable' };
        return {
          status: '200 OK',
          headers: { 'Content-Type': 'application/sdp', 'Content-Base': `${q.uri}/` },
          body: q.uri.endsWith('/sub') ? video + track : video,
        };
      },
    });
    stage.ends(() => camera.close());
    const { engine } = await stage.open();
    const asked = (): number => camera.requests.filter((q) => q.method === 'SETUP' && q.uri.endsWith('track2')).length;
    const plan = recorded ? recordAlways : recordNever;
    const { id } = await engine.cameras.add({
      name: 'Odd',
      enabled: true,
      main: { url: camera.url('/main'), transport: 'tcp', plan: recordNever },
      sub: { url: camera.url('/sub'), transport: 'tcp', plan },
      username: null,
      password: null,
    });
    const sub = () => engine.cameras.get(id)?.streams.find((s) => s.kind === 'sub');
    if (recorded) {
      await until('the recording', () => sub()?.recording);
      mainUp = true;
      await until('the word of the main stream', () => engine.cameraHealth.get(id).metadata?.state === 'none');
      expect(asked()).toBe(0);
      camera.cut();
    }
    const read = (): unknown => engine.cameraHealth.get(id).metadata;
    await until('the metadata', () => engine.cameraHealth.get(id).metadata?.state === 'reading');
    expect(read()).toMatchObject({ state: 'reading', stream: 'sub' });
    expect(asked()).toBe(1);
  });
});
