/**
 * A whole engine in a process of its own, so that it can live in another network namespace: foreign-station.ts DIR. Asked over the
 * process's channel by `{ id, add? }`, it answers `{ id, seen }` with what it knows.
 */
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import { openEngine } from '../integration/engine-rig.ts';

export type StationAsk = { id: number; add?: { url: string; username: string; password: string } };
export type StationSeen = {
  found: { url: string; known: number }[];
  cameras: {
    link: string | null;
    main: string;
    state: string;
    trouble: string | null;
    device: string | null;
    deviceTrouble: string | null;
  }[];
  events: { kind: string; data: Record<string, unknown> }[];
  /** Of the first camera's main stream, newest. */
  segment: { startMs: number; lengthMs: number } | null;
};

const rig = await openEngine(process.argv[2] ?? '', () => false, createDevices({ clock: systemClock, log: quietLog }));
const { engine, store } = rig;
const gone = new AbortController();
let found: StationSeen['found'] = [];
const watching = (async () => {
  for await (const { value } of engine.finding.watch(gone.signal)) {
    if (value.type === 'all') found = value.devices.map((d) => ({ url: d.url, known: d.known.length }));
    if (value.type === 'found')
      found = [
        ...found.filter((d) => d.url !== value.device.url),
        { url: value.device.url, known: value.device.known.length },
      ];
    if (value.type === 'gone') found = found.filter((d) => d.url !== value.url);
  }
})();

async function add({ url, username, password }: NonNullable<StationAsk['add']>): Promise<void> {
  const look = await engine.finding.look({ url, username, password, certificate: null });
  const camera = look.ok ? look.cameras[0] : undefined;
  if (camera === undefined) throw new Error('the device was not understood');
  const { source, main, sub } = camera;
  const chosen = {
    source,
    mainProfile: main.profile,
    subProfile: sub?.profile ?? null,
    certificate: null,
    trustedHosts: [],
  };
  await engine.finding.add([
    { url, username, password, ...chosen, name: 'Gate', group: null, recording: 'always', setClock: false },
  ]);
}

async function seen(): Promise<StationSeen> {
  const cameras = engine.cameras.list();
  const stream = cameras[0] === undefined ? null : engine.cameras.streamId(cameras[0].id, 'main');
  const segment = stream === null ? null : store.lastSegment(stream);
  const { events } = await engine.events.list({ limit: 200 });
  return {
    found,
    cameras: cameras.map((c) => ({
      link: c.link?.url ?? null,
      main: c.main.url,
      state: c.streams[0]?.state ?? '',
      trouble: c.streams[0]?.trouble ?? null,
      device: c.device?.state ?? null,
      deviceTrouble: c.device?.trouble ?? null,
    })),
    events: events.map(({ kind, data }) => ({ kind, data })),
    segment: segment && { startMs: segment.startMs, lengthMs: segment.endMs - segment.startMs },
  };
}

process.on('message', (ask: StationAsk) => {
  void (async () => {
    if (ask.add !== undefined) await add(ask.add);
    process.send?.({ id: ask.id, seen: await seen() });
  })();
});
process.once('disconnect', () => {
  gone.abort();
  void watching.then(() => rig.close()).then(() => process.exit(0));
});
process.send?.({ id: 0 });
