import type { Polygon } from '#domain/place.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { h264Nal, h264Track, h264Type } from '#media/h264.ts';
import { joinLengthPrefixed, splitAnnexB } from '#media/nal.ts';
import type { Ffmpeg } from '../../engine/ffmpeg-port.ts';
import type { Child, createChildren } from './child.ts';
import { createNutReader } from './nut-read.ts';
import { nutFrameHead, nutHeader } from './nut-write.ts';
import { blackBoxes, fitWidth } from './picture.ts';

type Handlers = Parameters<Ffmpeg['transcode']>[1];

/** More than this waiting for ffmpeg: everything up to the next key frame is dropped. */
const behindBytes = 4 * 1024 * 1024;
/** ffmpeg took units and gave nothing for this long: it hangs. */
const silentMs = 8000;
const maxTimes = 1024;
const maxSize = { width: 1280, height: 720 };

function outputSize(track: VideoTrack): { width: number; height: number } {
  const byHeight = Math.floor((track.width * maxSize.height) / track.height);
  return fitWidth(track.width, track.height, Math.min(maxSize.width, Math.max(2, byHeight)));
}

function commandLine(track: VideoTrack, black: readonly Polygon[]): string[] {
  const { width, height } = outputSize(track);
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts'],
    ...['-probesize', '32', '-analyzeduration', '0', '-flags', 'low_delay', '-threads', '1', '-max_pixels', '40000000'],
    ...[
      '-f',
      'nut',
      '-i',
      'pipe:0',
      '-map',
      '0:v:0',
      '-filter_threads',
      '1',
      '-vf',
      [`scale=${width}:${height}:flags=fast_bilinear`, ...blackBoxes(black, width, height)].join(','),
    ],
    ...['-vsync', 'passthrough', '-enc_time_base', '1:1000', '-pix_fmt', 'yuv420p'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline', '-level:v', '3.1'],
    ...['-crf', '24', '-g', '600', '-force_key_frames', 'expr:gte(t,n_forced*2)', '-threads', '2'],
    ...['-f', 'nut', '-write_index', '0', '-flush_packets', '1', 'pipe:1'],
  ];
}

/**
 * A stream to H.264 that any screen decodes: baseline, at most 1280 × 720, no reordering, a key frame every 2 s. What `black` covers is
 * black.
 */
export function transcodeWith(
  children: ReturnType<typeof createChildren>,
  track: VideoTrack,
  on: Handlers,
  black: readonly Polygon[],
): { push(unit: AccessUnit): void; stop(): void } {
  const child = children.start(commandLine(track, black));
  let stopped = false;
  let firstUs = -1;
  let dropping = true;
  let watchdog: NodeJS.Timeout | null = null;
  /** Presentation times by the milliseconds that ffmpeg is given: what comes out carries exactly what went in. */
  const times = new Map<number, number>();

  const fail = (reason: string): void => {
    if (stopped) return;
    stopped = true;
    if (watchdog) clearTimeout(watchdog);
    child.kill();
    on.end(reason);
  };
  const output = createOutput(track, on, times, () => {
    if (watchdog) clearTimeout(watchdog);
    watchdog = null;
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (stopped) return;
    try {
      output.push(chunk);
    } catch (error) {
      fail(`what ffmpeg gives cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  child.onEnd(() => fail(child.complaint() || 'ffmpeg ended'));
  child.stdin.write(nutHeader(track));

  return {
    push(unit) {
      if (stopped || unit.track !== 'video') return;
      const behind = child.stdin.writableLength;
      if (behind > behindBytes) dropping = true;
      if (dropping && (!unit.key || behind > behindBytes / 4)) return;
      dropping = false;
      if (firstUs < 0) firstUs = unit.ptsUs;
      let ms = Math.max(0, Math.round((unit.ptsUs - firstUs) / 1000));
      while (times.has(ms)) ms += 1; // two pictures within one millisecond
      times.set(ms, unit.ptsUs);
      for (const old of times.keys()) {
        if (times.size <= maxTimes) break;
        times.delete(old);
      }
      watchdog ??= setTimeout(() => fail('ffmpeg gives nothing'), silentMs);
      feed(child, ms, unit);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      if (watchdog) clearTimeout(watchdog);
      child.kill();
    },
  };
}

function feed(child: Child, ms: number, unit: AccessUnit): void {
  child.stdin.cork();
  child.stdin.write(nutFrameHead(ms, unit.key, unit.bytes));
  for (const piece of unit.data) child.stdin.write(piece);
  child.stdin.uncork();
}

/** From ffmpeg's NUT with Annex B pictures to units as everywhere in Vigie. */
function createOutput(
  source: VideoTrack,
  on: Handlers,
  times: Map<number, number>,
  alive: () => void,
): { push(chunk: Uint8Array): void } {
  let told = '';
  const tell = (nals: Uint8Array[]): void => {
    const sps = nals.filter((nal) => h264Type(nal) === h264Nal.sps);
    const pps = nals.filter((nal) => h264Type(nal) === h264Nal.pps);
    if (sps.length === 0 || pps.length === 0) return;
    const track = h264Track(sps, pps);
    const name = Buffer.from(track.config).toString('base64');
    if (name === told) return;
    told = name;
    on.format(track);
  };
  return createNutReader({
    config: (config) => tell(splitAnnexB(config)),
    frame(ptsMs, data) {
      alive();
      const nals = splitAnnexB(data);
      tell(nals);
      const ptsUs = times.get(ptsMs);
      times.delete(ptsMs);
      const slices = nals.filter((nal) => h264Type(nal) >= 1 && h264Type(nal) <= 5);
      if (ptsUs === undefined || slices.length === 0) return;
      if (told === '') throw new Error(`no parameter sets for ${source.codec}`);
      const sample = joinLengthPrefixed(slices);
      const key = slices.some((nal) => h264Type(nal) === h264Nal.idr);
      on.unit({ track: 'video', key, ptsUs, dtsUs: ptsUs, data: [sample], bytes: sample.length });
    },
  });
}
