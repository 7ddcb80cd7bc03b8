import { afterAll, describe, expect, it } from 'vitest';
import { encode, hasFfmpeg, pieces, type EncodeOptions } from '../../../../tests/support/encoded.ts';
import { uneased } from '../../../../tests/support/uneased.ts';
import { createChildren } from './child.ts';
import { createGreys } from './grey.ts';

/** Key frames of a test picture that moves, as a worker keeps them. */
function keysOf(options: Omit<EncodeOptions, 'frames'>) {
  const { track, pictures } = encode({ ...options, frames: 60 });
  const keys = pictures.filter((p) => p.key).map((p) => Uint8Array.from(Buffer.concat(pieces(p.nals).data)));
  return { track, keys };
}
const differing = (a: Uint8Array, b: Uint8Array): number => a.filter((v, i) => Math.abs(v - (b[i] ?? 0)) > 8).length;

describe.skipIf(!hasFfmpeg)('grey pictures', () => {
  const children = uneased(createChildren(process.env['FFMPEG_BIN'] ?? 'ffmpeg'));
  afterAll(() => {
    children.stop();
  });

  it('come for cameras of all sizes and codecs through one child per codec, each to whom it belongs', async () => {
    const grey = createGreys(children);
    const cameras = [
      keysOf({ codec: 'h264' }),
      keysOf({ codec: 'h264', size: '640x360' }),
      keysOf({ codec: 'h265', size: '640x480' }),
      keysOf({ codec: 'h264', size: '480x270', bFrames: 3 }),
    ];
    const alone: [Uint8Array, Uint8Array][] = [];
    for (const { track, keys } of cameras) {
      const [first, second] = [await grey(track, [keys[0]!]), await grey(track, [keys[1]!])];
      expect([first.length, second.length]).toEqual([320 * 180, 320 * 180]);
      expect(differing(first, second)).toBeGreaterThan(2_000);
      alone.push([first, second]);
    }
    for (const n of [0, 1] as const) {
      const mixed = await Promise.all(cameras.map(({ track, keys }) => grey(track, [keys[n]!])));
      expect(mixed.map((picture, at) => differing(picture, alone[at]![n]))).toEqual([0, 0, 0, 0]);
    }
    expect([children.running(), children.eased()]).toEqual([2, 2]);
  });

  it('are refused for damaged units, and come again after; a child that dies is replaced', async () => {
    const grey = createGreys(children);
    const { track, keys } = keysOf({ codec: 'h264', size: '640x360' });
    const good = await grey(track, [keys[0]!]);
    const damaged = Uint8Array.from(keys[1]!, (v, i) => (i > 200 ? (v * 31 + i) & 255 : v));
    const askedMs = performance.now();
    const outcome = await grey(track, [damaged]).then(
      (picture) => differing(picture, good),
      () => 'refused',
    );
    expect(outcome).toBe('refused');
    // All other cameras wait meanwhile: what ffmpeg complains of is not waited for as long as a slow decoder is.
    expect(performance.now() - askedMs).toBeLessThan(8_000);
    expect(differing(await grey(track, [keys[0]!]), good)).toBe(0);
    children.stop();
    const after = await grey(track, [keys[0]!]).catch(() => grey(track, [keys[0]!]));
    expect(differing(after, good)).toBe(0);
    await expect(Promise.all(Array.from({ length: 12 }, () => grey(track, [keys[0]!])))).rejects.toThrow(/too many/);
  });
  it('come of pictures between key frames with all that they are made of, and leave nothing behind for others', async () => {
    const grey = createGreys(children);
    for (const codec of ['h264', 'h265'] as const) {
      const { track, pictures } = encode({ codec, size: '640x360', frames: 20, gop: 20, bitrate: '2M' });
      const units = pictures.map((p) => Uint8Array.from(Buffer.concat(pieces(p.nals).data)));
      const other = keysOf({ codec, size: '480x270' });
      const [key, alone] = [await grey(track, units.slice(0, 1)), await grey(other.track, [other.keys[0]!])];
      const later = await grey(track, units.slice(0, 15));
      expect(differing(later, key)).toBeGreaterThan(2_000);
      // It moves on from picture to picture: the next one is nearer to it than the key frame is.
      const next = await grey(track, units.slice(0, 16));
      expect(differing(next, later)).toBeLessThan(differing(next, key));
      expect(differing(await grey(other.track, [other.keys[0]!]), alone)).toBe(0);
      expect(differing(await grey(track, units.slice(0, 15)), later)).toBe(0);
      // A damaged one in between gives none, and costs nobody else anything.
      const damaged = units.map((u, n) => (n === 7 ? u.map((v, i) => (i > 60 ? (v * 31 + i) & 255 : v)) : u));
      const outcome = await grey(track, damaged.slice(0, 15)).catch(() => null);
      if (outcome !== null) expect(outcome).toHaveLength(320 * 180);
      expect(differing(await grey(track, units.slice(0, 1)), key)).toBe(0);
    }
  });
});
