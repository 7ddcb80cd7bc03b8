/** A camera's folder is on every volume that it was recorded on: this writes to and reads from all of them that are here. */
import { AppError } from '#contract/error.ts';
import type { ChainLink } from '#domain/segment-chain.ts';
import { utcDay } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { ChainFiles } from './chain-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';

export type SpreadFiles = Pick<
  SegmentFiles,
  'describe' | 'keepBeside' | 'keepAccount' | 'accountMonths' | 'eraseFolder' | 'folders'
> & {
  /** As `SegmentFiles.list`, of all volumes; `volume`: where a file lies. */
  list(
    folder: string,
    fromMs: number,
    toMs: number,
  ): Promise<{ kind: StreamKind; startMs: number; bytes: number; volume: number }[]>;
  /** Lists and notes of all volumes as one. A link is listed where its day has a folder. */
  chain: Omit<ChainFiles, 'days'>;
};

const away = (): AppError =>
  new AppError('UNAVAILABLE', 'No disk with recordings is here now. Plug one in or mount it.', {
    data: { reason: 'volume-away' },
  });

type Here = () => readonly { volume: number; files: SegmentFiles }[];

/** `stale` is told of a volume that did not take of a camera what the others took. */
export function createSpreadFiles(here: Here, stale: (volume: number, folder: string) => void): SpreadFiles {
  const all = <T>(work: (files: SegmentFiles) => Promise<T>): Promise<T[]> =>
    Promise.all(here().map(({ files }) => work(files)));
  /** As `all`, but a volume that has nothing of the camera may refuse where another takes it. */
  const any = async (work: (files: SegmentFiles) => Promise<void>): Promise<void> => {
    const places = here();
    if (places.length === 0) throw away();
    const done = await Promise.allSettled(places.map(({ files }) => work(files)));
    const refused = done.find((d) => d.status === 'rejected');
    if (refused !== undefined && done.every((d) => d.status === 'rejected')) throw refused.reason;
  };
  /** Onto every volume that is here, or onto none: one that refuses gets it later. */
  const every = async <T>(folder: string, work: (files: SegmentFiles) => Promise<T>): Promise<T[]> => {
    const places = here();
    if (places.length === 0) throw away();
    const done = await Promise.allSettled(places.map(({ files }) => work(files)));
    const refused = done.find((d) => d.status === 'rejected');
    if (refused !== undefined && done.every((d) => d.status === 'rejected')) throw refused.reason;
    for (const [i, d] of done.entries()) {
      const volume = places[i]?.volume;
      if (d.status === 'rejected' && volume !== undefined) stale(volume, folder);
    }
    return done.flatMap((d) => (d.status === 'fulfilled' ? [d.value] : []));
  };
  const inOrder = (lists: readonly ChainLink[][]): ChainLink[] => {
    const byLink = new Map(lists.flat().map((l) => [l.link, l]));
    return [...byLink.values()].sort((a, b) => a.link - b.link);
  };
  return {
    async describe(folder, json) {
      return (await every(folder, (files) => files.describe(folder, json))).includes(true);
    },
    async keepBeside(folder, json) {
      return (await every(folder, (files) => files.keepBeside(folder, json))).includes(true);
    },
    // Those that all have.
    async accountMonths(folder) {
      const [first, ...others] = (await all((files) => files.accountMonths(folder))).filter((m) => m !== null);
      return first?.filter((month) => others.every((other) => other.includes(month))) ?? null;
    },
    async keepAccount(folder, month, json) {
      return (await every(folder, (files) => files.keepAccount(folder, month, json))).includes(true);
    },
    async eraseFolder(folder) {
      // What one volume refuses keeps the others from nothing.
      const done = await Promise.allSettled(here().map(({ files }) => files.eraseFolder(folder)));
      for (const d of done) if (d.status === 'rejected') throw d.reason;
    },
    async folders() {
      return [...new Set((await all((files) => files.folders())).flat())].sort();
    },
    async list(folder, fromMs, toMs) {
      const lists = await Promise.all(
        here().map(async ({ volume, files }) =>
          (await files.list(folder, fromMs, toMs)).map((file) => ({ ...file, volume })),
        ),
      );
      return lists.flat().sort((a, b) => a.startMs - b.startMs);
    },
    chain: {
      async append(stream, links) {
        await any((files) => files.chain.append(stream, links));
      },
      async newest(stream) {
        return Math.max(0, ...(await all((files) => files.chain.newest(stream))));
      },
      async read(stream) {
        return inOrder(await all((files) => files.chain.read(stream)));
      },
      async day(stream, atMs) {
        return inOrder(await all((files) => files.chain.day(stream, utcDay(atMs))));
      },
      async note(folder, streams) {
        await any((files) => files.chain.note(folder, streams));
      },
      async noted(folder) {
        const notes = (await all((files) => files.chain.noted(folder))).filter((n) => n !== null);
        const newest = (kind: StreamKind) =>
          notes.flatMap((n) => n[kind] ?? []).toSorted((a, b) => b.head.link - a.head.link)[0];
        const [main, sub] = [newest('main'), newest('sub')];
        return notes.length === 0 ? null : { ...(main && { main }), ...(sub && { sub }) };
      },
    },
  };
}
