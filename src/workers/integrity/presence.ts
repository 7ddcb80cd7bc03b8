/** Walks a volume and the index side by side: what is on the one and not on the other, and what is to be looked into. */
import { comparePresence } from '#domain/decide/compare-presence.ts';
import type { FileOnDisk, IndexedFile } from '#domain/integrity.ts';
import type { StreamKind } from '#domain/stream.ts';
import { hourMs } from '#domain/time.ts';
import { walkFolders, walkHours } from '../../main/adapters/files/index.ts';
import type { CheckedStream, CheckReader } from '../../main/adapters/sqlite/index.ts';

export type Odd =
  | { is: 'no-file'; stream: CheckedStream; row: IndexedFile }
  /** `stream` null: the folder belongs to no camera of the index. */
  | { is: 'no-row'; stream: CheckedStream | null; folder: string; kind: StreamKind; file: FileOnDisk }
  | { is: 'unsure'; stream: CheckedStream; row: IndexedFile; file: FileOnDisk }
  | { is: 'unknown'; path: string };

/** What an hour's folder, or what is in the index alone, brought. */
export type PresenceStep = { files: number; bytes: number; odd: Odd[] };

const pageRows = 5_000;
const kinds: readonly StreamKind[] = ['main', 'sub'];

/** Rows of a stream in order, a page at a time. */
function createCursor(reader: CheckReader, stream: CheckedStream, volume: number) {
  let page: IndexedFile[] = [];
  let at = 0;
  let fromMs: number | null = 0;
  /** Rows that start before `beforeMs`; each is given once. */
  return function take(beforeMs: number): IndexedFile[] {
    const out: IndexedFile[] = [];
    for (;;) {
      const row = page[at];
      if (row === undefined) {
        if (fromMs === null) return out;
        page = reader.segments(stream.id, fromMs, pageRows, volume);
        at = 0;
        const last = page.at(-1);
        fromMs = last === undefined || page.length < pageRows ? null : last.startMs + 1;
        if (last === undefined) return out;
        continue;
      }
      if (row.startMs >= beforeMs) return out;
      out.push(row);
      at += 1;
    }
  };
}

/**
 * One step an hour's folder of a volume that is here; what the index has on others is passed over. `untilMs`: segments that start later are passed over, because they may still change (the running
 * station). Throws errors of the disk and of the index.
 */
export function* comparePlace(deps: {
  root: string;
  volume: number;
  reader: CheckReader;
  untilMs: number;
}): Generator<PresenceStep> {
  const { root, volume, reader, untilMs } = deps;
  const streams = reader.streams();
  const byName = new Map(streams.map((s) => [`${s.folder} ${s.kind}`, s]));
  const folders = new Set([...walkFolders(root), ...streams.map((s) => s.folder)]);

  for (const folder of [...folders].sort()) {
    const sides = kinds.map((kind) => {
      const stream = byName.get(`${folder} ${kind}`) ?? null;
      return { kind, stream, take: stream === null ? () => [] : createCursor(reader, stream, volume) };
    });
    for (const hour of walkHours(root, folder)) {
      const step: PresenceStep = { files: 0, bytes: 0, odd: hour.unknown.map((path) => ({ is: 'unknown', path })) };
      if (hour.fromMs > 0) {
        const beforeMs = Math.min(hour.fromMs + hourMs, untilMs);
        for (const { kind, stream, take } of sides) {
          const files = hour[kind].filter((f) => f.startMs < untilMs);
          step.files += files.length;
          for (const f of files) step.bytes += f.bytes;
          const found = comparePresence(files, take(beforeMs));
          for (const file of found.noRow) step.odd.push({ is: 'no-row', stream, folder, kind, file });
          if (stream === null) continue;
          for (const row of found.noFile) step.odd.push({ is: 'no-file', stream, row });
          for (const { file, row } of found.unsure) step.odd.push({ is: 'unsure', stream, row, file });
        }
      }
      yield step;
    }
    for (const { stream, take } of sides) {
      if (stream === null) continue;
      const odd = take(untilMs).map((row): Odd => ({ is: 'no-file', stream, row }));
      if (odd.length > 0) yield { files: 0, bytes: 0, odd };
    }
  }
}
