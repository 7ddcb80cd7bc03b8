/** A camera gets another address, and a stranger its old one: in network namespaces of the test's own, with a cable between them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hasNamespaces, openNet, type TestNet } from '../support/foreign-net.ts';
import type { StationAsk, StationSeen } from '../support/foreign-station.ts';
import { draftOf, openCameras, openEngine, root, tempFolder, until } from './engine-rig.ts';

let folder: ReturnType<typeof tempFolder>;
let net: TestNet | null;
beforeEach(() => {
  folder = tempFolder();
  net = null;
});
afterEach(async () => {
  await net?.close();
  folder.remove();
});

const password = 'pass word 7';
const thief = join(root, 'tests', 'support', 'foreign-thief.ts');

/** All that the stranger was told so far. */
function hear({ stdout }: ChildProcess): () => string {
  let heard = '';
  if (stdout === null) throw new Error('no output');
  createInterface({ input: stdout }).on('line', (line) => (heard += JSON.parse(line) as string));
  return () => heard;
}

type Started = { child: ChildProcess; url: string; rtspPort: number };

/** The same camera at each start: its site makes who it is. */
async function startCamera(at: TestNet, last: number): Promise<Started> {
  const script = join(root, 'bench', 'many-devices.ts');
  const args = [script, '--count', '1', '--site', 'gate', '--password', password, '--host', at.camera(last)];
  const child = at.run('camera', args, ['pipe', 'pipe', 'inherit']);
  if (child.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as { urls: string[]; rtspPort: number };
    return { child, url: told.urls[0] ?? '', rtspPort: told.rtspPort };
  }
  throw new Error('the camera ended');
}

async function startStation(
  at: TestNet,
): Promise<{ child: ChildProcess; ask(add?: StationAsk['add']): Promise<StationSeen> }> {
  const script = join(root, 'tests', 'support', 'foreign-station.ts');
  const child = at.run('station', [script, folder.path], ['ignore', 'inherit', 'inherit', 'ipc']);
  const waiting = new Map<number, (seen: StationSeen) => void>();
  const { promise: ready, resolve } = Promise.withResolvers<undefined>();
  child.on('message', ({ id, seen }: { id: number; seen?: StationSeen }) => {
    if (seen === undefined) resolve(undefined);
    else waiting.get(id)?.(seen);
    waiting.delete(id);
  });
  await ready;
  let last = 0;
  return {
    child,
    ask: (add) =>
      new Promise((done) => {
        waiting.set(++last, done);
        child.send({ id: last, ...(add && { add }) } satisfies StationAsk);
      }),
  };
}

it('does not tell the password in clear text to who sits at the address of a camera that took Digest', async () => {
  const { site, cameras } = await openCameras(0, password);
  const [camera] = cameras;
  if (camera === undefined) throw new Error('no camera');
  const rig = await openEngine(folder.path);
  let stranger: ChildProcess | null = null;
  try {
    const { id } = await rig.engine.cameras.add({ ...draftOf(camera), sub: null });
    const state = () => rig.engine.cameras.get(id)?.streams[0];
    await until('live', () => state()?.state === 'live');
    await site.stop();
    stranger = spawn(process.execPath, [thief, '127.0.0.1', new URL(camera.main.url).port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const heard = hear(stranger);
    await until('refused', () => state()?.state === 'refused');
    expect(state()?.trouble).toBe('credentials-refused');
    expect(heard()).toMatch(/^OPTIONS rtsp:/m);
    expect(heard()).not.toMatch(/^Authorization: *Basic/im);
    expect(heard()).not.toContain(password);
  } finally {
    if (stranger !== null && stranger.kill('SIGKILL')) await once(stranger, 'exit');
    await rig.close();
    await site.stop();
  }
});

it.skipIf(!hasNamespaces)(
  'follows a camera to its new address by itself and records on; who sits at the old one is not told the password',
  { timeout: 180_000 },
  async () => {
    net = openNet();
    net.move(2);
    const camera = await startCamera(net, 2);
    const station = await startStation(net);
    await until('found', async () => (await station.ask()).found.some((d) => d.url === camera.url));
    await station.ask({ url: camera.url, username: 'demo', password });
    const before = await until('recorded', async () => {
      const { cameras, segment } = await station.ask();
      return cameras[0]?.device === 'up' && segment !== null && segment.lengthMs > 2_000 && segment;
    });

    // The stranger has the address and both ports before the camera shows up elsewhere, and is asked first.
    camera.child.kill('SIGKILL');
    await once(camera.child, 'exit');
    net.move(3);
    net.also(2);
    const ports = [new URL(camera.url).port, String(camera.rtspPort)];
    const stranger = net.run('camera', [thief, net.camera(2), ...ports], ['ignore', 'pipe', 'inherit']);
    const heard = hear(stranger);
    await until(
      'the stranger asked by both',
      () => /^POST \S+ HTTP/m.test(heard()) && /^\w+ \S+ RTSP/m.test(heard()),
      60_000,
    );

    const moved = await startCamera(net, 3);
    const to = net.camera(3);
    const after = await until(
      'followed',
      async () => {
        const now = await station.ask();
        return new URL(now.cameras[0]?.link ?? 'http://x').hostname === to && now;
      },
      60_000,
    );
    expect(after.cameras[0]?.link).toBe(moved.url);
    expect(after.cameras[0]?.main).toContain(`rtsp://${to}:${moved.rtspPort}/`);
    const moves = await until('the event', async () => {
      const { events } = await station.ask();
      return events.some((e) => e.kind === 'camera-moved') && events.filter((e) => e.kind === 'camera-moved');
    });
    expect(moves).toMatchObject([{ data: { from: net.camera(2), to } }]);
    await until(
      'recorded on',
      async () => {
        const { cameras, segment } = await station.ask();
        return (
          cameras[0]?.state === 'live' &&
          segment !== null &&
          segment.startMs > before.startMs &&
          segment.lengthMs > 1_000
        );
      },
      30_000,
    );
    expect(heard()).not.toContain(password);
    expect(heard()).not.toContain(Buffer.from(`demo:${password}`).toString('base64'));
    expect(heard()).not.toMatch(/^Authorization: *Basic/im);

    const gone = once(station.child, 'exit');
    station.child.disconnect();
    expect((await gone)[0]).toBe(0);
  },
);
