import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { UnitSink } from '../unit-sink.ts';

/** One stream to several sinks. A sink that joins in mid-stream hears the format, and units from the next key frame on. */
export type FanOut = UnitSink & {
  add(sink: UnitSink): void;
  remove(sink: UnitSink): void;
  format(video: VideoTrack, audio: AudioTrack | null): void;
};

export function createFanOut(): FanOut {
  let sinks: UnitSink[] = [];
  let joining: UnitSink[] = [];
  let tracks: { video: VideoTrack; audio: AudioTrack | null } | null = null;
  return {
    add(sink) {
      joining.push(sink);
    },
    remove(sink) {
      sinks = sinks.filter((s) => s !== sink);
      joining = joining.filter((s) => s !== sink);
    },
    format(video, audio) {
      tracks = { video, audio };
      for (const sink of sinks) sink.format(video, audio);
    },
    unit(unit, arrivedUs) {
      if (joining.length > 0 && tracks !== null && unit.track === 'video' && unit.key) {
        for (const sink of joining) sink.format(tracks.video, tracks.audio);
        sinks = [...sinks, ...joining];
        joining = [];
      }
      for (const sink of sinks) sink.unit(unit, arrivedUs);
    },
    interrupt() {
      for (const sink of sinks) sink.interrupt();
    },
  };
}
