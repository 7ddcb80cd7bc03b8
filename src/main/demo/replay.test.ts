import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createSocket } from 'node:dgram';
import { afterEach, describe, expect, it } from 'vitest';
import type { Clock } from '#lib/clock.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { until } from '../../../tests/support/until.ts';
import type { Clip } from './clip.ts';
import { createEar } from './ear.ts';
import { createMount } from './mount.ts';
import { createDeviceClock } from './onvif/device-clock.ts';
import { createSdCard } from './onvif/sd-card.ts';
import type { SdCard } from './onvif/sd-card.ts';
import { packetize } from './packetize.ts';
import { readClockRange, writeClock } from './replay-session.ts';
import { createRtspServer } from './rtsp-server.ts';

/** 20 pictures a second, a key picture every fourth. */
const clip: Clip = {
  codec: 'h264',
  width: 16,
  height: 16,
  fps: 20,
  parameterSets: [Buffer.from([0x67, 0x42, 0, 10]), Buffer.from([0x68, 1])],
  pictures: Array.from({ length: 8 }, (_, i) => ({
    key: i % 4 === 0,
    nals: [Buffer.concat([Buffer.from([i % 4 === 0 ? 0x65 : 0x41, i]), Buffer.alloc(i % 4 === 0 ? 3000 : 50)])],
  })),
  audio: null,
};

let stops: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const stop of stops.reverse()) await stop();
  stops = [];
});

type Picture = { timeMs: number; flags: number; cseq: number; packets: number };

/** A client of these tests' own: requests, answers, and the replay extension of what comes in. */
function client(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  let pending = Buffer.alloc(0);
  let cseq = 0;
  const answers: { status: number; headers: Map<string, string>; body: string }[] = [];
  const pictures: Picture[] = [];
  const state = { byes: 0 };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (;;) {
      if (pending[0] === 0x24) {
        const size = 4 + (pending.length >= 4 ? pending.readUInt16BE(2) : 0xffff);
        if (pending.length < size) return;
        const p = pending.subarray(4, size);
        if (pending[1] === 0 && p.readUInt16BE(12) === 0xabac) {
          const timeMs = Math.round(
            (p.readUInt32BE(16) - 2_208_988_800) * 1000 + (p.readUInt32BE(20) / 2 ** 32) * 1000,
          );
          const last = pictures.at(-1);
          if (last?.timeMs === timeMs) last.packets++;
          else pictures.push({ timeMs, flags: p[24] ?? 0, cseq: p[25] ?? 0, packets: 1 });
        }
        if (pending[1] === 1 && p[1] === 203) state.byes++;
        pending = pending.subarray(size);
        continue;
      }
      const end = pending.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [first = '', ...lines] = pending.toString('latin1', 0, end).split('\r\n');
      const headers = new Map(
        lines.map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 1).trim()]),
      );
      const length = Number(headers.get('content-length') ?? 0);
      if (pending.length < end + 4 + length) return;
      answers.push({
        status: Number(first.split(' ')[1]),
        headers,
        body: pending.toString('utf8', end + 4, end + 4 + length),
      });
      pending = pending.subarray(end + 4 + length);
    }
  });
  stops.push(() => {
    socket.destroy();
  });
  return {
    socket,
    pictures,
    state,
    async ask(method: string, path: string, ...headers: string[]) {
      const count = answers.length;
      socket.write(
        `${[`${method} rtsp://127.0.0.1:${port}${path} RTSP/1.0`, `CSeq: ${++cseq}`, ...headers].join('\r\n')}\r\n\r\n`,
      );
      await until('an answer', () => answers.length > count);
      const answer = answers[count];
      if (!answer) throw new Error('no answer');
      return answer;
    },
  };
}

/** A clock that tests move on: UTC and monotonic together. */
function testClock(): Clock & { ms: number } {
  const self = {
    ms: 0,
    nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 0) + self.ms,
    nowUs: () => self.nowMs() * 1000,
    monoMs: () => self.ms,
  };
  return self;
}

async function serve(fill: (card: SdCard, to: (ms: number) => Promise<void>) => Promise<void>) {
  const clock = testClock();
  const mount = createMount({ path: '/main', clip, packets: packetize(clip), clock, startMs: 0 });
  const card = createSdCard({ clock, deviceClock: createDeviceClock(clock), mount, holdsMs: 60_000 });
  mount.start();
  await fill(card, async (ms) => {
    // In steps that a stalled PC would not take for a sleep.
    while (clock.ms < ms) {
      clock.ms = Math.min(ms, clock.ms + 900);
      await until(
        'the pictures up to then',
        () => (mount.present()?.n ?? -1) >= Math.floor((clock.ms * clip.fps) / 1000),
      );
    }
  });
  const server = createRtspServer({
    clock: systemClock,
    log: quietLog,
    mounts: [mount],
    replays: [{ path: '/replay', track: 'VIDEO001', card }],
    user: null,
  });
  const port = await server.start();
  stops.push(
    () => {
      mount.stop();
    },
    () => server.stop(),
  );
  return { port, card, zeroMs: Date.UTC(2026, 0, 2, 3, 4, 0) };
}

async function play(port: number, ...headers: string[]) {
  const c = client(port);
  const described = await c.ask('DESCRIBE', '/replay', 'Require: onvif-replay');
  const set = await c.ask(
    'SETUP',
    '/replay/trackID=0',
    'Require: onvif-replay',
    'Transport: RTP/AVP/TCP;unicast;interleaved=0-1',
  );
  const session = `Session: ${set.headers.get('session')?.split(';')[0]}`;
  const played = await c.ask('PLAY', '/replay', session, 'Require: onvif-replay', ...headers);
  return { ...c, described, played, session };
}

describe('replay of a camera’s own recordings', () => {
  it('sends what was recorded as fast as it is taken, each picture with its time, and marks gaps and the end', async () => {
    const { port, card, zeroMs } = await serve(async (c, to) => {
      c.start();
      await to(2000);
      c.stop();
      await to(4000);
      c.start();
      await to(5000);
      c.stop();
    });
    const spans = card.spans().map((s) => [s.fromMs - zeroMs, s.toMs - zeroMs]);
    expect(spans).toHaveLength(2);
    const [[a0, a1] = [], [b0, b1] = []] = spans;
    expect([a0, a1]).toEqual([0, 2050]);
    expect([b0, b1], 'from the next key picture on').toEqual([4200, 5050]);
    const c = await play(port, `Range: clock=${writeClock(zeroMs + 500)}-`, 'Rate-Control: no');
    expect(c.described.body).toContain('a=x-onvif-track:VIDEO001');
    expect(c.played).toMatchObject({ status: 200 });
    expect(c.played.headers.get('range')).toBe('clock=20260102T030400.400Z-');
    await until('the end', () => c.state.byes === 1);
    const times = c.pictures.map((p) => p.timeMs - zeroMs);
    const expected = (from = 0, to = 0): number[] =>
      Array.from({ length: Math.round((to - from) / 50) }, (_, i) => from + i * 50);
    expect(times).toEqual([...expected(400, a1), ...expected(b0, b1)]);
    // C on key pictures, E before the gap and at the end, T on the very last.
    for (const p of c.pictures) {
      const at = p.timeMs - zeroMs;
      const clean = p.packets > 1;
      const end = at === (a1 ?? 0) - 50 || at === (b1 ?? 0) - 50;
      expect(p.flags).toBe((clean ? 0x80 : 0) | (end ? 0x40 : 0) | (at === (b1 ?? 0) - 50 ? 0x10 : 0));
      expect(p.cseq).toBe(3);
    }
  });

  it('keeps to the range asked for, starts after a gap, gives key pictures alone, and goes on after a pause', async () => {
    const { port, zeroMs } = await serve(async (c, to) => {
      await to(1000);
      c.start();
      await to(4000);
    });
    const at = (ms: number): string => writeClock(zeroMs + ms);
    const early = await play(port, `Range: clock=${at(0)}-${at(2000)}`, 'Rate-Control: no', 'Frames: intra');
    await until('the end', () => early.state.byes === 1);
    expect(early.pictures.map((p) => p.timeMs - zeroMs)).toEqual([1200, 1400, 1600, 1800]);
    const few = await play(port, `Range: clock=${at(1000)}-${at(3000)}`, 'Rate-Control: no', 'Frames: intra/500');
    await until('the end', () => few.state.byes === 1);
    expect(few.pictures.map((p) => p.timeMs - zeroMs)).toEqual([1200, 1800, 2400]);
    const late = await play(port, `Range: clock=${at(9000)}-`, 'Rate-Control: no');
    expect(late.played.status).toBe(457);
    const back = await play(port, `Range: clock=${at(2000)}-`, 'Rate-Control: no', 'Scale: -1.0');
    expect(back.played.status).toBe(451);
    const slow = await play(port, `Range: clock=${at(1000)}-`);
    await until('three pictures', () => slow.pictures.length >= 3);
    await slow.ask('PAUSE', '/replay', slow.session);
    const { length } = slow.pictures;
    expect(length, 'in time it has not sent a second of it').toBeLessThan(20);
    await slow.ask('PLAY', '/replay', slow.session, 'Require: onvif-replay', 'Rate-Control: no');
    await until('the end', () => slow.state.byes === 1);
    expect(slow.pictures.map((p) => p.timeMs - zeroMs)).toEqual(Array.from({ length: 57 }, (_, i) => 1200 + i * 50));
  });

  it('forgets what the card cannot hold, and keeps two clocks apart', async () => {
    const clock = testClock();
    const mount = createMount({ path: '/main', clip, packets: packetize(clip), clock, startMs: 0 });
    const deviceClock = createDeviceClock(clock);
    const card = createSdCard({ clock, deviceClock, mount, holdsMs: 1000 });
    mount.start();
    stops.push(() => {
      mount.stop();
    });
    const to = async (ms: number): Promise<void> => {
      while (clock.ms < ms) {
        clock.ms = Math.min(ms, clock.ms + 900);
        await until(
          'the pictures up to then',
          () => (mount.present()?.n ?? -1) >= Math.floor((clock.ms * clip.fps) / 1000),
        );
      }
    };
    card.start();
    await to(3000);
    const [span] = card.spans();
    expect((span?.toMs ?? 0) - (span?.fromMs ?? 0)).toBeLessThanOrEqual(1050);
    deviceClock.set(Date.UTC(2030, 0, 1));
    await to(3500);
    expect(card.spans().map((s) => new Date(s.toMs).getUTCFullYear())).toEqual([2026, 2030]);
    expect(card.placeAt(Date.UTC(2029, 0, 1))).toEqual({ span: 1, n: 64 });
  });

  it('reads ranges as they are written, and nothing else', () => {
    expect(readClockRange('clock=20260102T030405.25Z-20260102T030406Z')).toEqual({
      fromMs: Date.UTC(2026, 0, 2, 3, 4, 5, 250),
      toMs: Date.UTC(2026, 0, 2, 3, 4, 6),
    });
    expect(readClockRange('npt=0.000-')).toEqual({ fromMs: null, toMs: null });
    for (const none of ['clock=-', 'clock=now-', 'smpte=0-', 'clock=20260102T030405Z'])
      expect(readClockRange(none)).toBeNull();
  });
});

describe('the backchannel of a camera with a loudspeaker', () => {
  const rtp = (sequence: number, payload: Uint8Array): Buffer => {
    const head = Buffer.alloc(12);
    head[0] = 0x80;
    head.writeUInt16BE(sequence, 2);
    head.writeUInt32BE(sequence * payload.length, 4);
    return Buffer.concat([head, payload]);
  };
  async function serveEar() {
    const mount = createMount({
      path: '/main',
      clip,
      packets: packetize(clip),
      clock: systemClock,
      startMs: systemClock.monoMs(),
    });
    const ear = createEar(systemClock, 1);
    const server = createRtspServer({ clock: systemClock, log: quietLog, mounts: [mount], ear, user: null });
    const port = await server.start();
    stops.push(() => server.stop());
    return { port, ear };
  }
  const require = 'Require: www.onvif.org/ver20/backchannel';

  it('is described only to who asks for it, and refused where there is none', async () => {
    const { port } = await serveEar();
    const c = client(port);
    expect((await c.ask('DESCRIBE', '/main')).body).not.toContain('PCMU');
    expect((await c.ask('DESCRIBE', '/main', require)).body).toMatch(
      /a=recvonly[\s\S]*m=audio 0 RTP\/AVP 0\r\na=rtpmap:0 PCMU\/8000\r\na=control:trackID=2\r\na=sendonly/,
    );
    const odd = await c.ask('DESCRIBE', '/main', 'Require: onvif-replay');
    expect([odd.status, odd.headers.get('unsupported')]).toEqual([551, 'onvif-replay']);
  });

  it.each(['tcp', 'udp'])('hears what comes over %s, from one talker at a time', async (way) => {
    const { port, ear } = await serveEar();
    const udp = createSocket('udp4');
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    stops.push(
      () =>
        new Promise<void>((resolve) =>
          udp.close(() => {
            resolve();
          }),
        ),
    );
    const c = client(port);
    const transport =
      way === 'tcp'
        ? 'Transport: RTP/AVP/TCP;unicast;interleaved=4-5'
        : `Transport: RTP/AVP;unicast;client_port=${udp.address().port}-${udp.address().port + 1}`;
    const set = await c.ask('SETUP', '/main/trackID=2', require, transport);
    expect(set.status).toBe(200);
    const session = `Session: ${set.headers.get('session')?.split(';')[0]}`;
    expect((await c.ask('PLAY', '/main', session, require)).status).toBe(200);
    const other = client(port);
    expect((await other.ask('SETUP', '/main/trackID=2', require, transport)).status).toBe(453);
    const serverPort = Number(/server_port=(\d+)/.exec(set.headers.get('transport') ?? '')?.[1] ?? 0);
    const send = (packet: Buffer): void => {
      if (way === 'udp') udp.send(packet, serverPort, '127.0.0.1');
      else c.socket.write(Buffer.concat([Buffer.from([0x24, 4, packet.length >> 8, packet.length & 0xff]), packet]));
    };
    for (let i = 0; i < 60; i++) if (i !== 7) send(rtp(65_530 + i > 65_535 ? i - 6 : 65_530 + i, Buffer.alloc(160, i)));
    await until('all packets heard', () => ear.heard().packets === 59);
    const heard = ear.heard();
    expect([heard.samples, heard.lost]).toEqual([59 * 160, 1]);
    expect(heard.recent).toHaveLength(8000);
    expect([heard.recent[0], heard.recent.at(-1)]).toEqual([10, 59]);
    await c.ask('TEARDOWN', '/main', session);
    expect((await other.ask('SETUP', '/main/trackID=2', require, transport)).status).toBe(200);
  });
});
