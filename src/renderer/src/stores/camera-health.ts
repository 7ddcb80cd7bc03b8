/** How cameras do: read every few seconds while somebody looks. */
import { create } from 'zustand';
import type { CameraHealth } from '#domain/camera-health.ts';
import type { CameraId } from '#domain/id.ts';
import { station } from './line.ts';

type Healths = { byId: ReadonlyMap<CameraId, CameraHealth>; read: boolean };
export const useCameraHealth = create<Healths>(() => ({ byId: new Map(), read: false }));

export async function readCameraHealth(signal: AbortSignal): Promise<void> {
  const all = await station().cameraHealth.list({}, { signal });
  useCameraHealth.setState({ byId: new Map(all.map((h) => [h.id, h])), read: true });
}
const put = (health: CameraHealth): void => {
  useCameraHealth.setState((was) => ({ byId: new Map(was.byId).set(health.id, health) }));
};

export async function watchPicture(id: CameraId, on: boolean): Promise<void> {
  put(await station().cameraHealth.watchPicture({ id, on }));
}
export async function beginMaintenance(id: CameraId, reason: string, untilMs: number): Promise<void> {
  await station().cameraHealth.beginMaintenance({ id, reason, untilMs });
  put(await station().cameraHealth.get({ id }));
}
export async function endMaintenance(id: CameraId): Promise<void> {
  await station().cameraHealth.endMaintenance({ id });
  put(await station().cameraHealth.get({ id }));
}
