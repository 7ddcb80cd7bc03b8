/** Reads segments and compares them with the hashes that they were linked with. */
import type { ChainLink } from '#domain/segment-chain.ts';
import { segmentPath } from '#domain/segment.ts';
import { ownVolume } from '#domain/volume.ts';
import { join } from 'node:path';
import type { FileHash, FileHasher } from '../../main/adapters/files/index.ts';
import type { CheckedStream, CheckReader } from '../../main/adapters/sqlite/index.ts';

/**
 * `bytes`: read since the step before · `ended`: this file is done; `found` null: there is no such file · `unhashed`: it has no link
 * yet.
 */
export type HashStep =
  | { is: 'read'; bytes: number }
  | { is: 'ended'; stream: CheckedStream; link: ChainLink; found: FileHash | null }
  | { is: 'unreadable'; stream: CheckedStream; link: ChainLink; error: string }
  | { is: 'unhashed'; stream: CheckedStream; startMs: number };

const pageRows = 1_000;
export const pathOf = (root: string, stream: CheckedStream, startMs: number): string =>
  join(root, segmentPath(stream.folder, stream.kind, startMs));

export const sameFile = (link: ChainLink, found: FileHash): boolean =>
  found.sha256 === link.sha256 && found.bytes === link.bytes;

/** Every closed segment of a stream that starts in [fromMs, untilMs), oldest first. Throws errors of the index. */
export function* checkHashes(deps: {
  /** By volume; null: not here now, what lies there is passed over. */
  rootOf: (volume: number) => string | null;
  reader: CheckReader;
  stream: CheckedStream;
  hasher: FileHasher;
  fromMs: number;
  untilMs: number;
}): Generator<HashStep> {
  const { rootOf, reader, stream, hasher, untilMs } = deps;
  for (let fromMs: number | null = deps.fromMs; fromMs !== null; ) {
    const page = reader.segments(stream.id, fromMs, pageRows);
    for (const { startMs, state, volume } of page) {
      if (startMs >= untilMs) return;
      const root = rootOf(volume ?? ownVolume);
      if (state === 'open' || root === null) continue;
      const link = reader.link(stream.id, startMs);
      if (link === null) {
        yield { is: 'unhashed', stream, startMs };
        continue;
      }
      let found: FileHash | null = null;
      try {
        const hashing = hasher(pathOf(root, stream, startMs));
        for (let step = hashing.next(); ; step = hashing.next()) {
          if (step.done === true) {
            found = step.value;
            break;
          }
          yield { is: 'read', bytes: step.value };
        }
      } catch (error) {
        yield { is: 'unreadable', stream, link, error: error instanceof Error ? error.message : String(error) };
        continue;
      }
      yield { is: 'ended', stream, link, found };
    }
    const last = page.at(-1);
    fromMs = last === undefined || page.length < pageRows ? null : last.startMs + 1;
  }
}
