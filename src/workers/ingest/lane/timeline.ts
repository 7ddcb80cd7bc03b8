/**
 * Between depacketizers and sinks: RTP ticks become station time, pictures become access units, formats are announced before
 * the key frame that they belong to, and an interruption is followed by a key frame.
 */
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import type { AudioHandler, VideoHandler } from '../depacketize/handler.ts';
import type { UnitSink } from '../unit-sink.ts';
import { createDecodeOrder } from './decode-order.ts';
import { createHeldStep } from './held-step.ts';
import { createMediaClock, type MediaClock } from './media-clock.ts';
import type { StationTime } from './station-time.ts';

export type Timeline = {
  video: VideoHandler;
  audio: AudioHandler;
  clockRates(video: number, audio: number | null): void;
  /** The sender of a track began anew: its next time says nothing about the last. */
  restart(track: 'video' | 'audio'): void;
  /** The station's clock was set by so much: see `Source.step`. */
  step(byUs: number): void;
  /** Ends what was; the next unit is a key frame on a new line. */
  interrupt(): void;
};

export function createTimeline(deps: {
  time: StationTime;
  sink: UnitSink;
  /** The camera's time jumped; `interrupt` was called on the sink. */
  jumped(): void;
  /** The next unit has the time after a step; `interrupt` is called on the sink after this. */
  stepped(byUs: number): void;
  damaged(): void;
}): Timeline {
  const { time, sink } = deps;
  let videoClock: MediaClock = createMediaClock(90_000);
  let audioClock: MediaClock | null = null;
  const order = createDecodeOrder();
  const step = createHeldStep();
  let video: VideoTrack | null = null;
  let audio: AudioTrack | null = null;
  let depth: number | null = null;
  /** The sink must hear the format before the next unit, which must be a key frame. */
  let announce = false;
  let started = false;
  let lastAudioUs = Number.NEGATIVE_INFINITY;

  function interrupt(): void {
    videoClock.reset();
    audioClock?.reset();
    step.clear();
    order.reset();
    lastAudioUs = Number.NEGATIVE_INFINITY;
    announce = video !== null;
    if (started) sink.interrupt();
    started = false;
  }

  /** Goes on with the time after the step, from a key frame on. */
  function takeStep(): void {
    const byUs = step.heldUs();
    step.clear();
    videoClock.move(byUs);
    audioClock?.move(byUs);
    order.reset();
    lastAudioUs += byUs;
    if (!started) return;
    deps.stepped(byUs);
    sink.interrupt();
    if (video !== null) sink.format(video, audio);
  }

  return {
    clockRates(videoRate, audioRate) {
      videoClock = createMediaClock(videoRate);
      audioClock = audioRate === null ? null : createMediaClock(audioRate);
      if (audioRate === null) audio = null;
    },
    restart(track) {
      if (track === 'video') {
        if (started) deps.jumped();
        interrupt();
      } else audioClock?.reset();
    },
    step: (byUs) => step.add(byUs, time.monoMs()),
    interrupt,
    video: {
      format(track, reorder) {
        video = track;
        depth = reorder;
        announce = true;
      },
      picture(timestamp, key, data, bytes) {
        const due = step.heldUs() === 0 ? null : step.due(key, time.monoMs());
        if (due === 'step') takeStep();
        else if (due === 'give-up') interrupt();
        const arrivedUs = time.nowUs() - step.heldUs();
        let { us, jump } = videoClock.map(timestamp, arrivedUs);
        if (jump) {
          deps.jumped();
          interrupt();
          ({ us, jump } = videoClock.map(timestamp, arrivedUs));
        }
        if (announce) {
          if (!key || video === null) return;
          announce = false;
          started = true;
          order.format(depth);
          sink.format(video, audio);
        }
        if (!started) return;
        const dtsUs = order.dts(us);
        sink.unit({ track: 'video', key, ptsUs: Math.max(us, dtsUs), dtsUs, data, bytes }, arrivedUs);
      },
      damaged: deps.damaged,
    },
    audio: {
      format(track) {
        audio = track;
        if (video !== null) announce = true;
      },
      frame(timestamp, data) {
        if (audioClock === null || audio === null) return;
        const arrivedUs = time.nowUs() - step.heldUs();
        const { us } = audioClock.map(timestamp, arrivedUs);
        if (!started) return;
        if (us <= lastAudioUs) return; // a jump backwards of the sound alone: what was is not overwritten
        lastAudioUs = us;
        sink.unit({ track: 'audio', key: true, ptsUs: us, dtsUs: us, data: [data], bytes: data.length }, arrivedUs);
      },
    },
  };
}
