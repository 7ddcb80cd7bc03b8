import { describe, expect, it } from 'vitest';
import type { CameraView } from '#domain/camera.ts';
import type { StreamState, StreamStatus } from '#domain/stream.ts';
import { chooseStream } from './aim.ts';

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
  reconnects: 0,
  lastFrameMs: 1,
  clockOffsetMs: null,
});
const settings = { url: 'rtsp://h/x', transport: 'auto' as const, record: true };
const camera = (main: StreamState, sub: StreamState | null): CameraView =>
  ({
    main: settings,
    sub: sub === null ? null : settings,
    streams: [stream('main', 1920, main), ...(sub === null ? [] : [stream('sub', 640, sub)])],
  }) as CameraView;

describe('chooseStream', () => {
  it('takes the small stream for small tiles and the large one for large tiles', () => {
    expect(chooseStream(camera('live', 'live'), 480, null)).toBe('sub');
    expect(chooseStream(camera('live', 'live'), 1800, null)).toBe('main');
  });
  it('does not flap about the border', () => {
    const c = camera('live', 'live');
    expect(chooseStream(c, 900, 'sub')).toBe('sub');
    expect(chooseStream(c, 900, 'main')).toBe('main');
    expect(chooseStream(c, 790, 'main')).toBe('sub');
    expect(chooseStream(c, 970, 'sub')).toBe('main');
  });
  it('takes the one that lives when the other does not', () => {
    expect(chooseStream(camera('live', 'lost'), 300, 'sub')).toBe('main');
    expect(chooseStream(camera('lost', 'live'), 1900, 'main')).toBe('sub');
    expect(chooseStream(camera('lost', 'lost'), 1900, 'main')).toBe('main');
  });
  it('has no choice without a sub stream', () => {
    expect(chooseStream(camera('lost', null), 100, null)).toBe('main');
  });
});
