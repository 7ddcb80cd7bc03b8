import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stationNowMs } from '../../client/index.ts';
import { leadMs } from './clock.ts';
import { jumpTo, playbackNowMs, setStepper, usePlayback } from './store.ts';

const act = usePlayback.getState;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
});
afterEach(() => {
  act().goLive();
  setStepper(null);
  vi.useRealTimers();
});

describe('playback', () => {
  it('leaves live for a moment of the past and runs from there', () => {
    const at = stationNowMs() - 60_000;
    act().seek(at);
    expect(act()).toMatchObject({ mode: 'playback', playing: true, rate: 1 });
    // The moment asked for is on the screen before time runs on.
    vi.advanceTimersByTime(leadMs - 10);
    expect(playbackNowMs()).toBe(at);
    vi.advanceTimersByTime(2_010);
    expect(playbackNowMs()).toBeCloseTo(at + 2_000, -1);
    act().setRate(-4);
    vi.advanceTimersByTime(1_000);
    expect(playbackNowMs()).toBeCloseTo(at - 2_000, -1);
    act().pause();
    const still = playbackNowMs();
    vi.advanceTimersByTime(5_000);
    expect(playbackNowMs()).toBe(still);
  });

  it('stands still while a hand drags and goes on as before', () => {
    act().seek(stationNowMs() - 60_000);
    act().seek(stationNowMs() - 90_000, { scrub: true });
    expect(act()).toMatchObject({ scrubbing: true, playing: false, clock: { speed: 0 } });
    act().seek(playbackNowMs());
    expect(act()).toMatchObject({ scrubbing: false, playing: true });
    act().pause();
    act().seek(stationNowMs() - 80_000, { scrub: true });
    act().seek(playbackNowMs());
    expect(act()).toMatchObject({ scrubbing: false, playing: false });
  });

  it('catches up with now and turns to live by itself', () => {
    act().seek(stationNowMs() - 20_000);
    act().setRate(16);
    for (let i = 0; i < 400 && act().mode === 'playback'; i++) {
      vi.advanceTimersByTime(100);
      expect(playbackNowMs()).toBeLessThanOrEqual(stationNowMs());
    }
    expect(act().mode).toBe('live');
  });

  it('takes a moment that is not on disk yet for live', () => {
    act().seek(stationNowMs() + 5_000);
    expect(act().mode).toBe('live');
  });

  it('steps one after the other, each from where the last one ended', async () => {
    act().seek(stationNowMs() - 60_000);
    act().pause();
    const start = playbackNowMs();
    setStepper((at, by) => Promise.resolve(at + by * 40));
    act().stepFrame(1);
    act().stepFrame(1);
    act().stepFrame(-1);
    await vi.waitFor(() => {
      expect(playbackNowMs()).toBe(start + 40);
      expect(act().rate).toBe(-1);
    });
  });

  it('is carried over a gap only while it plays', () => {
    const at = stationNowMs() - 600_000;
    act().seek(at);
    jumpTo(at + 60_000);
    expect(playbackNowMs()).toBeCloseTo(at + 60_000, -1);
    act().pause();
    jumpTo(at);
    expect(playbackNowMs()).toBeCloseTo(at + 60_000, -1);
  });
});
