/**
 * One stream of a virtual camera, as live as a real one: it runs whether or not somebody looks, all clients see the same
 * picture at the same time, and its loop has no seam (picture numbers and timestamps go on for ever).
 */
import type { Clock } from '#lib/clock.ts';
import type { Clip } from './clip.ts';
import { aacFrameSamples } from './clip.ts';
import type { Burst, Packets } from './packetize.ts';

export const videoClockRate = 90_000;

/** When a picture left, on the station's clock. */
export type SentFrame = {
  /** Running number since the stream was started. */
  n: number;
  /** How many times the clip was through, and the picture's number in it (the one burnt into the picture). */
  loop: number;
  frame: number;
  key: boolean;
  /** UTC milliseconds with fraction at which it was handed to the network. */
  sentMs: number;
};

export type Subscriber = {
  /** `ticks`: media time since the stream's start, in units of the track's clock rate. */
  picture(burst: Burst, n: number, ticks: number): void;
  sound(burst: Burst, ticks: number): void;
};

export type Mount = {
  readonly path: string;
  readonly clip: Clip;
  /** Monotonic time of picture 0. */
  readonly startMs: number;
  start(): void;
  stop(): void;
  subscribe(subscriber: Subscriber): () => void;
  /** Media time now, for sender reports and for what a new client is told; whole units of the rate given. */
  ticksNow(rate: number): number;
  /** Running number of the next key picture that is still to be sent. */
  nextKey(): number;
  /** Media time of a picture in 90 kHz units, jumps included. */
  ticksOf(n: number): number;
  /** Moves all later timestamps by this much: what a camera does whose clock is broken. */
  jump(ms: number): void;
  /** The last pictures sent, oldest first. */
  sent(): SentFrame[];
  /** Packets of a picture as view 0 shows it: the past of a stream that has but one view. */
  burst(n: number): Burst | null;
  /** Picture number in the clip, and the view, that were sent last; null before the first. */
  present(): { n: number; frame: number; view: number } | null;
};

/**
 * `startMs`: monotonic time of picture 0 (streams of one camera share it, so that their pictures have the same numbers);
 * `keepFrames`: how many sent pictures are remembered; `views`: other looks of the same length and frame rate, `packets` being
 * view 0: `wanted` says which is to be seen at a picture (running number), and the stream changes over at that view's next key picture.
 */
export function createMount(options: {
  path: string;
  clip: Clip;
  packets: Packets;
  clock: Clock;
  startMs: number;
  keepFrames?: number;
  views?: { packets: Packets[]; wanted: (n: number) => number };
}): Mount {
  const { path, clip, clock, startMs, keepFrames = 1200, views } = options;
  const looks = [options.packets, ...(views?.packets ?? [])];
  const length = options.packets.video.length;
  if (looks.some((l) => l.video.length !== length)) throw new Error('views of different length');
  const packets = options.packets;
  let view = 0;
  let last: { n: number; frame: number; view: number } | null = null;
  const subscribers = new Set<Subscriber>();
  const audioRate = clip.audio?.sampleRate ?? 0;
  const sent: SentFrame[] = [];
  let timer: NodeJS.Timeout | null = null;
  let next = 0;
  let nextAudio = 0;
  let jumpedMs = 0;

  const dueMs = (n: number): number => startMs + (n * 1000) / clip.fps;
  const isKey = (n: number): boolean => looks[view]?.video[n % length]?.key ?? false;
  const ticksOf = (n: number): number =>
    Math.round((n * videoClockRate) / clip.fps + (jumpedMs * videoClockRate) / 1000);

  function send(n: number): void {
    const frame = n % length;
    const wanted = views?.wanted(n) ?? 0;
    if (wanted !== view && looks[wanted]?.video[frame]?.key) view = wanted;
    const burst = looks[view]?.video[frame];
    if (!burst) return;
    last = { n, frame, view };
    const ticks = ticksOf(n);
    for (const s of subscribers) s.picture(burst, n, ticks);
    sent.push({ n, loop: Math.floor(n / length), frame, key: burst.key, sentMs: clock.nowMs() });
    if (sent.length > keepFrames * 1.5) sent.splice(0, sent.length - keepFrames);
    if (audioRate === 0 || packets.audio.length === 0) return;
    // Sound up to the moment of the next picture: it is what a camera has recorded by then, no more.
    const until = Math.floor(((n / clip.fps) * audioRate) / aacFrameSamples);
    for (; nextAudio < until; nextAudio++) {
      const sound = packets.audio[nextAudio % packets.audio.length];
      const at = nextAudio * aacFrameSamples + Math.round((jumpedMs * audioRate) / 1000);
      if (sound) for (const s of subscribers) s.sound(sound, at);
    }
  }

  function tick(): void {
    const now = clock.monoMs();
    // After a stall (a suspended PC) it goes on with the present, as a camera would, not with a burst of the past.
    const present = Math.floor(((now - startMs) * clip.fps) / 1000);
    if (present - next > clip.fps) {
      next = present;
      nextAudio = Math.floor(((next / clip.fps) * audioRate) / aacFrameSamples);
    }
    for (; dueMs(next) <= now; next++) send(next);
    timer = setTimeout(tick, Math.max(0, dueMs(next) - clock.monoMs()));
  }

  return {
    path,
    clip,
    startMs,
    start() {
      if (timer) return;
      next = Math.max(0, Math.ceil(((clock.monoMs() - startMs) * clip.fps) / 1000));
      nextAudio = Math.floor(((next / clip.fps) * audioRate) / aacFrameSamples);
      timer = setTimeout(tick, Math.max(0, dueMs(next) - clock.monoMs()));
    },
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
      subscribers.clear();
    },
    subscribe(subscriber) {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    },
    ticksNow: (rate) => Math.round(((clock.monoMs() - startMs + jumpedMs) * rate) / 1000),
    nextKey() {
      let n = next;
      while (!isKey(n)) n++;
      return n;
    },
    ticksOf,
    jump(ms) {
      jumpedMs += ms;
    },
    sent: () => sent.slice(-keepFrames),
    burst: (n) => packets.video[n % length] ?? null,
    present: () => last,
  };
}
