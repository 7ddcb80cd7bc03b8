/**
 * Encrypted segments (docs/encryption.md). A fragment's samples are encrypted where they lie, and what authenticates them has
 * its place in every segment: in a plain one that place is a `free` box. So the encrypted file and its plain view have the same
 * boxes at the same offsets, and one is made of the other fragment by fragment. AES-256-GCM itself is injected.
 */
import { MediaError } from '../media-error.ts';
import { type Box, boxes } from './box-reader.ts';
import { ascii, box, u32 } from './box-writer.ts';
import { putFree } from './spare-room.ts';

/** Says, at the end of `moov`, that a segment is encrypted, and by which key. */
export type EncryptionMark = {
  /** Of the volume's key: 16 hexadecimal digits. */
  keyId: string;
  /** 16 bytes, random: no two segments ever have the same, and from it and the volume's key the segment's own key is made. */
  segmentId: Uint8Array;
};

/** Authenticated encryption under one segment's own key: AES-256-GCM with a nonce of 12 and a tag of 16 bytes. */
export type FragmentCipher = {
  /** `data` are the pieces, encrypted, cut anyhow. */
  encrypt(
    nonce: Uint8Array,
    authenticated: Uint8Array,
    pieces: readonly Uint8Array[],
  ): { data: Uint8Array[]; tag: Uint8Array };
  /** Null: the tag does not fit the data, what is authenticated, or the key. */
  decrypt(nonce: Uint8Array, authenticated: Uint8Array, data: Uint8Array, tag: Uint8Array): Uint8Array | null;
};

/** `uuid` boxes (ISO/IEC 14496-12 §11.1) of our own, made once, at random (RFC 9562 §5.4). */
const markType = [0x3c, 0xd2, 0x7b, 0x91, 0x0f, 0x58, 0x4a, 0x36, 0xa4, 0x1d, 0x69, 0xe0, 0x85, 0xbc, 0x12, 0xf7];
const fragmentType = [0xb7, 0x45, 0x1e, 0x0a, 0xc9, 0x63, 0x4d, 0xf8, 0x92, 0x7c, 0x20, 0xd6, 0x5b, 0x3a, 0x8e, 0x44];
const version = 1;
const typeBytes = 16;
const headBytes = 8 + typeBytes + 4;
const keyIdBytes = 8;
const segmentIdBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

/** Of the mark in `moov`, and of the room that a plain segment leaves for it. */
export const markBytes = headBytes + keyIdBytes + segmentIdBytes;
/** Of the box in each `moof`, and of the room that a plain segment leaves for it. */
export const fragmentBoxBytes = headBytes + keyIdBytes + nonceBytes + tagBytes;

const bytesOf = (keyId: string): number[] => {
  if (!/^[0-9a-f]{16}$/.test(keyId)) throw new MediaError('malformed', 'the name of a key has 16 hexadecimal digits');
  return Array.from({ length: keyIdBytes }, (_, i) => Number.parseInt(keyId.slice(2 * i, 2 * i + 2), 16));
};
const keyIdAt = (bytes: Uint8Array, at: number): string =>
  Array.from(bytes.subarray(at, at + keyIdBytes), (b) => b.toString(16).padStart(2, '0')).join('');

/** What a plain segment has in the mark's place. */
export function markRoom(): Uint8Array {
  const out = new Uint8Array(markBytes);
  putFree(out, 0, markBytes);
  return out;
}

export function writeEncryptionMark({ keyId, segmentId }: EncryptionMark): Uint8Array {
  if (segmentId.length !== segmentIdBytes) throw new MediaError('malformed', 'the id of a segment has 16 bytes');
  return box('uuid', markType, u32(version << 24), bytesOf(keyId), segmentId);
}

/** Whether a `uuid` box, whose body is `at`, is of one of our types. */
const isOf = (bytes: Uint8Array, at: Box, type: readonly number[]): boolean =>
  at.type === 'uuid' && at.end - at.start >= typeBytes && type.every((b, i) => bytes[at.start + i] === b);

/** The mark in a `uuid` box of `moov`; null where the box is not this mark. Throws `MediaError` for one of a later version. */
export function readEncryptionMark(bytes: Uint8Array, at: Box): EncryptionMark | null {
  if (!isOf(bytes, at, markType)) return null;
  if (at.end - at.start !== markBytes - 8 || bytes[at.start + typeBytes] !== version)
    throw new MediaError('unsupported', 'a segment that was encrypted by a later version of Vigie');
  const from = at.start + typeBytes + 4;
  return {
    keyId: keyIdAt(bytes, from),
    segmentId: new Uint8Array(bytes.subarray(from + keyIdBytes, from + keyIdBytes + segmentIdBytes)),
  };
}

/** The start of an encrypted segment (`ftyp moov`) as that of the plain one: the mark's place is free. */
export function plainInit(init: Uint8Array): Uint8Array {
  const out = new Uint8Array(init);
  for (const top of boxes(init)) {
    if (top.type !== 'moov') continue;
    for (const inner of boxes(init, top.start, top.end)) {
      if (!isOf(init, inner, markType)) continue;
      out.fill(0, inner.start - 8, inner.end);
      putFree(out, inner.start - 8, inner.end - inner.start + 8);
    }
  }
  return out;
}

/** 12 bytes (NIST SP 800-38D §8.2.1): the fragment's number within its segment, whose key nothing else is encrypted with. */
function nonceOf(sequence: number): Uint8Array {
  const out = new Uint8Array(nonceBytes);
  out.set(u32(sequence), nonceBytes - 4);
  return out;
}

/**
 * Encrypts a fragment that is ready to be written: `head` as made by `writeFragmentHead` with `fragmentBoxBytes` of room, `payload`
 * all that is in its `mdat`. Everything of `head` is authenticated. The room in `head` is filled in. `sequence` (1, 2, …) must
 * never be given twice for one segment.
 */
export function encryptFragment(
  head: Uint8Array,
  payload: readonly Uint8Array[],
  of: { keyId: string; sequence: number; cipher: FragmentCipher },
): Uint8Array[] {
  const at = head.length - 8 - fragmentBoxBytes;
  const room = ascii('free');
  if (at < 8 || room.some((b, i) => head[at + 4 + i] !== b))
    throw new MediaError('malformed', 'a fragment without room for what authenticates it');
  const nonce = nonceOf(of.sequence);
  head.set(ascii('uuid'), at + 4);
  head.set(fragmentType, at + 8);
  head.set(u32(version << 24), at + 8 + typeBytes);
  head.set(bytesOf(of.keyId), at + headBytes);
  head.set(nonce, at + headBytes + keyIdBytes);
  const { data, tag } = of.cipher.encrypt(nonce, head, payload);
  head.set(tag, at + headBytes + keyIdBytes + nonceBytes);
  return [head, ...data];
}

/** Where the `moof` of a whole fragment is, and where its `mdat`'s content begins. */
function layoutOf(bytes: Uint8Array): { moof: Box; dataStart: number } {
  let moof: Box | null = null;
  for (const top of boxes(bytes)) {
    if (top.type === 'mdat') {
      if (moof === null || top.start !== moof.end + 8 || top.end !== bytes.length) break;
      return { moof, dataStart: top.start };
    }
    if (moof !== null) break;
    if (top.type === 'moof') moof = top;
  }
  throw new MediaError('malformed', 'this is no whole fragment');
}

const refused = (): MediaError =>
  new MediaError('unauthentic', 'a fragment does not pass its authentication: it is damaged, or somebody changed it');

/**
 * The plain view of a whole fragment (`prft moof mdat`), of the same length, in new memory. Not a byte of it is given out before
 * its tag is verified. Throws `MediaError`: `unauthentic` when a single bit of it, or of its segment's start, is not as it was written.
 */
export function decryptFragment(bytes: Uint8Array, of: { keyId: string; cipher: FragmentCipher }): Uint8Array {
  const { moof, dataStart } = layoutOf(bytes);
  const at = boxes(bytes, moof.start, moof.end).find((b) => isOf(bytes, b, fragmentType));
  if (at === undefined || at.end - at.start !== fragmentBoxBytes - 8) throw refused();
  const keyAt = at.start + typeBytes + 4;
  const tagAt = keyAt + keyIdBytes + nonceBytes;
  if (keyIdAt(bytes, keyAt) !== of.keyId) throw refused();
  const out = new Uint8Array(bytes); // a copy, also of a Node buffer, whose slice() is none
  const head = out.subarray(0, dataStart);
  head.fill(0, tagAt, tagAt + tagBytes);
  const nonce = bytes.subarray(keyAt + keyIdBytes, tagAt);
  const plain = of.cipher.decrypt(nonce, head, bytes.subarray(dataStart), bytes.subarray(tagAt, tagAt + tagBytes));
  if (plain?.length !== bytes.length - dataStart) throw refused();
  head.fill(0, at.start - 8, at.end);
  putFree(head, at.start - 8, fragmentBoxBytes);
  out.set(plain, dataStart);
  return out;
}
