/** How long footage is kept at archives: by age, by law and by hand, each at its archive's own pace. */
import type { CameraId } from '#domain/id.ts';
import type { DeletionReason } from '#domain/retention.ts';
import { segmentPath } from '#domain/segment.ts';
import { dayMs } from '#domain/time.ts';
import type { Clock } from '#lib/clock.ts';
import type { OpenArchive } from './archives.ts';
import type { Deleting } from './deleting.ts';
import type { ReadStore, StreamRecord, WriteStore } from './index-port.ts';
import type { FinishedSegment } from './retention-port.ts';
import type { RetentionRules } from './retention-rules.ts';
import type { TierRulesRoom } from './tier-rules.ts';

/** Objects deleted before more is sent. */
const batch = 32;
const pageRows = 64;

/** Answers whether something went. */
export type ArchiveKeeping = (entry: OpenArchive) => Promise<boolean>;

export function createArchiveKeeping(deps: {
  store: WriteStore & ReadStore;
  rules: TierRulesRoom;
  retention: () => Pick<RetentionRules, 'rule'>;
  /** The age of footage is counted from here; not from a clock that jumped ahead. */
  ageMs: () => number;
  isHeld: (cameraId: CameraId, fromMs: number, toMs: number) => boolean;
  deleting: Pick<Deleting, 'delete'>;
  clock: Clock;
}): ArchiveKeeping {
  const { store, rules, isHeld } = deps;

  /** The oldest at an archive that ended before a moment and is not held. */
  const oldest = (stream: StreamRecord, archive: number, endedMs: number): FinishedSegment[] => {
    const out: FinishedSegment[] = [];
    for (let fromMs = 0; out.length < batch; ) {
      const page = store.retention.finished(stream.id, fromMs, pageRows, archive);
      for (const s of page) {
        if (s.endMs > endedMs || out.length >= batch) return out;
        if (!isHeld(stream.cameraId, s.startMs, s.endMs)) out.push(s);
      }
      const last = page.at(-1);
      if (last === undefined) return out;
      fromMs = last.startMs + 1;
    }
    return out;
  };
  const drop = async (
    stream: StreamRecord,
    segments: FinishedSegment[],
    reason: DeletionReason,
    said: { by?: string; why?: string } = {},
  ): Promise<boolean> =>
    segments.length > 0 && (await deps.deleting.delete([{ stream, segments, reason, ...said }])).gone > 0;

  /** What a person asked to be deleted, of what is at this archive. */
  const byHand = async (archive: number): Promise<boolean> => {
    for (const { cameraId, kind, fromMs, toMs, by, why } of store.retention.erasure.open()) {
      for (const stream of store.streams()) {
        if (stream.cameraId !== cameraId || (kind !== null && stream.kind !== kind)) continue;
        const at = store.retention.before(stream.id, fromMs + 1) ?? fromMs;
        const found = store.retention
          .finished(stream.id, at, batch, archive)
          .filter((s) => s.startMs < toMs && s.endMs > fromMs && !isHeld(cameraId, s.startMs, s.endMs));
        if (await drop(stream, found, 'by-hand', { by, why })) return true;
      }
    }
    return false;
  };

  return async (entry) => {
    const { archive } = entry.row;
    if (await byHand(archive)) return true;
    for (const stream of store.streams()) {
      const { legalMs } = deps.retention().rule(stream.cameraId, stream.kind);
      const nowMs = deps.ageMs();
      if (legalMs !== null && (await drop(stream, oldest(stream, archive, nowMs - legalMs), 'legal'))) return true;
      const rule = rules.rule(stream.cameraId, stream.kind);
      if (rule?.archive !== archive || rule.keepDays === null) continue;
      const endedMs = nowMs - Math.round(rule.keepDays * dayMs);
      if (await drop(stream, oldest(stream, archive, endedMs), 'age')) return true;
      // A copy of what is on a disk too: that one stays as retention says.
      const copies = store.archive.copiesBefore(stream.id, archive, endedMs, batch);
      for (const { startMs } of copies) {
        await entry.health.run(() => entry.store.remove(segmentPath(stream.folder, stream.kind, startMs)));
        store.archive.forget(stream.id, startMs);
      }
      if (copies.length > 0) return true;
    }
    return false;
  };
}
