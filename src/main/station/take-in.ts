/**
 * Takes into the index what is on the disk and not in it: segments, then the links of their chains. What a list beside the video tells of a
 * file of the same size is believed, so that two reads are enough; all else is looked into.
 */
import { behindHead } from '#domain/decide/verify-chain.ts';
import { type ChainLink } from '#domain/segment-chain.ts';
import { segmentPath, utcDay } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { comparePlace, type Odd, type PresenceStep } from '#workers/integrity/presence.ts';
import { type CheckReader, openCheckReader } from '../adapters/sqlite/index.ts';
import type { SegmentRow, StreamRecord } from '../engine/index-port.ts';
import type { SegmentContent } from '../engine/segment-file-port.ts';
import { createClockNotes } from './clock-notes.ts';
import type { SpreadFiles } from '../engine/spread-files.ts';
import type { Store } from './open-data.ts';
import type { OpenedVolume, OpenedVolumes } from './open-volumes.ts';
import type { Progress } from './progress.ts';

export type TakenIn = {
  segments: number;
  refused: { path: string; why: string }[];
  refusedCount: number;
  links: number;
};

/** Files that are read at once: a disk serves several requests better than one. */
const atOnce = 16;
/** Refused files told one by one. */
const mostTold = 1_000;
type Dated = Omit<SegmentRow, 'seam'> & { clocks: SegmentContent['clocks'] };
type NoRow = Extract<Odd, { is: 'no-row' }>;

export async function takeIn(deps: {
  store: Store;
  volumes: OpenedVolumes;
  database: string;
  progress: Progress;
}): Promise<TakenIn> {
  const { store, volumes, progress } = deps;
  const taken: TakenIn = { segments: 0, refused: [], refusedCount: 0, links: 0 };
  const listed = createListed(volumes.spread);
  const reader = openCheckReader(deps.database, { clock: systemClock, log: quietLog });

  const refuse = (path: string, why: string): null => {
    taken.refusedCount += 1;
    if (taken.refused.length < mostTold) taken.refused.push({ path, why });
    return null;
  };

  const clocks = createClockNotes(store);
  const dated = (row: Dated): SegmentRow => {
    const { clocks: noted, ...rest } = row;
    return { ...rest, seam: clocks.note(row, noted) };
  };

  const rowOf = async (
    { volume, files }: OpenedVolume,
    { folder, kind, stream, file }: NoRow,
  ): Promise<SegmentRow | null> => {
    const { startMs, bytes } = file;
    const path = segmentPath(folder, kind, startMs);
    if (stream === null) return refuse(path, 'its folder belongs to no camera');
    const link = await listed(stream, startMs);
    const glance = link?.bytes === bytes ? await files.glance(path, bytes) : null;
    if (link !== null && glance !== null)
      return dated({ streamId: stream.id, startMs, endMs: link.endMs, bytes, state: 'sealed', volume, ...glance });
    const found = await files.found(path);
    const content = found.inspection?.content ?? null;
    if (content === null) return refuse(path, found.error ?? found.inspection?.defect?.text ?? 'it is gone');
    const { endMs, sealed, origin, clocks, format } = content;
    const state = sealed ? 'sealed' : 'recovered';
    return dated({ streamId: stream.id, startMs, endMs, bytes: content.bytes, state, origin, volume, clocks, format });
  };

  try {
    for (const { place, step } of steps(volumes.here, reader)) {
      const strange = step.odd.filter((odd): odd is NoRow => odd.is === 'no-row');
      const rows: SegmentRow[] = [];
      for (let at = 0; at < strange.length; at += atOnce) {
        const made = await Promise.all(strange.slice(at, at + atOnce).map((odd) => rowOf(place, odd)));
        for (const row of made) if (row !== null) rows.push(row);
      }
      if (rows.length > 0)
        store.together(() => {
          for (const row of rows) {
            store.segment.adopt(row);
            store.gap.cut(row.streamId, row.startMs, row.endMs);
          }
        });
      taken.segments += rows.length;
      progress.say(() => `taken in: ${taken.segments} segments`);
    }
    clocks.settle();
    for (const stream of reader.streams()) {
      taken.links += await joinChain(store, volumes.spread, stream);
      progress.say(() => `chains: ${taken.links} links`);
    }
  } finally {
    reader.close();
    progress.end();
  }
  return taken;
}

/** The files of each volume against the index, one after the other. */
function* steps(
  here: readonly OpenedVolume[],
  reader: CheckReader,
): Generator<{ place: OpenedVolume; step: PresenceStep }> {
  for (const place of here) {
    const { volume, files } = place;
    for (const step of comparePlace({ root: files.root, volume, reader, untilMs: Number.MAX_SAFE_INTEGER }))
      yield { place, step };
  }
}

/** What the lists beside the video have behind the index's head. */
async function joinChain(store: Store, files: Pick<SpreadFiles, 'chain'>, stream: StreamRecord): Promise<number> {
  const head = store.chain.head(stream.id);
  if ((await files.chain.newest(stream)) <= head.link) return 0;
  const note = (await files.chain.noted(stream.folder))?.[stream.kind];
  const more = behindHead(head, await files.chain.read(stream), note?.seams ?? []);
  store.chain.join(stream.id, more);
  return more.length;
}

/** Links by start, a day of a stream at a time: files come in the order of time. */
function createListed(files: Pick<SpreadFiles, 'chain'>) {
  const days = new Map<StreamKind, { key: string; links: Promise<Map<number, ChainLink>> }>();
  return async (stream: StreamRecord, startMs: number): Promise<ChainLink | null> => {
    const key = `${stream.folder} ${utcDay(startMs)}`;
    let day = days.get(stream.kind);
    if (day?.key !== key) {
      const links = files.chain.day(stream, startMs).then((list) => new Map(list.map((l) => [l.startMs, l])));
      days.set(stream.kind, (day = { key, links }));
    }
    return (await day.links).get(startMs) ?? null;
  };
}
