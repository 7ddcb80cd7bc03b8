/** Compares an archive with the index, camera by camera, and takes in what the index lacks. */
import type { Outputs } from '#contract/call.ts';
import { isArchive } from '#domain/archive.ts';
import { parseSegmentPath, segmentPath } from '#domain/segment.ts';
import type { Clock } from '#lib/clock.ts';
import type { OpenArchive } from './archives.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';

type Compared = Outputs['archives']['compare'];
const mostNames = 20;
const pageRows = 500;

export async function compareArchive(
  entry: OpenArchive,
  deps: { store: WriteStore & ReadStore; clock: Clock },
): Promise<Compared> {
  const { store, clock } = deps;
  const { archive } = entry.row;
  const out: Compared = {
    objects: 0,
    bytes: 0,
    takenIn: 0,
    sentAgain: 0,
    missing: 0,
    differing: 0,
    unknown: 0,
    names: [],
  };
  const tell = (key: string): void => {
    if (out.names.length < mostNames) out.names.push(key);
  };
  const streamOf = new Map(store.streams().map((s) => [`${s.folder} ${s.kind}`, s]));
  const seen = new Map<StreamRecord['id'], Set<number>>();
  /** What is sent or deleted while it is listed is no finding. */
  const beganMs = clock.nowMs();

  const takeIn = async (stream: StreamRecord, startMs: number, key: string): Promise<boolean> => {
    const found = await entry.health.run(() => entry.store.look(key));
    const note = found?.note;
    if (!found || !note || note.folder !== stream.folder || note.kind !== stream.kind || note.startMs !== startMs)
      return false;
    const { sha256, endMs, codecs, width, height, initBytes } = note;
    store.together(() => {
      store.segment.adopt({
        streamId: stream.id,
        startMs,
        endMs,
        bytes: found.bytes,
        state: 'sealed',
        volume: archive,
        format: { codecs, width, height, initBytes },
      });
      store.archive.put({
        streamId: stream.id,
        startMs,
        archive,
        file: { sha256, bytes: found.bytes },
        verifiedMs: beganMs,
      });
      store.chain.link(
        stream.id,
        { folder: stream.folder, kind: stream.kind },
        { startMs, endMs, bytes: found.bytes, sha256 },
      );
    });
    return true;
  };

  for await (const { key, bytes } of entry.store.list(null)) {
    out.objects += 1;
    out.bytes += bytes;
    const place = parseSegmentPath(key);
    const stream = place === null ? undefined : streamOf.get(`${place.folder} ${place.kind}`);
    if (place === null || stream === undefined) {
      out.unknown += 1;
      continue;
    }
    const mine = seen.get(stream.id) ?? new Set<number>();
    seen.set(stream.id, mine.add(place.startMs));
    const copy = store.archive.of(stream.id, place.startMs);
    if (copy !== null) {
      if (copy.archive !== archive || copy.file.bytes === bytes) continue;
      out.differing += 1;
      tell(key);
    } else if (store.segmentsFrom(stream.id, place.startMs, place.startMs, 1).length === 0) {
      if (await takeIn(stream, place.startMs, key)) out.takenIn += 1;
      else out.unknown += 1;
    }
  }
  for (const stream of store.streams()) {
    const mine = seen.get(stream.id);
    for (let fromMs = 0; ; ) {
      const page = store.archive.copies(stream.id, archive, fromMs, pageRows);
      for (const copy of page) {
        if (mine?.has(copy.startMs) === true || copy.verifiedMs > beganMs) continue;
        if (isArchive(copy.volume)) {
          out.missing += 1;
          tell(segmentPath(stream.folder, stream.kind, copy.startMs));
        } else {
          store.archive.forget(stream.id, copy.startMs);
          out.sentAgain += 1;
        }
      }
      const last = page.at(-1);
      if (last === undefined) break;
      fromMs = last.startMs + 1;
    }
  }
  return out;
}
