/** Which streams' key pictures and sound go from ingest workers to the workers that watch and listen. Holds when workers begin anew. */
import type { MessagePort, Transferable } from 'node:worker_threads';
import type { StreamId } from '#domain/id.ts';
import type { HearOrder, IngestCommand, ShowOrder } from '#workers/ingest/port.ts';

export type Giving = {
  /** Where key pictures go: asked for a port once for every worker, also one that comes later. Given again, it holds for all anew. */
  picturesTo(open: () => MessagePort): void;
  /** Gives key pictures of a stream there; null: not any more. Holds also when its worker begins anew. */
  show(streamId: StreamId, order: ShowOrder | null): void;
  /** Where sound goes; as `picturesTo`. */
  soundTo(open: () => MessagePort): void;
  /** Gives the sound of a stream there; as `show`. */
  hear(streamId: StreamId, order: HearOrder | null): void;
};

export type Post = (command: IngestCommand, transfer?: readonly Transferable[]) => unknown;

export function createGiving(deps: {
  /** Those that run now. */
  workers: () => Post[];
  /** The one in which a stream runs now; null: none. */
  worker: (streamId: StreamId) => Post | null;
}): {
  orders: Giving;
  /** One runs, and knows nothing yet. */
  began(post: Post): void;
  /** A stream was started in it. */
  started(streamId: StreamId, post: Post): void;
} {
  const shows = new Map<StreamId, ShowOrder>();
  const hears = new Map<StreamId, HearOrder>();
  let pictures: (() => MessagePort) | null = null;
  let sound: (() => MessagePort) | null = null;
  const tell = (post: Post, op: 'pictures-to' | 'sound-to', open: (() => MessagePort) | null): void => {
    if (open === null) return;
    const port = open();
    post({ op, port }, [port]);
  };
  const note = <T>(orders: Map<StreamId, T>, streamId: StreamId, order: T | null): void => {
    if (order === null) orders.delete(streamId);
    else orders.set(streamId, order);
  };
  return {
    orders: {
      picturesTo(open) {
        pictures = open;
        for (const post of deps.workers()) tell(post, 'pictures-to', open);
      },
      show(streamId, order) {
        note(shows, streamId, order);
        deps.worker(streamId)?.({ op: 'show', streamId, order });
      },
      soundTo(open) {
        sound = open;
        for (const post of deps.workers()) tell(post, 'sound-to', open);
      },
      hear(streamId, order) {
        note(hears, streamId, order);
        deps.worker(streamId)?.({ op: 'hear', streamId, order });
      },
    },
    began(post) {
      tell(post, 'pictures-to', pictures);
      tell(post, 'sound-to', sound);
    },
    started(streamId, post) {
      const [show, hear] = [shows.get(streamId), hears.get(streamId)];
      if (show !== undefined) post({ op: 'show', streamId, order: show });
      if (hear !== undefined) post({ op: 'hear', streamId, order: hear });
    },
  };
}
