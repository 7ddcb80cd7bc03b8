/** What one search found, as it is kept: each object with the picture that shows it best, made when it comes and when it is over. */
import type { FootageFind, FootageOutput } from '#domain/decide/footage-hits.ts';
import type { FootageHit } from '#domain/footage-search.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { I420 } from '#media/i420.ts';

/** Pictures of a main stream that are held, 3 MB each for 1080 lines. */
const mostHeld = 8;

type Open = {
  hit: FootageHit;
  /** A better picture than the one that is kept. */
  better: { find: FootageFind; picture: I420; stream: StreamKind } | null;
  changed: boolean;
};

export type FootageBook = {
  take(outputs: readonly FootageOutput[], picture: I420, stream: StreamKind): Promise<void>;
  /** What changed since is kept too. */
  flush(): void;
  /** Nothing more comes of these. */
  close(): Promise<void>;
};

/** Of one camera. `nextId` counts on over the cameras of a search. */
export function createFootageBook(deps: {
  cameraId: CameraId;
  nextId: () => number;
  encode: (picture: I420) => Promise<Uint8Array | null>;
  keep: (hit: FootageHit, jpeg: Uint8Array | null) => void;
}): FootageBook {
  const open = new Map<number, Open>();

  const picture = async (mine: Open, { find, picture: shown, stream }: NonNullable<Open['better']>): Promise<void> => {
    const jpeg = await deps.encode(shown);
    if (jpeg === null) return;
    const { bestMs, box } = find;
    mine.hit = { ...mine.hit, bestMs, box, stream, hasPicture: true };
    mine.changed = false;
    deps.keep(mine.hit, jpeg);
  };
  const end = async (key: number): Promise<void> => {
    const mine = open.get(key);
    if (mine === undefined) return;
    open.delete(key);
    if (mine.better !== null) await picture(mine, mine.better);
    if (mine.changed) deps.keep(mine.hit, null);
  };

  return {
    async take(outputs, shown, stream) {
      for (const output of outputs) {
        if (output.is === 'over') {
          await end(output.key);
          continue;
        }
        const { find } = output;
        const was = open.get(find.key);
        if (was === undefined) {
          const { key, ...found } = find;
          const hit: FootageHit = {
            ...{ ...found, id: deps.nextId(), cameraId: deps.cameraId },
            ...{ stream, hasPicture: false, bookmarkId: null },
          };
          const mine: Open = { hit, better: null, changed: true };
          open.set(key, mine);
          await picture(mine, { find, picture: shown, stream });
          if (mine.changed) deps.keep(mine.hit, null);
          continue;
        }
        was.hit = { ...was.hit, class: find.class, score: find.score, toMs: find.toMs };
        was.changed = true;
        if (!output.best) continue;
        // As a rule one is encoded when it is over; of many at once the pictures would take too much memory.
        if (open.size > mostHeld) await picture(was, { find, picture: shown, stream });
        else was.better = { find, picture: shown, stream };
      }
    },
    flush() {
      for (const mine of open.values()) {
        if (mine.changed) deps.keep(mine.hit, null);
        mine.changed = false;
      }
    },
    async close() {
      for (const key of [...open.keys()]) await end(key);
    },
  };
}
