/** Who went over lines that count, written down by quarters of an hour, and told as hours and days of the site's time zone. */
import { AppError } from '#contract/error.ts';
import { pauseOf } from '#domain/decide/pause.ts';
import { firstOfDays, quarterOf, quartersOf, totalLines } from '#domain/decide/total-lines.ts';
import type { CameraId, LineId } from '#domain/id.ts';
import { mostLineDays, type LineQuarter, type LineTotals } from '#domain/line-totals.ts';
import { createTimeZone } from '#domain/time-zone.ts';
import type { WatchLine } from '#domain/watch-zone.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import type { LineCsvDoor, LineTallies, WatchStore } from './watch-port.ts';
import type { WatchRuleRoom } from './watch-rules.ts';

const flushMs = 60_000;
const tidyMs = 86_400_000;

export type LineTallyRoom = LineTallies &
  LineCsvDoor & {
    start(): void;
    stop(): void;
    /** Somebody looked, and before that at `beforeMs`: lines that count now know of the time between. */
    looked(lines: readonly WatchLine[], beforeMs: number, atMs: number): void;
    counted(lineId: LineId, way: 'in' | 'out', atMs: number): void;
  };

export function createLineTallies(deps: {
  clock: Clock;
  log: Log;
  store: Pick<WatchStore, 'addLineCounts' | 'lineCounts' | 'removeLineCounts'>;
  rules: Pick<WatchRuleRoom, 'lines'>;
  /** IANA name of the site's time zone. */
  zone: () => string;
}): LineTallyRoom {
  const { clock, log, store } = deps;
  const waiting = new Map<LineId, Map<number, LineQuarter>>();
  let timer: ReturnType<typeof setInterval> | null = null;
  let tidied: number | null = null;

  const quarter = (lineId: LineId, quarterMs: number): LineQuarter => {
    const mine = waiting.get(lineId) ?? new Map<number, LineQuarter>();
    waiting.set(lineId, mine);
    const q = mine.get(quarterMs) ?? { quarterMs, in: 0, out: 0, lookedMs: 0 };
    mine.set(quarterMs, q);
    return q;
  };
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      log.error('who crossed lines could not be written down', { reason: error.reason });
    }
  };
  const flush = (): void => {
    const rows = [...waiting].flatMap(([lineId, mine]) => [...mine.values()].map((q) => ({ lineId, ...q })));
    if (rows.length > 0)
      guarded(() => {
        store.addLineCounts(rows);
        // What a full disk refuses waits for the next try.
        waiting.clear();
      });
    const now = clock.monoMs();
    if (tidied !== null && now - tidied < tidyMs) return;
    tidied = now;
    guarded(() => {
      const zone = createTimeZone(deps.zone());
      store.removeLineCounts(firstOfDays(zone, clock.nowMs(), mostLineDays));
    });
  };
  const totals = (id: CameraId, lineId: LineId, days: number): LineTotals & { name: string } => {
    const line = deps.rules.lines(id).find((l) => l.id === lineId);
    if (line === undefined) throw new AppError('NOT_FOUND', 'There is no such line.');
    const zone = createTimeZone(deps.zone());
    const nowMs = clock.nowMs();
    const fromMs = firstOfDays(zone, nowMs, days);
    const kept = new Map(store.lineCounts(lineId, fromMs, nowMs + 1).map((q) => [q.quarterMs, q]));
    for (const q of waiting.get(lineId)?.values() ?? []) {
      const was = kept.get(q.quarterMs) ?? { quarterMs: q.quarterMs, in: 0, out: 0, lookedMs: 0 };
      kept.set(q.quarterMs, {
        ...was,
        ...{ in: was.in + q.in, out: was.out + q.out, lookedMs: was.lookedMs + q.lookedMs },
      });
    }
    return { lineId, name: line.name, zone: zone.name, ...totalLines([...kept.values()], zone, { fromMs, nowMs }) };
  };

  return {
    start() {
      timer = setInterval(flush, flushMs);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      flush();
    },
    looked(lines, beforeMs, atMs) {
      if (pauseOf(beforeMs, atMs) > 0) return;
      for (const { id, countsIn } of lines)
        if (countsIn !== null)
          for (const { quarterMs, lookedMs } of quartersOf(beforeMs, atMs)) quarter(id, quarterMs).lookedMs += lookedMs;
    },
    counted(lineId, way, atMs) {
      quarter(lineId, quarterOf(atMs))[way] += 1;
    },
    totals(id, lineId, days) {
      const { name: _, ...told } = totals(id, lineId, days);
      return told;
    },
    named: totals,
  };
}
