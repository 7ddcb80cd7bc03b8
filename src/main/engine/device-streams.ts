/** Stream addresses of a device's profiles, and whether they stay with the device. */
import type { DeviceFacts, DeviceLink } from '#domain/device.ts';
import { StreamUrl, type StreamSettings } from '#domain/stream.ts';
import { deviceError } from './device-connection.ts';
import type { Device } from './device-port.ts';
import { recordNever } from '#domain/recording-plan.ts';

/** The host of an address in lower case, without brackets; empty for what is none. */
export function hostOf(url: string): string {
  try {
    return new URL(url).hostname.toLowerCase().replace(/^\[|\]$/g, '');
  } catch {
    return '';
  }
}

/** What of a stream address stays when its device moves: path and query. */
export const pathOf = (url: string): string => url.replace(/^rtsps?:\/\/[^/?#]*/i, '');

const isNumber = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':');

/**
 * Whether a stream address stays with its device. Where the device was given by name, an address that it says is its own
 * counts too; else its own word is no reason to send the password elsewhere.
 */
export function isOwnHost(streamUrl: string, deviceUrl: string, facts: Pick<DeviceFacts, 'network'> | null): boolean {
  const [stream, device] = [hostOf(streamUrl), hostOf(deviceUrl)];
  if (stream === device) return true;
  return !isNumber(device) && facts !== null && facts.network.addresses.some((a) => a.toLowerCase() === stream);
}

/** A stream address with another host and what belongs to it kept; null when it makes no address. */
export function withHost(streamUrl: string, host: string): string | null {
  const given = host.includes(':') ? `[${host}]` : host;
  const moved = streamUrl.replace(/^(rtsps?:\/\/)(\[[^\]]*\]|[^/?#:]+)/i, (_, scheme: string) => `${scheme}${given}`);
  return StreamUrl.safeParse(moved).success ? moved : null;
}

/** Asks a device for the addresses of a link's profiles. Throws DEVICE, `foreign-host` for an address nobody trusted. */
export async function askStreams(
  device: Device,
  link: DeviceLink,
  now: { main: StreamSettings; sub: StreamSettings | null },
  facts: DeviceFacts | null,
): Promise<{ main: StreamSettings; sub: StreamSettings | null }> {
  const ask = async (profile: string, like: StreamSettings): Promise<StreamSettings> => {
    const url = await device.streamUrl(profile, like.transport === 'udp' ? 'udp' : 'tcp');
    if (!StreamUrl.safeParse(url).success)
      throw deviceError('invalid-answer', 'The camera gave a stream address that cannot be used.');
    if (!isOwnHost(url, link.url, facts) && !link.trustedHosts.includes(hostOf(url)))
      throw deviceError(
        'foreign-host',
        `The camera points to ${hostOf(url)} for its stream. Trust that address first.`,
      );
    return { ...like, url };
  };
  return {
    main: link.mainProfile === null ? now.main : await ask(link.mainProfile, now.main),
    sub: link.subProfile === null ? null : await ask(link.subProfile, now.sub ?? { ...now.main, plan: recordNever }),
  };
}
