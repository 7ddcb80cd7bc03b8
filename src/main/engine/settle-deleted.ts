/**
 * An index that is a copy of earlier knows segments that retention has deleted since. What the report from beside the video tells of, and is on
 * no disk any more, leaves the index as deleted footage does: it is no loss, and nobody is told of one. Of a volume that was away then this is
 * noted in the index, and done when it is back.
 */
import { z } from 'zod';
import { StreamId } from '#domain/id.ts';
import { TimeMs } from '#domain/time.ts';
import { ownVolume } from '#domain/volume.ts';
import type { Log } from '#lib/log.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import type { SegmentFiles } from './segment-file-port.ts';

/** A line of the report, as far as it is newer than the index: segments of a stream that started in [fromMs, toMs), so many at most. */
export type DeletedSince = { stream: StreamRecord; fromMs: number; toMs: number; segments: number };

type Store = Pick<WriteStore, 'setting' | 'volume' | 'together'> &
  Pick<ReadStore, 'streams' | 'segmentsFrom'> & {
    retention: Pick<WriteStore['retention'], 'deletedBefore'>;
    archive: Pick<WriteStore['archive'], 'of'>;
  };
/** Starts of a stream's files in [fromMs, toMs] on the volumes that are looked at; null: they cannot be seen now. */
type FilesOf = (stream: StreamRecord, fromMs: number, toMs: number) => Promise<ReadonlySet<number> | null>;

const key = 'unsettled-deletions';
const pageRows = 1_000;
/** More lines of a stream than this in all are put together: where they begin and end is known less exactly then. */
const mostLines = 5_000;

const Unsettled = z.object({
  volumes: z.array(z.number().int()),
  lines: z.array(z.object({ streamId: StreamId, fromMs: TimeMs, toMs: TimeMs, segments: z.number().int().min(1) })),
});
type Unsettled = z.infer<typeof Unsettled>;

/**
 * Of each line the oldest that are not there, and no more than it counts: what is missing besides stays in the index and is told. Only
 * what lies on `volumes` is looked at. Answers how many left the index, and what remains of the lines; `seen` false: the files could not be seen.
 */
export async function settleLines(
  store: Store,
  lines: readonly DeletedSince[],
  of: { volumes: ReadonlySet<number>; files: FilesOf; stays?: (stream: StreamRecord, startMs: number) => boolean },
): Promise<{ settled: number; left: DeletedSince[]; seen: boolean }> {
  const left: DeletedSince[] = [];
  let settled = 0;
  for (const [n, line] of lines.entries()) {
    const { stream, fromMs, toMs } = line;
    let segments = line.segments;
    for (let at = fromMs; segments > 0 && at < toMs; ) {
      const page = store.segmentsFrom(stream.id, at, toMs - 1, pageRows);
      const [first, last] = [page[0], page.at(-1)];
      if (first === undefined || last === undefined) break;
      at = last.startMs + 1;
      if (!page.some(({ volume = ownVolume }) => of.volumes.has(volume))) continue;
      const there = await of.files(stream, first.startMs, last.startMs);
      if (there === null)
        return { settled, left: [...left, { ...line, segments }, ...lines.slice(n + 1)], seen: false };
      const known = new Set(store.segmentsFrom(stream.id, first.startMs, last.startMs, pageRows).map((s) => s.startMs));
      const gone = page
        .map(({ startMs, endMs, bytes, state, volume = ownVolume }) => {
          return { startMs, endMs, bytes, volume, open: state === 'open' };
        })
        .filter(({ startMs, volume }) => of.volumes.has(volume) && known.has(startMs) && !there.has(startMs))
        // It may have moved to its archive since.
        .filter(({ startMs }) => store.archive.of(stream.id, startMs) === null && of.stays?.(stream, startMs) !== true)
        .slice(0, segments);
      store.retention.deletedBefore(stream.id, gone);
      segments -= gone.length;
      settled += gone.length;
    }
    if (segments > 0) left.push({ ...line, segments });
  }
  return { settled, left, seen: true };
}

/** Notes what is to be settled on volumes that are away: of the lines those of which one of them may have something. */
export function noteUnsettled(store: Store, lines: readonly DeletedSince[], away: readonly number[]): void {
  const waiting = lines.filter(({ stream, fromMs, toMs }) =>
    away.some((volume) => {
      const span = store.volume.span(stream.id, volume);
      return span !== null && span.oldestMs < toMs && span.newestMs >= fromMs;
    }),
  );
  save(store, {
    volumes: [...away],
    lines: fewer(waiting).map(({ stream, ...line }) => ({ ...line, streamId: stream.id })),
  });
}

/** A stream's lines become one where there are too many. */
function fewer(lines: readonly DeletedSince[]): readonly DeletedSince[] {
  if (lines.length <= mostLines) return lines;
  return [...Map.groupBy(lines, (line) => line.stream.id).values()].flatMap((mine) => {
    const [first] = mine;
    return first === undefined
      ? []
      : [
          {
            stream: first.stream,
            fromMs: Math.min(...mine.map((line) => line.fromMs)),
            toMs: Math.max(...mine.map((line) => line.toMs)),
            segments: mine.reduce((sum, line) => sum + line.segments, 0),
          },
        ];
  });
}

function save(store: Pick<Store, 'setting'>, unsettled: Unsettled): void {
  const done = unsettled.volumes.length === 0 || unsettled.lines.length === 0;
  if (done && (store.setting.get(key) ?? '') === '') return;
  store.setting.set(key, done ? '' : JSON.stringify(unsettled));
}

function load(store: Pick<Store, 'setting'>): Unsettled | null {
  const text = store.setting.get(key) ?? '';
  if (text === '') return null;
  try {
    return Unsettled.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // not JSON
  }
}

export type SettlingBack = {
  /** A volume is here again: what was noted of it is done now, one volume after the other. Never rejects. */
  returned(volume: number): Promise<void>;
};

export function createSettlingBack(deps: {
  store: Store;
  filesOf: (volume: number) => Pick<SegmentFiles, 'list' | 'space'> | null;
  /** Its file is held open, or may still change. */
  mayChange: (stream: StreamRecord, startMs: number) => boolean;
  /** What the index was told goes into it now. */
  flush: () => void;
  log: Log;
}): SettlingBack {
  const { store, log } = deps;
  let turn: Promise<void> = Promise.resolve();

  const settle = async (volume: number): Promise<void> => {
    const unsettled = load(store);
    if (unsettled?.volumes.includes(volume) !== true) return;
    const streams = new Map(store.streams().map((s) => [s.id, s]));
    const mark = store.volume.all().find((row) => row.volume === volume)?.mark ?? null;
    const lines = unsettled.lines.flatMap(({ streamId, ...line }) => {
      const stream = streams.get(streamId);
      return stream === undefined ? [] : [{ ...line, stream }];
    });
    deps.flush();
    const { settled, left, seen } = await settleLines(store, lines, {
      volumes: new Set([volume]),
      stays: deps.mayChange,
      async files(stream, fromMs, toMs) {
        const files = deps.filesOf(volume);
        if (files === null) return null;
        const there = await files.list(stream.folder, fromMs, toMs);
        // A disk that went meanwhile has no file of anything.
        if (mark === null || (await files.space()).mark !== mark) return null;
        return new Set(there.filter((file) => file.kind === stream.kind).map((file) => file.startMs));
      },
    });
    save(store, {
      volumes: seen ? unsettled.volumes.filter((other) => other !== volume) : unsettled.volumes,
      lines: left.map(({ stream, ...line }) => ({ ...line, streamId: stream.id })),
    });
    if (settled > 0)
      log.warn('segments that had been deleted since the backup of the index left it: their disk is back', {
        volume,
        segments: settled,
      });
  };

  return {
    returned(volume) {
      turn = turn
        .then(() => settle(volume))
        .catch((error: unknown) => {
          log.error(
            'what was deleted on a disk since the backup of the index could not be settled; it is tried when it comes back',
            {
              volume,
              error: String(error),
            },
          );
        });
      return turn;
    },
  };
}
