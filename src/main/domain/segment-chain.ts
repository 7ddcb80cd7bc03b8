/**
 * What proves a stream's recordings: each segment's SHA-256 in a chain of its own order. A link binds the value of the chain
 * before it, so a segment that is changed, exchanged or taken away shows. `docs/integrity.md` says how, and what it cannot show.
 */
import { z } from 'zod';
import type { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';

/** SHA-256 as 64 lower-case hexadecimal digits. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256');
export type Sha256 = z.infer<typeof Sha256>;
export type Hasher = (text: string) => Sha256;

/** The value of a chain before its first link. */
export const noChain: Sha256 = '0'.repeat(64);

/** A file as it was when it was linked. */
export type HashedFile = { startMs: number; endMs: number; bytes: number; sha256: Sha256 };
export const ChainLink = z.object({
  /** From 1 on, one more for each link: the order of linking, which need not be that of time. */
  link: z.number().int().min(1),
  startMs: TimeMs,
  endMs: TimeMs,
  bytes: z.number().int().min(0),
  sha256: Sha256,
  chain: Sha256,
});
export type ChainLink = z.infer<typeof ChainLink>;

/**
 * retention: its segment was deleted by the plan or by a person's order · replaced: its file was changed by Vigie and linked
 * anew · lost: its file was gone and a person took it out of the index.
 */
export const SeamCause = z.enum(['retention', 'replaced', 'lost']);
export type SeamCause = z.infer<typeof SeamCause>;

/** Links [fromLink, toLink] that are no longer kept; `chain` is the value after the last of them. */
export const ChainSeam = z.object({
  fromLink: z.number().int().min(1),
  toLink: z.number().int().min(1),
  chain: Sha256,
  cause: SeamCause,
});
export type ChainSeam = z.infer<typeof ChainSeam>;

/** The newest link of a chain. */
export const ChainHead = z.object({ link: z.number().int().min(0), chain: Sha256 });
export type ChainHead = z.infer<typeof ChainHead>;
export const emptyChain: ChainHead = { link: 0, chain: noChain };

/** A stream by what does not change when the index is made again: its camera's folder and its kind. */
export type ChainedStream = { folder: string; kind: StreamKind };

/**
 * The text whose SHA-256 is the next value of the chain: one line of ASCII with a line feed at its end, so that a person can
 * make it with `printf` and `sha256sum`.
 */
export const linkText = (before: Sha256, stream: ChainedStream, link: number, file: HashedFile): string =>
  `vigie-chain-1 ${before} ${stream.folder}/${stream.kind} ${link} ${file.startMs} ${file.endMs} ${file.bytes} ${file.sha256}\n`;

/** The link after `head`. */
export function nextLink(head: ChainHead, stream: ChainedStream, file: HashedFile, hash: Hasher): ChainLink {
  const { startMs, endMs, bytes, sha256 } = file;
  const link = head.link + 1;
  return { link, startMs, endMs, bytes, sha256, chain: hash(linkText(head.chain, stream, link, file)) };
}
