/** The sums by which parts and whole objects are verified (Amazon S3 API Reference, "Checking object integrity"). */
import { createHash } from 'node:crypto';

export type PartSum = { number: number; bytes: number; sha256: Buffer; md5: Buffer };

export const sumOf = (number: number, data: Uint8Array): PartSum => ({
  number,
  bytes: data.length,
  sha256: createHash('sha256').update(data).digest(),
  md5: createHash('md5').update(data).digest(),
});

/** What a server tells of an object in one piece, or in parts: the sum of the sums, and how many. */
export function wholeSums(parts: readonly PartSum[], inParts: boolean): { sha256: string; etag: string } {
  const [only] = parts;
  if (!inParts && only !== undefined) return { sha256: only.sha256.toString('base64'), etag: only.md5.toString('hex') };
  const of = (name: 'sha256' | 'md5'): Buffer =>
    createHash(name)
      .update(Buffer.concat(parts.map((p) => p[name])))
      .digest();
  const count = `-${parts.length}`;
  return { sha256: of('sha256').toString('base64') + count, etag: of('md5').toString('hex') + count };
}
