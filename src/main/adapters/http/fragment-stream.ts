/** Live frames as one endless fragmented MP4 (ISO/IEC 14496-12), a fragment per picture, so that nothing waits for the next. */
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import { writeFragmentHead } from '#media/mp4/write-fragment.ts';
import { codecsOf, writeInit } from '#media/mp4/write-init.ts';
import { type LiveFormat, decodeLiveFrame } from '#contract/live-frame.ts';

export type FragmentOut = {
  begin(mime: string, init: Uint8Array): void;
  write(bytes: Uint8Array): void;
  /** Cannot go on (another format follows). */
  end(): void;
};

/** The tracks of a format frame's payload; null for anything that is none. */
export function tracksOf(payload: Uint8Array): { video: VideoTrack; audio: AudioTrack | null } | null {
  let format: LiveFormat;
  try {
    format = JSON.parse(Buffer.from(payload).toString('utf8')) as LiveFormat;
  } catch {
    return null;
  }
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));
  return {
    video: { kind: 'video', ...format.video, config: bytes(format.video.config) },
    audio: format.audio ? { kind: 'audio', ...format.audio, config: bytes(format.audio.config) } : null,
  };
}

const usualFrameUs = 40_000;
const longestFrameUs = 1_000_000;

/**
 * Decoding times for pictures that come in decoding order with presentation times only: the presentation time itself while
 * it rises; once it does not (B-frames), the mean distance of the pictures so far. Offsets may be negative (trun version 1).
 */
export function createDecodingTimes(): (ptsUs: number) => number {
  let firstUs = -1;
  let newestUs = -1;
  let lastUs = -1;
  let count = 0;
  let reordered = false;
  return (ptsUs) => {
    if (firstUs < 0) firstUs = ptsUs;
    newestUs = Math.max(newestUs, ptsUs);
    if (ptsUs <= lastUs) reordered = true;
    const meanUs = count > 0 ? Math.max(1, Math.round((newestUs - firstUs) / count)) : usualFrameUs;
    const pacedUs = lastUs + meanUs;
    count += 1;
    lastUs = !reordered || newestUs - pacedUs > longestFrameUs ? Math.max(lastUs + 1, newestUs) : pacedUs;
    return lastUs;
  };
}

export function createFragmentStream(out: FragmentOut): { frame(frame: ArrayBuffer): void } {
  let tracks: { video: VideoTrack; audio: AudioTrack | null } | null = null;
  let formatText = '';
  let originUs = -1;
  let sequence = 0;
  let ended = false;
  let decodingTime = createDecodingTimes();
  const last = { video: { dtsUs: -1, durationUs: usualFrameUs }, audio: { dtsUs: -1, durationUs: 21_333 } };

  const send = (unit: AccessUnit): void => {
    const track = last[unit.track];
    const deltaUs = unit.dtsUs - track.dtsUs;
    // How long it lasts is known when the next one comes; until then it is taken to last as long as the one before.
    if (track.dtsUs >= 0 && deltaUs > 0) track.durationUs = Math.min(deltaUs, longestFrameUs);
    track.dtsUs = unit.dtsUs;
    const endUs = unit.dtsUs + track.durationUs;
    const video = unit.track === 'video' ? [unit] : [];
    const audio = unit.track === 'audio' ? [unit] : [];
    sequence += 1;
    const head = writeFragmentHead({
      sequence,
      originUs,
      delayUs: 0,
      video,
      videoEndUs: endUs,
      audio,
      audioEndUs: endUs,
    });
    out.write(Buffer.concat([head, ...unit.data]));
  };

  return {
    frame(buffer) {
      if (ended) return;
      const frame = decodeLiveFrame(buffer);
      if (!frame) return;
      if (frame.kind === 'format') {
        const text = Buffer.from(frame.payload).toString('latin1');
        if (originUs >= 0 && text !== formatText) {
          ended = true;
          out.end();
          return;
        }
        formatText = text;
        tracks = tracksOf(frame.payload);
        return;
      }
      if (!tracks) return;
      if (originUs < 0) {
        if (frame.kind !== 'video' || !frame.key) return;
        originUs = frame.ptsUs;
        decodingTime = createDecodingTimes();
        const { video, audio } = tracks;
        out.begin(`video/mp4; codecs="${codecsOf(video, audio)}"`, writeInit(video, audio, originUs));
      }
      if (frame.kind === 'audio' && (!tracks.audio || frame.ptsUs < originUs)) return;
      const dtsUs = frame.kind === 'video' ? decodingTime(frame.ptsUs) : frame.ptsUs;
      const data = [frame.payload];
      send({ track: frame.kind, key: frame.key, ptsUs: frame.ptsUs, dtsUs, data, bytes: frame.payload.length });
    },
  };
}
