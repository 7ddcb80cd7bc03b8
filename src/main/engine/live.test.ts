import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CameraView } from '#domain/camera.ts';
import { CameraId, StreamId, UserId } from '#domain/id.ts';
import type { Polygon } from '#domain/place.ts';
import type { Caller } from '#contract/call.ts';
import { decodeLiveFrame, encodeLiveFrame, type LiveFrame } from '#contract/live-frame.ts';
import type { LiveNotice, LiveRequest } from '#contract/live.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { quietLog } from '#lib/log.ts';
import { createLag, freshLine, paceRule, stepLine, stepPace, type Line, type Pace } from './live-pace.ts';
import { createLive } from './live.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';

const cameraId = CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZA');
const streamId = StreamId.parse(7);
const caller: Caller = {
  userId: UserId.parse('01HZZZZZZZZZZZZZZZZZZZZZZB'),
  name: 'ada',
  role: 'viewer',
  local: false,
  sessionId: 's',
};

function frame(
  kind: LiveFrame['kind'],
  more: Partial<Pick<LiveFrame, 'key' | 'cached' | 'ptsUs' | 'arrivedUs'>> = {},
  bytes = 1000,
  codec = 'h264',
) {
  const format = { video: { codec, codecString: 'x', config: '', width: 640, height: 360 }, audio: null };
  const payload = kind === 'format' ? Buffer.from(JSON.stringify(format)) : new Uint8Array(bytes);
  const head = { kind, key: false, cached: false, live: streamId, ptsUs: 0, arrivedUs: 0, ...more };
  return encodeLiveFrame(head, [payload], payload.length);
}

/** A hub on a source driven by hand, and a clock that stands still until moved. */
function rig(ffmpeg: Partial<Ffmpeg> = {}) {
  const privacy = { areas: [] as Polygon[], told: (): void => undefined };
  let nowMs = 1000;
  let watched = 0;
  let sink: ((f: ArrayBuffer) => void) | null = null;
  const hub = createLive({
    source: {
      watch(_, to) {
        watched += 1;
        sink = to;
        return () => {
          sink = null;
        };
      },
    },
    cameras: {
      get: (id) => (id === cameraId ? ({ id } as CameraView) : null),
      streamId: (_, kind) => (kind === 'main' ? streamId : null),
      async *watch() {},
    },
    privacy: {
      black: (_, role) => (role === 'viewer' ? privacy.areas : []),
      onChange(listener) {
        privacy.told = listener;
        return () => undefined;
      },
    },
    ffmpeg: {
      found: null,
      transcode: () => ({ push() {}, stop() {} }),
      ...ffmpeg,
    },
    clock: { nowMs: () => nowMs, nowUs: () => nowMs * 1000, monoMs: () => nowMs },
    log: quietLog,
  });
  const viewer = (role: Caller['role'] = 'viewer') => {
    const v = { pending: 0, notices: [] as LiveNotice[], frames: [] as LiveFrame[], buffers: [] as ArrayBuffer[] };
    const connection = hub.connect(
      {
        notice: (n) => v.notices.push(n),
        frame(f) {
          v.buffers.push(f);
          const looked = decodeLiveFrame(f);
          if (looked) v.frames.push(looked);
        },
        pendingBytes: () => v.pending,
      },
      { ...caller, role },
    );
    return Object.assign(v, connection);
  };
  const watch = (ref = 1, more: Partial<Extract<LiveRequest, { op: 'watch' }>> = {}): LiveRequest => ({
    op: 'watch',
    ref,
    cameraId,
    stream: 'main',
    decodes: ['h264'],
    audio: false,
    ...more,
  });
  return {
    hub,
    viewer,
    privacy,
    watch,
    emit: (f: ArrayBuffer) => sink?.(f),
    pass: (ms: number) => {
      nowMs += ms;
    },
    watched: () => watched,
    running: () => sink !== null,
  };
}

const shape = (frames: LiveFrame[]): string =>
  frames.map((f) => (f.kind === 'format' ? 'F' : f.key ? (f.cached ? 'k' : 'K') : f.cached ? 'd' : 'D')).join('');

describe('pace', () => {
  it('never sends a picture whose reference was left out, and never anything but formats on a full line', () => {
    const step = fc.record({ key: fc.boolean(), audio: fc.boolean(), keysOnly: fc.boolean(), full: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let pace: Pace = { broken: true };
        let whole = false; // everything since the last key frame was sent
        for (const { key, audio, keysOnly, full } of steps) {
          const kind = audio ? ('audio' as const) : ('video' as const);
          const out = stepPace(pace, { kind, key }, { keysOnly, full });
          pace = out.pace;
          if (full) expect(out.send).toBe(false);
          if (audio) continue;
          if (out.send && !key) expect(whole && !keysOnly).toBe(true);
          if (key && !full) expect(out.send).toBe(true);
          whole = key ? out.send : whole && out.send;
          if (!full && !keysOnly && whole) expect(out.send).toBe(true);
        }
      }),
    );
  });

  it('calls a line slow at once and well only after it has been so for two seconds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ lagMs: fc.nat(3000), pendingBytes: fc.nat(8_000_000), step: fc.nat(800) }), {
          maxLength: 80,
        }),
        (looks) => {
          let line: Line = freshLine;
          let nowMs = 0;
          let wellSince = 0;
          for (const { lagMs, pendingBytes, step } of looks) {
            nowMs += step;
            const well = lagMs <= paceRule.wellMs && pendingBytes <= paceRule.busyBytes;
            const was = line.slow;
            line = stepLine(line, { lagMs, pendingBytes, nowMs });
            if (lagMs > paceRule.slowMs || pendingBytes > paceRule.fullBytes) expect(line.slow).toBe(true);
            if (was && !line.slow) expect(nowMs - wellSince).toBeGreaterThanOrEqual(paceRule.calmMs);
            if (!well) wellSince = Number.POSITIVE_INFINITY;
            else if (wellSince === Number.POSITIVE_INFINITY) wellSince = nowMs;
          }
        },
      ),
    );
  });

  it('measures the age of the oldest byte that waits', () => {
    const lag = createLag();
    lag.handed(100, 0);
    lag.handed(100, 500);
    expect(lag.lagMs(200, 600)).toBe(600);
    expect(lag.lagMs(100, 600)).toBe(100);
    expect(lag.lagMs(0, 700)).toBe(0);
    lag.handed(10, 800);
    expect(lag.lagMs(10, 900)).toBe(100);
  });
});

describe('live hub', () => {
  it('watches a stream once and starts each further viewer from the newest group of pictures', () => {
    const r = rig();
    const first = r.viewer();
    first.request(r.watch());
    r.emit(frame('format'));
    r.emit(frame('video')); // before any key frame: nothing to decode it with
    r.emit(frame('video', { key: true }));
    r.emit(frame('video'));
    expect(shape(first.frames)).toBe('FKD');
    const second = r.viewer();
    second.request(r.watch(9));
    expect(second.notices).toEqual([{ op: 'watching', ref: 9, live: streamId, transcoded: false, blackened: false }]);
    expect(shape(second.frames)).toBe('Fkd');
    r.emit(frame('video'));
    expect(shape(second.frames)).toBe('FkdD');
    expect(second.buffers.at(-1)).toBe(first.buffers.at(-1)); // one buffer for all
    expect(r.watched()).toBe(1);
    expect(r.hub.viewers()).toBe(2);
    first.close();
    second.close();
    r.hub.stop();
    expect(r.running()).toBe(false);
  });

  it('drops a slow viewer to key frames, says so, and comes back, while others get everything', () => {
    const r = rig();
    const slow = r.viewer();
    const well = r.viewer();
    slow.request(r.watch(1));
    well.request(r.watch(2));
    r.emit(frame('format'));
    for (let i = 0; i < 200; i++) {
      r.pass(50);
      if (i >= 20 && i < 100) slow.pending += 1000; // its line stands still
      if (i === 100) slow.pending = 0;
      r.emit(frame('video', { key: i % 20 === 0 }));
    }
    expect(shape(well.frames)).toBe(`F${`K${'D'.repeat(19)}`.repeat(10)}`);
    expect(well.notices.filter((n) => n.op === 'dropping')).toEqual([]);
    expect(slow.notices.filter((n) => n.op === 'dropping')).toEqual([
      { op: 'dropping', ref: 1, keysOnly: true },
      { op: 'dropping', ref: 1, keysOnly: false },
    ]);
    const got = shape(slow.frames);
    expect(got).toMatch(/^FK(D+K)D*K{3,}(KD{19})+$/);
    r.hub.stop();
  });

  it('sends nothing at all to a line that is full', () => {
    const r = rig();
    const v = r.viewer();
    v.request(r.watch());
    r.emit(frame('format'));
    v.pending = paceRule.fullBytes;
    for (let i = 0; i < 50; i++) r.emit(frame('video', { key: true }));
    expect(shape(v.frames)).toBe('F');
    v.pending = 0;
    r.emit(frame('video'));
    r.emit(frame('video', { key: true }));
    expect(shape(v.frames)).toBe('FK');
    r.hub.stop();
  });

  it('sends key frames only while the viewer asks for it', () => {
    const r = rig();
    const v = r.viewer();
    v.request(r.watch());
    r.emit(frame('format'));
    v.request({ op: 'pace', ref: 1, keysOnly: true });
    for (const key of [true, false, false, true, false]) r.emit(frame('video', { key }));
    v.request({ op: 'pace', ref: 1, keysOnly: false });
    for (const key of [false, true, false]) r.emit(frame('video', { key }));
    expect(shape(v.frames)).toBe('FKKKD');
    r.hub.stop();
  });

  it('gives two pictures of one stream on one socket a number each', () => {
    const r = rig();
    const v = r.viewer();
    v.request(r.watch(1));
    v.request(r.watch(2));
    r.emit(frame('format'));
    r.emit(frame('video', { key: true }));
    const numbers = v.notices.flatMap((n) => (n.op === 'watching' ? [n.live] : []));
    expect(new Set(numbers).size).toBe(2);
    expect(v.frames.filter((f) => f.key).map((f) => f.live)).toEqual(numbers);
    v.request({ op: 'unwatch', ref: 1 });
    r.emit(frame('video'));
    expect(v.frames.at(-1)?.live).toBe(numbers[1]);
    r.hub.stop();
  });

  it('refuses what is not there, each with its reason', async () => {
    const r = rig();
    const v = r.viewer();
    v.request(r.watch(1, { cameraId: CameraId.parse('01HZZZZZZZZZZZZZZZZZZZZZZC') }));
    v.request(r.watch(2, { stream: 'sub' }));
    v.request(r.watch(3));
    r.emit(frame('format', {}, 0, 'h265'));
    await Promise.resolve();
    expect(v.notices).toEqual([
      { op: 'ended', ref: 1, reason: 'no-such-camera' },
      { op: 'ended', ref: 2, reason: 'no-such-stream' },
      { op: 'watching', ref: 3, live: streamId, transcoded: false, blackened: false },
      { op: 'ended', ref: 3, reason: 'cannot-transcode' },
    ]);
    expect(v.frames).toEqual([]);
    r.hub.stop();
  });

  it('transcodes once for all who need it, and for nobody else', async () => {
    const pushed: AccessUnit[] = [];
    let on: Parameters<Ffmpeg['transcode']>[1] | null = null;
    let starts = 0;
    let stops = 0;
    const track: VideoTrack = {
      kind: 'video',
      codec: 'h264',
      codecString: 'avc1.42c01f',
      config: new Uint8Array(0),
      width: 640,
      height: 360,
    };
    const r = rig({
      found: { path: 'x', version: '1', source: 'test' },
      transcode(_, handlers) {
        starts += 1;
        on = handlers;
        return { push: (u) => pushed.push(u), stop: () => (stops += 1) };
      },
    });
    const old = r.viewer();
    const alsoOld = r.viewer();
    const able = r.viewer();
    able.request(r.watch(1, { decodes: ['h264', 'h265'] }));
    old.request(r.watch(1));
    r.emit(frame('format', {}, 0, 'h265'));
    await Promise.resolve();
    alsoOld.request(r.watch(5));
    r.emit(frame('video', { key: true, ptsUs: 1_000_000, arrivedUs: 1_000_500 }));
    r.emit(frame('video', { ptsUs: 1_040_000 }));
    expect(starts).toBe(1);
    expect(pushed.map((u) => u.ptsUs)).toEqual([1_000_000, 1_040_000]);
    const handlers = on as unknown as Parameters<Ffmpeg['transcode']>[1];
    handlers.format(track);
    handlers.unit({
      track: 'video',
      key: true,
      ptsUs: 1_000_000,
      dtsUs: 1_000_000,
      data: [new Uint8Array(9)],
      bytes: 9,
    });
    for (const v of [old, alsoOld]) {
      expect(v.notices.at(-1)).toMatchObject({ op: 'watching', transcoded: true, live: v.frames[0]?.live });
      expect(shape(v.frames)).toBe('FK');
      expect(v.frames[1]).toMatchObject({ ptsUs: 1_000_000, arrivedUs: 1_000_500 });
    }
    expect(shape(able.frames)).toBe('FKD');
    r.pass(20_000);
    handlers.end('it was killed');
    expect(starts).toBe(2); // it had worked: another takes over
    (on as unknown as typeof handlers).end('it fell over');
    expect(old.notices.at(-1)).toEqual({ op: 'ended', ref: 1, reason: 'cannot-transcode' });
    r.hub.stop();
    expect(stops).toBe(0);
  });

  it('blackens what is private for who may not have it whole, as soon as it is so', () => {
    const made: { black: readonly Polygon[]; on: Parameters<Ffmpeg['transcode']>[1]; stopped: boolean }[] = [];
    const r = rig({
      found: { path: 'x', version: '1', source: 'test' },
      transcode(_, on, black = []) {
        const mine = { black, on, stopped: false };
        made.push(mine);
        return { push: () => undefined, stop: () => (mine.stopped = true) };
      },
    });
    r.hub.start();
    const guard = r.viewer('operator');
    const guest = r.viewer('viewer');
    guard.request(r.watch(1));
    guest.request(r.watch(2, { decodes: ['h264', 'h265'] }));
    r.emit(frame('format'));
    r.emit(frame('video', { key: true }));
    expect(made).toEqual([]);
    expect(shape(guest.frames)).toBe('FK');
    const corner = [
      { x: 0, y: 0 },
      { x: 0.2, y: 0 },
      { x: 0, y: 0.2 },
    ];
    r.privacy.areas = [corner];
    r.privacy.told();
    expect(made.map((m) => m.black)).toEqual([[corner]]);
    expect(guest.notices.at(-1)).toMatchObject({ op: 'watching', ref: 2, transcoded: true, blackened: true });
    r.emit(frame('video', { ptsUs: 40_000 }));
    expect(shape(guest.frames)).toBe('FK'); // nothing whole any more
    expect(shape(guard.frames)).toBe('FKD');
    made[0]?.on.end('it fell over');
    expect(guest.notices.at(-1)).toEqual({ op: 'ended', ref: 2, reason: 'private' });
    r.hub.stop();
  });

  it('gives nothing of what is private where nobody can blacken it', () => {
    const r = rig();
    r.privacy.areas = [
      [
        { x: 0, y: 0 },
        { x: 1, y: 0 },
        { x: 0, y: 1 },
      ],
    ];
    const guest = r.viewer('viewer');
    guest.request(r.watch(1));
    expect(guest.notices).toEqual([{ op: 'ended', ref: 1, reason: 'private' }]);
    expect(r.watched()).toBe(0);
    r.hub.stop();
  });

  it('gives the newest key frame of a stream that runs, and none of one that stands still', async () => {
    const r = rig();
    const v = r.viewer();
    v.request(r.watch());
    r.emit(frame('format'));
    r.emit(frame('video', { key: true, ptsUs: 900_000, arrivedUs: 900_000 }));
    expect(await r.hub.keyFrame(cameraId, 'main')).toMatchObject({ atMs: 900, track: { codec: 'h264' } });
    expect(await r.hub.keyFrame(cameraId, 'sub')).toBeNull();
    r.pass(60_000);
    const later = r.hub.keyFrame(cameraId, 'main');
    r.emit(frame('video', { ptsUs: 60_900_000, arrivedUs: 60_900_000 }));
    expect(await later).toMatchObject({ atMs: 900 });
    r.hub.stop();
  });
});
