/**
 * Coded pictures to pictures for the analysis: one child per codec, shared by all cameras, at the lowest priority. Units go in as NUT
 * with a number as their time, pictures come out with the same number. A picture that is no key frame comes with all that it is
 * made of, from its key frame on, so that nothing of one camera stays for the next. One picture is under way at a time.
 */
import { joinAnnexB, splitLengthPrefixed } from '#media/nal.ts';
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
  /** How a decoded picture becomes one: filters of ffmpeg, and what follows them. */
  filter: string;
  arguments_: string[];
  /** Whether bytes that came are one whole picture of this track. */
  isWhole(data: Uint8Array, track: VideoTrack): boolean;
  /** Tracks that share a child; absent: those of a codec. */
  childOf?(track: VideoTrack): string;
};

/**
 * A decoder that keeps pictures back (one camera with B-frames is enough) lets go of one for each that follows: the same is
 * given again, and from then on as often at once. Not sooner: a busy PC, which gives such a child little time, would decode all
 * several times from then on.
 */
const againMs = 1_000;
const mostTimes = 4;
/** A child that gives nothing for so long is ended; the next picture starts another. On a busy PC it is slow, and nothing is wrong with it. */
const limitMs = 10_000;
/**
 * After it complained of the picture itself so long: what cannot be decoded gives nothing, and all other cameras wait for it. A picture
 * that comes all the same comes right after. Of another size or of times ffmpeg complains too, and gives the picture when it comes to it.
 */
const complaintMs = 3_000;
const ofThePicture = /decod|invalid data/i;
const maxWaiting = 8;
/** A child that nobody needs costs 15 MB: it is ended. */
const idleMs = 60_000;
const mostChildren = 6;

const fromStdin = [
  ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts'],
  ...['-probesize', '32', '-analyzeduration', '0', '-flags', 'low_delay', '-threads', '1'],
  // A damaged unit gives no picture, rather than one made up from what is left.
  ...['-err_detect', 'explode', '-max_pixels', '40000000'],
  ...['-f', 'nut', '-i', 'pipe:0', '-map', '0:v:0', '-filter_threads', '1'],
];
/** Pictures that another one is made of have even times, and nobody wants them. */
const stepMs = 40;
const wantedAlone = "select='mod(pts\\,2)'";
const toStdout = [
  ...['-vsync', 'passthrough', '-enc_time_base', '1:1000', '-threads', '1'],
  ...['-f', 'nut', '-write_index', '0', '-flush_packets', '1', 'pipe:1'],
];

const startCode = Uint8Array.of(0, 0, 0, 1);
/**
 * Each unit in pieces, the first with its parameter sets before it: units of many cameras go through one decoder. What is large is not
 * copied.
 */
function plainUnits(track: VideoTrack, units: readonly Uint8Array[]): Uint8Array[][] {
  if (track.codec === 'mjpeg') return units.map((unit) => [unit]);
  const { sps, pps } = track.codec === 'h264' ? parseAvcC(track.config) : parseHvcC(track.config);
  const before = joinAnnexB([...(track.codec === 'h264' ? [] : parseHvcC(track.config).vps), ...sps, ...pps]);
  return units.map((unit, n) => [
    ...(n === 0 ? [before] : []),
    ...splitLengthPrefixed(unit).flatMap((nal) => [startCode, nal]),
  ]);
}

type Wanted = {
  /** The picture has one of these times. */
  fromMs: number;
  toMs: number;
  track: VideoTrack;
  done(picture: Uint8Array): void;
  failed(error: Error): void;
};

function createDecoder(children: ReturnType<typeof createChildren>, codec: VideoTrack['codec'], small: SmallPicture) {
  let child: Child | null = null;
  let wanted: Wanted | null = null;
  let nextMs = 0;
  let idle: NodeJS.Timeout | null = null;
  let copies = 1;
  /** It complains while a picture is wanted of it. */
  let complained: () => void = () => undefined;

  const end = (why: string): void => {
    const ended = child;
    child = null;
    ended?.kill();
    const waiting = wanted;
    wanted = null;
    waiting?.failed(new Error(why));
  };
  const open = (): Child => {
    const filters = ['-vf', `${wantedAlone},${small.filter}`];
    const made = children.start([...fromStdin, ...filters, ...small.arguments_, ...toStdout]);
    made.ease();
    const output = createNutReader({
      config: () => undefined,
      frame(ptsMs, data) {
        if (wanted === null || ptsMs < wanted.fromMs || !small.isWhole(data, wanted.track)) return;
        const { toMs, done, failed } = wanted;
        wanted = null;
        // What was given to get it out came out before it: it is damaged.
        if (ptsMs > toMs) failed(new Error('a picture between key frames is damaged'));
        else done(data);
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
    made.onComplaint((text) => {
      if (child === made && ofThePicture.test(text)) complained();
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
        // ffmpeg takes a JPEG of less than three quarters of what was said for one field of two.
        ...(codec === 'mjpeg' ? { width: 16, height: 16 } : { width: small.width, height: small.height }),
      }),
    );
    nextMs = 0;
    copies = 1;
    return made;
  };
  const feed = (to: Child, units: readonly Uint8Array[][]): void => {
    to.stdin.cork();
    for (const [n, unit] of units.entries()) {
      const bytes = unit.reduce((sum, piece) => sum + piece.length, 0);
      to.stdin.write(nutFrameHead(nextMs + (n === units.length - 1 ? 1 : 0), n === 0, bytes));
      for (const piece of unit) to.stdin.write(piece);
      nextMs += stepMs;
    }
    to.stdin.uncork();
  };

  return {
    decode(track: VideoTrack, units: readonly Uint8Array[][]): Promise<Uint8Array> {
      if (idle !== null) clearTimeout(idle);
      idle = null;
      child ??= open();
      const mine = child;
      let again: NodeJS.Timeout | null = null;
      let limit: NodeJS.Timeout | null = null;
      return new Promise<Uint8Array>((done, failed) => {
        // The first copy of a group is the one that counts: what follows only pushes it out.
        const toMs = units.length > 1 ? nextMs + units.length * stepMs : Number.POSITIVE_INFINITY;
        wanted = { fromMs: nextMs, toMs, track, done, failed };
        const first = units.slice(0, 1);
        let times = copies;
        feed(mine, units);
        for (let n = 1; n < copies; n += 1) feed(mine, first);
        again = setInterval(() => {
          times += 1;
          if (times > mostTimes || child !== mine) return;
          // A group that gives nothing may be damaged: that is no habit of the decoder.
          if (units.length === 1) copies = times;
          feed(mine, first);
        }, againMs);
        const giveUp = (): void => {
          if (child === mine) end(mine.complaint() || 'ffmpeg gave no picture of it');
          else failed(new Error('ffmpeg ended'));
        };
        limit = setTimeout(giveUp, limitMs);
        complained = () => {
          complained = () => undefined;
          if (limit !== null) clearTimeout(limit);
          limit = setTimeout(giveUp, complaintMs);
        };
      }).finally(() => {
        complained = () => undefined;
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

/** Pictures one after the other, each with what it is made of from its key frame on; more than 8 waiting are refused. */
export function createKeyDecoders(
  children: ReturnType<typeof createChildren>,
  small: SmallPicture,
): (track: VideoTrack, units: readonly Uint8Array[]) => Promise<Uint8Array> {
  const decoders = new Map<string, ReturnType<typeof createDecoder>>();
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  return (track, units) => {
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
    const mine = last.then(() => decoder.decode(track, plainUnits(track, units)));
    last = mine.catch(() => undefined);
    void last.then(() => {
      waiting -= 1;
    });
    return mine;
  };
}
