/** What cameras' devices are set to and made to do, besides steering: checked against what each offers, logged, undone where hands let go. */
import type { Caller } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import type { DeviceFacts, DeviceLink } from '#domain/device.ts';
import { encoderFaults, type SettingFault } from '#domain/encoder.ts';
import { imagingFaults } from '#domain/imaging.ts';
import type { CameraId } from '#domain/id.ts';
import { metadataFaults } from '#domain/metadata.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Log, LogFields } from '#lib/log.ts';
import type { CameraRoom } from './cameras.ts';
import type { DeviceSettings } from './command-rooms.ts';
import { deviceError, troubleOf } from './device-connection.ts';
import type { DeviceRoom } from './devices.ts';

/** A lens that nobody moves any more is stopped after this. */
const focusHoldMs = 1_000;
const focusRetriesMs = [250, 500, 1_000, 2_000, 4_000] as const;

export type DeviceSettingsRoom = DeviceSettings & { stop(): Promise<void> };

export function createDeviceSettings(deps: {
  devices: Pick<DeviceRoom, 'run' | 'facts' | 'streams'>;
  cameras: Pick<CameraRoom, 'record' | 'relink' | 'reconnect'>;
  log: Log;
}): DeviceSettingsRoom {
  const { devices, cameras, log } = deps;
  /** Lenses that move, and when they are stopped. */
  const lenses = new Map<CameraId, ReturnType<typeof setTimeout>>();

  const note = (id: CameraId, caller: Caller, what: string, more: LogFields = {}): void =>
    log.info('device set', { camera: cameras.record(id)?.name ?? id, by: caller.name, what, ...more });

  const profileOf = (id: CameraId, stream: StreamKind): string => {
    const link = cameras.record(id)?.link ?? null;
    const profile = stream === 'main' ? link?.mainProfile : link?.subProfile;
    if (link !== null && (profile === null || profile === undefined))
      throw new AppError(
        'CONFLICT',
        'It is not known which of the device’s profiles this stream is. Choose it first.',
        { data: { what: 'profile-unknown' } },
      );
    return profile ?? '';
  };
  /** The video source that the camera shows. */
  const sourceOf = (facts: DeviceFacts, link: DeviceLink): string => {
    const main = facts.profiles.find((p) => p.token === link.mainProfile);
    const source = main?.source ?? facts.profiles.find((p) => p.source !== null)?.source ?? null;
    if (source === null) throw deviceError('unsupported', 'The device does not name its video source.');
    return source;
  };
  const source = async (id: CameraId): Promise<string> => {
    const facts = await devices.facts(id);
    const link = cameras.record(id)?.link ?? null;
    if (link === null) throw new AppError('NOT_FOUND', 'There is no such camera.');
    return sourceOf(facts, link);
  };
  const refuse = (faults: SettingFault[]): void => {
    const first = faults[0];
    if (first !== undefined)
      throw new AppError('INVALID', `The device does not offer this: ${first.message}.`, { data: { issues: faults } });
  };

  /** Some devices send the same profile under another address when its codec has changed. */
  const takeAnew = async (id: CameraId, stream: StreamKind): Promise<void> => {
    const camera = cameras.record(id);
    if (camera?.link == null) return;
    const told = await devices.streams(camera, camera.link).catch(() => null); // it goes on under the old one, or says why not
    const moved = told !== null && (told.main.url !== camera.main.url || told.sub?.url !== camera.sub?.url);
    if (moved) await cameras.relink(id, (now) => ({ ...now, ...told }));
    else await cameras.reconnect(id, stream);
  };

  const stopLens = async (id: CameraId): Promise<void> => {
    const timer = lenses.get(id);
    if (timer !== undefined) clearTimeout(timer);
    lenses.delete(id);
    const at = await source(id);
    await devices.run(id, (device) => device.imaging.stopFocus(at));
  };
  const letGo = (id: CameraId, tries: number): void => {
    stopLens(id).catch((error: unknown) => {
      const waitMs = focusRetriesMs[tries];
      if (waitMs === undefined)
        log.error('a lens does not confirm that it stopped', { cameraId: id, error: String(error) });
      else if (!lenses.has(id))
        lenses.set(
          id,
          setTimeout(() => letGo(id, tries + 1), waitMs),
        );
    });
  };

  return {
    async facts(id, caller) {
      const facts = await devices.facts(id, true);
      return caller.role === 'administrator' ? facts : { ...facts, users: [] };
    },
    async setClock(id, caller) {
      const offsetMs = await devices.run(id, async (device) => {
        await device.clock.set();
        return device.clock.offsetMs();
      });
      note(id, caller, 'clock', { offsetMs });
      return offsetMs;
    },
    encoder: (id, stream) =>
      devices.run(id, async (device) => {
        const profile = profileOf(id, stream);
        const [encoder, options] = await Promise.all([device.encoder.get(profile), device.encoder.options(profile)]);
        return { encoder, options };
      }),
    async setEncoder(id, caller, stream, encoder) {
      const set = await devices.run(id, async (device) => {
        const profile = profileOf(id, stream);
        refuse(encoderFaults(encoder, await device.encoder.options(profile)));
        return device.encoder.set(profile, encoder);
      });
      note(id, caller, 'encoder', { stream, ...encoder });
      await takeAnew(id, stream);
      // Its summary names streams as they were.
      devices.facts(id, true).catch(() => undefined); // what it means is in the device's state
      return set;
    },
    async imaging(id) {
      const at = await source(id);
      return devices.run(id, async (device) => {
        const [imaging, options] = await Promise.all([device.imaging.get(at), device.imaging.options(at)]);
        return { imaging, options };
      });
    },
    async setImaging(id, caller, change) {
      const at = await source(id);
      const set = await devices.run(id, async (device) => {
        refuse(imagingFaults(change, await device.imaging.options(at)));
        return device.imaging.set(at, change);
      });
      note(id, caller, 'imaging', { ...change });
      return set;
    },
    metadata: (id) =>
      devices.run(id, async (device) => {
        try {
          return await device.metadata.get(profileOf(id, 'main'));
        } catch (error) {
          if (troubleOf(error) === 'unsupported') return null;
          throw error;
        }
      }),
    async setMetadata(id, caller, change) {
      const set = await devices.run(id, async (device) => {
        const profile = profileOf(id, 'main');
        refuse(metadataFaults(change, (await device.metadata.get(profile)).options));
        return device.metadata.set(profile, change);
      });
      note(id, caller, 'metadata', { ...change });
      return set;
    },
    async focus(id, caller, speed) {
      if (speed === 0) {
        await stopLens(id);
        return;
      }
      const at = await source(id);
      const before = lenses.get(id);
      if (before === undefined) note(id, caller, 'focus', { speed });
      else clearTimeout(before);
      lenses.set(
        id,
        setTimeout(() => letGo(id, 0), focusHoldMs),
      );
      await devices.run(id, (device) => device.imaging.focus(at, speed));
    },
    async overlays(id) {
      const at = await source(id);
      return devices.run(id, (device) => device.overlays.list(at));
    },
    async addOverlay(id, caller, overlay) {
      const at = await source(id);
      await devices.run(id, (device) => device.overlays.add(at, overlay));
      note(id, caller, 'add overlay', { kind: overlay.kind });
    },
    async setOverlay(id, caller, overlay) {
      await devices.run(id, (device) => device.overlays.set(overlay));
      note(id, caller, 'overlay', { kind: overlay.kind });
    },
    async removeOverlay(id, caller, token) {
      await devices.run(id, (device) => device.overlays.remove(token));
      note(id, caller, 'remove overlay', { token });
    },
    relays: (id) => devices.run(id, (device) => device.relays.list()),
    async setRelay(id, caller, { token, on }) {
      await devices.run(id, (device) => device.relays.set(token, on));
      note(id, caller, 'relay', { token, on });
    },
    async auxiliary(id, caller, command) {
      const { auxiliary } = await devices.facts(id);
      if (!auxiliary.includes(command))
        refuse([{ path: 'command', why: 'not-offered', message: 'there is no such auxiliary command' }]);
      await devices.run(id, (device) => device.auxiliary(command));
      note(id, caller, 'auxiliary', { command });
    },
    async snapshot(id, stream) {
      const link = cameras.record(id)?.link ?? null;
      const profile = (stream === 'sub' ? link?.subProfile : null) ?? link?.mainProfile ?? null;
      return profile === null ? null : devices.run(id, (device) => device.snapshot(profile));
    },
    async stop() {
      const moving = [...lenses.keys()];
      for (const timer of lenses.values()) clearTimeout(timer);
      lenses.clear();
      const limit = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => limit.resolve(undefined), 1_000);
      await Promise.race([Promise.allSettled(moving.map((id) => stopLens(id))), limit.promise]);
      clearTimeout(timer);
    },
  };
}
