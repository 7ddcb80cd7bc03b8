import { describe, expect, it } from 'vitest';
import type { CameraView } from '#domain/camera.ts';
import type { StreamState, StreamStatus } from '#domain/stream.ts';
import { chooseStream } from './aim.ts';
import { recordAlways } from '#domain/recording-plan.ts';

const stream = (kind: 'main' | 'sub', width: number, state: StreamState): StreamStatus => ({
  kind,
  state,
  sinceMs: 0,
  trouble: null,
  detail: null,
  via: 'native',
  transport: 'tcp',
  recording: true,
  video: { codec: 'avc1.640028', width, height: (width * 9) / 16 },
  audio: null,
  fps: 20,
  bitsPerSecond: 1,
  keyIntervalMs: 2000,
  packetsLost: 0,
  jitterMs: null,
  reconnects: 0,
  lastFrameMs: 1,
  clockOffsetMs: null,
  preRoll: null,
});
const settings = { url: 'rtsp://h/x', transport: 'auto' as const, plan: recordAlways };
const camera = (main: StreamState, sub: StreamState | null): CameraView =>
  ({
    main: settings,
    sub: sub === null ? null : settings,
    streams: [stream('main', 1920, main), ...(sub === null ? [] : [stream('sub', 640, sub)])],
  }) as CameraView;

describe('chooseStream', () => {
  it('takes the small stream for small tiles and the large one for large tiles', () => {
    expect(chooseStream(camera('live', 'live'), 480, null, false)).toBe('sub');
    expect(chooseStream(camera('live', 'live'), 1800, null, false)).toBe('main');
  });
  it('does not flap about the border', () => {
    const c = camera('live', 'live');
    expect(chooseStream(c, 900, 'sub', false)).toBe('sub');
    expect(chooseStream(c, 900, 'main', false)).toBe('main');
    expect(chooseStream(c, 790, 'main', false)).toBe('sub');
    expect(chooseStream(c, 970, 'sub', false)).toBe('main');
  });
  it('takes the one that lives when the other does not', () => {
    expect(chooseStream(camera('live', 'lost'), 300, 'sub', false)).toBe('main');
    expect(chooseStream(camera('lost', 'live'), 1900, 'main', false)).toBe('sub');
    expect(chooseStream(camera('lost', 'lost'), 1900, 'main', false)).toBe('main');
  });
  it('takes the one with sound for who listens, if it lives', () => {
    const c = camera('live', 'live');
    const [main, sub] = c.streams;
    if (!main || !sub) throw new Error('two streams');
    const withSound: CameraView = {
      ...c,
      streams: [{ ...main, audio: { codec: 'ulaw', sampleRate: 8000, channels: 1 } }, sub],
    };
    expect(chooseStream(withSound, 300, 'sub', false)).toBe('sub');
    expect(chooseStream(withSound, 300, 'sub', true)).toBe('main');
    expect(chooseStream({ ...withSound, streams: [{ ...main, state: 'lost' }, sub] }, 300, 'sub', true)).toBe('sub');
  });
  it('has no choice without a sub stream', () => {
    expect(chooseStream(camera('lost', null), 100, null, false)).toBe('main');
  });
});
