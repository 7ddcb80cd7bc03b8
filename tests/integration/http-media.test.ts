import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadCertificate } from '../../src/main/adapters/auth/index.ts';
import { createFfmpeg } from '../../src/main/adapters/ffmpeg/index.ts';
import { createNutReader } from '../../src/main/adapters/ffmpeg/nut-read.ts';
import { createSegmentViews, noKeys } from '../../src/main/adapters/files/index.ts';
import { createHttp, openApiDocument, type HttpDeps } from '../../src/main/adapters/http/index.ts';
import { encodeLiveFrame, type LiveFormat } from '../../src/main/contract/live-frame.ts';
import { AppError } from '../../src/main/contract/error.ts';
import { decodeMoments } from '../../src/main/contract/moment.ts';
import type { CameraView } from '../../src/main/domain/camera.ts';
import { StreamId } from '../../src/main/domain/id.ts';
import { createLive } from '../../src/main/engine/live.ts';
import type { PlaybackDoor } from '../../src/main/engine/playback-port.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { isKeySample } from '../../src/main/media/access-unit.ts';
import { h264Track, h264Type } from '../../src/main/media/h264.ts';
import { jpegSize } from '../../src/main/media/jpeg.ts';
import { joinLengthPrefixed, splitAnnexB } from '../../src/main/media/nal.ts';
import { cameraId, createRig, password, type Rig, type RigOptions } from './http-rig.ts';

let rig: Rig | null = null;
const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
  await rig?.stop();
  rig = null;
});

describe('/media/segments', () => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i & 255));
  async function start(sealed: boolean) {
    let path = '';
    let durable = 700;
    const file: PlaybackDoor['file'] = async (id, kind, startMs) =>
      id === cameraId && kind === 'main' && startMs === 123
        ? { open: () => createSegmentViews(noKeys).open(path), bytes: sealed ? 1000 : durable, sealed }
        : null;
    const made = await createRig({ playback: file });
    rig = made;
    path = join(made.dir, 'segment.mp4');
    writeFileSync(path, bytes);
    const token = await made.setup();
    const get = (headers: Record<string, string> = {}, method = 'GET') =>
      made.call(method, `/media/segments/${cameraId}/main/123.mp4`, { token, headers });
    return { made, token, get, grow: () => (durable = 900) };
  }
  it('says in a refusal why a recording cannot be given, before anything of it is', async () => {
    const file: PlaybackDoor['file'] = async () => ({
      bytes: 1000,
      sealed: true,
      open: () =>
        Promise.resolve({
          encrypted: true,
          read: () => Promise.reject(new Error('not asked')),
          chunks: () => ({
            [Symbol.asyncIterator]: () => ({
              next: () =>
                Promise.reject(new AppError('UNAVAILABLE', 'It was changed.', { data: { reason: 'corrupt' } })),
            }),
          }),
          close: () => Promise.resolve(),
        }),
    });
    const made = await createRig({ playback: file });
    rig = made;
    const token = await made.setup();
    const answer = await made.call('GET', `/media/segments/${cameraId}/main/123.mp4`, { token });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('etag')).toBeNull();
    expect(await answer.json()).toMatchObject({ code: 'UNAVAILABLE', data: { reason: 'corrupt' } });
  });

  const body = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

  it('gives whole files and single ranges as RFC 9110 says', async () => {
    const { get } = await start(true);
    const all = await get();
    expect(all.status).toBe(200);
    expect(all.headers.get('content-type')).toBe('video/mp4');
    expect(all.headers.get('accept-ranges')).toBe('bytes');
    expect(all.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    expect((await body(all)).equals(bytes)).toBe(true);
    for (const [range, from, to] of [
      ['bytes=0-0', 0, 1],
      ['bytes=10-19', 10, 20],
      ['bytes=990-', 990, 1000],
      ['bytes=990-5000', 990, 1000],
      ['bytes=-10', 990, 1000],
      ['bytes=-5000', 0, 1000],
    ] as const) {
      const part = await get({ range });
      expect(part.status, range).toBe(206);
      expect(part.headers.get('content-range')).toBe(`bytes ${from}-${to - 1}/1000`);
      expect((await body(part)).equals(bytes.subarray(from, to)), range).toBe(true);
    }
    for (const range of ['bytes=1000-', 'bytes=-0']) {
      const beyond = await get({ range });
      expect(beyond.status, range).toBe(416);
      expect(beyond.headers.get('content-range')).toBe('bytes */1000');
    }
    for (const range of ['bytes=5-2', 'bytes=0-1,5-6', 'items=0-1', 'bytes=a-b', 'bytes=-']) {
      expect((await get({ range })).status, range).toBe(200);
    }
    const head = await get({}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '1000']);
    const etag = all.headers.get('etag') ?? '';
    expect((await get({ 'if-none-match': etag })).status).toBe(304);
    expect((await get({ 'if-range': etag, range: 'bytes=0-1' })).status).toBe(206);
    expect((await get({ 'if-range': '"other"', range: 'bytes=0-1' })).status).toBe(200);
  });

  it('gives an open segment up to its durable end only, and more as it grows', async () => {
    const { get, grow } = await start(false);
    expect((await body(await get())).length).toBe(700);
    const part = await get({ range: 'bytes=600-' });
    expect(part.headers.get('content-range')).toBe('bytes 600-699/700');
    expect(part.headers.get('cache-control')).toBe('private, no-cache');
    expect((await get({ range: 'bytes=700-' })).status).toBe(416);
    grow();
    expect((await body(await get({ range: 'bytes=700-' }))).equals(bytes.subarray(700, 900))).toBe(true);
  });

  it('gives nothing to strangers and nothing that is no segment', async () => {
    const { made, token } = await start(true);
    expect((await made.call('GET', `/media/segments/${cameraId}/main/123.mp4`)).status).toBe(401);
    for (const path of [
      'main/124.mp4',
      'sub/123.mp4',
      'main/123.mp4.bak',
      'main/..%2f..%2fsecret.txt',
      '../../secret.txt',
      'main/-1.mp4',
    ]) {
      const answer = await made.call('GET', `/media/segments/${cameraId}/${path}`, { token });
      expect(answer.status, path).toBe(404);
      expect(await answer.text()).not.toContain('not for everybody');
    }
  });
});

describe('/media/moments', () => {
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, i) => i & 255));
  const segment = { startMs: 500, endMs: 2500, bytes: 1000, state: 'sealed' as const, initBytes: 40 };
  const format = { codecs: 'avc1.64001f', width: 640, height: 360 };

  it('gives start, list and bytes of several moments at once, and nothing of what cannot be read or comes too late', async () => {
    let path = '';
    const moment: PlaybackDoor['moment'] = async ({ cameraId: id, streams, atMs, what }) => {
      if (id !== cameraId) return null;
      if (atMs === 9) throw new Error('the disk is gone');
      if (atMs === 11) return await new Promise<never>(() => undefined); // an archive that does not answer
      const fragments: [number, number, number, number, boolean][] = [
        [40, 60, 500, 1000, true],
        [100, 900, 1500, 1000, false],
      ];
      const count = what === 'key' ? 1 : 2;
      const file = atMs === 10 ? `${path}.gone` : path;
      return {
        open: () => createSegmentViews(noKeys).open(file),
        stream: streams.at(-1) ?? 'main',
        segment: { ...segment, ...format },
        fragments,
        first: 0,
        count,
      };
    };
    const made = await createRig({ moment });
    rig = made;
    path = join(made.dir, 'segment.mp4');
    writeFileSync(path, bytes);
    const token = await made.setup();
    const ask = (...of: string[]) =>
      made.call('GET', `/media/moments?${of.map((o) => `of=${o}`).join('&')}`, { token });
    const answer = await ask(
      `${cameraId}~sub%2Bmain~700~key`,
      `${cameraId}~main~1700~run~500`,
      `${cameraId}~main~9~run`,
      `${cameraId}~main~10~run`,
      `${cameraId}~main~11~run`,
    );
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const [first, second, ...failed] = decodeMoments(new Uint8Array(await answer.arrayBuffer()));
    expect(first?.head).toMatchObject({ stream: 'main', first: 0, count: 1, segment: { startMs: 500 } });
    expect(first?.head?.fragments).toHaveLength(2);
    expect(Buffer.from(first?.init ?? []).equals(bytes.subarray(0, 40))).toBe(true);
    expect(Buffer.from(first?.bytes ?? []).equals(bytes.subarray(40, 100))).toBe(true);
    // Who knows the segment is given its bytes only.
    expect(second?.head).toMatchObject({ fragments: null, initBytes: 0, count: 2 });
    expect(Buffer.from(second?.bytes ?? []).equals(bytes.subarray(40))).toBe(true);
    expect(failed.map((f) => f.head)).toEqual([null, null, null]);
    for (const bad of ['', 'x', `${cameraId}~main~-1~key`, `${cameraId}~side~1~key`, `${cameraId}~main~1~key~2~3`])
      expect((await ask(bad)).status).toBe(422);
    expect((await ask(...Array.from({ length: 65 }, () => `${cameraId}~main~1~key`))).status).toBe(422);
    expect((await made.call('GET', `/media/moments?of=${cameraId}~main~1~key`)).status).toBe(401);
  });
});

describe('live pictures over HTTP', () => {
  /** Two seconds of a clip, over and over, at 20 pictures a second. */
  async function start(options: Pick<RigOptions, 'privacy'> = {}) {
    const ffmpeg = await createFfmpeg({ given: null, searchPath: process.env['PATH'] ?? '', log: quietLog });
    ending.push(() => ffmpeg.stop());
    if (!ffmpeg.found) throw new Error('these tests need an ffmpeg: npm ci brings one on most systems');
    const { stdout } = spawnSync(
      ffmpeg.found.path,
      [
        ...[
          '-loglevel',
          'error',
          '-f',
          'lavfi',
          '-i',
          'testsrc=size=320x180:rate=20',
          '-frames:v',
          '40',
          '-pix_fmt',
          'yuv420p',
        ],
        ...['-c:v', 'libx264', '-g', '20', '-bf', '0', '-f', 'nut', 'pipe:1'],
      ],
      { maxBuffer: 1 << 25 },
    );
    let config: Uint8Array[] = [];
    const samples: Uint8Array[] = [];
    createNutReader({
      config: (c) => (config = splitAnnexB(c)),
      frame: (_, data) => samples.push(joinLengthPrefixed(splitAnnexB(data))),
    }).push(stdout);
    const track = h264Track(
      config.filter((n) => h264Type(n) === 7),
      config.filter((n) => h264Type(n) === 8),
    );
    const { codec, codecString, width, height } = track;
    const format: LiveFormat = {
      video: { codec: 'h264', codecString, config: Buffer.from(track.config).toString('base64'), width, height },
      audio: null,
    };
    expect(codec).toBe('h264');
    const live = StreamId.parse(3);
    const hub = createLive({
      source: {
        watch(_, sink) {
          const text = Buffer.from(JSON.stringify(format));
          sink(
            encodeLiveFrame(
              { kind: 'format', key: false, cached: false, live, ptsUs: 0, arrivedUs: 0 },
              [text],
              text.length,
            ),
          );
          let i = 0;
          const firstUs = systemClock.nowUs();
          const timer = setInterval(() => {
            const sample = samples[i % samples.length] ?? new Uint8Array(0);
            const ptsUs = firstUs + i * 50_000;
            const key = isKeySample('h264', sample);
            i += 1;
            sink(
              encodeLiveFrame(
                { kind: 'video', key, cached: false, live, ptsUs, arrivedUs: systemClock.nowUs() },
                [sample],
                sample.length,
              ),
            );
          }, 50);
          return () => clearInterval(timer);
        },
      },
      cameras: {
        get: (id) => (id === cameraId ? ({ id } as CameraView) : null),
        streamId: (_, kind) => (kind === 'main' ? live : null),
        async *watch() {},
      },
      privacy: {
        black: (id, role) => rig?.privacy.black(id, role) ?? [],
        onChange: () => () => undefined,
      },
      ffmpeg,
      clock: systemClock,
      log: quietLog,
    });
    const made = await createRig({ ...options, live: hub, ffmpeg });
    rig = made;
    ending.push(() => hub.stop());
    return { made, token: await made.setup(), ffmpeg: ffmpeg.found.path, hub };
  }

  it('stream as fragmented MP4 that a player takes as it is, and let the camera go when it leaves', async () => {
    const { made, token, ffmpeg, hub } = await start();
    const url = `${made.url}/api/cameras/${cameraId}/stream`;
    const player = spawn(
      ffmpeg,
      [
        '-loglevel',
        'error',
        '-headers',
        `Authorization: Bearer ${token}\r\n`,
        '-i',
        url,
        '-frames:v',
        '30',
        '-f',
        'framecrc',
        '-',
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    ending.push(() => player.kill('SIGKILL'));
    let out = '';
    player.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    player.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const code = await new Promise((done) => player.once('close', done));
    expect(code, out).toBe(0);
    expect(out.split('\n').filter((line) => /^0,/.test(line))).toHaveLength(30);
    while (hub.viewers() > 0) await new Promise((done) => setTimeout(done, 20));
    const answer = await made.call('GET', `/api/cameras/${cameraId}/stream`, { token });
    expect(answer.headers.get('content-type')).toMatch(/^video\/mp4; codecs="avc1\.[0-9A-F]{6}"$/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const cut = answer.arrayBuffer().catch(() => 'cut');
    await made.call('DELETE', '/api/session', { token });
    await cut; // a revoked session ends the stream
  });

  it('give single pictures as JPEG', async () => {
    const { made, token } = await start();
    const answer = await made.call('GET', `/api/cameras/${cameraId}/snapshots?width=160`, { token });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/jpeg');
    expect(Math.abs(Date.parse(answer.headers.get('x-vigie-time') ?? '') - systemClock.nowMs())).toBeLessThan(10_000);
    expect(jpegSize(Buffer.from(await answer.arrayBuffer()))).toEqual({ width: 160, height: 90 });
  });

  it('give nothing of what is private', async () => {
    const corners = [0, 1].flatMap((x) => [0, 1].map((y) => ({ x, y: x === 0 ? y : 1 - y })));
    const { made, token, ffmpeg } = await start({ privacy: [corners] });
    const answer = await made.call('GET', `/api/cameras/${cameraId}/snapshots?width=160`, { token });
    const input = Buffer.from(await answer.arrayBuffer());
    const args = ['-loglevel', 'error', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
    const grey = spawnSync(ffmpeg, args, { input }).stdout;
    expect(grey).toHaveLength(160 * 90);
    expect(Math.max(...grey)).toBeLessThan(24); // black, of video range
  });

  it('have private parts black for who may not have them whole', async () => {
    const left = [
      { x: 0, y: 0 },
      { x: 0.5, y: 0 },
      { x: 0.5, y: 1 },
      { x: 0, y: 1 },
    ];
    const { made, token, ffmpeg } = await start({ privacy: [left] });
    await made.call('POST', '/api/users', { token, body: { name: 'vera', password, role: 'viewer' } });
    /** Brightest pixels of the left and of the right half, over ten pictures. */
    const brightest = async (as: string): Promise<{ left: number; right: number }> => {
      const headers = `Authorization: Bearer ${as}\r\n`;
      const args = ['-loglevel', 'error', '-headers', headers, '-i', `${made.url}/api/cameras/${cameraId}/stream`];
      const player = spawn(ffmpeg, [...args, '-frames:v', '10', '-f', 'rawvideo', '-pix_fmt', 'gray', '-']);
      ending.push(() => player.kill('SIGKILL'));
      const pieces: Buffer[] = [];
      player.stdout.on('data', (piece: Buffer) => pieces.push(piece));
      await new Promise((done) => player.once('close', done));
      const grey = Buffer.concat(pieces);
      expect(grey).toHaveLength(320 * 180 * 10);
      const most = { left: 0, right: 0 };
      for (const [at, level] of grey.entries()) {
        const side = at % 320 < 160 ? 'left' : 'right';
        most[side] = Math.max(most[side], level);
      }
      return most;
    };
    const whole = await brightest(token);
    expect(whole.left).toBeGreaterThan(100);
    const black = await brightest(await made.login('vera'));
    expect(black.left).toBeLessThan(30); // black, of video range
    expect(black.right).toBeGreaterThan(100);
  });
});

describe('what is private', () => {
  const left = [
    [0, 0],
    [0.5, 0],
    [0.5, 1],
    [0, 1],
  ].map(([x = 0, y = 0]) => ({ x, y }));

  it('is in no recording that is given to who may not have it whole', async () => {
    const made = await createRig({
      privacy: [left],
      playback: () => Promise.resolve({ open: () => Promise.resolve(null), bytes: 0, sealed: true }),
      moment: () => Promise.reject(new Error('not asked')),
    });
    rig = made;
    const admin = await made.setup();
    await made.call('POST', '/api/users', { token: admin, body: { name: 'vera', password, role: 'viewer' } });
    const vera = await made.login('vera');
    const ask = (token: string) => made.call('GET', `/media/segments/${cameraId}/main/123.mp4`, { token });
    const refused = await ask(vera);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringMatching(/may not have its recordings whole/) as string,
      data: { reason: 'private' },
    });
    expect((await ask(admin)).status).toBe(200);
    const answer = await made.call('GET', `/media/moments?of=${cameraId}~main~1~key`, { token: vera });
    expect(decodeMoments(new Uint8Array(await answer.arrayBuffer()))).toEqual([
      { head: null, init: new Uint8Array(0), bytes: new Uint8Array(0) },
    ]);
    // Who may is said by an administrator alone.
    const put = (token: string) => made.call('PUT', '/api/privacy', { token, body: { wholeFor: 'viewer' } });
    expect((await put(vera)).status).toBe(403);
    expect(await (await put(admin)).json()).toEqual({ wholeFor: 'viewer', unreadable: false });
    expect((await ask(vera)).status).toBe(200);
  });
});

describe('listening', () => {
  it('beyond this PC needs TLS, and says so', () => {
    const deps = { listen: { host: '0.0.0.0', port: 0, tls: null } } as unknown as HttpDeps;
    expect(() => createHttp(deps)).toThrow(/Listening on 0\.0\.0\.0 needs TLS/);
  });

  it('on a taken port says what to do', async () => {
    const made = await createRig();
    rig = made;
    const { createServer } = await import('node:net');
    const other = createServer().listen(0, '127.0.0.1');
    ending.push(() => other.close());
    await new Promise((done) => other.once('listening', done));
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(createRig({ port })).rejects.toThrow(/is taken by another program/);
  });

  it('with TLS sets a cookie that is tied to this host', async () => {
    const made = await createRig();
    rig = made;
    const { key, cert } = await loadCertificate({ keysDir: join(made.dir, 'keys'), clock: systemClock });
    const secure = await createRig({ tls: { key, cert }, host: '0.0.0.0' });
    ending.push(() => secure.stop());
    const answer = await new Promise<{ status: number; cookie: string; hsts: string }>((done, failed) => {
      const body = JSON.stringify({ name: 'ada', password });
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const req = secureRequest(
        { host: '127.0.0.1', port: secure.port, method: 'POST', path: '/api/setup', ca: cert, headers },
        (res) => {
          res.resume();
          const { headers: got } = res;
          done({
            status: res.statusCode ?? 0,
            cookie: got['set-cookie']?.[0] ?? '',
            hsts: got['strict-transport-security'] ?? '',
          });
        },
      );
      req.on('error', failed);
      req.end(body);
    });
    expect(answer.status).toBe(200);
    expect(answer.cookie).toMatch(
      new RegExp(`^__Host-vigie-${secure.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Secure; `),
    );
    expect(answer.hsts).toBe('max-age=86400');
    expect(secure.url).toBe(`https://localhost:${secure.port}`);
  });
});

describe('docs/openapi.json', () => {
  it('is what the contract says (else run: node scripts/openapi.ts)', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const text = `${JSON.stringify(await openApiDocument(version), null, 2)}\n`;
    expect(readFileSync('docs/openapi.json', 'utf8') === text).toBe(true);
    const made = await createRig();
    rig = made;
    const served = (await (await made.call('GET', '/api/openapi.json')).json()) as { paths: object };
    expect(Object.keys(served.paths)).toContain('/cameras/{id}/snapshots');
  });
});
