/** All cameras with their state, as the station pushes them. */
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { Camera, CameraView } from '#domain/camera.ts';
import type { CertificatePin, DeviceFacts } from '#domain/device.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind, StreamStatus } from '#domain/stream.ts';
import { forEver } from '../client/index.ts';
import { station } from './line.ts';

type Cameras = {
  /** By number, ascending. */
  list: CameraView[];
  byId: ReadonlyMap<CameraId, CameraView>;
  /** False until the station has told all cameras once. */
  loaded: boolean;
};

export const useCameras = create<Cameras>(() => ({ list: [], byId: new Map(), loaded: false }));

type Push = Outputs['cameras']['watch'] extends AsyncIteratorObject<infer T> ? T : never;

const from = (cameras: Iterable<CameraView>): Pick<Cameras, 'list' | 'byId'> => {
  const list = [...cameras].sort((a, b) => a.number - b.number);
  return { list, byId: new Map(list.map((c) => [c.id, c])) };
};

/** What a push makes of what is known; pure. */
export function takeCameraPush(was: Cameras, push: Push): Cameras {
  switch (push.type) {
    case 'all':
      return { ...from(push.cameras), loaded: true };
    case 'camera': {
      const byId = new Map(was.byId).set(push.camera.id, push.camera);
      return { ...was, ...from(byId.values()) };
    }
    case 'removed': {
      const byId = new Map(was.byId);
      byId.delete(push.id);
      return { ...was, ...from(byId.values()) };
    }
    case 'streams': {
      const byId = new Map(was.byId);
      for (const { id, streams } of push.changes) {
        const camera = byId.get(id);
        if (camera) byId.set(id, { ...camera, streams });
      }
      return { ...was, ...from(byId.values()) };
    }
  }
}

/** Follows the station until `signal` aborts. Ends by a refusal (401 …) with its error. */
export async function followCameras(signal: AbortSignal): Promise<void> {
  const pushes = await station().cameras.watch({}, { signal, context: forEver });
  for await (const push of pushes) useCameras.setState((was) => takeCameraPush(was, push));
}

export const forgetCameras = (): void => {
  useCameras.setState({ list: [], byId: new Map(), loaded: false });
};

export const streamOf = (camera: CameraView, kind: StreamKind): StreamStatus | null =>
  camera.streams.find((s) => s.kind === kind) ?? null;

export type ProbeInput = Inputs['cameras']['probe'];
export type ProbeAnswer = Outputs['cameras']['probe'];

export const probeCamera = (input: ProbeInput, signal?: AbortSignal): Promise<ProbeAnswer> =>
  station().cameras.probe(input, signal ? { signal } : {});
export const addCamera = (draft: Inputs['cameras']['add']): Promise<Camera> => station().cameras.add(draft);
export const changeCamera = (input: Inputs['cameras']['update']): Promise<Camera> => station().cameras.update(input);
export async function removeCamera(id: CameraId): Promise<void> {
  await station().cameras.remove({ id });
}

/** What the camera's device says of itself; `fresh` asks it anew, which takes up to 25 s. */
export const cameraFacts = (id: CameraId, fresh: boolean, signal: AbortSignal): Promise<DeviceFacts> =>
  station().cameras.facts({ id, fresh }, { signal });
/** Accepts the certificate that its device shows now. */
export async function trustCertificate(id: CameraId, certificate: CertificatePin): Promise<void> {
  await station().cameras.trust({ id, certificate });
}
