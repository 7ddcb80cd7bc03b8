/** A stream turned into H.264 for the viewers that cannot decode it: one transcoder for all of them. */
import { type LiveFormat, encodeLiveFrame } from '#contract/live-frame.ts';
import type { Polygon } from '#domain/place.ts';
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { type Feed, type FeedFrame, type FeedWatch, renumbered } from './live-feed.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';

/** The tracks that a format frame describes; null for one that cannot be read. */
export function readFormat(frame: FeedFrame): { video: VideoTrack; audio: LiveFormat['audio'] } | null {
  try {
    const format = JSON.parse(Buffer.from(frame.look.payload).toString('utf8')) as LiveFormat;
    const config = Uint8Array.from(Buffer.from(format.video.config, 'base64'));
    return { video: { kind: 'video', ...format.video, config }, audio: format.audio };
  } catch {
    return null; // our own workers make these; a frame that is none is left alone
  }
}

function formatFrame(live: number, video: VideoTrack, audio: LiveFormat['audio'] | AudioTrack): ArrayBuffer {
  const { codec, codecString, width, height } = video;
  const config = Buffer.from(video.config).toString('base64');
  const text = Buffer.from(JSON.stringify({ video: { codec, codecString, config, width, height }, audio }));
  return encodeLiveFrame(
    { kind: 'format', key: false, cached: false, live, ptsUs: 0, arrivedUs: 0 },
    [text],
    text.length,
  );
}

const maxArrivals = 512;
/** A transcoder that ends after this long is started again. */
const workedMs = 10_000;

/**
 * Watches `base` and gives its pictures as H.264 under the number `live`, black where `black` says so. Sound passes through as it
 * is.
 */
export function transcoding(deps: {
  base: Feed;
  ffmpeg: Pick<Ffmpeg, 'transcode'>;
  live: number;
  black: readonly Polygon[];
  clock: Clock;
  log: Log;
}): FeedWatch {
  const { base, ffmpeg, live, black, clock, log } = deps;
  return (sink, end) => {
    let running: ReturnType<Ffmpeg['transcode']> | null = null;
    let stopped = false;
    let needKey = true;
    let begunMs = 0;
    /** When the last packet of each picture came, so that the delay of the transcoder shows on the screen. */
    const arrivals = new Map<number, { arrivedUs: number; cached: boolean }>();

    const begin = (frame: FeedFrame): void => {
      running?.stop();
      running = null;
      needKey = true;
      begunMs = clock.monoMs();
      const format = readFormat(frame);
      if (!format) return;
      const handlers: Parameters<Ffmpeg['transcode']>[1] = {
        format: (track) => {
          if (!stopped) sink(formatFrame(live, track, format.audio));
        },
        unit(unit) {
          if (stopped) return;
          const { ptsUs } = unit;
          const { arrivedUs, cached } = arrivals.get(ptsUs) ?? { arrivedUs: ptsUs, cached: false };
          const head = { kind: 'video', key: unit.key, cached, live, ptsUs, arrivedUs } as const;
          sink(encodeLiveFrame(head, unit.data, unit.bytes));
        },
        end(reason) {
          if (stopped || running !== mine) return;
          running = null;
          log.warn('transcoding for the screen ended', { live: base.live, reason });
          // One that worked for a while is worth another; one that cannot would only fail again.
          if (clock.monoMs() - begunMs > workedMs) begin(frame);
          else end('cannot-transcode');
        },
      };
      const mine = ffmpeg.transcode(format.video, handlers, black);
      running = mine;
    };
    const unsubscribe = base.subscribe({
      frame(frame) {
        const { kind, key, cached, ptsUs, arrivedUs, payload } = frame.look;
        if (kind === 'format') begin(frame);
        if (kind === 'audio') sink(renumbered(frame.buffer, live));
        if (kind !== 'video' || !running || (needKey && !key)) return;
        needKey = false;
        arrivals.set(ptsUs, { arrivedUs, cached });
        for (const old of arrivals.keys()) {
          if (arrivals.size <= maxArrivals) break;
          arrivals.delete(old);
        }
        running.push({ track: 'video', key, ptsUs, dtsUs: ptsUs, data: [payload], bytes: payload.length });
      },
      end,
    });
    return () => {
      stopped = true;
      unsubscribe();
      running?.stop();
      running = null;
    };
  };
}
