/**
 * Key pictures that are on our disk already, by what is in them: a camera that sends and records the same stream gives the very
 * same bytes twice, and so its clock can be laid on the station's to the picture.
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createSegmentCipher, type SegmentKeys } from '#lib/segment-cipher.ts';
import type { AccessUnit } from '#media/format.ts';
import { MediaError } from '#media/media-error.ts';
import { decryptFragment } from '#media/mp4/encryption.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { readInit } from '#media/mp4/read-init.ts';
import { scanFragments } from '#media/mp4/scan.ts';

export type KnownPictures = {
  /** Station time (µs) at which this very picture was recorded; of several the one nearest to `nearUs`. null: not known. */
  find(unit: Pick<AccessUnit, 'data'>, nearUs: number, withinUs: number): number | null;
};

/** So many key pictures at the end of a segment are looked at. */
const mostKeys = 8;
const mostBytes = 8 << 20;

const digest = (pieces: readonly Uint8Array[]): string => {
  const hash = createHash('sha1');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('base64');
};

/** Reads the last or the first key pictures of a segment; none where the file cannot be read or its key is not there. */
export async function readKnownPictures(
  path: string | null,
  which: 'last' | 'first',
  keys: SegmentKeys,
): Promise<KnownPictures> {
  const known = new Map<string, number[]>();
  if (path !== null) {
    try {
      for (const { key, ptsUs } of await keyPicturesOf(path, which, keys))
        known.set(key, [...(known.get(key) ?? []), ptsUs]);
    } catch (error) {
      // Without it the clocks tell how they lie to each other, only less exactly.
      if (!(error instanceof MediaError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
  return {
    find({ data }, nearUs, withinUs) {
      if (known.size === 0) return null;
      const far = (us: number): number => Math.abs(us - nearUs);
      const best = (known.get(digest(data)) ?? []).toSorted((a, b) => far(a) - far(b))[0];
      return best !== undefined && far(best) <= withinUs ? best : null;
    },
  };
}

async function keyPicturesOf(
  path: string,
  which: 'last' | 'first',
  keys: SegmentKeys,
): Promise<{ key: string; ptsUs: number }[]> {
  const file = await open(path, 'r');
  try {
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, offset);
      return bytes.subarray(0, bytesRead);
    };
    const init = await readInit(read);
    const { encryption } = init;
    const volumeKey = encryption === null ? null : keys.find(encryption.keyId);
    if (encryption !== null && volumeKey === null) return [];
    const cipher =
      encryption === null || volumeKey === null
        ? null
        : createSegmentCipher(volumeKey, encryption.segmentId, await read(0, init.bytes));
    const plain = (bytes: Uint8Array): Uint8Array =>
      encryption === null || cipher === null ? bytes : decryptFragment(bytes, { keyId: encryption.keyId, cipher });
    const { fragments } = await scanFragments(read, (await file.stat()).size, init);
    const out: { key: string; ptsUs: number }[] = [];
    const usable = fragments.filter((f) => f.key && f.bytes <= mostBytes);
    for (const place of which === 'last' ? usable.slice(-mostKeys) : usable.slice(0, 1)) {
      const { units } = parseFragment(plain(await read(place.offset, place.bytes)), init);
      for (const unit of units)
        if (unit.track === 'video' && unit.key) out.push({ key: digest(unit.data), ptsUs: unit.ptsUs });
    }
    return out;
  } finally {
    await file.close();
  }
}
