/**
 * Links each segment's hash to its stream's chain, in the index and then beside the video. Nothing here is in the way of
 * recording: what does not get a link now is hashed from the disk later.
 */
import type { StreamId } from '#domain/id.ts';
import { behindHead } from '#domain/decide/verify-chain.ts';
import type { HashedFile } from '#domain/segment-chain.ts';
import type { Log } from '#lib/log.ts';
import { createRepeats } from '#lib/repeats.ts';
import { StoreError } from '#lib/store-error.ts';
import type { IndexJournal } from './index-journal.ts';
import type { ChainNote } from './chain-port.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import type { SpreadFiles } from './spread-files.ts';

const linkEveryMs = 5_000;
const noteEveryTicks = 12;
/** Cameras that are noted at once; the others have their turn a minute later. */
const notesAtOnce = 64;
/** Hashes that wait for the index at most; of more the oldest are hashed again from the disk. */
const maxWaiting = 20_000;
const listAtOnce = 500;
/** Streams whose lists are looked at in one step. */
const joinAtOnce = 64;
/** At the end so long is waited for what lies beside the video of streams that were recorded for the first time. */
const lastJoinMs = 500;
/** A refusing disk is told to the log this often. */
const tellEveryMs = 600_000;

export type Chain = {
  /** A segment's file is whole and this is its hash; null: it will be read later. */
  hashed(streamId: StreamId, file: Omit<HashedFile, 'sha256'> & { sha256: string | null }): void;
  /** A stream's number is not used any more. */
  forget(streamId: StreamId): void;
  start(): void;
  /** Links what waits, within half a second. What is not listed beside the video yet is listed after the next start. */
  stop(): Promise<void>;
};

export function createChain(deps: {
  store: Pick<WriteStore, 'chain' | 'together' | 'durable'> & Pick<ReadStore, 'streams'>;
  files: Pick<SpreadFiles, 'chain'>;
  journal: Pick<IndexJournal, 'flush' | 'holds' | 'trouble'>;
  log: Log;
}): Chain {
  const { store, files, journal, log } = deps;
  const waiting = new Map<StreamId, HashedFile[]>();
  let count = 0;
  /** Streams whose lists beside the video have nothing that the index lacks. */
  const joined = new Set<StreamId>();
  /** Streams that no segment has waited for yet. */
  let unjoined: StreamId[] = [];
  /** Streams whose lists lack something. */
  const unlisted = new Set<StreamId>();
  let known = new Map<StreamId, StreamRecord>();
  let working: Promise<void> | null = null;
  let timer: ReturnType<typeof setInterval> | null = null;
  let ticks = 0;
  const repeats = createRepeats(log, tellEveryMs);

  const streamOf = (id: StreamId): StreamRecord | null => {
    if (!known.has(id)) known = new Map(store.streams().map((s) => [s.id, s]));
    return known.get(id) ?? null;
  };

  const refused = (error: unknown, stream: StreamRecord): void => {
    repeats.warn('the list of hashes beside the video cannot be read or written; it is tried again', {
      more: { folder: stream.folder, error: String(error) },
    });
  };

  /** After an index of yesterday was put back the lists beside the video know more than it: their links come first. */
  const join = async (id: StreamId): Promise<void> => {
    const stream = streamOf(id);
    if (stream === null) {
      waiting.delete(id);
      return;
    }
    try {
      const head = store.chain.head(id);
      if ((await files.chain.newest(stream)) > head.link) {
        const note = (await files.chain.noted(stream.folder))?.[stream.kind];
        const more = behindHead(head, await files.chain.read(stream), note?.seams ?? []);
        store.chain.join(id, more);
        log.info('links of a chain were taken in from beside the video', {
          folder: stream.folder,
          stream: stream.kind,
          links: more.length,
        });
      }
      joined.add(id);
      unjoined = unjoined.filter((other) => other !== id);
      if (store.chain.listedTo(id) < store.chain.head(id).link) unlisted.add(id);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      refused(error, stream);
    }
  };

  const link = (): void => {
    const ready = [...waiting].filter(([id]) => joined.has(id));
    if (ready.length === 0) return;
    // The rows of these segments are written before their hashes.
    journal.flush();
    if (journal.trouble() !== null) return;
    store.together(() => {
      for (const [id, list] of ready) {
        const stream = streamOf(id);
        if (stream === null) continue;
        for (const file of list) if (store.chain.link(id, stream, file) !== null) unlisted.add(id);
      }
    });
    for (const [id, list] of ready) {
      count -= list.length;
      waiting.delete(id);
    }
  };

  const list = async (): Promise<void> => {
    const done: [StreamId, number][] = [];
    // After a power cut too the lists know no more than the index.
    if (unlisted.size > 0) await store.durable();
    for (const id of [...unlisted]) {
      const stream = streamOf(id);
      unlisted.delete(id);
      if (stream === null) continue;
      const links = store.chain.links(id, store.chain.listedTo(id) + 1, listAtOnce);
      const last = links.at(-1);
      if (last === undefined) continue;
      try {
        await files.chain.append(stream, links);
        done.push([id, last.link]);
        if (links.length === listAtOnce) unlisted.add(id);
      } catch (error) {
        unlisted.add(id);
        refused(error, stream);
      }
    }
    if (done.length > 0)
      store.together(() => {
        for (const [id, to] of done) store.chain.listed(id, to);
      });
  };

  const note = async (): Promise<void> => {
    const done: [StreamId, number][] = [];
    const noted = new Set<string>();
    for (const id of store.chain.toNote(notesAtOnce)) {
      const stream = streamOf(id);
      if (stream === null || noted.has(stream.folder)) continue;
      noted.add(stream.folder);
      const both = [...known.values()].filter((s) => s.folder === stream.folder);
      const streams: ChainNote = {};
      for (const s of both) streams[s.kind] = { head: store.chain.head(s.id), seams: store.chain.seams(s.id) };
      try {
        await files.chain.note(stream.folder, streams);
        for (const s of both) done.push([s.id, streams[s.kind]?.head.link ?? 0]);
      } catch (error) {
        refused(error, stream);
      }
    }
    if (done.length > 0)
      store.together(() => {
        for (const [id, headLink] of done) store.chain.noted(id, headLink);
      });
  };

  const work = async (): Promise<void> => {
    try {
      const strange = [...waiting.keys(), ...unjoined].filter((id) => !joined.has(id));
      await Promise.all(strange.slice(0, joinAtOnce).map(join));
      link();
      await list();
      ticks += 1;
      if (ticks % noteEveryTicks === 0) await note();
    } catch (error) {
      // The index refuses, and says so by itself: what waits goes on waiting.
      if (!(error instanceof StoreError)) throw error;
    }
  };

  const step = (): void => {
    if (journal.holds()) return;
    working ??= work().finally(() => {
      working = null;
    });
  };

  return {
    hashed(streamId, { startMs, endMs, bytes, sha256 }) {
      if (sha256 === null) return;
      let mine = waiting.get(streamId);
      if (mine === undefined) waiting.set(streamId, (mine = []));
      mine.push({ startMs, endMs, bytes, sha256 });
      count += 1;
      if (count <= maxWaiting) return;
      for (const [id, list] of waiting) {
        list.shift();
        count -= 1;
        if (list.length === 0) waiting.delete(id);
        break;
      }
    },
    forget(streamId) {
      count -= waiting.get(streamId)?.length ?? 0;
      waiting.delete(streamId);
      unjoined = unjoined.filter((id) => id !== streamId);
      joined.delete(streamId);
      unlisted.delete(streamId);
      known.delete(streamId);
    },
    start() {
      if (timer !== null) return;
      unjoined = store.streams().map((s) => s.id);
      timer = setInterval(step, linkEveryMs);
      step();
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      let patience: ReturnType<typeof setTimeout> | undefined;
      const over = new Promise<void>((resolve) => {
        patience = setTimeout(resolve, lastJoinMs);
      });
      try {
        // First segments of new streams: what would have no hash now would be without one until long after the next start.
        const strange = [...waiting.keys()].filter((id) => !joined.has(id));
        const joining = Promise.all([working, ...strange.map(join)]);
        joining.catch(() => undefined); // too late to matter
        await Promise.race([joining, over]);
        link();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      } finally {
        repeats.end();
        clearTimeout(patience);
      }
    },
  };
}
