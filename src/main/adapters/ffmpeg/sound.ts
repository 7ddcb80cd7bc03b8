/**
 * One stream's AAC or Opus to sound of 16 kHz, mono: a child of its own, at the lowest priority, because each frame is decoded by what
 * came before it. Frames go in as NUT with their times, samples come out with theirs.
 */
import type { AudioTrack } from '#media/format.ts';
import type { createChildren } from './child.ts';
import { createNutReader } from './nut-read.ts';
import { nutFrameHead, nutSoundHeader } from './nut-write.ts';

/** More than this waiting for ffmpeg: frames are left out. At 64 kbit/s that is 8 s. */
const behindBytes = 64 * 1024;
/** It took frames and gave nothing for so long: it hangs. */
const silentMs = 5_000;
/** NUT's times are unsigned: they are counted from the first frame, and so much, ms. */
const startMs = 1_000;

const arguments_ = [
  ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-copyts'],
  ...['-probesize', '32', '-analyzeduration', '0', '-flags', 'low_delay', '-threads', '1'],
  ...['-f', 'nut', '-i', 'pipe:0', '-map', '0:a:0', '-filter_threads', '1'],
  ...['-ar', '16000', '-ac', '1', '-c:a', 'pcm_s16le'],
  ...['-f', 'nut', '-write_index', '0', '-flush_packets', '1', 'pipe:1'],
];

function samplesOf(data: Uint8Array): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const samples = new Float32Array(Math.floor(data.byteLength / 2));
  for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(2 * i, true) / 32_768;
  return samples;
}

export type SoundEars = {
  /** Samples of −1 … 1; the first one's time, in the terms of what was pushed. */
  sound(atMs: number, samples: Float32Array): void;
  /** Told once, unless it was stopped: it gives nothing more. */
  end(why: string): void;
};
export type SoundDecoder = {
  /** One frame. false: left out, because too much waits. */
  push(atMs: number, frame: Uint8Array): boolean;
  stop(): void;
};

/** Throws `MediaError` for a track whose configuration cannot be read. */
export function openSound(children: ReturnType<typeof createChildren>, track: AudioTrack, on: SoundEars): SoundDecoder {
  const head = nutSoundHeader(track);
  const child = children.start(arguments_);
  child.ease();
  let stopped = false;
  let firstMs: number | null = null;
  let lastMs = -1;
  let watchdog: NodeJS.Timeout | null = null;

  const quiet = (): void => {
    if (watchdog !== null) clearTimeout(watchdog);
    watchdog = null;
  };
  const end = (why: string | null): void => {
    if (stopped) return;
    stopped = true;
    quiet();
    child.kill();
    if (why !== null) on.end(why);
  };
  const output = createNutReader({
    config: () => undefined,
    frame(ptsMs, data) {
      quiet();
      if (stopped || firstMs === null) return;
      on.sound(ptsMs - startMs + firstMs, samplesOf(data));
    },
  });
  child.stdout.on('data', (chunk: Buffer) => {
    if (stopped) return;
    try {
      output.push(chunk);
    } catch (error) {
      end(`what ffmpeg gives cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  child.onEnd(() => {
    end(child.complaint() || 'ffmpeg ended');
  });
  child.stdin.write(head);

  return {
    push(atMs, frame) {
      if (stopped || child.stdin.writableLength > behindBytes) return false;
      firstMs ??= atMs;
      // Times only grow: a decoder that is given others drops frames.
      const ptsMs = Math.max(lastMs + 1, atMs - firstMs + startMs);
      lastMs = ptsMs;
      child.stdin.cork();
      child.stdin.write(nutFrameHead(ptsMs, true, frame.length));
      child.stdin.write(frame);
      child.stdin.uncork();
      watchdog ??= setTimeout(() => {
        end(child.complaint() || 'ffmpeg gives no sound');
      }, silentMs);
      return true;
    },
    stop() {
      end(null);
    },
  };
}

/** A span of recorded sound takes longer only where ffmpeg hangs. */
const wholeMs = 60_000;

/** All of some frames, in order, each piece with its time. Rejects where ffmpeg gives nothing, or not within a minute. */
export function decodeSound(
  children: ReturnType<typeof createChildren>,
  track: AudioTrack,
  frames: readonly { atMs: number; data: Uint8Array }[],
): Promise<{ atMs: number; samples: Float32Array }[]> {
  const head = nutSoundHeader(track);
  const child = children.start(arguments_);
  child.ease();
  const firstMs = frames[0]?.atMs ?? 0;
  const pieces: { atMs: number; samples: Float32Array }[] = [];
  return new Promise((done, failed) => {
    const limit = setTimeout(() => {
      child.kill();
      failed(new Error('ffmpeg takes too long'));
    }, wholeMs);
    const output = createNutReader({
      config: () => undefined,
      frame: (ptsMs, data) => pieces.push({ atMs: ptsMs - startMs + firstMs, samples: samplesOf(data) }),
    });
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        output.push(chunk);
      } catch {
        child.kill(); // what came before it stands
      }
    });
    child.onEnd(() => {
      clearTimeout(limit);
      if (pieces.length > 0) done(pieces);
      else failed(new Error(child.complaint() || 'ffmpeg gives no sound'));
    });
    child.stdin.write(head);
    let lastMs = -1;
    for (const { atMs, data } of frames) {
      lastMs = Math.max(lastMs + 1, Math.round(atMs - firstMs) + startMs);
      child.stdin.write(nutFrameHead(lastMs, true, data.length));
      child.stdin.write(data);
    }
    child.stdin.end();
  });
}
