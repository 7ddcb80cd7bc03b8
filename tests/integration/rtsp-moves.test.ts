/** What a camera may ask of a session that lives: a new nonce, another address now or later, a proxy. Seen through recording. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { StreamStatus } from '#domain/stream.ts';
import { systemClock } from '#lib/clock.ts';
import { createIngest } from '#workers/ingest/ingest.ts';
import type { IngestReport, IngestStream } from '#workers/ingest/port.ts';
import { type Script, type ScriptedCamera, startScriptedCamera } from '../support/rtsp-server/scripted-camera.ts';
import { until } from '../support/until.ts';
import { markVolume } from '../support/volume.ts';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function camera(script: Script = {}): Promise<ScriptedCamera> {
  const started = await startScriptedCamera(script);
  cleanups.push(() => started.close());
  return started;
}

function record(url: string, more: Partial<IngestStream> = {}) {
  const reports: IngestReport[] = [];
  let drained = false;
  const ingest = createIngest({
    setup: { ffmpeg: null, boot: 'test', maxPendingBytes: 8e6, maxPreRollBytes: 64e6, maxCachedGopBytes: 4e6 },
    clock: systemClock,
    post: (report) => void reports.push(report),
    usage: () => ({ cpuSeconds: 0, heapBytes: 0 }),
    drained: () => {
      drained = true;
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'vigie-moves-'));
  markVolume(folder);
  cleanups.push(async () => {
    ingest.command({ op: 'drain' });
    await until('drained', () => drained);
    rmSync(folder, { recursive: true, force: true });
  });
  ingest.command({
    op: 'start',
    stream: {
      streamId: 1 as StreamId,
      cameraId: '01JD0000000000000000000000' as CameraId,
      kind: 'main',
      label: 'test',
      url,
      transport: 'tcp',
      username: null,
      password: null,
      record: { volume: 1, root: folder, folder: 'gate' },
      notBeforeMs: 0,
      ...more,
    },
  });
  // Somebody watches: the ingest does not sleep between reads, in the thread that it shares with the cameras here.
  ingest.command({ op: 'watch', streamId: 1 as StreamId, on: true });
  const all = <K extends IngestReport['op']>(op: K) =>
    reports.filter((r): r is Extract<IngestReport, { op: K }> => r.op === op);
  const states = (): StreamStatus['state'][] => all('status').map((r) => r.streams[0]?.status.state ?? 'lost');
  return {
    all,
    states,
    status: () => all('status').at(-1)?.streams[0]?.status,
    recording: () => until('recording', () => all('grew').length > 0),
    /** Milliseconds that nothing covers between the first two segments. */
    gapMs: () => (all('opened')[1]?.startMs ?? Number.NaN) - (all('sealed')[0]?.endMs ?? Number.NaN),
  };
}

const redirect = (to: string, range?: string): Buffer =>
  Buffer.from(
    `REDIRECT rtsp://127.0.0.1/live RTSP/1.0\r\nCSeq: 732\r\nLocation: ${to}\r\n${range === undefined ? '' : `Range: ${range}\r\n`}\r\n`,
  );
const tornDown = (cam: ScriptedCamera): boolean => cam.requests.some((q) => q.method === 'TEARDOWN');

describe('a nonce that becomes stale while the session lives', () => {
  for (const algorithm of ['MD5', 'SHA-256'] as const)
    test(`${algorithm}: the sign of life is said again with the new one; recording has no gap`, async () => {
      const auth = { kind: 'digest', user: 'admin', password: 'Cam-Pass1', algorithm } as const;
      const cam = await camera({ auth, timeoutSeconds: 2 });
      const r = record(cam.url(), { username: auth.user, password: auth.password });
      await r.recording();
      const nonce = cam.renewNonce();
      const withNew = () =>
        cam.requests.filter(
          (q) => q.method === 'GET_PARAMETER' && q.headers.get('authorization')?.includes(`nonce="${nonce}"`),
        );
      await until('two signs of life with the new nonce', () => withNew().length >= 2);
      // used anew: it is counted from one, and then on
      expect(withNew()[0]?.headers.get('authorization')).toContain('nc=00000001');
      expect(withNew()[1]?.headers.get('authorization')).toContain('nc=00000002');
      expect(withNew()[0]?.headers.get('session')).toBe('abc');
      expect(cam.requests.filter((q) => q.method === 'DESCRIBE' || q.method === 'PLAY')).toHaveLength(
        cam.requests.filter((q) => q.method === 'DESCRIBE').length + 1,
      );
      expect(r.status()).toMatchObject({ state: 'live', reconnects: 0 });
      expect(r.all('opened')).toHaveLength(1);
      expect([...r.all('sealed'), ...r.all('uncovered')]).toEqual([]);
    });

  test('a nonce that is stale each time it is used is not answered for ever', async () => {
    const auth = { kind: 'digest', user: 'admin', password: 'Cam-Pass1' } as const;
    const cam: ScriptedCamera = await camera({
      auth,
      timeoutSeconds: 2,
      answer(q) {
        if (q.method === 'GET_PARAMETER') cam.renewNonce();
        return 'usual';
      },
    });
    const r = record(cam.url(), { username: auth.user, password: auth.password });
    await r.recording();
    await until('it is given up', () => r.all('uncovered').length > 0);
    expect(cam.requests.filter((q) => q.method === 'GET_PARAMETER').length).toBeLessThanOrEqual(3);
  });
});

describe('a camera that sends us to another address while it plays', () => {
  test('at once: the session is ended, the other is recorded, and the gap has its cause', async () => {
    const target = await camera();
    const cam = await camera();
    const r = record(cam.url());
    await r.recording();
    cam.inject(redirect(target.url('/moved')));
    await until('answered', () =>
      cam.requests.some((q) => q.method === 'answer 200' && q.headers.get('cseq') === '732'),
    );
    await until('the other is recorded', () => r.all('opened').length === 2);
    await until('the session is torn down', () => tornDown(cam) && cam.viewers() === 0);
    expect(cam.requests.find((q) => q.method === 'TEARDOWN')?.headers.get('session')).toBe('abc');
    expect(target.requests.some((q) => q.method === 'DESCRIBE' && q.uri.endsWith('/moved'))).toBe(true);
    expect(r.all('uncovered')).toMatchObject([{ cause: 'camera-lost' }]);
    // a key picture every 400 ms, and some ms to connect: no waiting in between
    expect(r.gapMs()).toBeGreaterThan(0);
    expect(r.gapMs()).toBeLessThan(1000);
    expect(r.states()).not.toContain('lost');
    expect(r.status()?.reconnects).toBe(1);
  });

  test('later: what comes is recorded until then', async () => {
    const target = await camera();
    const cam = await camera();
    const r = record(cam.url());
    await r.recording();
    // whole seconds, in the form of RFC 2326 §3.7
    const atMs = Math.ceil((Date.now() + 1000) / 1000) * 1000;
    const range = `clock=${new Date(atMs).toISOString().replace(/[-:]|\.\d+/g, '')}-`;
    cam.inject(redirect(target.url('/moved'), range));
    await until('answered', () => cam.requests.some((q) => q.method === 'answer 200'));
    expect(tornDown(cam)).toBe(false);
    await until('the other is recorded', () => r.all('opened').length === 2);
    expect(tornDown(cam)).toBe(true);
    expect(r.all('sealed')[0]?.endMs).toBeGreaterThan(atMs - 400);
    expect(r.gapMs()).toBeLessThan(1000);
    expect(r.all('uncovered')).toHaveLength(1);
  });

  test('later, but it ends the connection before: it is gone to at once', async () => {
    const target = await camera();
    const cam = await camera();
    const r = record(cam.url());
    await r.recording();
    cam.inject(redirect(target.url('/moved'), 'npt=3600-'));
    await until('answered', () => cam.requests.some((q) => q.method === 'answer 200'));
    cam.cut();
    await until('the other is recorded', () => r.all('opened').length === 2);
    expect(target.viewers()).toBe(1);
    expect(r.gapMs()).toBeLessThan(1000);
  });

  test('and is not there any more: the own address is tried again', async () => {
    const gone = await startScriptedCamera();
    await gone.close();
    const cam = await camera();
    const r = record(cam.url());
    await r.recording();
    cam.inject(redirect(gone.url('/moved')));
    await until('recorded from its own address again', () => r.all('opened').length === 2);
    expect(cam.requests.filter((q) => q.method === 'PLAY')).toHaveLength(2);
    expect(r.gapMs()).toBeLessThan(2500);
  });

  test('to and fro for ever: after five moves it waits as for a lost camera', async () => {
    const cams: ScriptedCamera[] = [];
    const sendOn = (other: () => ScriptedCamera | undefined): Script => ({
      answer(q) {
        if (q.method === 'PLAY') setImmediate(() => q.from.write(redirect(other()?.url('/moved') ?? '')));
        return 'usual';
      },
    });
    cams.push(await camera(sendOn(() => cams[1])), await camera(sendOn(() => cams[0])));
    const r = record(cams[0]?.url() ?? '');
    await until('it counts as lost', () => r.states().includes('lost'));
    const plays = cams.flatMap((c) => c.requests.filter((q) => q.method === 'PLAY')).length;
    expect(plays).toBeLessThanOrEqual(6);
  });

  test('to another machine, which asks for the password in clear text: it is not told', async () => {
    const target = await camera({ host: '127.0.0.2', auth: { kind: 'basic', user: 'admin', password: 'Cam-Pass1' } });
    const cam = await camera();
    const r = record(cam.url(), { username: 'admin', password: 'Cam-Pass1' });
    await r.recording();
    cam.inject(redirect(target.url('/moved')));
    await until('refused', () => r.all('status').some((s) => s.streams[0]?.status.trouble === 'credentials-refused'));
    expect(target.requests.length).toBeGreaterThan(0);
    expect(target.requests.some((q) => q.headers.has('authorization'))).toBe(false);
  });
});

describe('a camera behind a proxy', () => {
  test('305 Use Proxy: the proxy is asked for the same address', async () => {
    const proxy = await camera();
    const cam = await camera({
      answer: (q) =>
        q.method === 'DESCRIBE' ? { status: '305 Use Proxy', headers: { Location: proxy.url('/') } } : 'usual',
    });
    const r = record(cam.url('/main'));
    await r.recording();
    const asked = proxy.requests.filter((q) => q.method === 'DESCRIBE').map((q) => q.uri);
    expect(asked).toEqual([cam.url('/main')]);
    expect(cam.viewers()).toBe(0);
    expect(r.all('opened')).toHaveLength(1);
    expect(r.status()?.reconnects).toBe(0);
  });
});
