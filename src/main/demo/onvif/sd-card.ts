/**
 * The card of a camera that records by itself (ONVIF Profile G). Nothing is copied: a picture that was sent is known by its number,
 * and the clip still holds it. What is kept are the spans that were recorded, in the device's own time, as long as the card lasts.
 */
import type { Clock } from '#lib/clock.ts';
import type { Mount } from '../mount.ts';
import type { Burst } from '../packetize.ts';
import type { DeviceClock } from './device-clock.ts';

/** Pictures [from, to); `to` null: it goes on. `zeroMs`: device time of picture 0 as it was believed then. */
type Span = { from: number; to: number | null; zeroMs: number };

export type Place = { span: number; n: number };

export type SdCard = {
  start(): void;
  stop(): void;
  isRecording(): boolean;
  /** What is on it, oldest first, in UTC ms of the device; `open`: still growing. */
  spans(): { fromMs: number; toMs: number; open: boolean }[];
  /** Where to begin for a moment (ONVIF Streaming §6.6): key picture at or before it, else the first after the gap. */
  placeAt(ms: number): Place | null;
  /** First place on it. */
  first(): Place | null;
  next(place: Place): Place | null;
  timeOf(place: Place): number;
  picture(place: Place): Burst | null;
  mount: Mount;
};

export function createSdCard(options: {
  clock: Pick<Clock, 'monoMs'>;
  deviceClock: DeviceClock;
  mount: Mount;
  /** How much it holds. */
  holdsMs: number;
  changed?: (recording: boolean) => void;
}): SdCard {
  const { clock, deviceClock, mount, holdsMs, changed } = options;
  const { fps } = mount.clip;
  const spans: Span[] = [];
  /** Number of the first span that is still there: places stay valid while older ones go. */
  let forgotten = 0;

  const end = (span: Span): number => span.to ?? (mount.present()?.n ?? -1) + 1;
  const at = (span: Span, n: number): number => span.zeroMs + (n * 1000) / fps;
  const isKey = (n: number): boolean => mount.burst(n)?.key ?? false;
  const keyFrom = (n: number): number => {
    let k = n;
    while (!isKey(k)) k++;
    return k;
  };

  /** What is older than the card holds goes, whole groups of pictures at a time. */
  function trim(): void {
    const limit = clock.monoMs() - holdsMs;
    const oldest = keyFrom(Math.max(0, Math.floor(((limit - mount.startMs) * fps) / 1000)));
    for (const span of spans) span.from = Math.max(span.from, Math.min(oldest, end(span)));
    while (spans[0] && spans[0].to !== null && spans[0].from >= spans[0].to) {
      spans.shift();
      forgotten++;
    }
  }
  function open(): void {
    spans.push({ from: mount.nextKey(), to: null, zeroMs: deviceClock.nowMs() - (clock.monoMs() - mount.startMs) });
  }
  function close(): void {
    const last = spans.at(-1);
    if (last?.to !== null) return;
    last.to = Math.max(last.from, end(last));
    if (last.to === last.from) spans.pop();
  }
  const isRecording = (): boolean => spans.at(-1)?.to === null;
  deviceClock.onSet(() => {
    // Two times cannot be mixed in one span.
    if (!isRecording()) return;
    close();
    open();
  });
  const spanOf = (place: Place): Span | undefined => spans[place.span - forgotten];

  return {
    start() {
      if (isRecording()) return;
      open();
      changed?.(true);
    },
    stop() {
      if (!isRecording()) return;
      close();
      changed?.(false);
    },
    isRecording,
    spans() {
      trim();
      return spans
        .filter((s) => end(s) > s.from)
        .map((s) => ({ fromMs: at(s, s.from), toMs: at(s, end(s)), open: s.to === null }));
    },
    placeAt(ms) {
      trim();
      const here = spans.map((s, i) => ({ s, span: i + forgotten })).filter(({ s }) => end(s) > s.from);
      const within = here.find(({ s }) => ms >= at(s, s.from) && ms < at(s, end(s)));
      if (within) {
        const { s, span } = within;
        let n = Math.max(s.from, Math.floor(((ms - s.zeroMs) * fps) / 1000));
        while (n > s.from && !isKey(n)) n--;
        return { span, n };
      }
      const after = here.filter(({ s }) => at(s, s.from) > ms).sort((a, b) => at(a.s, a.s.from) - at(b.s, b.s.from))[0];
      return after ? { span: after.span, n: after.s.from } : null;
    },
    first() {
      trim();
      const i = spans.findIndex((s) => end(s) > s.from);
      const span = spans[i];
      return span ? { span: i + forgotten, n: span.from } : null;
    },
    next(place) {
      const span = spanOf(place);
      if (span && place.n + 1 < end(span)) return { span: place.span, n: place.n + 1 };
      for (let i = Math.max(0, place.span + 1 - forgotten); i < spans.length; i++) {
        const later = spans[i];
        if (later && end(later) > later.from) return { span: i + forgotten, n: later.from };
      }
      return null;
    },
    timeOf: (place) => {
      const span = spanOf(place);
      return span ? at(span, place.n) : 0;
    },
    picture: (place) => (spanOf(place) ? mount.burst(place.n) : null),
    mount,
  };
}
