/** What a station is set to, kept beside the video of its data folder (`station.json`), so that a new index knows it. */
import { z } from 'zod';
import { Camera } from './camera.ts';
import { StationId } from './id.ts';
import { RecordingSchedule } from './recording-plan.ts';
import { TimeMs } from './time.ts';

export const KeptStation = z.object({
  vigie: z.literal('station'),
  format: z.literal(1),
  savedMs: TimeMs,
  id: StationId,
  name: z.string(),
  schedules: z.array(RecordingSchedule),
  /** Settings by their key, as the index keeps them. Secrets in them are sealed by the station's key. */
  settings: z.record(z.string().max(80), z.string()),
  /** Its cameras, also those without video, with their passwords: sealed by the station's key, in base64; null: there is none. */
  cameras: z.array(z.object({ camera: Camera, sealed: z.base64().nullable() })),
});
export type KeptStation = z.infer<typeof KeptStation>;

/** The text of such a file; null for what is none. */
export function readKeptStation(text: string): KeptStation | null {
  try {
    return KeptStation.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null; // not JSON
  }
}
