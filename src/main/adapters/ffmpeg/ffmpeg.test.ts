import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { h264Track, h264Type } from '#media/h264.ts';
import { h265Track, h265Type } from '#media/h265.ts';
import { jpegSize, mjpegTrack } from '#media/jpeg.ts';
import { isKeySample } from '#media/access-unit.ts';
import { joinLengthPrefixed, splitAnnexB } from '#media/nal.ts';
import { quietLog } from '#lib/log.ts';
import { createFfmpeg, type FfmpegRoom } from './index.ts';
import { findFfmpeg, type Found } from './find.ts';
import { createNutReader } from './nut-read.ts';
import { nutFrameHead, nutHeader } from './nut-write.ts';
import { fitWidth } from './picture.ts';
import { inside } from '#domain/place.ts';

const searchPath = process.env['PATH'] ?? '';
let any: Found;
let old: Found | null;
beforeAll(async () => {
  const found = await findFfmpeg({ given: null, searchPath, log: quietLog });
  if (!found) throw new Error('these tests need an ffmpeg: npm ci brings one on most systems');
  any = found;
  old = await findFfmpeg({ given: null, searchPath: '', log: quietLog });
});

/** A clip that ffmpeg makes, as units. Its output is NUT, so this reads with our own reader too. */
function clip(codec: 'libx265' | 'libx264' | 'mjpeg', frames: number): { track: VideoTrack; units: AccessUnit[] } {
  const { stdout } = spawnSync(
    any.path,
    [
      ...[
        '-loglevel',
        'error',
        '-f',
        'lavfi',
        '-i',
        'testsrc=size=640x360:rate=20',
        '-frames:v',
        String(frames),
        '-pix_fmt',
        codec === 'mjpeg' ? 'yuvj420p' : 'yuv420p',
      ],
      ...[
        '-c:v',
        codec,
        '-g',
        '20',
        '-bf',
        '0',
        ...(codec === 'libx265' ? ['-x265-params', 'log-level=none:bframes=0'] : []),
        '-f',
        'nut',
        'pipe:1',
      ],
    ],
    { maxBuffer: 1 << 26 },
  );
  let config: Uint8Array[] = [];
  const pictures: { ptsMs: number; data: Uint8Array }[] = [];
  const reader = createNutReader({
    config: (c) => {
      config = splitAnnexB(c);
    },
    frame: (ptsMs, data) => pictures.push({ ptsMs, data }),
  });
  for (let i = 0; i < stdout.length; i += 1000) reader.push(stdout.subarray(i, i + 1000));
  expect(pictures).toHaveLength(frames);
  const of = (type: (nal: Uint8Array) => number, wanted: number) => config.filter((nal) => type(nal) === wanted);
  const track =
    codec === 'libx265'
      ? h265Track(of(h265Type, 32), of(h265Type, 33), of(h265Type, 34))
      : codec === 'libx264'
        ? h264Track(of(h264Type, 7), of(h264Type, 8))
        : mjpegTrack(640, 360);
  const units = pictures.map(({ ptsMs, data }): AccessUnit => {
    const sample = codec === 'mjpeg' ? data : joinLengthPrefixed(splitAnnexB(data));
    const ptsUs = 1_900_000_000_000_123 + ptsMs * 1000;
    return {
      track: 'video',
      key: isKeySample(track.codec, sample),
      ptsUs,
      dtsUs: ptsUs,
      data: [sample.subarray(0, 5), sample.subarray(5)],
      bytes: sample.length,
    };
  });
  return { track, units };
}
const whole = (unit: AccessUnit | undefined): Uint8Array => Buffer.concat(unit?.data ?? []);

describe('NUT', () => {
  it('reads what we write, in pieces of any size', () => {
    const track = mjpegTrack(64, 48);
    const payloads = [1, 200, 5000].map((n) => Buffer.alloc(n, n));
    const bytes = Buffer.concat([
      nutHeader(track),
      ...payloads.flatMap((p, i) => [nutFrameHead(i * 40_000, i === 0, p.length), p]),
    ]);
    for (const size of [1, 7, 1000, bytes.length]) {
      const got: [number, number][] = [];
      const reader = createNutReader({
        config: (c) => expect(c).toHaveLength(0),
        frame: (ptsMs, data) => got.push([ptsMs, data.length]),
      });
      for (let i = 0; i < bytes.length; i += size) reader.push(bytes.subarray(i, i + size));
      expect(got).toEqual([
        [0, 1],
        [40_000, 200],
        [80_000, 5000],
      ]);
    }
  });

  it('refuses what is none', () => {
    const reader = createNutReader({ config() {}, frame() {} });
    expect(() => reader.push(Buffer.alloc(100, 65))).toThrow(/no NUT/);
  });
});

describe('finding ffmpeg', () => {
  it('takes the given one first, and another when that does not run', async () => {
    expect(await findFfmpeg({ given: any.path, searchPath: '', log: quietLog })).toMatchObject({
      source: 'FFMPEG_BIN',
      version: any.version,
    });
    const fallen = await findFfmpeg({ given: '/nowhere/ffmpeg', searchPath, log: quietLog });
    expect(fallen).toMatchObject({ path: any.path, source: any.source });
  });
});

describe('single pictures', () => {
  it('keep their proportions', () => {
    expect(fitWidth(1920, 1080, 1280)).toEqual({ width: 1280, height: 720 });
    expect(fitWidth(640, 360, 1280)).toEqual({ width: 640, height: 360 });
    expect(fitWidth(2592, 1944, 101)).toEqual({ width: 100, height: 76 });
  });
});

for (const which of ['found', 'old'] as const) {
  describe(`ffmpeg (${which})`, () => {
    let room: FfmpegRoom;
    beforeAll(async () => {
      room = await createFfmpeg({ given: (which === 'old' ? old : any)?.path ?? any.path, searchPath, log: quietLog });
    });
    afterAll(() => room.stop());

    it('makes a JPEG of a key frame, and says so when it cannot', async () => {
      for (const codec of ['libx264', 'libx265', 'mjpeg'] as const) {
        const { track, units } = clip(codec, 1);
        const pictures = await Promise.all([320, 1280].map((width) => room.jpeg(track, whole(units[0]), width)));
        expect(pictures.map((p) => jpegSize(p))).toEqual([
          { width: 320, height: 180 },
          { width: 640, height: 360 },
        ]);
      }
      const { track } = clip('libx264', 1);
      await expect(room.jpeg(track, new Uint8Array(50), 320)).rejects.toThrow(/no picture/);
    });

    it('covers what is private in it, to the last pixel', async () => {
      const { track, units } = clip('libx264', 1);
      const corner = [
        { x: 0, y: 0 },
        { x: 0.4, y: 0 },
        { x: 0, y: 0.6 },
      ];
      const jpeg = await room.jpeg(track, whole(units[0]), 320, [corner]);
      const args = ['-loglevel', 'error', '-i', 'pipe:0', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
      const grey = spawnSync(any.path, args, { input: jpeg }).stdout;
      const seen = [0, 0];
      for (let y = 0; y < 180; y += 1)
        for (let x = 0; x < 320; x += 1) {
          const covered = inside(corner, { x: (x + 0.5) / 320, y: (y + 0.5) / 180 });
          // JPEG spreads an edge over its block.
          if ((grey[y * 320 + x] ?? 255) > 48) seen[covered ? 0 : 1] = (seen[covered ? 0 : 1] ?? 0) + 1;
        }
      expect(seen[0]).toBe(0);
      expect(seen[1]).toBeGreaterThan(20_000);
    });

    it('turns H.265 into H.264, picture by picture, with the times that went in', async () => {
      const { track, units } = clip('libx265', 40);
      const out: AccessUnit[] = [];
      let format: VideoTrack | null = null;
      let arrived: () => void = () => undefined;
      const transcoder = room.transcode(track, {
        format: (t) => {
          format = t;
        },
        unit(unit) {
          out.push(unit);
          arrived();
        },
        end: (reason) => expect.unreachable(reason),
      });
      // One in, one out: nothing waits for the next picture, so the delay stays that of one picture.
      for (const unit of units) {
        const next = new Promise<void>((done) => {
          arrived = done;
        });
        transcoder.push(unit);
        await next;
      }
      transcoder.stop();
      expect(out.map((u) => u.ptsUs)).toEqual(units.map((u) => u.ptsUs));
      expect(out[0]?.key).toBe(true);
      expect(out.every((u) => isKeySample('h264', whole(u)) === u.key)).toBe(true);
      expect(format).toMatchObject({
        codec: 'h264',
        width: 640,
        height: 360,
        codecString: expect.stringMatching(/^avc1\.42/) as string,
      });
      const again = await room.jpeg(format ?? track, whole(out[0]), 64);
      expect(jpegSize(again)).toEqual({ width: 64, height: 36 });
    });

    it('says why it ended when it is given garbage or killed', async () => {
      const track: VideoTrack = { ...clip('libx264', 1).track, codec: 'h265', config: Uint8Array.of(1, 2, 3) };
      const reason = await new Promise<string>((done) => {
        const transcoder = room.transcode(track, { format() {}, unit() {}, end: done });
        transcoder.push({ track: 'video', key: true, ptsUs: 0, dtsUs: 0, data: [new Uint8Array(40)], bytes: 40 });
        room.stop();
      });
      expect(reason).not.toBe('');
    });
  });
}
