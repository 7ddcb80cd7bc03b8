/** How long video is kept, and what was deleted. */
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import type { CameraRetention, StationRetention } from '#domain/retention.ts';
import { station } from './line.ts';

export type RetentionState = Outputs['retention']['state'];
export type DeletionFilter = Pick<Inputs['retention']['deletions'], 'cameraId' | 'reason' | 'fromMs'>;

export const useRetention = create<{ state: RetentionState | null }>(() => ({ state: null }));

export async function readRetention(signal?: AbortSignal): Promise<void> {
  useRetention.setState({ state: await station().retention.state({}, signal === undefined ? {} : { signal }) });
}
export async function setStationRetention(retention: StationRetention): Promise<void> {
  await station().retention.setStation(retention);
  await readRetention();
}
/** null: as the station again. */
export async function setCameraRetention(id: CameraId, retention: CameraRetention | null): Promise<void> {
  if (retention === null) await station().retention.unsetCamera({ id });
  else await station().retention.setCamera({ id, retention });
  await readRetention();
}
export const listDeletions = (filter: DeletionFilter, before: number | null, limit: number, signal: AbortSignal) =>
  station().retention.deletions({ ...filter, limit, ...(before === null ? {} : { before }) }, { signal });

export async function eraseFootage(ask: Inputs['retention']['erase']): Promise<void> {
  await station().retention.erase(ask);
}
