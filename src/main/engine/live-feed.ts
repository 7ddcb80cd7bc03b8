/** One stream for many viewers: watched once, its newest group of pictures kept, so that each further viewer starts at once. */
import { decodeLiveFrame, type LiveFrame } from '#contract/live-frame.ts';

/** A frame as it came, looked at once for all viewers. */
export type FeedFrame = { buffer: ArrayBuffer; look: LiveFrame };
export type FeedSink = { frame(frame: FeedFrame): void /** It will not go on. */; end(reason: string): void };
/** Starts the stream's frames; returns the stop. */
export type FeedWatch = (sink: (buffer: ArrayBuffer) => void, end: (reason: string) => void) => () => void;

export type Feed = {
  /** Number in the frames' heads. */
  live: number;
  /** First what is kept (format, newest group of pictures, marked as cached), then all as it comes. Returns the stop. */
  subscribe(sink: FeedSink): () => void;
  /** The newest format frame; null before the first. */
  format(): FeedFrame | null;
  stop(): void;
};

const maxKeptBytes = 12 * 1024 * 1024;
const cachedFlag = 2;

/** A copy of a frame with its cached flag set. */
export function asCached({ buffer, look }: FeedFrame): FeedFrame {
  if (look.cached) return { buffer, look };
  const copy = buffer.slice(0);
  const flags = new Uint8Array(copy, 2, 1);
  flags[0] = (flags[0] ?? 0) | cachedFlag;
  return { buffer: copy, look: { ...look, cached: true } };
}

/** A copy of a frame that carries another live number. */
export function renumbered(buffer: ArrayBuffer, live: number): ArrayBuffer {
  const copy = buffer.slice(0);
  new DataView(copy).setUint32(4, live);
  return copy;
}

/** `lingerMs`: how long the stream is kept running after its last viewer left (a tile that switches, a page that reloads). */
export function createFeed(
  live: number,
  watch: FeedWatch,
  options: { lingerMs?: number; onIdle?: () => void } = {},
): Feed {
  const { lingerMs = 2000, onIdle } = options;
  const sinks = new Set<FeedSink>();
  let stopWatching: (() => void) | null = null;
  let timer: NodeJS.Timeout | null = null;
  let format: FeedFrame | null = null;
  let kept: FeedFrame[] = [];
  let keptBytes = 0;
  /** The group of pictures outgrew its bound: only its key frame is kept. */
  let cut = false;

  const forget = (): void => {
    kept = [];
    keptBytes = 0;
    cut = false;
  };
  const keep = (frame: FeedFrame): void => {
    const { kind, key } = frame.look;
    if (kind === 'format') {
      format = frame;
      forget();
      return;
    }
    if (kind === 'video' && key) forget();
    else if (cut || kept.length === 0) return;
    if (kept.length > 0 && keptBytes + frame.buffer.byteLength > maxKeptBytes) {
      kept = kept.slice(0, 1);
      cut = true;
      return;
    }
    kept.push(frame);
    keptBytes += frame.buffer.byteLength;
  };
  const idle = (): void => {
    timer = null;
    stopWatching?.();
    stopWatching = null;
    format = null;
    forget();
    onIdle?.();
  };
  const take = (buffer: ArrayBuffer): void => {
    const look = decodeLiveFrame(buffer);
    if (!look) return;
    const frame = { buffer, look };
    keep(frame);
    for (const sink of [...sinks]) sink.frame(frame);
  };
  const ended = (reason: string): void => {
    const told = [...sinks];
    sinks.clear();
    if (timer) clearTimeout(timer);
    idle();
    for (const sink of told) sink.end(reason);
  };

  return {
    live,
    subscribe(sink) {
      if (timer) clearTimeout(timer);
      timer = null;
      if (format) sink.frame(format);
      for (const frame of kept) sink.frame(asCached(frame));
      sinks.add(sink);
      stopWatching ??= watch(take, ended);
      return () => {
        if (!sinks.delete(sink) || sinks.size > 0) return;
        timer = setTimeout(idle, lingerMs);
      };
    },
    format: () => format,
    stop() {
      sinks.clear();
      if (timer) clearTimeout(timer);
      if (stopWatching) idle();
    },
  };
}
