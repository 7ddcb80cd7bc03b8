/** The disks that are recorded on. */
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { Volume, VolumePlace, VolumeSettings } from '#domain/volume.ts';
import { station } from './line.ts';

export type Footage = Outputs['volumes']['footage'];
export const useVolumes = create<{ list: Volume[] | null }>(() => ({ list: null }));

export async function readVolumes(signal?: AbortSignal): Promise<void> {
  useVolumes.setState({ list: await station().volumes.list({}, signal === undefined ? {} : { signal }) });
}
export const lookAtPlace = (path: string): Promise<VolumePlace> => station().volumes.look({ path });
export async function addVolume(ask: Inputs['volumes']['add']): Promise<void> {
  await station().volumes.add(ask);
  await readVolumes();
}
export async function changeVolume(volume: number, change: VolumeSettings): Promise<void> {
  await station().volumes.change({ volume, change });
  await readVolumes();
}
export const footageOf = (volume: number): Promise<Footage> => station().volumes.footage({ volume });
/** `gone`: as many segments as `footageOf` told are forgotten with it; null: it has none. */
export async function removeVolume(volume: number, gone: number | null): Promise<void> {
  await station().volumes.remove({ volume, ...(gone === null ? {} : { footageGone: true, segments: gone }) });
  await readVolumes();
}
