/** How cameras are watched by the station's own analysis: settings, zones and lines. What it sees now: `looks.ts`. */
import { z } from 'zod';
import { CameraId, LineId, ZoneId } from '../domain/id.ts';
import { LineTotals, mostLineDays } from '../domain/line-totals.ts';
import { LineDraft, mostLines, mostZones, WatchLine, WatchZone, ZoneDraft } from '../domain/watch-zone.ts';
import { WatchSettings } from '../domain/watching.ts';
import { administrator, none, num, viewer } from './base.ts';

const one = z.object({ id: CameraId });
const zone = one.extend({ zoneId: ZoneId });
const line = one.extend({ lineId: LineId });
/** The one that was read: refused with CONFLICT (`what: 'version'`) where somebody else has changed it since. */
const version = z.object({ version: z.number().int().min(1) });

/** Everything that is set for one camera. Zones and lines in the order in which they were drawn. */
export const CameraWatching = z.object({
  cameraId: CameraId,
  settings: WatchSettings,
  zones: z.array(WatchZone).max(mostZones),
  lines: z.array(WatchLine).max(mostLines),
});
export type CameraWatching = z.infer<typeof CameraWatching>;

export const watching = {
  of: viewer
    .route({ method: 'GET', path: '/cameras/{id}/watching', summary: 'How a camera is watched' })
    .input(one)
    .output(CameraWatching),
  /** What is absent is as usual. */
  set: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/watching', summary: 'Say how a camera is watched' })
    .input(one.extend({ settings: WatchSettings }))
    .output(CameraWatching),
  /** CONFLICT (`what: 'count'`) where there are as many as there may be. */
  addZone: administrator
    .route({ method: 'POST', path: '/cameras/{id}/zones', summary: 'Draw a zone', successStatus: 201 })
    .input(one.extend({ zone: ZoneDraft }))
    .output(WatchZone),
  changeZone: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/zones/{zoneId}' })
    .input(zone.extend(version.shape).extend({ zone: ZoneDraft }))
    .output(WatchZone),
  removeZone: administrator.route({ method: 'DELETE', path: '/cameras/{id}/zones/{zoneId}' }).input(zone).output(none),
  addLine: administrator
    .route({ method: 'POST', path: '/cameras/{id}/lines', summary: 'Draw a line', successStatus: 201 })
    .input(one.extend({ line: LineDraft }))
    .output(WatchLine),
  changeLine: administrator
    .route({ method: 'PUT', path: '/cameras/{id}/lines/{lineId}' })
    .input(line.extend(version.shape).extend({ line: LineDraft }))
    .output(WatchLine),
  /** As CSV: `/api/cameras/{id}/lines/{lineId}/totals.csv`. */
  lineTotals: viewer
    .route({
      ...{ method: 'GET', path: '/cameras/{id}/lines/{lineId}/totals' },
      summary: 'How many crossed a line that counts, by hour and by day of the site',
    })
    .input(line.extend({ days: num(z.number().int().min(1).max(mostLineDays).default(28)) }))
    .output(LineTotals),
  /** Others that measure speed to it measure none any more. */
  removeLine: administrator.route({ method: 'DELETE', path: '/cameras/{id}/lines/{lineId}' }).input(line).output(none),
};
