import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { uneased } from '../../../../tests/support/uneased.ts';
import { until } from '../../../../tests/support/until.ts';
import { aacTrack } from '#media/aac.ts';
import { opusTrack } from '#media/audio-track.ts';
import type { AudioTrack } from '#media/format.ts';
import { meanSquareDb, meanSquareOf } from '#media/sound-level.ts';
import { createChildren } from './child.ts';
import { decodeSound, openSound } from './sound.ts';
import { createNutReader } from './nut-read.ts';

const ffmpeg = process.env['FFMPEG_BIN'] ?? 'ffmpeg';
/** Frames of a tone of 1 kHz at a tenth of full scale, as an encoder makes them; null: this ffmpeg has none for the codec. */
function framesOf(codec: 'aac' | 'libopus', rate: number): { frames: Uint8Array[]; config: Uint8Array } | null {
  const made = spawnSync(ffmpeg, [
    ...['-v', 'error', '-f', 'lavfi', '-i', `sine=1000:sample_rate=${String(rate)}:duration=2,volume=0.8`],
    ...['-c:a', codec, '-f', 'nut', '-write_index', '0', 'pipe:1'],
  ]);
  if (made.status !== 0) return null;
  const frames: Uint8Array[] = [];
  let config = new Uint8Array(0);
  createNutReader({
    config: (c) => (config = Uint8Array.from(c)),
    frame: (_, data) => frames.push(Uint8Array.from(data)),
  }).push(made.stdout);
  return { frames, config };
}
const aac = framesOf('aac', 16_000);
const opus = framesOf('libopus', 48_000);

describe.skipIf(aac === null)('sound through ffmpeg', () => {
  const children = uneased(createChildren(ffmpeg));
  afterAll(() => {
    children.stop();
  });
  const listen = async (track: AudioTrack, frames: readonly Uint8Array[], frameMs: number) => {
    const got: { atMs: number; samples: Float32Array }[] = [];
    const ends: string[] = [];
    const decoder = openSound(children, track, {
      sound: (atMs, samples) => got.push({ atMs, samples }),
      end: (why) => ends.push(why),
    });
    const fromMs = 1_800_000_000_000;
    for (const [i, frame] of frames.entries()) {
      // A hole of a second in the middle.
      const atMs = fromMs + Math.round(i * frameMs) + (i >= frames.length / 2 ? 1_000 : 0);
      await until('room', () => decoder.push(atMs, frame) || ends.length > 0);
    }
    const seconds = (): number => got.reduce((n, g) => n + g.samples.length, 0) / 16_000;
    return { got, ends, decoder, fromMs, seconds };
  };

  it('gives AAC as samples of 16 kHz with its times, holes too, and ends with its child', async () => {
    const { frames, config } = aac!;
    const heard = await listen(aacTrack(config), frames, 64);
    await until('two seconds of sound', () => heard.seconds() > 1.8);
    expect(heard.got[0]?.atMs).toBe(heard.fromMs);
    const middle = heard.got[Math.floor(heard.got.length / 4)]!;
    // The tone of ffmpeg is an eighth of full scale, 0.8 of that here: -20 dBFS.
    expect(meanSquareDb(meanSquareOf(middle.samples), -96)).toBeCloseTo(-20, 0);
    const last = heard.got.at(-1)!;
    expect(last.atMs - heard.fromMs).toBeGreaterThan(2_500);
    expect(heard.ends).toEqual([]);
    children.stop();
    await until('its end', () => heard.ends.length === 1);
    expect(heard.decoder.push(0, frames[0]!)).toBe(false);
  });

  it.skipIf(opus === null)('gives Opus at 16 kHz', async () => {
    const heard = await listen(opusTrack(1), opus!.frames, 20);
    await until('two seconds of sound', () => heard.seconds() > 1.8);
    const middle = heard.got[Math.floor(heard.got.length / 4)]!;
    expect(meanSquareDb(meanSquareOf(middle.samples), -96)).toBeCloseTo(-20, 0);
    heard.decoder.stop();
    expect(heard.ends).toEqual([]);
    await until('no child', () => children.running() === 0);
  });

  it('gives all of recorded frames at once, each piece with its time', async () => {
    const { frames, config } = aac!;
    const fromMs = 1_800_000_000_000;
    const given = frames.map((data, i) => ({ atMs: fromMs + i * 64, data }));
    const pieces = await decodeSound(children, aacTrack(config), given);
    expect(pieces[0]?.atMs).toBe(fromMs);
    expect(pieces.reduce((n, p) => n + p.samples.length, 0)).toBe(frames.length * 1_024);
    expect(meanSquareDb(meanSquareOf(pieces[10]!.samples), -96)).toBeCloseTo(-20, 0);
    await expect(decodeSound(children, aacTrack(config), [])).rejects.toThrow();
    await until('no child', () => children.running() === 0);
  });

  it('survives damaged frames, and says so where it does not', async () => {
    const { frames, config } = aac!;
    const damaged = frames.map((f, i) => (i % 7 === 3 ? f.map((v, at) => (at > 4 ? (v * 31 + i) & 255 : v)) : f));
    const heard = await listen(aacTrack(config), damaged, 64);
    await until('most of the sound', () => heard.seconds() > 1 || heard.ends.length > 0);
    heard.decoder.stop();
    await until('no child', () => children.running() === 0);
  });
});
