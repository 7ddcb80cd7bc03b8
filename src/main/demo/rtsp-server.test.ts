import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { Clip } from './clip.ts';
import { createMount } from './mount.ts';
import type { Mount } from './mount.ts';
import { packetize } from './packetize.ts';
import { createRtspServer } from './rtsp-server.ts';
import type { RtspServerOptions } from './rtsp-server.ts';

/** A clip of 4 pictures, a key picture first; the loop is over in 40 ms. */
const clip: Clip = {
  codec: 'h264',
  width: 16,
  height: 16,
  fps: 100,
  parameterSets: [Buffer.from([0x67, 0x42, 0, 10]), Buffer.from([0x68, 1])],
  pictures: [0, 1, 2, 3].map((i) => ({
    key: i === 0,
    nals: [Buffer.alloc(i === 0 ? 3000 : 200, i === 0 ? 0x65 : 0x41)],
  })),
  audio: { sampleRate: 16_000, channels: 1, config: Buffer.from([0x14, 0x08]), frames: [Buffer.alloc(60, 1)] },
};

let stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

async function serve(
  options: Partial<RtspServerOptions> = {},
  of: Clip = clip,
): Promise<{ port: number; mount: Mount; server: ReturnType<typeof createRtspServer> }> {
  const mount = createMount({
    path: '/main',
    clip: of,
    packets: packetize(of),
    clock: systemClock,
    startMs: systemClock.monoMs(),
  });
  const server = createRtspServer({ clock: systemClock, log: quietLog, mounts: [mount], user: null, ...options });
  const port = await server.start();
  mount.start();
  stops.push(
    () => {
      mount.stop();
    },
    () => server.stop(),
  );
  return { port, mount, server };
}

type Packet = { channel: number; sequence: number; time: number; marker: boolean; payload: Buffer };

function client(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  let pending = Buffer.alloc(0);
  let cseq = 0;
  let closed = false;
  const answers: { status: number; headers: Map<string, string[]>; body: string }[] = [];
  const packets: Packet[] = [];
  let wake = (): void => {};
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
    wake();
  });
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      if (pending[0] === 0x24) {
        const size = 4 + (pending.length >= 4 ? pending.readUInt16BE(2) : 0xffff);
        if (pending.length < size) break;
        const p = pending.subarray(4, size);
        packets.push({
          channel: pending[1] ?? 0,
          marker: ((p[1] ?? 0) & 0x80) !== 0,
          sequence: p.readUInt16BE(2),
          time: p.readUInt32BE(4),
          payload: p.subarray(12),
        });
        pending = pending.subarray(size);
        continue;
      }
      const end = pending.indexOf('\r\n\r\n');
      if (end < 0) break;
      const [first = '', ...lines] = pending.toString('latin1', 0, end).split('\r\n');
      const headers = new Map<string, string[]>();
      for (const line of lines) {
        const [name = '', ...rest] = line.split(': ');
        headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), rest.join(': ')]);
      }
      const length = Number(headers.get('content-length')?.[0] ?? 0);
      if (pending.length < end + 4 + length) break;
      answers.push({
        status: Number(first.split(' ')[1]),
        headers,
        body: pending.toString('utf8', end + 4, end + 4 + length),
      });
      pending = pending.subarray(end + 4 + length);
    }
    wake();
  });
  stops.push(() => {
    socket.destroy();
  });
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) await new Promise<void>((resolve) => (wake = resolve));
  };
  return {
    socket,
    packets,
    until,
    closed: () => closed,
    async ask(method: string, path: string, headers: Record<string, string> = {}) {
      const before = answers.length;
      const lines = Object.entries(headers).map(([k, v]) => `${k}: ${v}\r\n`);
      socket.write(`${method} rtsp://127.0.0.1:${port}${path} RTSP/1.0\r\nCSeq: ${++cseq}\r\n${lines.join('')}\r\n`);
      await until(() => answers.length > before || closed);
      const answer = answers[before];
      if (!answer) throw new Error('closed without an answer');
      expect(answer.headers.get('cseq')).toEqual([String(cseq)]);
      return answer;
    },
  };
}

const session = (a: { headers: Map<string, string[]> }): string => a.headers.get('session')?.[0]?.split(';')[0] ?? '';
const tcp = 'RTP/AVP/TCP;unicast;interleaved=0-1';

describe('the RTSP server of the virtual cameras', () => {
  it('describes, sets up, plays without a seam between loops, pauses and tears down', async () => {
    const { port } = await serve();
    const c = client(port);
    const sdp = (await c.ask('DESCRIBE', '/main')).body;
    expect(sdp).toMatch(/m=video[^]*sprop-parameter-sets=Z0IACg==,aAE=[^]*m=audio[^]*config=1408/);
    const id = session(await c.ask('SETUP', '/main/trackID=0', { Transport: tcp }));
    const play = await c.ask('PLAY', '/main', { Session: id });
    await c.until(() => c.packets.filter((p) => p.channel === 0 && p.marker).length > 20);
    const video = c.packets.filter((p) => p.channel === 0);
    const info = /seq=(\d+);rtptime=(\d+)/.exec(play.headers.get('rtp-info')?.[0] ?? '');
    expect([video[0]?.sequence, video[0]?.time]).toEqual([Number(info?.[1]), Number(info?.[2])]);
    expect((video[0]?.payload[0] ?? 0) & 0x1f, 'starts with the parameter sets of a key picture').toBe(24);
    video.slice(1).forEach((p, i) => {
      expect((p.sequence - (video[i]?.sequence ?? 0)) & 0xffff).toBe(1);
    });
    const times = video.filter((p) => p.marker).map((p) => p.time);
    expect(new Set(times.slice(1).map((t, i) => (t - (times[i] ?? 0)) >>> 0))).toEqual(new Set([900]));
    expect(
      c.packets.some((p) => p.channel === 1),
      'a sender report',
    ).toBe(true);

    await c.ask('PAUSE', '/main', { Session: id });
    const paused = c.packets.length;
    await c.ask('OPTIONS', '/main');
    expect(c.packets.length).toBe(paused);
    expect((await c.ask('PLAY', '/main', { Session: id })).status).toBe(200);
    await c.until(() => c.packets.length > paused + 4);
    expect((await c.ask('GET_PARAMETER', '/main', { Session: id })).status).toBe(200);
    expect((await c.ask('TEARDOWN', '/main', { Session: id })).status).toBe(200);
    expect((await c.ask('PLAY', '/main', { Session: id })).status).toBe(454);
  });

  it('says what it cannot do', async () => {
    const { port } = await serve();
    const c = client(port);
    expect((await c.ask('DESCRIBE', '/nothing')).status).toBe(404);
    expect((await c.ask('SETUP', '/main/trackID=0', { Transport: 'RTP/AVP;multicast' })).status).toBe(461);
    expect((await c.ask('SETUP', '/main', { Transport: tcp })).status).toBe(459);
    expect((await c.ask('RECORD', '/main')).status).toBe(501);
    expect((await c.ask('OPTIONS', '/main', { Require: 'x.y' })).status).toBe(551);
    const id = session(await c.ask('SETUP', '/main/trackID=0', { Transport: tcp }));
    await c.ask('PLAY', '/main', { Session: id });
    expect((await c.ask('SETUP', '/main/trackID=1', { Transport: tcp, Session: id })).status).toBe(455);
    c.socket.write('GET / HTTP/1.1\r\n\r\n');
    await c.until(c.closed);
  });

  it('asks for a password, and for a fresh proof when the nonce is stale', async () => {
    const { port } = await serve({ user: { username: 'u', password: 'p' } });
    const c = client(port);
    const refused = await c.ask('DESCRIBE', '/main');
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toHaveLength(2);
    expect((await c.ask('SETUP', '/main/trackID=0', { Transport: tcp, Authorization: 'Basic dTpw' })).status).toBe(401);
    expect((await c.ask('OPTIONS', '/main')).status).toBe(200);
  });

  it('leaves out whole groups of pictures for a client that does not read, and holds little for it', async () => {
    const big: Clip = {
      ...clip,
      audio: null,
      pictures: clip.pictures.map((p) => ({ ...p, nals: [Buffer.alloc(60_000, p.key ? 0x65 : 0x41)] })),
    };
    const { port, server } = await serve({ maxPendingBytes: 300_000 }, big);
    const slow = client(port);
    const quick = client(port);
    for (const c of [slow, quick]) {
      const id = session(await c.ask('SETUP', '/main/trackID=0', { Transport: tcp }));
      await c.ask('PLAY', '/main', { Session: id });
    }
    slow.socket.pause();
    await quick.until(() => (server.sessions()[0]?.dropped ?? 0) > 40);
    expect(server.sessions()[1]?.dropped).toBe(0);
    /** Those that do not follow the one before. */
    const gaps = (): { time: number; key: boolean }[] => {
      const pictures: { time: number; key: boolean }[] = [];
      for (const p of slow.packets.filter((x) => x.channel === 0)) {
        if (pictures.at(-1)?.time !== p.time) pictures.push({ time: p.time, key: ((p.payload[0] ?? 0) & 0x1f) === 24 });
      }
      return pictures.slice(1).filter((p, i) => (p.time - (pictures[i]?.time ?? 0)) >>> 0 !== 900);
    };
    slow.socket.resume();
    await slow.until(() => gaps().length > 0);
    expect(gaps().every((p) => p.key)).toBe(true);
  });

  it('drops everybody when told to, and takes them again', async () => {
    const { port, server } = await serve();
    const c = client(port);
    await c.ask('OPTIONS', '/main');
    server.dropAll();
    await c.until(c.closed);
    expect((await client(port).ask('OPTIONS', '/main')).status).toBe(200);
  });
});
