import { expect, it } from 'vitest';
import type { CameraId } from '#domain/id.ts';
import { g711Track } from '#media/audio-track.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { writeFragmentHead } from '#media/mp4/write-fragment.ts';
import { writeInit } from '#media/mp4/write-init.ts';
import { recordedSound } from './recorded-sound.ts';

const t0 = Date.UTC(2026, 10, 30, 14);

/** A file with a sound every 100 ms. */
function fileOf(fromMs: number, toMs: number) {
  const originUs = (t0 + fromMs) * 1000;
  const unit = (track: AccessUnit['track'], ms: number): AccessUnit => {
    const us = (t0 + ms) * 1000;
    return { track, key: true, ptsUs: us, dtsUs: us, data: [new Uint8Array(80).fill(ms / 100)], bytes: 80 };
  };
  const audio: AccessUnit[] = [];
  for (let ms = fromMs; ms < toMs; ms += 100) audio.push(unit('audio', ms));
  const video = [unit('video', fromMs)];
  const [videoEndUs, audioEndUs] = [(t0 + toMs) * 1000, (t0 + toMs) * 1000];
  const head = writeFragmentHead({ sequence: 1, originUs, delayUs: 0, video, videoEndUs, audio, audioEndUs, room: 0 });
  const init = writeInit(mjpegTrack(640, 360), g711Track('pcmu'), originUs, 0, []);
  const fragment = Buffer.concat([head, ...[...video, ...audio].flatMap((u) => u.data)]);
  return { startMs: t0 + fromMs, endMs: t0 + toMs, whole: Buffer.concat([init, fragment]), at: init.length };
}

it('has each sound once where some seconds lie on two disks', async () => {
  const files = [fileOf(0, 5000), fileOf(3000, 9000)];
  const of = (startMs: number) => {
    const file = files.find((f) => f.startMs === startMs);
    if (file === undefined) throw new Error('no such segment');
    return file;
  };
  const playback: Parameters<typeof recordedSound>[0] = {
    segments: () => Promise.resolve(files.map(({ startMs, endMs }) => ({ startMs, endMs })) as never),
    fragments: ({ startMs }) => {
      const { whole, at, endMs } = of(startMs);
      return Promise.resolve({ fragments: [[at, whole.length - at, startMs, endMs - startMs, true]] } as never);
    },
    file: (_, __, startMs) => {
      const { whole } = of(startMs);
      const open = () =>
        Promise.resolve({
          read: (at: number, length: number) => Promise.resolve(new Uint8Array(whole.subarray(at, at + length))),
          close: () => Promise.resolve(),
        });
      return Promise.resolve({ open, bytes: whole.length, sealed: true } as never);
    },
  };
  const sound = await recordedSound(playback, { id: 'camera' as CameraId, fromMs: t0, toMs: t0 + 9000 });
  expect(sound?.frames.map((f) => Math.round(f.atMs) - t0)).toEqual(Array.from({ length: 90 }, (_, i) => i * 100));
});
