import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { getEventMeta } from '@orpc/server';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { contractRoutes } from '../../src/main/adapters/http/router.ts';
import type { Contract } from '../../src/main/contract/contract.ts';
import type { CameraView } from '../../src/main/domain/camera.ts';
import type { Event } from '../../src/main/domain/event.ts';
import { StreamId } from '../../src/main/domain/id.ts';
import { encodeLiveFrame } from '../../src/main/contract/live-frame.ts';
import { includes } from '../../src/main/domain/user.ts';
import { createLive } from '../../src/main/engine/live.ts';
import type { LiveDoor, LiveSource, Viewer } from '../../src/main/engine/live-port.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { cameraId, createRig, password, type Rig, type RigOptions } from './http-rig.ts';

let rig: Rig;
const open = new Set<WebSocket>();
const start = async (options?: RigOptions): Promise<Rig> => (rig = await createRig(options));
afterEach(async () => {
  for (const socket of open) socket.terminate();
  open.clear();
  await rig.stop();
});

function dial(
  path: string,
  headers: Record<string, string> = {},
): { socket: WebSocket; opened: Promise<void>; closed: Promise<number> } {
  const socket = new WebSocket(`${rig.url.replace('http', 'ws')}${path}`, { headers });
  open.add(socket);
  socket.binaryType = 'arraybuffer';
  const closed = new Promise<number>((done) => {
    socket.once('close', (code) => done(code));
    socket.once('unexpected-response', (_, res) => {
      done(res.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => undefined);
  });
  const opened = new Promise<void>((done) => socket.once('open', () => done()));
  return { socket, opened, closed };
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const clientOn = (socket: WebSocket): ContractRouterClient<Contract> =>
  createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));

describe('/rpc', () => {
  it('answers typed calls and refuses with the contract codes', async () => {
    const token = await (await start()).setup();
    const { socket, opened } = dial('/rpc', bearer(token));
    await opened;
    const client = clientOn(socket);
    expect(await client.cameras.list({})).toMatchObject([{ name: 'Gate' }]);
    await expect(client.session.login({ name: 'ada', password })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      defined: true,
    });
    await expect(client.cameras.remove({ id: cameraId })).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 });
    await expect(client.users.create({ name: 'a b', password, role: 'viewer' })).rejects.toMatchObject({
      code: 'INVALID',
      status: 422,
      data: { issues: [{ path: 'name' }] },
    });
    const bad = { fromMs: 5, toMs: 1, stream: 'main', grainMs: 0 } as const;
    await expect(client.timeline.coverage(bad)).rejects.toMatchObject({
      code: 'INVALID',
      data: { issues: [{ path: 'toMs' }] },
    });
  });

  it('denies every procedure above the caller, whatever the input', async () => {
    const admin = await (await start()).setup();
    for (const has of ['viewer', 'operator'] as const) {
      await rig.call('POST', '/api/users', { token: admin, body: { name: has, password, role: has } });
      const { socket, opened } = dial('/rpc', bearer(await rig.login(has)));
      await opened;
      type Loose = Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
      const client = clientOn(socket) as unknown as Loose;
      let denied = 0;
      for (const { noun, name, role } of contractRoutes()) {
        if (role === 'public' || (role !== null && includes(has, role))) continue;
        denied += 1;
        await expect(client[noun]?.[name]?.({ junk: true }), `${has} ${noun}.${name}`).rejects.toMatchObject({
          code: 'FORBIDDEN',
        });
      }
      expect(denied).toBeGreaterThan(8);
    }
  });

  it('puts no stack on the wire when something breaks, and a line in the log', async () => {
    const lines: string[] = [];
    const log = {
      ...quietLog,
      error: (text: string, fields?: object) => void lines.push(text + JSON.stringify(fields)),
    };
    const fail = (): never => {
      throw new Error('secret path /var/lib/x');
    };
    const token = await (await start({ log, fail })).setup();
    const answer = await rig.call('POST', '/api/timeline/days', { token, body: { startsMs: [1, 2] } });
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(JSON.parse(text)).toMatchObject({ code: 'FAILED' });
    expect(text).not.toContain('secret');
    expect(lines.join()).toMatch(/timeline\.days.*secret path/);
  });

  it('opens only with a session and only for our own page', async () => {
    const token = await (await start()).setup();
    expect(await dial('/rpc').closed).toBe(4401);
    expect(await dial('/api/stream').closed).toBe(4401);
    const cookie = `vigie-${rig.port}=${token}`;
    expect(await dial('/rpc', { cookie, origin: 'http://evil.example' }).closed).toBe(403);
    expect(await dial('/rpc', { cookie, origin: `http://127.0.0.1:${rig.port + 1}` }).closed).toBe(403);
    expect(await dial('/api/stream', { cookie, 'sec-fetch-site': 'same-site' }).closed).toBe(403);
    await dial('/rpc', { cookie, origin: rig.url }).opened;
  });

  it('follows events and resumes after the last one seen', async () => {
    const token = await (await start()).setup();
    const { socket, opened } = dial('/rpc', bearer(token));
    await opened;
    const events = await clientOn(socket).events.watch({});
    const first = events.next();
    const second = dial('/rpc', bearer(token));
    await second.opened;
    while (rig.events.length < 3) rig.add({ kind: 'external', severity: 'info', data: { n: rig.events.length } });
    const { value } = await first;
    const meta = value ? getEventMeta(value) : undefined;
    expect(meta?.id).toBe((value as Event | undefined)?.id);
    const resumed = await clientOn(second.socket).events.watch({}, { lastEventId: rig.events[0]?.id ?? '' });
    expect((await resumed.next()).value).toMatchObject({ data: { n: 1 } });
    expect((await resumed.next()).value).toMatchObject({ data: { n: 2 } });
    await events.return?.();
    await resumed.return?.();
  });

  it('closes every connection of a session that ends, and no other', async () => {
    const token = await (await start()).setup();
    const other = await rig.login();
    const mine = [dial('/rpc', bearer(token)), dial('/api/stream', bearer(token))];
    const theirs = dial('/rpc', bearer(other));
    await Promise.all([...mine, theirs].map((s) => s.opened));
    const follow = await rig.call('GET', '/api/events/watch', { token });
    const ended = follow.text().catch(() => 'cut');
    await rig.call('DELETE', '/api/session', { token });
    expect(await Promise.all(mine.map((s) => s.closed))).toEqual([4401, 4401]);
    await ended;
    expect(await clientOn(theirs.socket).cameras.list({})).toHaveLength(1);
  });

  it('brings a changed role into force at once', async () => {
    const admin = await (await start()).setup();
    const made = await rig.call('POST', '/api/users', {
      token: admin,
      body: { name: 'olga', password, role: 'operator' },
    });
    const { id } = (await made.json()) as { id: string };
    const token = await rig.login('olga');
    const before = dial('/rpc', bearer(token));
    await before.opened;
    await clientOn(before.socket).events.create({ title: 'hello' });
    await rig.call('PATCH', `/api/users/${id}`, { token: admin, body: { role: 'viewer' } });
    expect(await before.closed).toBe(4401);
    const after = dial('/rpc', bearer(token));
    await after.opened;
    await expect(clientOn(after.socket).events.create({ title: 'hello' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('cuts off a message that is too large', async () => {
    const token = await (await start()).setup();
    const { socket, opened, closed } = dial('/rpc', bearer(token));
    await opened;
    socket.send('x'.repeat(300 * 1024));
    expect(await closed).toBe(1009);
  });
});

describe('server-sent events', () => {
  it('resume by Last-Event-ID and end when the reader leaves', async () => {
    const token = await (await start()).setup();
    const first = rig.add({ kind: 'external', severity: 'info' });
    const missed = rig.add({ kind: 'external', severity: 'info' });
    const abort = new AbortController();
    const answer = await fetch(`${rig.url}/api/events/watch`, {
      headers: { ...bearer(token), 'last-event-id': first.id },
      signal: abort.signal,
    });
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    const reader = answer.body?.getReader();
    let text = '';
    while (reader && !text.includes(missed.id)) text += Buffer.from((await reader.read()).value ?? []).toString();
    expect(text).toContain(`id: ${missed.id}`);
    abort.abort();
  });
});

describe('WS /api/stream', () => {
  /** A camera that sends 20 pictures a second as fast as it is told to, whoever looks. */
  function source(bytes: number) {
    let sink: ((frame: ArrayBuffer) => void) | null = null;
    let sent = 0;
    const live = StreamId.parse(3);
    const frame = (kind: 'format' | 'video', key: boolean, payload: Uint8Array) => {
      const nowUs = systemClock.nowUs();
      return encodeLiveFrame(
        { kind, key, cached: false, live, ptsUs: nowUs, arrivedUs: nowUs },
        [payload],
        payload.length,
      );
    };
    const format = {
      video: { codec: 'h264', codecString: 'avc1.42c01f', config: '', width: 640, height: 360 },
      audio: null,
    };
    const picture = new Uint8Array(bytes);
    const door: LiveSource = {
      watch(_, to) {
        sink = to;
        to(frame('format', false, Buffer.from(JSON.stringify(format))));
        return () => {
          sink = null;
        };
      },
    };
    return {
      door,
      sent: () => sent,
      watched: () => sink !== null,
      emit: () => sink?.(frame('video', sent++ % 20 === 0, picture)),
    };
  }
  const hub = (door: LiveSource) =>
    createLive({
      source: door,
      cameras: {
        get: (id) => (id === cameraId ? ({ id } as CameraView) : null),
        streamId: () => StreamId.parse(3),
        async *watch() {},
      },
      privacy: { black: () => [], onChange: () => () => undefined },
      ffmpeg: {
        found: null,
        transcode: () => ({ push() {}, stop() {} }),
      },
      clock: systemClock,
      log: quietLog,
    });
  const watch = JSON.stringify({ op: 'watch', ref: 1, cameraId, stream: 'main', decodes: ['h264'] });

  it('drops a viewer that does not read to key frames, bounded, while another gets every picture', async () => {
    const camera = source(60_000);
    const live = hub(camera.door);
    const viewers: Viewer[] = [];
    const connect: LiveDoor['connect'] = (viewer, caller) => {
      viewers.push(viewer);
      return live.connect(viewer, caller);
    };
    const token = await (await start({ live: { ...live, connect } })).setup();
    const slow = dial('/api/stream', bearer(token));
    const well = dial('/api/stream', bearer(token));
    await Promise.all([slow.opened, well.opened]);
    const notices: unknown[] = [];
    let slowFrames = 0;
    slow.socket.on('message', (data, binary) => {
      if (binary) slowFrames += 1;
      else notices.push(JSON.parse(Buffer.from(data as ArrayBuffer).toString()));
    });
    let wellFrames = 0;
    well.socket.on('message', (_, binary) => {
      if (binary) wellFrames += 1;
    });
    const heard = new Promise<void>((done) => slow.socket.once('message', () => done()));
    slow.socket.send(watch);
    well.socket.send(watch);
    await heard;
    slow.socket.pause(); // reads nothing any more
    let waiting = 0;
    for (let i = 0; i < 1500; i++) {
      camera.emit();
      waiting = Math.max(waiting, ...viewers.map((viewer) => viewer.pendingBytes()));
      await new Promise((done) => setTimeout(done, i % 4 === 0 ? 2 : 0));
    }
    expect(waiting).toBeGreaterThan(1024 * 1024);
    expect(waiting).toBeLessThan(8 * 1024 * 1024); // 90 MB were sent to each
    expect(camera.sent()).toBe(1500);
    while (wellFrames < 1501) await new Promise((done) => setTimeout(done, 5));
    slow.socket.resume();
    while (!notices.some((n) => (n as { op: string }).op === 'dropping'))
      await new Promise((done) => setTimeout(done, 5));
    expect(notices).toContainEqual({ op: 'dropping', ref: 1, keysOnly: true });
    expect(slowFrames).toBeLessThan(1000);
    live.stop();
  });

  it('closes a socket that says something else, and stops the stream some time after the last viewer', async () => {
    const camera = source(100);
    const live = hub(camera.door);
    const token = await (await start({ live })).setup();
    const { socket, opened, closed } = dial('/api/stream', bearer(token));
    await opened;
    socket.send(watch);
    await new Promise<void>((done) => socket.once('message', () => done()));
    expect(live.viewers()).toBe(1);
    socket.send('{"op":"nonsense"}');
    expect(await closed).toBe(4400);
    while (camera.watched()) await new Promise((done) => setTimeout(done, 50));
    expect(live.viewers()).toBe(0);
    live.stop();
  });
});
