import type { StreamStatus } from '#domain/stream.ts';
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { UnitSink } from '../unit-sink.ts';

/** Figures of a stream, as a sink beside the others. */
export type Meter = UnitSink & {
  /** Once a second. */
  second(): void;
  figures(): Pick<StreamStatus, 'fps' | 'bitsPerSecond' | 'keyIntervalMs' | 'lastFrameMs' | 'video' | 'audio'>;
  /** Station time at which the newest unit ends, in microseconds; null before the first. */
  endUs(): number | null;
};

/** Figures are means over so many whole seconds. */
const span = 5;

export function createMeter(): Meter {
  let tracks: Pick<StreamStatus, 'video' | 'audio'> = { video: null, audio: null };
  let frames = 0;
  let bytes = 0;
  let seconds: { frames: number; bytes: number }[] = [];
  let lastKeyUs: number | null = null;
  let keyIntervalMs: number | null = null;
  let lastArrivedUs: number | null = null;
  let lastDtsUs: number | null = null;
  let spacingUs = 40_000;
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
      seconds = [];
      frames = 0;
      bytes = 0;
    },
    second() {
      seconds.push({ frames, bytes });
      if (seconds.length > span) seconds.shift();
      frames = 0;
      bytes = 0;
    },
    endUs: () => (lastDtsUs === null ? null : lastDtsUs + spacingUs),
    figures() {
      const count = Math.max(1, seconds.length);
      let f = 0;
      let b = 0;
      for (const s of seconds) {
        f += s.frames;
        b += s.bytes;
      }
      return {
        ...tracks,
        fps: Math.round((f / count) * 10) / 10,
        bitsPerSecond: Math.round((b * 8) / count),
        keyIntervalMs,
        lastFrameMs: lastArrivedUs === null ? null : Math.floor(lastArrivedUs / 1000),
      };
    },
  };
}
