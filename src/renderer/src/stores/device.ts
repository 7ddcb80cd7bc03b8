/** What a camera's device is asked and told besides pictures and steering. */
import { z } from 'zod';
import { create } from 'zustand';
import type { Inputs, Outputs } from '#contract/call.ts';
import type { DeviceFacts, Relay } from '#domain/device.ts';
import type { Encoder, Overlay } from '#domain/encoder.ts';
import type { CameraId } from '#domain/id.ts';
import type { Imaging } from '#domain/imaging.ts';
import type { Metadata, MetadataChange } from '#domain/metadata.ts';
import type { StreamKind } from '#domain/stream.ts';
import { station } from './line.ts';
import { createPreference } from './preference.ts';
import { useSession } from './session.ts';

export const readFacts = (id: CameraId, signal: AbortSignal): Promise<DeviceFacts> =>
  station().device.facts({ id }, { signal });

export type EncoderNow = Outputs['device']['encoder'];
export const readEncoder = (id: CameraId, stream: StreamKind, signal: AbortSignal): Promise<EncoderNow> =>
  station().device.encoder({ id, stream }, { signal });
export const setEncoder = (
  id: CameraId,
  stream: StreamKind,
  encoder: Inputs['device']['setEncoder']['encoder'],
): Promise<Encoder> => station().device.setEncoder({ id, stream, encoder });

export type ImagingNow = Outputs['device']['imaging'];
export const readImaging = (id: CameraId, signal: AbortSignal): Promise<ImagingNow> =>
  station().device.imaging({ id }, { signal });
export const setImaging = (id: CameraId, change: Imaging): Promise<Imaging> =>
  station().device.setImaging({ id, change });

export type MetadataNow = Outputs['device']['metadata'];
export const readMetadata = (id: CameraId, signal: AbortSignal): Promise<MetadataNow> =>
  station().device.metadata({ id }, { signal });
export const setMetadata = (id: CameraId, change: MetadataChange): Promise<Metadata> =>
  station().device.setMetadata({ id, change });
/** −1 near … 1 far; 0 stops. The station stops the lens a second after the last call. Never throws. */
export const moveFocus = (id: CameraId, speed: number): Promise<boolean> =>
  station()
    .device.focus({ id, speed }, { signal: AbortSignal.timeout(1500) })
    .then(
      () => true,
      () => false,
    );

export const readOverlays = (id: CameraId, signal: AbortSignal): Promise<Overlay[]> =>
  station().device.overlays({ id }, { signal });
export async function addOverlay(id: CameraId, overlay: Omit<Overlay, 'token'>): Promise<void> {
  await station().device.addOverlay({ id, overlay });
}
export async function setOverlay(id: CameraId, overlay: Overlay): Promise<void> {
  await station().device.setOverlay({ id, overlay });
}
export async function removeOverlay(id: CameraId, token: string): Promise<void> {
  await station().device.removeOverlay({ id, token });
}

export const readRelays = (id: CameraId, signal: AbortSignal): Promise<Relay[]> =>
  station().device.relays({ id }, { signal });
export async function setRelay(id: CameraId, token: string, on: boolean): Promise<void> {
  await station().device.setRelay({ id, token, on });
}
export async function sendAuxiliary(id: CameraId, command: string): Promise<void> {
  await station().device.auxiliary({ id, command });
}
/** Sets the device's clock to the station's; how far it is off then, in ms. */
export const setDeviceClock = async (id: CameraId): Promise<number | null> =>
  (await station().device.setClock({ id })).offsetMs;

/** What this user calls an output, and whether switching it asks first. */
const RelayName = z.object({ label: z.string().max(40), asks: z.boolean() });
export type RelayName = z.infer<typeof RelayName>;
const RelayNames = z.record(z.string().max(200), RelayName);
type RelayNames = z.infer<typeof RelayNames>;

export const useRelayNames = create<{ names: RelayNames }>(() => ({ names: {} }));
const preference = createPreference<RelayNames>('relays', (stored) => RelayNames.safeParse(stored).data ?? null);
export const relayKey = (id: CameraId, token: string): string => `${id} ${token}`.slice(0, 200);

/** Shows the local copy at once, then the station's. */
export async function loadRelayNames(): Promise<void> {
  const user = useSession.getState().user?.id;
  if (user === undefined) return;
  useRelayNames.setState({ names: preference.local(user) ?? {} });
  try {
    const theirs = await preference.sync(user);
    if (theirs !== null) useRelayNames.setState({ names: theirs });
  } catch {
    // The line broke: the local copy holds until the outputs are looked at again.
  }
}
export function nameRelay(key: string, name: RelayName): void {
  const names = { ...useRelayNames.getState().names, [key]: name };
  useRelayNames.setState({ names });
  const user = useSession.getState().user?.id;
  if (user !== undefined) preference.save(user, names);
}
