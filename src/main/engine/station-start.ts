import type { EngineDeps } from './engine-deps.ts';
import type { EventRoom } from './events.ts';

/** What is told of a start: how the last run ended, whether a backup took the place of the index, and that it starts. */
export function noteStart(of: {
  events: Pick<EventRoom, 'note'>;
  nowMs: number;
  version: string;
  /** null: there was no run before. */
  last: { aliveMs: number; ended: boolean } | null;
  restored: EngineDeps['restored'];
}): void {
  const { events, nowMs: now, version, last, restored } = of;
  if (last !== null && !last.ended)
    events.note({ kind: 'station-crashed', severity: 'warning', fromMs: Math.min(last.aliveMs, now), toMs: now });
  if (restored) {
    const { backupMs, aside, why } = restored;
    const data = { backupMs, aside, reason: why.slice(0, 2000) };
    events.note({ kind: 'index-restored', severity: 'alarm', fromMs: Math.min(backupMs, now), toMs: now, data });
  }
  events.note({ kind: 'station-started', severity: 'info', fromMs: now, toMs: now, data: { version } });
}
