import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { MediaError } from '#media/media-error.ts';
import {
  decryptFragment,
  encryptFragment,
  fragmentBoxBytes,
  markRoom,
  plainInit,
  writeEncryptionMark,
} from '#media/mp4/encryption.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { writeFragmentHead } from '#media/mp4/write-fragment.ts';
import { writeInit } from '#media/mp4/write-init.ts';
import { createSegmentCipher, newSegmentId } from './segment-cipher.ts';

const originUs = Date.UTC(2026, 10, 28, 16) * 1000;
const keyId = '00ff10a2b3c4d5e6';
const volumeKey = createSecretKey(randomBytes(32));
const track = mjpegTrack(640, 360);

/** The start of a segment, encrypted and plain. */
function start(segmentId = newSegmentId()) {
  const init = writeInit(track, null, originUs, 0, [writeEncryptionMark({ keyId, segmentId })]);
  const plain = writeInit(track, null, originUs, 0, [markRoom()]);
  return { init, plain, segmentId, cipher: createSegmentCipher(volumeKey, segmentId, init) };
}

/** A fragment as a plain recording has it. */
function fragment(sequence: number, samples: readonly Uint8Array[]): { head: Uint8Array; payload: Uint8Array[] } {
  const video = samples.map((sample, i): AccessUnit => {
    const at = originUs + i * 40_000;
    return { track: 'video', key: i === 0, ptsUs: at, dtsUs: at, data: [sample], bytes: sample.length };
  });
  const head = writeFragmentHead({
    sequence,
    originUs,
    delayUs: 0,
    video,
    videoEndUs: originUs + samples.length * 40_000,
    audio: [],
    audioEndUs: 0,
    room: fragmentBoxBytes,
  });
  return { head, payload: [...samples] };
}

const samplesOf = fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 6 });

describe('an encrypted segment', () => {
  it('has the same boxes at the same places as its plain view, and gives that back to the byte', () => {
    fc.assert(
      fc.property(samplesOf, fc.integer({ min: 1, max: 0xffff_ffff }), (samples, sequence) => {
        const { cipher } = start();
        const { head, payload } = fragment(sequence, samples);
        const plain = Buffer.concat([head, ...payload]);
        const written = Buffer.concat(encryptFragment(head.slice(), payload, { keyId, sequence, cipher }));
        expect(written.length).toBe(plain.length);
        expect(Buffer.from(decryptFragment(written, { keyId, cipher }))).toEqual(plain);
      }),
    );
  });

  it('is told from a plain one by its start, which becomes that of the plain one', () => {
    const { init, plain, segmentId } = start();
    expect(parseInit(init).encryption).toEqual({ keyId, segmentId: new Uint8Array(segmentId) });
    expect(plainInit(init)).toEqual(plain);
    expect(parseInit(plain).encryption).toBeNull();
    expect(parseInit(plain).bytes).toBe(parseInit(init).bytes);
  });

  it('is refused whichever bit of a fragment is flipped', () => {
    const { init, cipher } = start();
    const { head, payload } = fragment(3, [randomBytes(300), randomBytes(40)]);
    const written = Buffer.concat(encryptFragment(head, payload, { keyId, sequence: 3, cipher }));
    for (let bit = 0; bit < written.length * 8; bit += 1) {
      const changed = Uint8Array.from(written);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decryptFragment(changed, { keyId, cipher }), `bit ${bit}`).toThrow(MediaError);
    }
    expect(parseFragment(decryptFragment(written, { keyId, cipher }), parseInit(init)).units).toHaveLength(2);
  });

  it('is refused when a byte of its start is another', () => {
    const { init, segmentId, cipher } = start();
    const { head, payload } = fragment(1, [randomBytes(64)]);
    const written = Buffer.concat(encryptFragment(head, payload, { keyId, sequence: 1, cipher }));
    fc.assert(
      fc.property(fc.nat(init.length * 8 - 1), (bit) => {
        const changed = init.slice();
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const of = { keyId, cipher: createSegmentCipher(volumeKey, segmentId, changed) };
        expect(() => decryptFragment(written, of)).toThrow('authentication');
      }),
    );
  });

  it('is refused with another key, in another segment, and when it is cut', () => {
    const { init, segmentId, cipher } = start();
    const { head, payload } = fragment(1, [randomBytes(64)]);
    const written = Buffer.concat(encryptFragment(head, payload, { keyId, sequence: 1, cipher }));
    const others = [
      createSegmentCipher(createSecretKey(randomBytes(32)), segmentId, init),
      createSegmentCipher(volumeKey, newSegmentId(), init),
      start().cipher,
    ];
    for (const other of others)
      expect(() => decryptFragment(written, { keyId, cipher: other })).toThrow('authentication');
    expect(() => decryptFragment(written, { keyId: 'ffffffffffffffff', cipher })).toThrow('authentication');
    expect(() => decryptFragment(written.subarray(0, -1), { keyId, cipher })).toThrow(MediaError);
  });

  it('never encrypts two fragments alike, though all that is in them is the same', () => {
    const { cipher } = start();
    const of = (sequence: number): string => {
      const { head, payload } = fragment(1, [new Uint8Array(64)]);
      return Buffer.concat(encryptFragment(head, payload, { keyId, sequence, cipher }).slice(1)).toString('hex');
    };
    expect(new Set([of(1), of(2), of(3)]).size).toBe(3);
  });

  it('takes samples larger than what is encrypted at once', () => {
    const { cipher } = start();
    const { head, payload } = fragment(1, [randomBytes(200_001), randomBytes(3), randomBytes(70_000)]);
    const plain = Buffer.concat([head, ...payload]);
    const written = Buffer.concat(encryptFragment(head.slice(), payload, { keyId, sequence: 1, cipher }));
    expect(Buffer.from(decryptFragment(written, { keyId, cipher })).equals(plain)).toBe(true);
  });
});
