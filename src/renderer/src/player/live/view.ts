/**
 * One tile's pictures, in the worker. At most two streams are open: the one on the screen, and one that takes its place when
 * its first picture is there, so that a change of stream shows no black.
 */
import type { LiveFormat } from '#contract/live-frame.ts';
import type { Line } from './line.ts';
import type { Painter } from './painter.ts';
import { createPictureLane, type PictureLane } from './picture-lane.ts';
import type { Aim, Beat, EndReason } from './protocol.ts';
import { createSoundLane, type Sound } from './sound-lane.ts';

export type ViewDeps = {
  line: Line;
  /** Null: pictures go to the page as coded. */
  painter: Painter | null;
  coded(frame: ArrayBuffer): void;
  sound(sound: Sound): void;
  /** Station's UTC now, in ms. */
  stationNowMs(): number;
};

type Feed = {
  aim: Aim;
  lane: PictureLane | null;
  size: { width: number; height: number };
  codec: string | null;
  transcoded: boolean;
  blackened: boolean;
  slowed: boolean;
  hasAudio: boolean;
  cannot: boolean;
  end(): void;
};

/** Even while catching up, something is drawn this often. */
const mostSkippedMs = 120;

const textOf = new TextDecoder();

export function createView(view: number, deps: ViewDeps) {
  let shown: Feed | null = null;
  let coming: Feed | null = null;
  let ended: EndReason | null = null;
  let newest: { atMs: number; agedMs: number } | null = null;
  let latencyMs: number | null = null;
  let drawnAtMs = 0;
  let drawn = 0;
  let bytes = 0;
  let countedSinceMs = performance.now();
  let fps = 0;
  let bitsPerSecond = 0;

  function arrived(feed: Feed, arrivedUs: number, cached: boolean): void {
    if (feed === coming) {
      shown?.end();
      shown = feed;
      coming = null;
    }
    const ageMs = Math.max(0, deps.stationNowMs() - arrivedUs / 1000);
    newest = { atMs: performance.now(), agedMs: cached ? ageMs : 0 };
    drawnAtMs = performance.now();
    drawn++;
    if (!cached) latencyMs = latencyMs === null ? ageMs : latencyMs * 0.8 + ageMs * 0.2;
  }

  function openFeed(aim: Aim): Feed {
    const sound = aim.audio
      ? createSoundLane((heard) => {
          if (feed === shown) deps.sound(heard); // never two streams at once
        })
      : null;
    const feed: Feed = {
      aim,
      lane: null,
      size: { width: 0, height: 0 },
      codec: null,
      transcoded: false,
      blackened: false,
      slowed: false,
      hasAudio: false,
      cannot: false,
      end() {
        watch.unwatch();
        feed.lane?.end();
        sound?.end();
      },
    };
    const painter = deps.painter;
    if (painter) {
      feed.lane = createPictureLane({
        picture(frame, of) {
          // Late ones are decoded, for the next ones need them, but only the newest of a burst is drawn.
          const late =
            feed === shown && (feed.lane?.backlog() ?? 0) > 2 && performance.now() - drawnAtMs < mostSkippedMs;
          const current = feed === shown || feed === coming;
          if (!current || late) {
            frame.close();
            return;
          }
          if (painter.paint(frame) || feed === shown) arrived(feed, of.arrivedUs, of.cached);
        },
        pace(keysOnly) {
          watch.pace(keysOnly);
        },
        refused() {
          feed.cannot = true;
        },
      });
    }
    const watch = deps.line.watch(aim, {
      watching(as) {
        feed.transcoded = as.transcoded;
        feed.blackened = as.blackened;
        ended = null;
      },
      dropping(keysOnly) {
        feed.slowed = keysOnly;
      },
      ended(reason) {
        if (feed === shown || shown === null) ended = reason;
        if (feed === coming) coming = null;
      },
      frame(frame, buffer) {
        bytes += buffer.byteLength;
        if (frame.kind === 'format') {
          const format = JSON.parse(textOf.decode(frame.payload)) as LiveFormat;
          feed.size = { width: format.video.width, height: format.video.height };
          feed.codec = format.video.codecString;
          feed.hasAudio = format.audio !== null;
          feed.lane?.format(format.video);
          sound?.format(format.audio);
        } else if (frame.kind === 'audio') sound?.unit(frame);
        else if (feed.lane) feed.lane.unit(frame);
        else arrived(feed, frame.arrivedUs, frame.cached);
        if (!feed.lane && frame.kind !== 'audio' && (feed === shown || feed === coming)) deps.coded(buffer);
      },
    });
    return feed;
  }

  const same = (a: Aim, b: Aim): boolean => a.cameraId === b.cameraId && a.kind === b.kind && a.audio === b.audio;

  return {
    aim(aim: Aim | null): void {
      if (aim === null) {
        shown?.end();
        coming?.end();
        shown = coming = null;
        return;
      }
      if (coming && same(coming.aim, aim)) return;
      coming?.end();
      coming = null;
      if (shown && same(shown.aim, aim) && !shown.cannot) return;
      coming = openFeed(aim);
    },
    beat(): Beat {
      const nowMs = performance.now();
      const spanMs = nowMs - countedSinceMs;
      if (spanMs >= 1000) {
        fps = (drawn * 1000) / spanMs;
        bitsPerSecond = (bytes * 8000) / spanMs;
        drawn = bytes = 0;
        countedSinceMs = nowMs;
      }
      const feed = shown ?? coming;
      return {
        view,
        ageMs: newest === null ? null : nowMs - newest.atMs + newest.agedMs,
        kind: shown?.aim.kind ?? null,
        codec: feed?.codec ?? null,
        width: feed?.size.width ?? 0,
        height: feed?.size.height ?? 0,
        fps,
        bitsPerSecond,
        latencyMs,
        transcoded: feed?.transcoded ?? false,
        blackened: feed?.blackened ?? false,
        keysOnly: feed !== null && (feed.slowed || feed.lane?.keysOnly() === true),
        hasAudio: feed?.hasAudio ?? false,
        ended,
        cannotDecode: feed?.cannot ?? false,
      };
    },
    end(): void {
      shown?.end();
      coming?.end();
      shown = coming = null;
      deps.painter?.end();
    },
  };
}
export type View = ReturnType<typeof createView>;
