/** What coverage is proven from, taken back from beside the video (`account-2026-11.json`), as far as it is newer than the index. */
import { type KeptAccount, type KeptDeletion, readAccount } from '#domain/account.ts';
import { LineId, type StreamId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { StreamRecord } from '../engine/index-port.ts';
import type { DeletedSince } from '../engine/settle-deleted.ts';
import type { Store } from './open-data.ts';
import type { OpenedVolumes } from './open-volumes.ts';

export type RestoredAccounts = {
  /** Streams of which something was taken over. */
  streams: number;
  deletions: number;
  /** Of so many lines that are drawn it came back who crossed them. */
  lines: number;
  /** Of these what is newer than the index. */
  since: DeletedSince[];
  /** When the newest of it was written; null: there was none. */
  savedMs: number | null;
};

type Streams = KeptAccount['streams'];
type Found = { streams: Map<StreamKind, StreamRecord>; accounts: KeptAccount[] };

/** Cameras must be in the index by then. `sinceMs`: the index knows what was before; 0: it knows nothing. */
export async function restoreAccounts(
  store: Store,
  volumes: OpenedVolumes,
  sinceMs: number,
): Promise<RestoredAccounts> {
  const restored: RestoredAccounts = { streams: 0, deletions: 0, lines: 0, since: [], savedMs: null };
  const byFolder = Map.groupBy(store.streams(), (s) => s.folder);
  const found: Found[] = [];
  for (const folder of await volumes.spread.folders()) {
    const mine = byFolder.get(folder);
    if (mine === undefined) continue;
    const read = (await volumes.accountsBeside(folder)).flatMap((text) => readAccount(text) ?? []);
    const accounts = read.filter((a) => a.savedMs > sinceMs).toSorted((a, b) => a.savedMs - b.savedMs);
    found.push({ streams: new Map(mine.map((s) => [s.kind, s])), accounts });
  }
  store.together(() => {
    for (const { streams, accounts } of found) {
      // Of a month that stands on several volumes the one that was written last holds.
      const months = [...new Map(accounts.map((a) => [a.month, a])).values()];
      for (const [kind, stream] of streams) {
        const { id, cameraId } = stream;
        if (restoreStream(store, id, kind, months, sinceMs)) restored.streams += 1;
        const lines = months.flatMap((a) => a.deletions.filter((d) => d.stream === kind));
        restored.since.push(...newerThan(store, stream, lines));
        store.retention.restore(cameraId, lines);
        restored.deletions += lines.length;
      }
      restored.lines += restoreLines(store.watch, months);
      for (const { savedMs } of accounts) restored.savedMs = Math.max(restored.savedMs ?? 0, savedMs);
    }
  });
  return restored;
}

/** Lines that are drawn on the picture must be in the index by then; answers of how many of them there was something. */
function restoreLines(store: Store['watch'], months: readonly KeptAccount[]): number {
  const drawn = new Set(store.lines().map((line) => line.id));
  const told = months.flatMap(({ lines }) =>
    Object.entries(lines).flatMap(([id, quarters]) =>
      quarters.map(([quarterMs, went, came, lookedMs]) => ({
        ...{ lineId: LineId.parse(id), quarterMs, in: went, out: came, lookedMs },
      })),
    ),
  );
  // Of what is drawn no more nothing is kept, and so nothing is said.
  const rows = told.filter((row) => drawn.has(row.lineId));
  store.restoreLineCounts(rows);
  return new Set(rows.map((row) => row.lineId)).size;
}

/** Lines of the report that the index lacks, or has shorter: as many segments as it does not know to be deleted. */
function newerThan(store: Store, stream: StreamRecord, lines: readonly KeptDeletion[]): DeletedSince[] {
  const [query, limit] = [
    { cameraIds: [stream.cameraId], reasons: [], fromMs: null, toMs: null, before: null },
    10_000,
  ];
  const keyOf = (d: KeptDeletion): string => JSON.stringify([d.stream, d.reason, d.by, d.why, d.firstMs, d.fromMs]);
  const known = new Map(store.retention.deletions({ ...query, limit }).map((d) => [keyOf(d), d.segments]));
  return lines.flatMap((line) => {
    const segments = line.segments - (known.get(keyOf(line)) ?? 0);
    return segments > 0 ? [{ stream, fromMs: line.fromMs, toMs: line.toMs, segments }] : [];
  });
}

/** A span stands in each month that it touches: the file that was written last knows how it ended. */
function spansOf<S extends readonly [number, ...unknown[]]>(
  months: readonly KeptAccount[],
  kind: StreamKind,
  of: (streams: NonNullable<Streams[StreamKind]>) => readonly S[],
): S[] {
  const byStart = new Map<number, S>();
  for (const { streams } of months.toSorted((a, b) => a.savedMs - b.savedMs)) {
    const mine = streams[kind];
    for (const span of mine === undefined ? [] : of(mine)) byStart.set(span[0], span);
  }
  return [...byStart.values()].sort((a, b) => a[0] - b[0]);
}

/** What the index has of the time after `sinceMs` it only guessed: spans that went on then are ended there, and go on as they were told. */
function restoreStream(
  store: Store,
  id: StreamId,
  kind: StreamKind,
  months: readonly KeptAccount[],
  sinceMs: number,
): boolean {
  if (months.every(({ streams }) => streams[kind] === undefined)) return false;
  const after = (toMs: number | null): boolean => toMs === null || toMs > sinceMs;
  store.wanted.end(id, sinceMs);
  for (const [fromMs, toMs] of spansOf(months, kind, (s) => s.wanted)) {
    const from = Math.max(fromMs, sinceMs);
    if (toMs === null) store.wanted.begin(id, from);
    else if (after(toMs)) store.wanted.add(id, from, toMs);
  }
  store.gap.close(id, sinceMs);
  for (const [fromMs, toMs, cause] of spansOf(months, kind, (s) => s.gaps)) {
    const from = Math.max(fromMs, sinceMs);
    if (toMs === null) store.gap.open(id, from, cause);
    else if (after(toMs)) store.gap.add({ streamId: id, fromMs: from, toMs, cause });
  }
  return true;
}
