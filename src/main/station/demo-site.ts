/** The demo site's cameras, added through the engine's ordinary camera room: the engine cannot tell them from devices. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { noIdentity } from '#domain/device.ts';
import { CameraId } from '#domain/id.ts';
import { AppError } from '#contract/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { StreamSettings } from '#domain/stream.ts';
import { createDemoSite, type DemoCamera, type DemoSite } from '../demo/index.ts';
import { hostOf, pathOf } from '../engine/device-streams.ts';
import type { Cameras } from '../engine/rooms.ts';
import type { DemoDoor } from '../engine/demo-port.ts';
import type { Secrets } from '../engine/secret-port.ts';

const Kept = z.object({ cameras: z.record(z.string(), CameraId), password: z.string() });
type Kept = z.infer<typeof Kept>;
const settingKey = 'demo-site';
const bound = 'demo-site';

/** What is known of a demo device before it is asked: nothing. */
const newLink = {
  identity: noIdentity,
  mainProfile: null,
  subProfile: null,
  certificate: null,
  trustedHosts: [],
  setClock: false,
};

/** The same stream where its server is now; one of another host is none of the demo's, and stays. */
const movedTo = (now: StreamSettings, to: StreamSettings): StreamSettings =>
  hostOf(now.url) === hostOf(to.url)
    ? { ...now, url: `${to.url.slice(0, -pathOf(to.url).length)}${pathOf(now.url)}` }
    : now;

export type Demo = DemoDoor & {
  /** Before the engine starts: brings the servers of a demo that was running back, so that its cameras connect at once. */
  prepare(): Promise<void>;
  /** After the engine has started: tells it addresses that changed. */
  settle(): Promise<void>;
  /** Ends the servers; the cameras stay for the next start. */
  close(): Promise<void>;
};

export function createDemo(deps: {
  clock: Clock;
  log: Log;
  dir: string;
  cameras: () => Pick<Cameras, 'add' | 'readdress' | 'erase' | 'get'>;
  setting: { get(key: string): string | null; set(key: string, value: string): void };
  secrets: Secrets;
  portBase?: number;
}): Demo {
  const { clock, log, setting, secrets } = deps;
  let site: DemoSite | null = null;
  let found: DemoCamera[] = [];
  /** One start or stop at a time. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work, work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const load = (): Kept | null => {
    const text = setting.get(settingKey);
    if (text === null || text === '') return null;
    try {
      const kept = Kept.parse(JSON.parse(text));
      return { ...kept, password: secrets.open(Buffer.from(kept.password, 'base64'), bound) };
    } catch (error) {
      log.warn('what was remembered of the demo site cannot be read; its cameras stay as they are', {
        error: String(error),
      });
      return null;
    }
  };
  const save = (kept: Kept | null): void => {
    const sealed = kept && { ...kept, password: Buffer.from(secrets.seal(kept.password, bound)).toString('base64') };
    setting.set(settingKey, sealed === null ? '' : JSON.stringify(sealed));
  };

  const open = async (password: string): Promise<void> => {
    if (site !== null) return;
    const made = createDemoSite({
      clock,
      log: log.with({ room: 'demo' }),
      dir: deps.dir,
      password,
      ...(deps.portBase !== undefined && { portBase: deps.portBase }),
    });
    try {
      found = await made.start();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new AppError('UNAVAILABLE', text, { cause: error, data: { reason: 'demo' } });
    }
    site = made;
  };
  const close = async (): Promise<void> => {
    const running = site;
    site = null;
    found = [];
    await running?.stop();
  };

  /** Adds cameras that are missing, and tells those that are there where their servers are now. */
  const settle = async (kept: Kept): Promise<void> => {
    const room = deps.cameras();
    const cameras: Kept['cameras'] = {};
    /** All at once: a device that is found meanwhile would be followed by itself, and that told. */
    const moves: Promise<unknown>[] = [];
    for (const camera of found) {
      const id = kept.cameras[camera.name];
      const there = id === undefined ? null : room.get(id);
      if (id !== undefined && there !== null) {
        cameras[camera.name] = id;
        const { username, password, deviceUrl } = camera;
        const main = movedTo(there.main, camera.main);
        const sub = there.sub && movedTo(there.sub, camera.sub ?? camera.main);
        const same =
          main.url === there.main.url &&
          sub?.url === there.sub?.url &&
          username === there.username &&
          (there.link === null || there.link.url === deviceUrl);
        if (!same) moves.push(room.readdress(id, { main, sub, username, password, deviceUrl }));
      } else if (id === undefined) {
        const { name, group, main, sub, username, password } = camera;
        const link = { ...newLink, url: camera.deviceUrl };
        cameras[name] = (await room.add({ name, group, main, sub, username, password, link, enabled: true })).id;
        // Remembered one by one: a crash in between leaves no camera that nobody knows.
        save({ ...kept, cameras: { ...kept.cameras, ...cameras } });
      }
    }
    await Promise.all(moves);
  };

  return {
    running: () => site !== null,
    start: () =>
      inTurn(async () => {
        const kept = load() ?? { cameras: {}, password: randomBytes(12).toString('base64url') };
        await open(kept.password);
        // Asked for anew: cameras of it that a person removed come back.
        const cameras = Object.fromEntries(
          Object.entries(kept.cameras).filter(([, id]) => deps.cameras().get(id) !== null),
        );
        save({ ...kept, cameras });
        await settle({ ...kept, cameras });
      }),
    stop: () =>
      inTurn(async () => {
        const kept = load();
        for (const id of Object.values(kept?.cameras ?? {})) {
          try {
            await deps.cameras().erase(id);
          } catch (error) {
            if (!(error instanceof AppError && error.code === 'NOT_FOUND')) throw error; // a person was faster
          }
        }
        save(null);
        await close();
      }),
    prepare: () =>
      inTurn(async () => {
        const kept = load();
        if (kept === null) return;
        try {
          await open(kept.password);
        } catch (error) {
          log.error('the demo site could not be started', { error: String(error) });
        }
      }),
    settle: () =>
      inTurn(async () => {
        const kept = load();
        if (kept !== null && site !== null) await settle(kept);
      }),
    close: () => inTurn(close),
  };
}
