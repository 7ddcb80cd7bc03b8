/**
 * The oldest of what may be deleted, stream by stream, read from the index a page at a time: nothing of it is ever read twice
 * for nothing, however much there is. Held spans are leapt over by the key.
 */
import type { ClockSeam } from '#domain/clock-seam.ts';
import { clockError, doubtedSpans, type DoubtedSpan } from '#domain/decide/clock-runs.ts';
import type { Queue, Shelf, Stored } from '#domain/decide/plan-retention.ts';
import { merged, touched } from '#domain/hold.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { EventFavour, Rule } from '#domain/retention.ts';
import type { DatedSegment, RetentionStore } from './retention-port.ts';

const pageRows = 64;
/** Pages read for one filling at most: some milliseconds. */
const maxPages = 8;
/** What was read is read again after this: events may have come, and footage fetched from a card. */
const freshMs = 60_000;

type Cursor = { next: Stored[] /** Where reading goes on. */; fromMs: number; more: boolean; readMs: number };
type Held = { any: Cursor; ordinary: Cursor; rule: Rule; version: number };

export type ShelfOf = {
  streamId: StreamId;
  cameraId: CameraId;
  volume: number;
  rule: Rule;
  bytes: number;
  /** What a clock recorded that was wrong; null: all else. */
  doubted: DoubtedSpan | null;
};

export function createRetentionQueues(deps: {
  store: Pick<RetentionStore, 'finished' | 'eventSpans'>;
  held: (cameraId: CameraId) => readonly (readonly [number, number])[];
  favour: () => EventFavour;
  /** Of the station's clock: another list when there is one more. */
  seams: () => readonly ClockSeam[];
  /** Its disk has refused to delete it lately: it is left alone for a while. */
  refused: (streamId: StreamId, startMs: number) => boolean;
  /** Another number: what was read does not count any more. */
  version: () => number;
}) {
  const { store } = deps;
  const places = new Map<string, Held>();
  const nameOf = ({ streamId, volume, doubted }: ShelfOf): string =>
    `${streamId} ${volume} ${doubted === null ? '' : doubted.seam}`;
  const fresh = ({ doubted }: ShelfOf): Cursor => ({ next: [], fromMs: doubted?.fromMs ?? 0, more: true, readMs: 0 });

  let doubts: { seams: readonly ClockSeam[]; spans: DoubtedSpan[] } = { seams: [], spans: [] };
  const doubted = (): DoubtedSpan[] => {
    const seams = deps.seams();
    if (doubts.seams !== seams) {
      doubts = { seams, spans: doubtedSpans(seams) };
      places.clear();
    }
    return doubts.spans;
  };

  const of = (shelf: ShelfOf, nowMonoMs: number): Held => {
    const { rule } = shelf;
    const version = deps.version();
    let mine = places.get(nameOf(shelf));
    if (mine === undefined || mine.version !== version || mine.rule !== rule) {
      mine = { any: fresh(shelf), ordinary: fresh(shelf), rule, version };
      places.set(nameOf(shelf), mine);
    }
    if (mine.any.readMs !== 0 && nowMonoMs - mine.any.readMs > freshMs) mine.any = fresh(shelf);
    const { ordinary } = mine;
    if (ordinary.readMs !== 0 && nowMonoMs - ordinary.readMs > freshMs)
      // What bears an event stays behind: it need not be walked past again.
      mine.ordinary = { ...fresh(shelf), fromMs: ordinary.next[0]?.startMs ?? ordinary.fromMs };
    return mine;
  };
  const queue = ({ next, more }: Cursor): Queue => ({ next, more });

  /** Reads on; true when something was found or the end. */
  const fill = (shelf: ShelfOf, name: 'any' | 'ordinary', nowMonoMs: number): boolean => {
    const mine = of(shelf, nowMonoMs);
    const cursor = mine[name === 'ordinary' && shelf.rule.eventMs === 0 ? 'any' : name];
    const held = deps.held(shelf.cameraId);
    for (let page = 0; page < maxPages; page++) {
      const rows = store.finished(shelf.streamId, cursor.fromMs, pageRows, shelf.volume);
      cursor.readMs = nowMonoMs;
      const last = rows.at(-1);
      if (last === undefined) {
        cursor.more = false;
        return true;
      }
      cursor.fromMs = last.startMs + 1;
      const free = rows.filter((row) => {
        if (!belongs(shelf, row) || deps.refused(shelf.streamId, row.startMs)) return false;
        const by = touched(held, row.startMs, row.endMs);
        // Whatever starts before its end is held too.
        if (by !== null) cursor.fromMs = Math.max(cursor.fromMs, Math.min(by[1], Number.MAX_SAFE_INTEGER));
        return by === null;
      });
      const stored = classify(shelf, free);
      cursor.next.push(...(name === 'ordinary' ? stored.filter((s) => !s.favoured) : stored));
      if (rows.length < pageRows && cursor.fromMs <= last.startMs + 1) cursor.more = false;
      if (shelf.doubted !== null && cursor.fromMs > shelf.doubted.toMs) cursor.more = false;
      if (cursor.next.length > 0 || !cursor.more) return true;
    }
    return false;
  };

  /** Whether it lies on this shelf: each recording lies on one. */
  const belongs = ({ doubted: span }: ShelfOf, row: DatedSegment): boolean => {
    if (doubts.spans.length === 0) return true;
    const wrong = clockError(doubts.seams, row) !== null;
    return span === null ? !wrong : wrong && row.seam === span.seam;
  };

  const classify = ({ cameraId, rule, doubted: span }: ShelfOf, rows: readonly DatedSegment[]): Stored[] => {
    const first = rows[0];
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return [];
    const spans =
      rule.eventMs === 0 ? [] : merged(store.eventSpans(cameraId, first.startMs, last.endMs, deps.favour()));
    const aheadMs = span?.error.ms ?? 0;
    return rows.map((row) => ({ ...row, favoured: touched(spans, row.startMs, row.endMs) !== null, aheadMs }));
  };

  return {
    /** The station's spans of wrong times; each takes a shelf of its own. */
    doubted,
    shelf(s: ShelfOf, nowMonoMs: number): Shelf {
      const mine = of(s, nowMonoMs);
      const any = queue(mine.any);
      return {
        streamId: s.streamId,
        volume: s.volume,
        run: s.doubted?.seam ?? null,
        rule: s.rule,
        streamBytes: s.bytes,
        any,
        ordinary: s.rule.eventMs === 0 ? any : queue(mine.ordinary),
      };
    },
    fill,
    /** These are gone, or do not go after all. */
    drop(streamId: StreamId, startsMs: ReadonlySet<number>): void {
      for (const [name, { any, ordinary }] of places) {
        if (!name.startsWith(`${streamId} `)) continue;
        for (const cursor of [any, ordinary]) cursor.next = cursor.next.filter((s) => !startsMs.has(s.startMs));
      }
    },
    forget(streamId: StreamId): void {
      for (const name of places.keys()) if (name.startsWith(`${streamId} `)) places.delete(name);
    },
  };
}
