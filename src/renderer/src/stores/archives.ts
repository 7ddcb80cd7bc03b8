/** Where old footage goes, and how it does there. */
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { ArchiveView, Tiering, TierRules } from '#domain/archive.ts';
import type { CameraId } from '#domain/id.ts';
import { station } from './line.ts';

export type Compared = Outputs['archives']['compare'];
export const useArchives = create<{ list: ArchiveView[] | null; tiering: Tiering | null }>(() => ({
  list: null,
  tiering: null,
}));

export async function readArchives(signal?: AbortSignal): Promise<void> {
  const o = signal === undefined ? {} : { signal };
  const [list, tiering] = await Promise.all([station().archives.list({}, o), station().archives.tiering({}, o)]);
  useArchives.setState({ list, tiering });
}
export async function addArchive(ask: Inputs['archives']['add']): Promise<void> {
  await station().archives.add(ask);
  await readArchives();
}
export async function changeArchive(ask: Inputs['archives']['change']): Promise<void> {
  await station().archives.change(ask);
  await readArchives();
}
export async function testArchive(archive: number): Promise<void> {
  await station().archives.test({ archive });
  await readArchives();
}
export const compareArchive = (archive: number): Promise<Compared> => station().archives.compare({ archive });
export async function removeArchive(archive: number, loseFootage: boolean): Promise<void> {
  await station().archives.remove({ archive, loseFootage });
  await readArchives();
}
export async function setTiers(rules: TierRules): Promise<void> {
  await station().archives.setStation(rules);
  await readArchives();
}
/** null: as the station again. */
export async function setGroupTiers(group: string, rules: TierRules | null): Promise<void> {
  await station().archives.setGroup({ group, rules });
  await readArchives();
}
/** null: as its group, or the station, again. */
export async function setCameraTiers(cameraId: CameraId, rules: TierRules | null): Promise<void> {
  await station().archives.setCameras({ cameraId: [cameraId], rules });
  await readArchives();
}
