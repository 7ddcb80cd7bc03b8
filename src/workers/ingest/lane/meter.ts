import type { StreamStatus } from '#domain/stream.ts';
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { UnitSink } from '../unit-sink.ts';

/** Figures of a stream, as a sink beside the others. */
export type Meter = UnitSink & {
  /** About once a second; `elapsedMs`: since the last call, by the clock. */
  second(elapsedMs: number): void;
  figures(): Pick<StreamStatus, 'fps' | 'bitsPerSecond' | 'keyIntervalMs' | 'lastFrameMs' | 'video' | 'audio'>;
  /** Station time at which the newest unit ends, in microseconds; null before the first. */
  endUs(): number | null;
};

/** Figures are means over so many calls of `second`, by the time that they really took. */
const span = 5;

export function createMeter(): Meter {
  let tracks: Pick<StreamStatus, 'video' | 'audio'> = { video: null, audio: null };
  let frames = 0;
  let bytes = 0;
  let seconds: { frames: number; bytes: number; ms: number }[] = [];
  let lastKeyUs: number | null = null;
  let keyIntervalMs: number | null = null;
  let lastArrivedUs: number | null = null;
  let lastDtsUs: number | null = null;
  let spacingUs = 40_000;
  /** From the first call of `second` after the first picture: a second that it came in the middle of says nothing. */
  let counting = false;
  return {
    format(video: VideoTrack, audio: AudioTrack | null) {
      tracks = {
        video: { codec: video.codecString, width: video.width, height: video.height },
        audio:
          audio === null ? null : { codec: audio.codecString, sampleRate: audio.sampleRate, channels: audio.channels },
      };
    },
    unit(unit, arrivedUs) {
      bytes += unit.bytes;
      if (unit.track === 'audio') return;
      frames++;
      if (lastDtsUs !== null && unit.dtsUs - lastDtsUs < 1_000_000) spacingUs = unit.dtsUs - lastDtsUs;
      lastDtsUs = unit.dtsUs;
      lastArrivedUs = arrivedUs;
      if (!unit.key) return;
      if (lastKeyUs !== null) keyIntervalMs = Math.max(0, Math.round((unit.ptsUs - lastKeyUs) / 1000));
      lastKeyUs = unit.ptsUs;
    },
    interrupt() {
      lastKeyUs = null;
      counting = false;
      seconds = [];
      frames = 0;
      bytes = 0;
    },
    second(elapsedMs) {
      if (counting) seconds.push({ frames, bytes, ms: elapsedMs });
      else counting = frames > 0;
      if (seconds.length > span) seconds.shift();
      frames = 0;
      bytes = 0;
    },
    endUs: () => (lastDtsUs === null ? null : lastDtsUs + spacingUs),
    figures() {
      let f = 0;
      let b = 0;
      let ms = 0;
      for (const s of seconds) {
        f += s.frames;
        b += s.bytes;
        ms += s.ms;
      }
      const perSecond = ms > 0 ? 1000 / ms : 0;
      return {
        ...tracks,
        fps: Math.round(f * perSecond * 10) / 10,
        bitsPerSecond: Math.round(b * 8 * perSecond),
        keyIntervalMs,
        lastFrameMs: lastArrivedUs === null ? null : Math.floor(lastArrivedUs / 1000),
      };
    },
  };
}
