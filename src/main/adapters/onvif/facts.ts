/** Everything a wizard or a health page wants to know, asked in few requests and within a time. */
import type { Clock } from '#lib/clock.ts';
import type { DeviceFacts, DeviceProfile, DeviceService } from '#domain/device.ts';
import { askAuxiliary } from './auxiliary.ts';
import type { Conversation } from './conversation.ts';
import { all, textAt } from './element.ts';
import { operation } from './envelope.ts';
import { endpointOf, readInformation, readInterfaces, readUsers } from './identity.ts';
import { askAddresses } from './media.ts';
import { askProfiles, type MediaProfile } from './profiles.ts';
import { askInputs, askRelays } from './relays.ts';
import { readClock, type SystemTime } from './system-time.ts';
import { isPassing, optional, troubleOf } from './trouble.ts';

const short = { atMostMs: 4_000 };

/** What discovery tells of the device at an address, for those that do not tell their endpoint over SOAP. */
export type Discovered = (url: URL) => Promise<{ endpoint: string | null; macs: string[] } | null>;

export async function askFacts(c: Conversation, clock: Clock, discovered: Discovered): Promise<DeviceFacts> {
  // The clock first and without a password: what is signed needs it. It also tells quickest that nobody is there.
  const startedMs = clock.nowMs();
  const startedMono = clock.monoMs();
  const time = await askTime(c);
  const askedMs = startedMs + (clock.monoMs() - startedMono) / 2;
  const services = await c.services();
  // The one answer that must come, and the one that proves the password before many requests go out at once.
  const information = readInformation(await c.ask(operation('device', 'GetDeviceInformation')));

  const ask = <T>(work: () => Promise<T>, otherwise: T): Promise<T> =>
    c.leftMs() < 1_000 ? Promise.resolve(otherwise) : optional(work(), otherwise);
  const [profiles, network, gateway, users, endpoint, relays, inputs, auxiliary, sound, storage] = await Promise.all([
    ask(() => askProfiles(c), []),
    ask(() => c.ask(operation('device', 'GetNetworkInterfaces'), short).then(readInterfaces), {
      macs: [],
      addresses: [],
    }),
    ask(
      () =>
        c
          .ask(operation('device', 'GetNetworkDefaultGateway'), short)
          .then((r) => textAt(r, 'NetworkGateway', 'IPv4Address') ?? textAt(r, 'NetworkGateway', 'IPv6Address')),
      null,
    ),
    ask(() => c.ask(operation('device', 'GetUsers'), short).then(readUsers), []),
    ask(
      () => c.ask(operation('device', 'GetEndpointReference'), short).then((r) => endpointOf(textAt(r, 'GUID'))),
      null,
    ),
    ask(() => askRelays(c).then((r) => r.relays), []),
    ask(() => askInputs(c), 0),
    ask(() => askAuxiliary(c), { device: [], ptz: [] }),
    askSound(c),
    ask(() => askStorage(c), false),
  ]);
  const announced = endpoint === null || network.macs.length === 0 ? discovered(c.session.base()) : null;
  const withAddresses = await Promise.all(profiles.map((profile) => complete(c, profile)));

  const versions: Partial<Record<DeviceService, string | null>> = {};
  for (const [service, place] of services) versions[service] = place.version;
  return {
    identity: {
      endpoint: endpoint ?? (await announced)?.endpoint ?? null,
      ...information,
      macs: network.macs.length > 0 ? network.macs : ((await announced)?.macs ?? []),
    },
    services: versions,
    profiles: withAddresses,
    ptz: services.has('ptz') && profiles.some((p) => p.ptz),
    imaging: services.has('imaging'),
    events: services.has('events'),
    microphone: sound.microphone || profiles.some((p) => p.audio !== null),
    talk: sound.loudspeaker || profiles.some((p) => p.audioOutput),
    storage,
    relays,
    inputs,
    auxiliary: [...new Set([...auxiliary.device, ...auxiliary.ptz])].slice(0, 64),
    network: { addresses: network.addresses, gateway: gateway?.slice(0, 64) ?? null },
    clock: {
      offsetMs: time?.utcMs == null ? null : Math.round(time.utcMs - askedMs),
      source: time?.source ?? null,
      zone: time?.zone ?? null,
    },
    users,
    askedMs: startedMs,
  };
}

async function askTime(c: Conversation): Promise<SystemTime | null> {
  const wanted = operation('device', 'GetSystemDateAndTime');
  try {
    return readClock(await c.session.post(c.session.base(), wanted, { timeoutMs: 5_000, anonymous: true }));
  } catch (error) {
    // Some devices tell the time to nobody without a password, against the standard (ONVIF Core §5.9.4.3).
    if (isPassing(error) || troubleOf(error) === 'credentials-missing') return null;
    throw error;
  }
}

async function complete(c: Conversation, profile: MediaProfile): Promise<DeviceProfile> {
  const { service: _s, videoSourceConfiguration: _v, ptzNode: _n, audioOutput: _a, ...known } = profile;
  return { ...known, ...(await askAddresses(c, profile)) };
}

/** Microphones and loudspeakers of devices whose profiles do not name them. */
async function askSound(c: Conversation): Promise<{ microphone: boolean; loudspeaker: boolean }> {
  const count = async (service: DeviceService, name: string, item: string): Promise<boolean> =>
    (await c.offers(service)) && c.leftMs() > 1_000
      ? optional(
          c.ask(operation(service, name), short).then((r) => all(r, item).length > 0),
          false,
        )
      : false;
  // Media2 knows no sources and outputs, only what is set up of them.
  const older = await c.offers('media');
  const [source, output] = await Promise.all([
    older
      ? count('media', 'GetAudioSources', 'AudioSources')
      : count('media2', 'GetAudioSourceConfigurations', 'Configurations'),
    older
      ? count('media', 'GetAudioOutputs', 'AudioOutputs')
      : count('media2', 'GetAudioOutputConfigurations', 'Configurations'),
  ]);
  return {
    microphone: source,
    loudspeaker: output || (await count('deviceio', 'GetAudioOutputs', 'Token')),
  };
}

/** Whether it records by itself: services for search and replay, and at least one recording set up. */
async function askStorage(c: Conversation): Promise<boolean> {
  if (!(await c.offers('search')) || !(await c.offers('replay'))) return false;
  if (!(await c.offers('recording'))) return true;
  return optional(
    c.ask(operation('recording', 'GetRecordings'), short).then((r) => all(r, 'RecordingItem').length > 0),
    true, // search and replay are there: it has something to search and to replay
  );
}
