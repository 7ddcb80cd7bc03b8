/** A segment as it is written plain, and the same encrypted. */
import { createSecretKey, randomBytes } from 'node:crypto';
import { createSegmentCipher, newSegmentId } from '#lib/segment-cipher.ts';
import type { AccessUnit } from '#media/format.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { encryptFragment, fragmentBoxBytes, markRoom, writeEncryptionMark } from '#media/mp4/encryption.ts';
import { writeFragmentHead, writeIndex } from '#media/mp4/write-fragment.ts';
import { writeInit } from '#media/mp4/write-init.ts';
import type { VolumeKeyLookup } from '../../src/main/adapters/files/index.ts';

/** When it starts. */
export const t0 = Date.UTC(2026, 10, 28, 16);
export const keyId = '0123456789abcdef';
export const volumeKey = createSecretKey(randomBytes(32));
export const withKey: VolumeKeyLookup = { find: (id) => (id === keyId ? volumeKey : null), isDestroyed: () => false };
/** The first picture of fragment n, and the one after it of the fragment before. */
export const jpeg = (n: number): Uint8Array => Uint8Array.from({ length: 200 + n }, (_, i) => [0xff, 0xd8][i] ?? n);

/** The same segment plain and encrypted, of so many fragments of a second; without its index when it was not closed in order. */
export function bothWays(seconds: number, sealed = true): { plain: Buffer; encrypted: Buffer; offsets: number[] } {
  const originUs = t0 * 1000;
  const segmentId = newSegmentId();
  const init = writeInit(mjpegTrack(640, 360), null, originUs, 0, [writeEncryptionMark({ keyId, segmentId })]);
  const cipher = createSegmentCipher(volumeKey, segmentId, init);
  const plain: Uint8Array[] = [writeInit(mjpegTrack(640, 360), null, originUs, 0, [markRoom()])];
  const encrypted: Uint8Array[] = [init];
  const offsets: number[] = [];
  let at = init.length;
  for (let s = 0; s < seconds; s += 1) {
    const video = Array.from({ length: 5 }, (_, i): AccessUnit => {
      const us = originUs + s * 1e6 + i * 200_000;
      return { track: 'video', key: true, ptsUs: us, dtsUs: us, data: [jpeg(i + s)], bytes: 200 + i + s };
    });
    const head = writeFragmentHead({
      sequence: s + 1,
      originUs,
      delayUs: 0,
      video,
      videoEndUs: originUs + (s + 1) * 1e6,
      audio: [],
      audioEndUs: 0,
      room: fragmentBoxBytes,
    });
    const payload = video.flatMap((u) => u.data);
    plain.push(new Uint8Array(head), ...payload);
    encrypted.push(...encryptFragment(head, payload, { keyId, sequence: s + 1, cipher }));
    offsets.push(at);
    at += head.length + payload.reduce((sum, p) => sum + p.length, 0);
  }
  if (sealed) {
    const index = writeIndex(
      offsets.map((offset, s) => ({ moofOffset: offset + 32, timeUs: s * 1e6 })),
      0,
    );
    plain.push(index);
    encrypted.push(index);
  }
  return { plain: Buffer.concat(plain), encrypted: Buffer.concat(encrypted), offsets };
}
