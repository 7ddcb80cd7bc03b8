/** `vigie check`: compares the index with the disk, and itself; repairs only when told to, and never deletes video. */
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { parseSegmentPath } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import { checkVolume, type Finding } from '../adapters/files/index.ts';
import type { SegmentContent, SegmentRow, StreamRecord } from '../engine/ports.ts';
import type { Environment } from './config.ts';
import { openFiles, openIndex, takeExisting, type Store } from './open-data.ts';
import type { Options } from './options.ts';

const pageRows = 5_000;

/** 0: all is well (or was repaired) · 3: something does not agree. Throws `StationError`. */
export async function check(options: Options, environment: Environment): Promise<number> {
  const folder = await takeExisting(options.data ?? environment.dataFolder, systemClock);
  try {
    const store = openIndex(folder.database, { clock: systemClock, log: quietLog });
    try {
      const files = await openFiles(folder, store.setting);
      const say = (line: string): void => {
        process.stdout.write(`${line}\n`);
      };
      const streams = new Map(store.streams().map((s) => [`${s.folder} ${s.kind}`, s]));
      let found = 0;
      let left = 0;
      const index = {
        find: (cameraFolder: string, kind: StreamKind, startMs: number) => {
          const stream = streams.get(`${cameraFolder} ${kind}`);
          return stream === undefined ? null : (store.segmentsFrom(stream.id, startMs, startMs, 1)[0] ?? null);
        },
        all: () => allSegments(store),
      };
      for await (const finding of checkVolume(files, index)) {
        found += 1;
        const done = options.repair ? repair(store, streams, finding) : null;
        if (done === null) left += 1;
        say(`${finding.path}: ${finding.text}${done === null ? '' : ` Repaired: ${done}.`}`);
      }
      for (const fault of store.faults()) {
        found += 1;
        const { streamId } = fault;
        const derived = fault.what === 'event-days' || (fault.what === 'coverage' && streamId !== undefined);
        const repairs = options.repair && derived;
        if (!repairs) left += 1;
        else if (streamId === undefined) store.rebuildEventDays();
        else store.rebuildCoverage(streamId);
        const advice = derived ? '' : ' Run "vigie rebuild-index".';
        say(`index: ${fault.detail}.${repairs ? ' Repaired: made again.' : advice}`);
      }
      const { segments, events } = store.counts();
      const advice =
        left > 0 && !options.repair ? ' "vigie check --repair" corrects the index; it deletes no video.' : '';
      say(
        found === 0
          ? `All is well: ${segments} segments and ${events} events.`
          : `${found} found, ${found - left} repaired, ${left} left, of ${segments} segments.${advice}`,
      );
      return left === 0 ? 0 : 3;
    } finally {
      store.close();
    }
  } finally {
    await folder.release();
  }
}

function* allSegments(store: Store): Generator<{ folder: string; kind: StreamKind; row: SegmentRow }> {
  for (const stream of store.streams()) {
    for (let fromMs = 0; ; ) {
      const page = store.segmentsFrom(stream.id, fromMs, Number.MAX_SAFE_INTEGER, pageRows);
      for (const row of page) yield { folder: stream.folder, kind: stream.kind, row };
      const last = page.at(-1);
      if (last === undefined || page.length < pageRows) break;
      fromMs = last.startMs + 1;
    }
  }
}

/** Corrects the index to what is on disk; answers what was done, null when nothing can be. */
function repair(store: Store, streams: ReadonlyMap<string, StreamRecord>, finding: Finding): string | null {
  const place = finding.file?.place ?? null;
  const content = finding.file?.inspection?.content ?? null;
  const stream = place === null ? undefined : streams.get(`${place.folder} ${place.kind}`);
  switch (finding.code) {
    case 'no-row':
      if (place === null || content === null || stream === undefined) return null;
      store.together(() => {
        store.segment.adopt(rowOf(stream, place.startMs, content));
        store.gap.cut(stream.id, place.startMs, content.endMs);
      });
      return 'taken into the index';
    case 'too-short':
    case 'damaged':
    case 'end-differs':
      if (place === null || content === null || stream === undefined) return null;
      correct(store, stream, rowOf(stream, place.startMs, content));
      return 'the index now says what the file holds';
    case 'no-file':
      return dropMissing(store, streams, finding.path) ? 'taken out of the index; the time is a gap now' : null;
    case 'tail':
    case 'unreadable':
    case 'unknown-file':
      return null;
  }
}

const rowOf = (
  stream: StreamRecord,
  startMs: number,
  content: Pick<SegmentContent, 'endMs' | 'bytes' | 'sealed' | 'origin' | 'format'>,
): SegmentRow => ({
  streamId: stream.id,
  startMs,
  endMs: content.endMs,
  bytes: content.bytes,
  state: content.sealed ? 'sealed' : 'recovered',
  origin: content.origin,
  format: content.format,
});

/** What a segment is shorter by than the index said is a gap now: its video was there and is lost. */
function correct(store: Store, stream: StreamRecord, row: SegmentRow): void {
  const was = store.segmentsFrom(stream.id, row.startMs, row.startMs, 1)[0];
  store.together(() => {
    store.segment.correct(row);
    if (was !== undefined && was.endMs > row.endMs)
      store.gap.add({ streamId: stream.id, fromMs: row.endMs, toMs: was.endMs, cause: 'disk-error' });
    store.gap.cut(stream.id, row.startMs, row.endMs);
  });
}

function dropMissing(store: Store, streams: ReadonlyMap<string, StreamRecord>, path: string): boolean {
  const place = parseSegmentPath(path);
  const stream = place === null ? undefined : streams.get(`${place.folder} ${place.kind}`);
  if (place === null || stream === undefined) return false;
  const was = store.segmentsFrom(stream.id, place.startMs, place.startMs, 1)[0];
  if (was === undefined) return false;
  store.together(() => {
    store.segment.drop(stream.id, was.startMs);
    store.gap.add({ streamId: stream.id, fromMs: was.startMs, toMs: was.endMs, cause: 'disk-error' });
  });
  return true;
}
