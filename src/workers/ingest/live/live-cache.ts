/**
 * Live pictures of one stream: keeps the newest group of pictures by reference, so that a new viewer starts at once, and
 * gives every unit to who watches as one transferable frame.
 */
import { encodeLiveFrame, type LiveFormat } from '#contract/live-frame.ts';
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import type { Holds } from '../slab-pool.ts';
import type { UnitSink } from '../unit-sink.ts';

export type LiveCache = UnitSink & {
  /** On: the format and the cached group of pictures at once, then all as they come. */
  watch(on: boolean): void;
  watched(): boolean;
  /** The newest group of pictures as far as it has come, from its key frame on; null: it was too large to be kept. */
  group(): readonly AccessUnit[] | null;
};

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

/** `maxBytes`: most bytes of one group kept; of a larger one only the key frame is. */
export function createLiveCache(deps: {
  live: number;
  maxBytes: number;
  holds: Holds;
  send(frame: ArrayBuffer): void;
}): LiveCache {
  let format: LiveFormat | null = null;
  const group: { unit: AccessUnit; arrivedUs: number }[] = [];
  let bytes = 0;
  let overflown = false;
  let watching = false;

  function send(unit: AccessUnit, arrivedUs: number, cached: boolean): void {
    const head = { kind: unit.track, key: unit.key, cached, live: deps.live, ptsUs: unit.ptsUs, arrivedUs };
    deps.send(encodeLiveFrame(head, unit.data, unit.bytes));
  }

  /** Lets go of what is kept, from one unit on. */
  function forget(from = 0): void {
    for (let i = from; i < group.length; i++)
      for (const piece of group[i]?.unit.data ?? []) deps.holds.release(piece.buffer);
    group.length = Math.min(group.length, from);
    if (from === 0) bytes = 0;
  }

  function sendFormat(cached: boolean): void {
    if (format === null) return;
    const payload = Buffer.from(JSON.stringify(format));
    deps.send(
      encodeLiveFrame(
        { kind: 'format', key: false, cached, live: deps.live, ptsUs: 0, arrivedUs: 0 },
        [payload],
        payload.length,
      ),
    );
  }

  return {
    watched: () => watching,
    group: () => (overflown || group.length === 0 ? null : group.map((g) => g.unit)),
    watch(on) {
      if (on && !watching) {
        sendFormat(true);
        // the sound of what was is not played
        for (const { unit, arrivedUs } of group) if (unit.track === 'video') send(unit, arrivedUs, true);
      }
      watching = on;
    },
    format(video: VideoTrack, audio: AudioTrack | null) {
      format = {
        video: {
          codec: video.codec,
          codecString: video.codecString,
          config: base64(video.config),
          width: video.width,
          height: video.height,
        },
        audio:
          audio === null
            ? null
            : {
                codec: audio.codec,
                codecString: audio.codecString,
                config: base64(audio.config),
                sampleRate: audio.sampleRate,
                channels: audio.channels,
              },
      };
      forget();
      if (watching) sendFormat(false);
    },
    unit(unit, arrivedUs) {
      if (unit.track === 'video') {
        if (unit.key) {
          forget();
          overflown = false;
        }
        if (unit.key || (!overflown && group.length > 0)) {
          if (!unit.key && bytes + unit.bytes > deps.maxBytes) {
            // without its middle the end of a group cannot be decoded
            overflown = true;
            forget(1);
          } else {
            group.push({ unit, arrivedUs });
            for (const piece of unit.data) deps.holds.hold(piece.buffer);
            bytes += unit.bytes;
          }
        }
      }
      if (watching) send(unit, arrivedUs, false);
    },
    interrupt() {
      forget();
    },
  };
}
