/** Ingest lanes against real RTSP servers on loopback: signing in, transports, faults, recording, live, the end. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { decodeLiveFrame } from '#contract/live-frame.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamStatus } from '#domain/stream.ts';
import { systemClock } from '#lib/clock.ts';
import { createIngest } from '#workers/ingest/ingest.ts';
import type { IngestReport, IngestStream } from '#workers/ingest/port.ts';
import { type Script, type ScriptedCamera, startScriptedCamera } from '../support/rtsp-server/scripted-camera.ts';
import { markVolume } from '../support/volume.ts';

const until = async (what: string, condition: () => boolean, ms = 12_000): Promise<void> => {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function camera(script: Script = {}): Promise<ScriptedCamera> {
  const started = await startScriptedCamera(script);
  cleanups.push(() => started.close());
  return started;
}

function rig(clock = systemClock, ffmpeg: string | null = null) {
  const reports: IngestReport[] = [];
  let drained = false;
  const ingest = createIngest({
    setup: { ffmpeg, boot: 'test', maxPendingBytes: 8e6, maxPreRollBytes: 64e6, maxCachedGopBytes: 4e6 },
    clock,
    post: (report) => void reports.push(report),
    usage: () => ({ cpuSeconds: 0, heapBytes: 0 }),
    drained: () => {
      drained = true;
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'vigie-rtsp-'));
  markVolume(folder);
  cleanups.push(async () => {
    ingest.command({ op: 'drain' });
    await until('drained', () => drained);
    rmSync(folder, { recursive: true, force: true });
  });
  const status = (id = 1): StreamStatus | undefined =>
    reports.flatMap((r) => (r.op === 'status' ? r.streams.filter((s) => s.streamId === (id as StreamId)) : [])).at(-1)
      ?.status;
  return {
    ingest,
    reports,
    folder,
    status,
    all: <K extends IngestReport['op']>(op: K) =>
      reports.filter((r): r is Extract<IngestReport, { op: K }> => r.op === op),
    start(url: string, more: Partial<IngestStream> = {}) {
      const stream: IngestStream = {
        streamId: 1 as StreamId,
        cameraId: '01JD0000000000000000000000' as CameraId,
        kind: 'main',
        label: 'test',
        url,
        transport: 'auto',
        username: null,
        password: null,
        record: { volume: 1, root: folder, folder: 'gate' },
        notBeforeMs: 0,
        ...more,
      };
      ingest.command({ op: 'start', stream });
    },
    live: (id = 1) => until('live', () => status(id)?.state === 'live'),
    trouble: (trouble: StreamStatus['trouble']) =>
      until(`trouble ${trouble ?? ''}`, () => status()?.trouble === trouble),
  };
}

describe('a camera that works', () => {
  test('is recorded again when that is switched off and on in one breath', async () => {
    const cam = await camera();
    const r = rig();
    r.start(cam.url());
    await until('opened and growing', () => r.all('opened').length === 1 && r.all('grew').length > 0);
    const streamId = 1 as StreamId;
    const record = { volume: 1, root: r.folder, folder: 'gate' };
    for (const to of [null, record, null, record]) r.ingest.command({ op: 'record', streamId, record: to });
    await until('recorded again', () => r.all('opened').length === 2);
    // One after the other, and one recorder alone.
    expect(r.all('opened')[1]?.startMs).toBeGreaterThanOrEqual(r.all('sealed')[0]?.endMs ?? Infinity);
    r.ingest.command({ op: 'stop', streamId });
    await until('stopped', () => r.all('stopped').length === 1);
    expect(r.all('opened')).toHaveLength(2);
    expect(r.all('sealed')).toHaveLength(2);
  });

  test('is recorded, shown live from its last key frame, and closed in order', async () => {
    const cam = await camera();
    const r = rig();
    r.start(cam.url());
    await r.live();
    expect(r.status()).toMatchObject({
      via: 'native',
      transport: 'tcp',
      video: { codec: 'avc1.64001F', width: 1280, height: 720 },
      trouble: null,
    });
    await until('opened and growing', () => r.all('opened').length === 1 && r.all('grew').length > 0);
    r.ingest.command({ op: 'watch', streamId: 1 as StreamId, on: true });
    await until('live frames', () => r.all('live').length > 20);
    const frames = r.all('live').map((l) => decodeLiveFrame(l.frame));
    expect(frames[0]?.kind).toBe('format');
    expect(frames[1]).toMatchObject({ kind: 'video', key: true, cached: true, live: 1 });
    for (const frame of frames) if (frame?.kind === 'video') expect(frame.payload.length).toBeGreaterThan(900);
    // whole pictures, in one line of time, 40 ms apart
    const times = frames.flatMap((f) => (f?.kind === 'video' ? [f.ptsUs] : []));
    for (let i = 1; i < times.length; i++)
      expect(Math.abs((times[i] ?? 0) - (times[i - 1] ?? 0) - 40_000)).toBeLessThan(1500);
    r.ingest.command({ op: 'stop', streamId: 1 as StreamId });
    await until('stopped', () => r.all('stopped').length === 1);
    expect(r.all('sealed')).toHaveLength(1);
    await until('TEARDOWN', () => cam.requests.some((q) => q.method === 'TEARDOWN') && cam.viewers() === 0);
    const file = readdirSync(r.folder, { recursive: true, encoding: 'utf8' }).find((f) => f.endsWith('.mp4'));
    expect(
      readFileSync(join(r.folder, file ?? ''))
        .subarray(4, 8)
        .toString(),
    ).toBe('ftyp');
  });

  test('receiver reports go back', async () => {
    const cam = await camera();
    const r = rig();
    r.start(cam.url(), { record: null });
    await until('a report', () => cam.reports() >= 44);
  });

  test('is kept alive by GET_PARAMETER at half the session time', async () => {
    const cam = await camera({ timeoutSeconds: 2 });
    const r = rig();
    r.start(cam.url(), { record: null });
    await until('two signs of life', () => cam.requests.filter((q) => q.method === 'GET_PARAMETER').length >= 2);
    expect(cam.requests.find((q) => q.method === 'GET_PARAMETER')?.headers.get('session')).toBe('abc');
  });

  test.each(['461 Unsupported Transport', '400 Bad Request'])(
    'over UDP where it takes nothing else (%s), with packets out of order and lost',
    async (udpOnly) => {
      let held: Buffer | null = null;
      let dropped = 0;
      const cam = await camera({
        udpOnly,
        packet(rtp, index) {
          if (index % 30 === 10) {
            held = rtp;
            return [];
          }
          const out = held === null ? [rtp] : [rtp, held];
          held = null;
          if (index % 100 !== 55) return out;
          dropped += out.length;
          return [];
        },
      });
      const r = rig();
      r.start(cam.url(), { record: null });
      await r.live();
      expect(r.status()).toMatchObject({ transport: 'udp' });
      await until('loss is counted', () => (r.status()?.packetsLost ?? 0) >= 1 && r.status()?.state === 'degraded');
      // what came late was put in its place
      expect(r.status()?.packetsLost).toBeLessThanOrEqual(dropped);
    },
  );

  test('over IPv6, TCP and UDP', async () => {
    const cam = await camera({ host: '::1' });
    const r = rig();
    r.start(cam.url(), { record: null });
    r.start(cam.url(), { record: null, streamId: 2 as StreamId, transport: 'udp' });
    await r.live(1);
    await r.live(2);
    expect(r.status(2)?.transport).toBe('udp');
  });

  test('over TLS with a certificate of its own, which is told', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'vigie-cert-'));
    cleanups.push(() => rmSync(dir, { recursive: true }));
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-keyout',
        join(dir, 'k'),
        '-out',
        join(dir, 'c'),
        '-days',
        '2',
        '-subj',
        '/CN=cam',
      ],
      { stdio: 'ignore' },
    );
    const cam = await camera({
      tls: { key: readFileSync(join(dir, 'k'), 'utf8'), cert: readFileSync(join(dir, 'c'), 'utf8') },
    });
    const r = rig();
    r.start(cam.url(), { record: null });
    await r.live();
    await until('told', () => /fingerprint [0-9A-F]{2}:/.test(r.status()?.detail ?? ''));
    expect(r.status()?.transport).toBe('tls');
  });
});

describe('signing in', () => {
  const auths: NonNullable<Script['auth']>[] = [
    { kind: 'basic', user: 'admin', password: 'p:w "x"' },
    { kind: 'digest', user: 'admin', password: 'Cam-Pass1' },
    { kind: 'digest', user: 'admin', password: 'Cam-Pass1', algorithm: 'SHA-256' },
  ];
  for (const auth of auths)
    test(`${auth.kind} ${auth.algorithm ?? ''}`, async () => {
      const cam = await camera({ auth });
      const r = rig();
      r.start(cam.url(), { record: null, username: auth.user, password: auth.password });
      await r.live();
    });

  test('a wrong password is said, tried once and not again at once, and never shown', async () => {
    const cam = await camera({ auth: { kind: 'digest', user: 'admin', password: 'right' } });
    const r = rig();
    r.start(cam.url(), { username: 'admin', password: 'wrong-secret' });
    await r.trouble('credentials-refused');
    expect(r.status()?.state).toBe('refused');
    await until('the gap has its cause', () => r.all('uncovered').some((u) => u.cause === 'credentials'));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(cam.requests.filter((q) => q.headers.has('authorization'))).toHaveLength(1);
    expect(JSON.stringify(r.reports)).not.toContain('wrong-secret');
  });

  test('no password set where one is asked for', async () => {
    const cam = await camera({ auth: { kind: 'basic', user: 'a', password: 'b' } });
    const r = rig();
    r.start(cam.url());
    await r.trouble('credentials-missing');
  });
});

describe('bad cameras', () => {
  const status = (line: string): Script => ({ answer: (q) => (q.method === 'DESCRIBE' ? { status: line } : 'usual') });
  const cases: [string, Script, StreamStatus['trouble'], RegExp][] = [
    ['no such path', status('404 Not Found'), 'not-found', /path/],
    ['too many viewers', status('453 Not Enough Bandwidth'), 'busy', /viewers/],
    ['an error of its own', status('500 Internal Server Error'), 'protocol', /500/],
    ['no video', { sdp: 'v=0\r\nm=audio 0 RTP/AVP 0\r\n' }, 'no-video', /without video/],
    [
      'a codec of the past',
      { sdp: 'v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\n' },
      'codec',
      /MP4V-ES/,
    ],
    ['silence', { stopAfter: 0 }, 'no-data', /no picture/],
  ];
  for (const [name, script, trouble, sentence] of cases)
    test(`${name} → ${trouble ?? ''}`, async () => {
      const cam = await camera(script);
      const r = rig();
      r.start(cam.url());
      await r.trouble(trouble);
      expect(r.status()?.detail).toMatch(sentence);
    });

  test('nobody there', async () => {
    const cam = await startScriptedCamera();
    await cam.close();
    const r = rig();
    r.start(cam.url());
    await r.trouble('unreachable');
    expect(r.status()?.detail).toMatch(/refuses the connection/);
    expect(r.all('uncovered')).toMatchObject([{ cause: 'camera-lost' }]);
  });

  test('a redirect is followed, with the camera of the new address recorded', async () => {
    const target = await camera();
    const cam = await camera({
      answer: (q) =>
        q.method === 'DESCRIBE' ? { status: '302 Moved', headers: { Location: target.url('/moved') } } : 'usual',
    });
    const r = rig();
    r.start(cam.url(), { record: null });
    await r.live();
    expect(target.requests.some((q) => q.uri.endsWith('/moved'))).toBe(true);
  });

  test('a cut connection is a gap with its cause, and the camera is back at the first try', async () => {
    const cam = await camera();
    const r = rig();
    r.start(cam.url());
    await until('recording', () => r.all('grew').length > 0);
    cam.cut();
    await until('lost', () => r.status()?.state === 'lost');
    expect(r.all('uncovered')).toMatchObject([{ cause: 'camera-lost' }]);
    await until('open again', () => r.all('opened').length === 2);
    // At the first try, which comes within a second.
    expect(cam.requests.filter((q) => q.method === 'DESCRIBE')).toHaveLength(2);
    expect(r.status()?.reconnects).toBe(1);
    const [first, second] = r.all('opened');
    expect(r.all('sealed')[0]?.endMs).toBeLessThanOrEqual(second?.startMs ?? 0);
    expect(first?.startMs).toBeLessThan(second?.startMs ?? 0);
  });

  test('a stream that stalls counts as lost after 5 s', async () => {
    const cam = await camera({ stopAfter: 30 });
    const r = rig();
    r.start(cam.url());
    await r.live();
    await r.trouble('no-data');
    await until('the gap has its cause', () => r.all('uncovered').some((u) => u.cause === 'no-data'));
  });

  test('time that jumps, forward or back, begins a new segment and never runs backwards', async () => {
    const cam = await camera({ shift: (picture) => (picture >= 60 ? -5 * 90_000 : picture >= 30 ? 3600 * 90_000 : 0) });
    const r = rig();
    r.start(cam.url());
    await until('three segments', () => r.all('opened').length === 3);
    expect(r.all('uncovered').map((u) => u.cause)).toEqual(['clock-jump', 'clock-jump']);
    const spans = r.all('sealed').map((s) => [s.startMs, s.endMs] as const);
    for (const [from, to] of spans) expect(to).toBeGreaterThan(from);
    expect(spans[1]?.[0]).toBeGreaterThanOrEqual(spans[0]?.[1] ?? 0);
  });

  test.each([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])(
    'the station clock set %s by an hour begins a new segment at a key frame, in the new time, and loses no picture',
    async (_, by) => {
      let addedMs = 0;
      const r = rig({
        nowMs: () => systemClock.nowMs() + addedMs,
        nowUs: () => systemClock.nowUs() + addedMs * 1000,
        monoMs: systemClock.monoMs,
      });
      const cam = await camera();
      r.start(cam.url());
      await until('recording', () => r.all('grew').length > 0);
      addedMs = by;
      await until('told', () => r.all('clock-jumped').length === 1);
      expect(Math.abs((r.all('clock-jumped')[0]?.byMs ?? 0) - by)).toBeLessThan(100);
      await until('a new segment', () => r.all('opened').length === 2);
      const [first, second] = r.all('opened');
      expect(Math.abs((second?.startMs ?? 0) - (first?.startMs ?? 0) - by)).toBeLessThan(60_000);
      // Where the old one ends, by its own clock, the new one begins by the new.
      await until('sealed', () => r.all('sealed').length === 1);
      expect(Math.abs((r.all('sealed')[0]?.endMs ?? 0) + by - (second?.startMs ?? 0))).toBeLessThan(300);
      expect(r.all('uncovered').map((u) => u.cause)).toEqual(by > 0 ? ['clock-jump'] : []);
    },
  );

  test('rubbish between packets is survived; a server request is answered', async () => {
    const cam = await camera();
    const r = rig();
    r.start(cam.url(), { record: null });
    await r.live();
    cam.inject(Buffer.from('OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n'));
    cam.inject(Buffer.from([1, 2, 3, 4, 5, 0x24, 77, 0]));
    await until('answered', () => cam.requests.some((q) => q.method === 'answer 200' && q.headers.get('cseq') === '7'));
    expect(r.status()?.state).toBe('live');
    expect(r.status()?.reconnects).toBe(0);
  });

  test('one dead camera does not delay another', async () => {
    const dead = await camera({ answer: () => 'silence' });
    const cam = await camera();
    const r = rig();
    for (let i = 0; i < 20; i++) r.start(dead.url(), { streamId: (100 + i) as StreamId });
    r.start(cam.url());
    await r.live();
    // All the others are still waited for.
    for (let i = 0; i < 20; i++) expect(r.status(100 + i)?.state ?? 'connecting').toBe('connecting');
    expect(dead.requests.length).toBeGreaterThan(0);
  });
});

describe('probe', () => {
  test('tells what a camera sends, with its first picture', async () => {
    const cam = await camera();
    const r = rig();
    r.ingest.command({ op: 'probe', probeId: 5, url: cam.url(), transport: 'auto', username: null, password: null });
    await until('probed', () => r.all('probed').length === 1);
    const { outcome } = r.all('probed')[0] ?? {};
    expect(outcome).toMatchObject({
      ok: true,
      video: { codec: 'avc1.64001F', width: 1280, height: 720 },
      fps: 25,
      transport: 'tcp',
      keyIntervalMs: 400,
    });
    await until('connection closed', () => cam.viewers() === 0);
  });
  test('says what is wrong', async () => {
    const r = rig();
    r.ingest.command({
      op: 'probe',
      probeId: 6,
      url: 'rtsp://127.0.0.1:1/',
      transport: 'auto',
      username: null,
      password: null,
    });
    await until('probed', () => r.all('probed').length === 1);
    expect(r.all('probed')[0]?.outcome).toMatchObject({ ok: false, trouble: 'unreachable' });
  });
});

const ffmpeg =
  ['/usr/bin/ffmpeg', '/usr/local/bin/ffmpeg', '/opt/homebrew/bin/ffmpeg'].find((path) => existsSync(path)) ?? null;

describe.skipIf(ffmpeg === null)('what our own client cannot speak', () => {
  test('is taken through ffmpeg and said so; the password is in no argument and no environment', async () => {
    const password = 'Very-Secret-7';
    const cam = await camera({
      // this camera speaks to others only
      answer: (q) =>
        q.headers.get('user-agent') === 'Vigie' && q.method === 'DESCRIBE'
          ? { status: '551 Option not supported' }
          : 'usual',
      auth: { kind: 'digest', user: 'admin', password },
    });
    const r = rig(systemClock, ffmpeg);
    r.start(cam.url(), { username: 'admin', password });
    await until('ffmpeg runs', () => processes().some((p) => p.includes(ffmpeg ?? '') && p.includes('concat')));
    for (const p of processes()) expect(p).not.toContain(password);
    await until('live through ffmpeg', () => r.status()?.state === 'live' && r.status()?.via === 'ffmpeg', 20_000);
    await until('said', () => /ffmpeg/.test(r.status()?.detail ?? ''));
    await until('recorded', () => r.all('grew').length > 0);
    cam.cut();
    await until('lost', () => r.status()?.state === 'lost', 20_000);
    r.ingest.command({ op: 'stop', streamId: 1 as StreamId });
    await until('stopped', () => r.all('stopped').length === 1);
    await until('no ffmpeg is left', () => !processes().some((p) => p.includes(ffmpeg ?? '') && p.includes('concat')));
    expect(JSON.stringify(r.reports)).not.toContain(password);
  });
});

/** Arguments and environment of the processes that this one started, as others may read them. */
function processes(): string[] {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return ''; // it ended meanwhile
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => new RegExp(`\\) \\S ${process.pid} `).test(read(`/proc/${pid}/stat`)))
    .map((pid) => `${read(`/proc/${pid}/cmdline`)} ${read(`/proc/${pid}/environ`)}`);
}
