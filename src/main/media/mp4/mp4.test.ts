import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  complaints,
  encode,
  encodeAudio,
  encodeJpegs,
  hasFfmpeg,
  pieces,
  probe,
  unitsOf,
  type Encoded,
} from '../../../../tests/support/encoded.ts';
import { unitBytes } from '../access-unit.ts';
import { aacTrack, buildAacConfig } from '../aac.ts';
import { g711Track, opusTrack } from '../audio-track.ts';
import type { AccessUnit, AudioTrack, VideoTrack } from '../format.ts';
import { jpegSize, mjpegTrack } from '../jpeg.ts';
import { MediaError } from '../media-error.ts';
import { parseFragment } from './read-fragment.ts';
import { parseInit, readInit } from './read-init.ts';
import { readKeyIndex, readerOf, scanFragments } from './scan.ts';
import { scanByKeys } from './scan-by-keys.ts';
import { writeFragmentHead, writeIndex, type KeyEntry } from './write-fragment.ts';
import { writeInit } from './write-init.ts';

const dir = mkdtempSync(join(tmpdir(), 'vigie-mp4-'));
afterAll(() => rmSync(dir, { recursive: true }));

const startUs = Date.UTC(2026, 10, 22, 14, 3, 12, 345) * 1000 + 678;

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

/** A whole segment, cut at key frames, as the recorder lays it out. */
function segment(
  video: VideoTrack,
  audio: AudioTrack | null,
  pictures: AccessUnit[],
  sound: AccessUnit[],
  frameUs: number,
): Uint8Array {
  const originUs = pictures[0]?.ptsUs ?? 0;
  const delayUs = originUs - (pictures[0]?.dtsUs ?? 0);
  const parts = [writeInit(video, audio, originUs, delayUs)];
  let bytes = parts[0]?.length ?? 0;
  const keys: KeyEntry[] = [];
  let sequence = 0;
  const left = [...sound];
  for (let i = 0; i < pictures.length; ) {
    let end = i + 1;
    while (end < pictures.length && !pictures[end]?.key) end += 1;
    const group = pictures.slice(i, end);
    const last = end >= pictures.length;
    const videoEndUs = pictures[end]?.dtsUs ?? (group.at(-1)?.dtsUs ?? 0) + frameUs;
    const heard: AccessUnit[] = [];
    while (left[0] && (last || left[0].ptsUs < videoEndUs)) heard.push(...left.splice(0, 1));
    sequence += 1;
    const head = writeFragmentHead({
      sequence,
      originUs,
      delayUs,
      video: group,
      videoEndUs,
      audio: heard,
      audioEndUs: left[0]?.dtsUs ?? (heard.at(-1)?.dtsUs ?? 0) + 20_000,
    });
    keys.push({ moofOffset: bytes + 32, timeUs: (group[0]?.ptsUs ?? 0) - originUs });
    const body = [...group, ...heard].flatMap((u) => u.data);
    parts.push(head, ...body);
    bytes += head.length + body.reduce((n, p) => n + p.length, 0);
    i = end;
  }
  parts.push(writeIndex(keys, delayUs));
  return concat(parts);
}

/** Gives pictures in decoding order the presentation times of a stream whose every second picture is a B picture. */
function reordered(encoded: Encoded, bFrames: number): AccessUnit[] {
  const frameUs = 1e6 / encoded.fps;
  // x264 with b-adapt=0 and closed groups: I, then (P, B × bFrames) … in decoding order.
  const units: AccessUnit[] = [];
  let shown = 0;
  let pendingB: number[] = [];
  encoded.pictures.forEach((picture, i) => {
    let at: number;
    if (picture.key) {
      at = i;
      shown = i;
      pendingB = [];
    } else if (pendingB.length > 0) at = pendingB.shift() ?? 0;
    else {
      const groupEnd = encoded.pictures.findIndex((p, k) => k > i && p.key);
      const end = groupEnd < 0 ? encoded.pictures.length : groupEnd;
      const leap = Math.min(bFrames + 1, end - 1 - shown);
      at = shown + leap;
      pendingB = Array.from({ length: leap - 1 }, (_, k) => shown + 1 + k);
      shown = at;
    }
    const dtsUs = startUs + Math.round((i - 1) * frameUs);
    units.push({
      track: 'video',
      key: picture.key,
      ptsUs: startUs + Math.round(at * frameUs),
      dtsUs,
      ...pieces(picture.nals),
    });
  });
  return units;
}

async function readBack(bytes: Uint8Array): Promise<AccessUnit[]> {
  const init = parseInit(bytes);
  const scan = await scanFragments(readerOf(bytes), bytes.length, init);
  return scan.fragments.flatMap((f) => parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init).units);
}

const flat = (units: AccessUnit[]) => units.map((u) => ({ ...u, data: unitBytes(u) }));

describe.skipIf(!hasFfmpeg)('a segment of real pictures (needs ffmpeg)', () => {
  for (const codec of ['h264', 'h265'] as const) {
    it(`${codec}: ffprobe and ffmpeg take it without a word, times and bytes are those that went in`, async () => {
      const encoded = encode({ codec, frames: 70 });
      const units = unitsOf(encoded, startUs);
      const bytes = segment(encoded.track, null, units, [], 50_000);
      const path = join(dir, `${codec}.mp4`);
      writeFileSync(path, bytes);
      expect(complaints(path)).toEqual([]);
      expect(probe(path, 'v')).toEqual(
        units.map((u) => ({ ptsUs: u.ptsUs - startUs, dtsUs: u.dtsUs - startUs, key: u.key, bytes: u.bytes })),
      );
      expect(flat(await readBack(bytes))).toEqual(flat(units));
      expect(parseInit(bytes).video.track).toEqual(encoded.track);
    });

    it(`${codec} with B-frames: presentation starts at 0, decoding earlier`, async () => {
      const encoded = encode({ codec, frames: 60, bFrames: 1 });
      const units = reordered(encoded, 1);
      const bytes = segment(encoded.track, null, units, [], 50_000);
      const path = join(dir, `${codec}-b.mp4`);
      writeFileSync(path, bytes);
      expect(complaints(path)).toEqual([]);
      expect(probe(path, 'v')).toEqual(
        units.map((u) => ({ ptsUs: u.ptsUs - startUs, dtsUs: u.dtsUs - startUs, key: u.key, bytes: u.bytes })),
      );
      expect(flat(await readBack(bytes))).toEqual(flat(units));
    });
  }

  it('Motion JPEG', async () => {
    const jpegs = encodeJpegs(20, 10, '326x182');
    const size = jpegSize(jpegs[0] ?? new Uint8Array(0));
    expect(size).toEqual({ width: 326, height: 182 });
    const units = jpegs.map((data, i): AccessUnit => {
      const at = startUs + i * 100_000;
      return { track: 'video', key: true, ptsUs: at, dtsUs: at, data: [data], bytes: data.length };
    });
    const bytes = segment(mjpegTrack(size.width, size.height), null, units, [], 100_000);
    const path = join(dir, 'mjpeg.mp4');
    writeFileSync(path, bytes);
    expect(complaints(path)).toEqual([]);
    expect(probe(path, 'v').map((p) => [p.ptsUs, p.bytes])).toEqual(units.map((u) => [u.ptsUs - startUs, u.bytes]));
  });

  for (const codec of ['aac', 'pcmu', 'pcma'] as const) {
    it(`h264 with ${codec}`, async () => {
      const encoded = encode({ codec: 'h264', frames: 60 });
      const { frames, frameUs } = encodeAudio(codec, 3);
      const audio = codec === 'aac' ? aacTrack(buildAacConfig(2, 48_000, 1)) : g711Track(codec);
      const sound = frames.map((data, i): AccessUnit => {
        const at = startUs + Math.round(i * frameUs);
        return { track: 'audio', key: true, ptsUs: at, dtsUs: at, data: [data], bytes: data.length };
      });
      const units = unitsOf(encoded, startUs);
      const bytes = segment(encoded.track, audio, units, sound, 50_000);
      const path = join(dir, `${codec}.mp4`);
      writeFileSync(path, bytes);
      expect(complaints(path)).toEqual([]);
      expect(probe(path, 'a').map((p) => [p.ptsUs, p.bytes])).toEqual(sound.map((u) => [u.ptsUs - startUs, u.bytes]));
      const back = await readBack(bytes);
      expect(flat(back.filter((u) => u.track === 'audio'))).toEqual(flat(sound));
      expect(flat(back.filter((u) => u.track === 'video'))).toEqual(flat(units));
      expect(parseInit(bytes).audio?.track).toEqual(audio);
    });
  }
});

// ---- without ffmpeg -------------------------------------------------------------------------------------------------

const made: VideoTrack = { ...mjpegTrack(640, 360) };
const bytesOf = (n: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: n }, (_, i) => (i * 31 + seed) & 255);

const arbitraryUnits = fc
  .array(
    fc.record({
      size: fc.integer({ min: 1, max: 40 }),
      step: fc.integer({ min: 1, max: 200_000 }),
      shift: fc.integer({ min: 0, max: 300_000 }),
      key: fc.boolean(),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((list) => {
    let dts = startUs;
    const delay = list[0]?.shift ?? 0;
    return list.map((s, i): AccessUnit => {
      const unit: AccessUnit = {
        track: 'video',
        key: i === 0 || s.key,
        dtsUs: dts,
        ptsUs: dts + (i === 0 ? delay : s.shift),
        data: [bytesOf(s.size, i)],
        bytes: s.size,
      };
      dts += s.step;
      return unit;
    });
  });

describe('a segment', () => {
  it('reads back every unit to the microsecond', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryUnits, async (units) => {
        const bytes = segment(made, opusTrack(2), units, [], 50_000);
        expect(flat(await readBack(bytes))).toEqual(flat(units));
        const init = parseInit(bytes);
        const keys = await readKeyIndex(readerOf(bytes), bytes.length, init);
        const scan = await scanFragments(readerOf(bytes), bytes.length, init);
        expect(scan.rest).toBe('index');
        expect(keys?.map((k) => k.offset)).toEqual(scan.fragments.map((f) => f.offset));
        expect(keys?.map((k) => k.timeUs + (units[0]?.ptsUs ?? 0))).toEqual(scan.fragments.map((f) => f.startUs));
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same fragments when it is looked through by its index, wherever its key frames are', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryUnits, fc.array(fc.boolean(), { minLength: 1 }), async (units, isKey) => {
        const file = segment(made, opusTrack(2), units, [], 50_000);
        const init = parseInit(file);
        const { fragments, wholeBytes } = await scanFragments(readerOf(file), file.length, init);
        const keys = fragments
          .filter((_, i) => isKey[i % isKey.length])
          .map((f) => ({ moofOffset: f.offset + 32, timeUs: f.startUs }));
        const bytes = concat([file.subarray(0, wholeBytes), writeIndex(keys, 0)]);
        const found = await scanByKeys(readerOf(bytes), bytes.length, init);
        if (keys.length === 0) expect(found).toBeNull();
        else expect(found).toEqual(await scanFragments(readerOf(bytes), bytes.length, init));
        expect(await scanByKeys(readerOf(bytes), bytes.length - 1, init)).toBeNull();
        // An index that tells of other places than there are.
        const wrong = concat([
          file.subarray(0, wholeBytes),
          writeIndex([{ moofOffset: init.bytes + 33, timeUs: 0 }], 0),
        ]);
        expect(await scanByKeys(readerOf(wrong), wrong.length, init)).toBeNull();
      }),
      { numRuns: 60 },
    );
  });

  it('cut anywhere, gives exactly the fragments that are whole', async () => {
    const units = Array.from({ length: 40 }, (_, i): AccessUnit => {
      const at = startUs + i * 50_000;
      return { track: 'video', key: i % 10 === 0, dtsUs: at, ptsUs: at, data: [bytesOf(30, i)], bytes: 30 };
    });
    const bytes = segment(made, null, units, [], 50_000);
    const init = parseInit(bytes);
    const whole = await scanFragments(readerOf(bytes), bytes.length, init);
    expect(whole.fragments.map((f) => [f.startUs, f.durationUs, f.key])).toEqual(
      [0, 1, 2, 3].map((i) => [startUs + i * 500_000, 500_000, true]),
    );
    for (let cut = init.bytes; cut < bytes.length; cut += 1) {
      const scan = await scanFragments(readerOf(bytes.subarray(0, cut)), cut, init);
      const expected = whole.fragments.filter((f) => f.offset + f.bytes <= cut);
      expect(scan.fragments).toEqual(expected);
      const end = expected.at(-1);
      expect(scan.wholeBytes).toBe(end ? end.offset + end.bytes : init.bytes);
      expect(scan.rest).toBe(scan.wholeBytes === cut ? 'nothing' : 'cut');
    }
  });

  it('with sound that began before the picture starts at 0', () => {
    const at = (us: number, track: 'video' | 'audio'): AccessUnit => ({
      track,
      key: true,
      dtsUs: startUs + us,
      ptsUs: startUs + us,
      data: [bytesOf(9, 1)],
      bytes: 9,
    });
    const head = writeFragmentHead({
      sequence: 1,
      originUs: startUs,
      delayUs: 0,
      video: [at(0, 'video')],
      videoEndUs: startUs + 40_000,
      audio: [at(-30_000, 'audio'), at(-10_000, 'audio'), at(10_000, 'audio')],
      audioEndUs: startUs + 30_000,
    });
    const init = parseInit(writeInit(made, g711Track('pcmu'), startUs));
    const { units } = parseFragment(concat([head, bytesOf(36, 2)]), init);
    expect(units.filter((u) => u.track === 'audio').map((u) => u.ptsUs - startUs)).toEqual([0, 1, 10_000]);
  });

  it('tells its time after the roll-over of NTP in 2036', () => {
    for (const us of [
      Date.UTC(1970, 0, 2) * 1000 + 1,
      Date.UTC(2036, 1, 7, 6, 28, 15) * 1000 + 999_999,
      Date.UTC(2036, 1, 7, 6, 28, 16) * 1000,
      Date.UTC(2090, 0, 1) * 1000 + 123_457,
    ]) {
      const unit: AccessUnit = { track: 'video', key: true, dtsUs: us, ptsUs: us, data: [bytesOf(4, 1)], bytes: 4 };
      const bytes = segment(made, null, [unit], [], 40_000);
      const init = parseInit(bytes);
      expect(parseFragment(bytes.subarray(init.bytes), init).units[0]?.ptsUs).toBe(us);
    }
  });
});

describe('hostile bytes', () => {
  const sample = segment(
    made,
    aacTrack(buildAacConfig(2, 48_000, 2)),
    [{ track: 'video', key: true, dtsUs: startUs, ptsUs: startUs, data: [bytesOf(50, 3)], bytes: 50 }],
    [{ track: 'audio', key: true, dtsUs: startUs, ptsUs: startUs, data: [bytesOf(20, 3)], bytes: 20 }],
    40_000,
  );
  const onlyMediaErrors = async (bytes: Uint8Array): Promise<void> => {
    try {
      const init = await readInit(readerOf(bytes));
      const scan = await scanFragments(readerOf(bytes), bytes.length, init);
      expect(scan.wholeBytes).toBeLessThanOrEqual(bytes.length);
      for (const f of scan.fragments) parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init);
      await readKeyIndex(readerOf(bytes), bytes.length, init);
    } catch (error) {
      expect(error).toBeInstanceOf(MediaError);
    }
  };

  it('changed anywhere: nothing but MediaError, and an end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.nat(sample.length - 1),
            fc.oneof(fc.constantFrom(0, 1, 255, 128), fc.integer({ min: 0, max: 255 })),
          ),
          { minLength: 1, maxLength: 6 },
        ),
        async (changes) => {
          const bytes = sample.slice();
          for (const [at, value] of changes) bytes[at] = value;
          await onlyMediaErrors(bytes);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('every byte set to 0 and 255, one at a time', async () => {
    for (let i = 0; i < sample.length; i += 1) {
      for (const value of [0, 255]) {
        const bytes = sample.slice();
        bytes[i] = value;
        await onlyMediaErrors(bytes);
      }
    }
  });

  it('bytes of no meaning', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), onlyMediaErrors), { numRuns: 500 });
  });
});
