/** Decodes the pictures of one watched stream. Runs in the worker; draws nothing itself. */
import type { LiveFormat, LiveFrame } from '#contract/live-frame.ts';
import { freshPace, stepPace, type Pace } from './pace.ts';

export type LaneEvents = {
  /** A picture to draw; the taker owns it. `cached`: it is from before we asked. */
  picture(frame: VideoFrame, of: { arrivedUs: number; cached: boolean }): void;
  /** The decoder is behind, or keeps up again. */
  pace(keysOnly: boolean): void;
  /** This machine cannot decode the stream. */
  refused(): void;
};

type Waiting = { receivedMs: number; arrivedUs: number; cached: boolean };

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

export function createPictureLane(on: LaneEvents) {
  let decoder: VideoDecoder | null = null;
  let config: VideoDecoderConfig | null = null;
  let format: LiveFormat['video'] | null = null;
  let needsKey = true;
  let failures = 0;
  let pace: Pace = freshPace(performance.now());
  /** Units given to the decoder and not come out, by their time. */
  const waiting = new Map<number, Waiting>();
  let jpegBusy = false;
  let ended = false;

  function close(): void {
    if (decoder && decoder.state !== 'closed') decoder.close();
    decoder = null;
    waiting.clear();
    needsKey = true;
  }

  function out(frame: VideoFrame): void {
    const of = waiting.get(frame.timestamp);
    waiting.delete(frame.timestamp);
    if (ended || !of) {
      frame.close();
      return;
    }
    failures = 0;
    const nowMs = performance.now();
    if (!of.cached) {
      const next = stepPace(pace, nowMs - of.receivedMs, nowMs);
      const changed = next.keysOnly !== pace.keysOnly;
      pace = next;
      if (changed) on.pace(pace.keysOnly);
    }
    on.picture(frame, of);
  }

  function open(): void {
    if (!config) return;
    close();
    decoder = new VideoDecoder({
      output: out,
      error: () => {
        // Damaged data: a fresh decoder from the next key frame on. Again and again: it cannot.
        failures++;
        close();
        if (failures > 3) on.refused();
      },
    });
    try {
      decoder.configure(config);
    } catch {
      close();
      on.refused();
    }
  }

  async function jpeg(unit: LiveFrame): Promise<void> {
    if (jpegBusy) return; // the next one is as good
    jpegBusy = true;
    try {
      const bitmap = await createImageBitmap(new Blob([unit.payload.slice()], { type: 'image/jpeg' }));
      const frame = new VideoFrame(bitmap, { timestamp: unit.ptsUs });
      bitmap.close();
      if (ended) frame.close();
      else on.picture(frame, { arrivedUs: unit.arrivedUs, cached: unit.cached });
    } catch {
      // A damaged JPEG: the next one comes by itself.
    } finally {
      jpegBusy = false;
    }
  }

  return {
    /** Before the first unit and at every change of parameter sets. */
    format(next: LiveFormat['video']): void {
      format = next;
      failures = 0;
      if (next.codec === 'mjpeg') {
        close();
        config = null;
        return;
      }
      const description = bytesOf(next.config);
      config = {
        codec: next.codecString,
        codedWidth: next.width,
        codedHeight: next.height,
        optimizeForLatency: true,
        ...(description.length > 0 ? { description } : {}),
      };
      open();
    },
    unit(unit: LiveFrame): void {
      if (ended) return;
      if (format?.codec === 'mjpeg') {
        void jpeg(unit);
        return;
      }
      if (!decoder) {
        if (!unit.key || failures > 3) return;
        open();
      }
      if (!decoder || decoder.state !== 'configured') return;
      if (needsKey && !unit.key) return;
      if (pace.keysOnly && !unit.key) {
        needsKey = true;
        return;
      }
      needsKey = false;
      waiting.set(unit.ptsUs, { receivedMs: performance.now(), arrivedUs: unit.arrivedUs, cached: unit.cached });
      if (waiting.size > 240) waiting.delete(waiting.keys().next().value ?? 0);
      decoder.decode(
        new EncodedVideoChunk({
          type: unit.key ? 'key' : 'delta',
          timestamp: unit.ptsUs,
          data: unit.payload,
        }),
      );
    },
    /** How many coded pictures wait before the one that comes out next. */
    backlog: (): number => decoder?.decodeQueueSize ?? 0,
    keysOnly: (): boolean => pace.keysOnly,
    codec: (): string | null => format?.codecString ?? null,
    end(): void {
      ended = true;
      close();
    },
  };
}
export type PictureLane = ReturnType<typeof createPictureLane>;
