/** An engine over the real ONVIF adapter with the demo cameras as linked cameras, and people who command them. */
import { noIdentity } from '../../src/main/domain/device.ts';
import { type CameraId, UserId } from '../../src/main/domain/id.ts';
import type { Role } from '../../src/main/domain/user.ts';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import type { Caller } from '../../src/main/contract/call.ts';
import type { Device } from '../../src/main/engine/device-port.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { draftOf, openCameras, openEngine, tempFolder } from './engine-rig.ts';

const letters = 'ABCDEFGH';
export const person = (n: number, role: Role = 'operator', session = 1): Caller => ({
  userId: UserId.parse(`01HZZZZZZZZZZZZZZZZZZZZZZ${letters[n] ?? 'Z'}`),
  name: `user ${String(n)}`,
  role,
  local: false,
  sessionId: `session ${String(n)}.${String(session)}`,
});

export async function openSite(names: string[]) {
  const folder = tempFolder();
  const { site, cameras } = await openCameras();
  const door = createDevices({ clock: systemClock, log: quietLog });
  let opened = await openEngine(folder.path, undefined, door);
  const connections: Device[] = [];
  const ids = new Map<string, CameraId>();
  for (const name of names) {
    const camera = cameras.find((c) => c.name === name);
    if (camera === undefined) throw new Error(`no demo camera ${name}`);
    const link = {
      url: camera.deviceUrl,
      identity: noIdentity,
      mainProfile: null,
      subProfile: null,
      certificate: null,
      trustedHosts: [],
      setClock: false,
    };
    const { id } = await opened.engine.cameras.add({ ...draftOf(camera), link });
    await opened.engine.devices.facts(id);
    ids.set(name, id);
  }
  return {
    site,
    get engine() {
      return opened.engine;
    },
    id(name: string): CameraId {
      const id = ids.get(name);
      if (id === undefined) throw new Error(`${name} was not added`);
      return id;
    },
    /** A second, foreign look at a device. */
    beside(name: string): Device {
      const camera = cameras.find((c) => c.name === name);
      if (camera === undefined) throw new Error(`no demo camera ${name}`);
      const { deviceUrl: url, username, password } = camera;
      const device = door.connect({ url, username, password, certificate: null });
      connections.push(device);
      return device;
    },
    async restart() {
      await opened.close();
      opened = await openEngine(folder.path, undefined, door);
    },
    async close() {
      for (const one of connections) one.close();
      await opened.close();
      await site.stop();
      folder.remove();
    },
  };
}
