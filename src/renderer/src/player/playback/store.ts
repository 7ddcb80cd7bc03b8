/** Whether the wall shows now or the past, and the master clock of the past. */
import { create } from 'zustand';
import { stationNowMs } from '../../client/index.ts';
import { easedSpeed, leadMs, liveEdgeMs, momentAt, pushedRate, sharedNowMs, type PlayClock } from './clock.ts';

export type Playback = {
  mode: 'live' | 'playback';
  /** The moment shown, UTC ms; in live: now. Renewed ten times a second while it moves; `playbackNowMs` is exact. */
  atMs: number;
  /** What was chosen, −16 … 16, never 0. */
  rate: number;
  playing: boolean;
  /** A hand is dragging: key frames, at once. */
  scrubbing: boolean;
  /** Where no camera of the wall has video, go on at the next that has. */
  skipGaps: boolean;
  /** Where more than one of the station's clocks recorded a moment: the run that is shown; null: the best. */
  take: number | null;
  clock: PlayClock;
  goLive(): void;
  /** Shows a moment; beyond the live edge it is live. `scrub`: the hand is still dragging. */
  seek(atMs: number, how?: { scrub?: boolean }): void;
  play(): void;
  pause(): void;
  toggle(): void;
  setRate(rate: number): void;
  stepFrame(by: 1 | -1): void;
  /** L, J: forward, backward, again = faster. */
  faster(): void;
  slower(): void;
  setSkipGaps(skip: boolean): void;
  setTake(run: number | null): void;
};

type Stepper = (atMs: number, by: 1 | -1) => Promise<number | null>;
let stepper: Stepper | null = null;
/** The engine says how to find neighbouring pictures while there is one. */
export const setStepper = (next: Stepper | null): void => {
  stepper = next;
};

const tickMs = 100;
let timer: ReturnType<typeof setInterval> | null = null;

const still = (atMs: number): PlayClock => ({ atMs, tMs: sharedNowMs(), speed: 0 });

export const usePlayback = create<Playback>((set, get) => {
  const watch = (): void => {
    timer ??= setInterval(tick, tickMs);
  };
  const unwatch = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  function tick(): void {
    const { mode, playing, clock, rate } = get();
    if (mode !== 'playback' || !playing) {
      unwatch();
      return;
    }
    const tMs = sharedNowMs();
    const atMs = momentAt(clock, tMs);
    const behind = stationNowMs() - atMs;
    if (rate > 0 && behind <= liveEdgeMs) {
      get().goLive();
      return;
    }
    const speed = easedSpeed(rate, behind);
    set(Math.abs(speed - clock.speed) > 0.01 ? { atMs, clock: { atMs, tMs, speed } } : { atMs });
  }
  const run = (atMs: number, rate: number, afterMs = 0): void => {
    const speed = easedSpeed(rate, stationNowMs() - atMs);
    const tMs = sharedNowMs() + afterMs;
    set({ mode: 'playback', playing: true, scrubbing: false, rate, atMs, clock: { atMs, tMs, speed } });
    watch();
  };
  const hold = (atMs: number, more: Partial<Playback> = {}): void => {
    set({ mode: 'playback', playing: false, atMs, clock: still(atMs), ...more });
    unwatch();
  };
  /** The moment on the screen, also when live. */
  const here = (): number => (get().mode === 'live' ? stationNowMs() - liveEdgeMs : playbackNowMs());
  let resume = false;
  return {
    mode: 'live',
    atMs: 0,
    rate: 1,
    playing: true,
    scrubbing: false,
    skipGaps: true,
    take: null,
    clock: { atMs: 0, tMs: 0, speed: 0 },
    goLive() {
      unwatch();
      resume = false;
      set({ mode: 'live', playing: true, scrubbing: false, rate: 1, take: null, atMs: stationNowMs() });
    },
    seek(wanted, how = {}) {
      const was = get();
      const newest = stationNowMs() - liveEdgeMs;
      if (how.scrub === true) {
        if (!was.scrubbing) resume = was.mode === 'playback' && was.playing;
        hold(Math.max(0, Math.min(wanted, newest)), { scrubbing: true });
        return;
      }
      if (wanted >= newest) {
        get().goLive();
        return;
      }
      const goOn = was.scrubbing ? resume : was.mode === 'playback' ? was.playing : true;
      resume = false;
      const atMs = Math.max(0, wanted);
      if (goOn) run(atMs, was.mode === 'live' ? 1 : was.rate, leadMs);
      else hold(atMs, { scrubbing: false, rate: Math.sign(was.rate) || 1 });
    },
    play() {
      if (get().mode === 'playback') run(playbackNowMs(), get().rate);
    },
    pause() {
      hold(here(), { scrubbing: false, rate: Math.sign(get().rate) || 1 });
    },
    toggle() {
      const { mode, playing } = get();
      if (mode === 'live' || playing) get().pause();
      else get().play();
    },
    setRate(rate) {
      const { mode, playing } = get();
      if (mode === 'live') {
        if (rate < 0) run(here(), rate);
        return;
      }
      if (playing) run(playbackNowMs(), rate);
      else set({ rate });
    },
    stepFrame(by) {
      const atMs = here();
      hold(atMs, { scrubbing: false, rate: by });
      stepping = stepping
        .then(async () => {
          if (!stepper || get().playing || get().mode === 'live') return;
          const next = await stepper(get().clock.atMs, by);
          if (next !== null && !get().playing && get().mode === 'playback') hold(next, { rate: by });
        })
        .catch(() => undefined); // no neighbour to be found now: the picture stays
    },
    faster() {
      const { mode, rate, playing } = get();
      if (mode === 'playback') run(playbackNowMs(), pushedRate(rate, playing, 1));
    },
    slower() {
      const { mode, rate, playing } = get();
      run(here(), mode === 'live' ? -1 : pushedRate(rate, playing, -1));
    },
    setSkipGaps(skipGaps) {
      set({ skipGaps });
    },
    setTake(take) {
      set({ take });
    },
  };
});

let stepping = Promise.resolve();

/** The exact moment on the screen now, UTC ms. */
export function playbackNowMs(): number {
  const { mode, clock } = usePlayback.getState();
  return mode === 'live' ? stationNowMs() : momentAt(clock, sharedNowMs());
}

/** Carries the clock over a gap that no camera has video in. */
export function jumpTo(atMs: number): void {
  const { mode, playing } = usePlayback.getState();
  if (mode !== 'playback' || !playing) return;
  usePlayback.setState((was) => ({ atMs, clock: { ...was.clock, atMs, tMs: sharedNowMs() } }));
}
