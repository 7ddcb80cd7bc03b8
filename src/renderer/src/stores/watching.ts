/** How cameras are watched by the station's own analysis: what is set, and what is drawn. */
import type { Outputs } from '#contract/call.ts';
import type { CameraId, LineId } from '#domain/id.ts';
import type { LineTotals } from '#domain/line-totals.ts';
import type { LineDraft, WatchLine, WatchZone, ZoneDraft } from '#domain/watch-zone.ts';
import type { WatchSettings } from '#domain/watching.ts';
import { stationNowMs } from '../client/index.ts';
import { station } from './line.ts';

export type CameraWatching = Outputs['watching']['of'];
export const readWatching = (id: CameraId, signal?: AbortSignal): Promise<CameraWatching> =>
  station().watching.of({ id }, signal === undefined ? undefined : { signal });
export const setWatching = (id: CameraId, settings: WatchSettings): Promise<CameraWatching> =>
  station().watching.set({ id, settings });

export const addZone = (id: CameraId, zone: ZoneDraft): Promise<WatchZone> => station().watching.addZone({ id, zone });
export const changeZone = (
  id: CameraId,
  zoneId: WatchZone['id'],
  version: number,
  zone: ZoneDraft,
): Promise<WatchZone> => station().watching.changeZone({ id, zoneId, version, zone });
export async function removeZone(id: CameraId, zoneId: WatchZone['id']): Promise<void> {
  await station().watching.removeZone({ id, zoneId });
}
/** With the station's time at which they were so. */
export async function readLineTotals(
  id: CameraId,
  lineId: LineId,
  signal: AbortSignal,
): Promise<{ totals: LineTotals; atMs: number }> {
  const totals = await station().watching.lineTotals({ id, lineId }, { signal });
  return { totals, atMs: stationNowMs() };
}
export const addLine = (id: CameraId, line: LineDraft): Promise<WatchLine> => station().watching.addLine({ id, line });
export const changeLine = (
  id: CameraId,
  lineId: WatchLine['id'],
  version: number,
  line: LineDraft,
): Promise<WatchLine> => station().watching.changeLine({ id, lineId, version, line });
export async function removeLine(id: CameraId, lineId: WatchLine['id']): Promise<void> {
  await station().watching.removeLine({ id, lineId });
}
