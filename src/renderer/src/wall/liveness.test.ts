import { describe, expect, it } from 'vitest';
import type { CameraView } from '#domain/camera.ts';
import type { StreamState } from '#domain/stream.ts';
import type { Beat } from '../player/live/index.ts';
import { livenessOf } from './liveness.ts';
import { recordAlways } from '#domain/recording-plan.ts';

const camera = (main: StreamState, enabled = true): CameraView =>
  ({
    enabled,
    main: { plan: recordAlways },
    sub: null,
    streams: [{ kind: 'main', state: main, sinceMs: 5, trouble: null }],
  }) as unknown as CameraView;
const reading = (ageMs: number | null, sinceMs = 0, more: Partial<Beat> = {}) => ({
  beat: { ageMs, ended: null, keysOnly: false, ...more } as Beat,
  sinceMs,
});

describe('livenessOf', () => {
  it('says live only of a picture younger than 2 s, with room for the beat that tells it', () => {
    expect(livenessOf(camera('live'), reading(100)).is).toBe('live');
    expect(livenessOf(camera('live'), reading(1600)).is).toBe('live');
    expect(livenessOf(camera('live'), reading(1750)).is).toBe('stale');
  });
  it('ages a picture when the worker itself falls silent', () => {
    expect(livenessOf(camera('live'), reading(50, 1900))).toEqual({ is: 'stale', ageMs: 1950 });
  });
  it('never calls a picture live because the station still says so', () => {
    expect(livenessOf(camera('live'), reading(9000)).is).toBe('stale');
    expect(livenessOf(camera('live'), null).is).toBe('loading');
  });
  it('says lost when the station does and no picture comes; live while pictures still come', () => {
    expect(livenessOf(camera('lost'), reading(4000)).is).toBe('lost');
    expect(livenessOf(camera('refused'), null)).toMatchObject({ is: 'lost', ageMs: null });
    expect(livenessOf(camera('lost'), reading(300)).is).toBe('live');
  });
  it('says why there is nothing to show', () => {
    expect(livenessOf(camera('live'), reading(null, 0, { ended: 'cannot-transcode' }))).toEqual({
      is: 'unshown',
      ended: 'cannot-transcode',
    });
    expect(livenessOf(camera('live', false), reading(10)).is).toBe('off');
  });
});
