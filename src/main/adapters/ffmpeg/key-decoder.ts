/**
 * Key frames to small pictures: one child per codec, shared by all cameras, at the lowest priority. Units go in as NUT with a
 * number as their time, pictures come out with the same number. One unit is under way at a time.
 */
import { annexBFromSample } from '#media/nal.ts';
import { parseAvcC } from '#media/h264.ts';
import { parseHvcC } from '#media/h265.ts';
import type { VideoTrack } from '#media/format.ts';
import type { Child, createChildren } from './child.ts';
import { createNutReader } from './nut-read.ts';
import { nutFrameHead, nutHeader } from './nut-write.ts';

/** What comes out of it. */
export type SmallPicture = {
  width: number;
  height: number;
  /** How a decoded picture becomes one: arguments of ffmpeg between input and output. */
  arguments_: string[];
  /** Whether bytes that came are one whole picture, of a key frame of this track. */
  isWhole(data: Uint8Array, track: VideoTrack): boolean;
  /** Tracks that share a child; absent: those of a codec. */
  childOf?(track: VideoTrack): string;
};

/**
 * A decoder that keeps pictures back (one camera with B-frames is enough) lets go of one for each that follows: the same is
 * given again, and from then on as often at once.
 */
const againMs = 250;
const mostTimes = 4;
/** A child that gives nothing for so long is ended; the next picture starts another. */
const limitMs = 3_000;
const maxWaiting = 8;
/** A child that nobody needs costs 15 MB: it is ended. */
const idleMs = 60_000;
const mostChildren = 6;

const fromStdin = [
  ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts'],
  ...['-probesize', '32', '-analyzeduration', '0', '-flags', 'low_delay', '-threads', '1'],
  // A damaged unit gives no picture, rather than one made up from what is left.
  ...['-err_detect', 'explode', '-max_pixels', '40000000', '-skip_loop_filter', 'all'],
  ...['-f', 'nut', '-i', 'pipe:0', '-map', '0:v:0', '-filter_threads', '1'],
];
const toStdout = [
  ...['-vsync', 'passthrough', '-enc_time_base', '1:1000', '-threads', '1'],
  ...['-f', 'nut', '-write_index', '0', '-flush_packets', '1', 'pipe:1'],
];

/** With its parameter sets before it: units of many cameras go through one decoder. */
function plainUnit(track: VideoTrack, key: Uint8Array): Uint8Array {
  if (track.codec === 'mjpeg') return key;
  if (track.codec === 'h264') {
    const { sps, pps } = parseAvcC(track.config);
    return annexBFromSample(key, [...sps, ...pps]);
  }
  const { vps, sps, pps } = parseHvcC(track.config);
  return annexBFromSample(key, [...vps, ...sps, ...pps]);
}

type Wanted = { fromMs: number; track: VideoTrack; done(picture: Uint8Array): void; failed(error: Error): void };

function createDecoder(children: ReturnType<typeof createChildren>, codec: VideoTrack['codec'], small: SmallPicture) {
  let child: Child | null = null;
  let wanted: Wanted | null = null;
  let nextMs = 0;
  let idle: NodeJS.Timeout | null = null;
  let copies = 1;

  const end = (why: string): void => {
    const ended = child;
    child = null;
    ended?.kill();
    const waiting = wanted;
    wanted = null;
    waiting?.failed(new Error(why));
  };
  const open = (): Child => {
    const made = children.start([...fromStdin, ...small.arguments_, ...toStdout]);
    made.ease();
    const output = createNutReader({
      config: () => undefined,
      frame(ptsMs, data) {
        if (wanted === null || ptsMs < wanted.fromMs || !small.isWhole(data, wanted.track)) return;
        const { done } = wanted;
        wanted = null;
        done(data);
      },
    });
    made.stdout.on('data', (chunk: Buffer) => {
      if (child !== made) return;
      try {
        output.push(chunk);
      } catch (error) {
        end(`what ffmpeg gives cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    made.onEnd(() => {
      if (child === made) end(made.complaint() || 'ffmpeg ended');
    });
    made.stdin.write(
      nutHeader({
        kind: 'video',
        codec,
        codecString: '',
        config: new Uint8Array(0),
        width: small.width,
        height: small.height,
      }),
    );
    nextMs = 0;
    copies = 1;
    return made;
  };
  const feed = (to: Child, unit: Uint8Array): void => {
    to.stdin.cork();
    to.stdin.write(nutFrameHead(nextMs, true, unit.length));
    to.stdin.write(unit);
    to.stdin.uncork();
    nextMs += 40;
  };

  return {
    decode(track: VideoTrack, unit: Uint8Array): Promise<Uint8Array> {
      if (idle !== null) clearTimeout(idle);
      idle = null;
      child ??= open();
      const mine = child;
      let again: NodeJS.Timeout | null = null;
      let limit: NodeJS.Timeout | null = null;
      return new Promise<Uint8Array>((done, failed) => {
        wanted = { fromMs: nextMs, track, done, failed };
        let times = copies;
        for (let n = 0; n < copies; n += 1) feed(mine, unit);
        again = setInterval(() => {
          times += 1;
          if (times > mostTimes || child !== mine) return;
          copies = times;
          feed(mine, unit);
        }, againMs);
        limit = setTimeout(() => {
          if (child === mine) end(mine.complaint() || 'ffmpeg gave no picture of it');
          else failed(new Error('ffmpeg ended'));
        }, limitMs);
      }).finally(() => {
        if (again !== null) clearInterval(again);
        if (limit !== null) clearTimeout(limit);
        idle = setTimeout(() => {
          end('idle');
        }, idleMs);
        idle.unref();
      });
    },
    end(): void {
      end('others are needed more');
    },
  };
}

/** Key frames to small pictures, one after the other; more than 8 waiting are refused. */
export function createKeyDecoders(
  children: ReturnType<typeof createChildren>,
  small: SmallPicture,
): (track: VideoTrack, key: Uint8Array) => Promise<Uint8Array> {
  const decoders = new Map<string, ReturnType<typeof createDecoder>>();
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (track, unit) => {
    if (waiting >= maxWaiting) return Promise.reject(new Error('too many pictures are asked for at once'));
    waiting += 1;
    const key = small.childOf?.(track) ?? track.codec;
    const decoder = decoders.get(key) ?? createDecoder(children, track.codec, small);
    // The one that was used last is the last; of many the oldest goes.
    decoders.delete(key);
    decoders.set(key, decoder);
    const [oldest] = decoders;
    if (decoders.size > mostChildren && oldest !== undefined) {
      decoders.delete(oldest[0]);
      last = last.then(() => {
        oldest[1].end();
      });
    }
    const mine = last.then(() => decoder.decode(track, plainUnit(track, unit)));
    last = mine.catch(() => undefined);
    void last.then(() => {
      waiting -= 1;
    });
    return mine;
  };
}
