/** What is said of how long footage is kept, field by field, for the events that tell who changed it. Pure. */
import { ofStream, type SaidFields } from './change.ts';
import type { Hold } from './hold.ts';
import type { CameraRetention, StationRetention, StreamRetention } from './retention.ts';

const streamSaid = ({ maxDays, minDays, maxBytes, eventDays }: StreamRetention): SaidFields => ({
  maxDays,
  minDays,
  maxBytes,
  eventDays,
});

export const stationSaid = ({ main, sub, legalDays, events }: StationRetention): SaidFields => ({
  ...ofStream('main', streamSaid(main)),
  ...ofStream('sub', streamSaid(sub)),
  legalDays,
  eventKinds: events.kinds.join(' '),
  eventSeverity: events.severity,
  eventBeforeMs: events.beforeMs,
  eventAfterMs: events.afterMs,
});

/** What holds for a camera: where nothing is said of it alone, what is said of all. */
export function cameraSaid(station: StationRetention, camera: CameraRetention): SaidFields {
  const of = (kind: 'main' | 'sub'): SaidFields =>
    ofStream(kind, { own: camera[kind] !== null, ...streamSaid(camera[kind] ?? station[kind]) });
  return { ...of('main'), ...of('sub'), legalDays: camera.legalDays };
}

export const holdSaid = ({ reason, owner, untilMs }: Hold): SaidFields => ({ reason, owner, untilMs });
