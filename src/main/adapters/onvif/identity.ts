/** By what a device is known: what it says of itself, read into the forms that are stored. */
import type { DeviceIdentity } from '#domain/device.ts';
import { all, at, short, textAt, within, type Element } from './element.ts';

/** A MAC address in any usual spelling as `aa:bb:cc:dd:ee:ff`; null for none, and for all zeros or ones. */
export function macOf(text: string | null): string | null {
  const plain = (text ?? '').toLowerCase().replace(/[^0-9a-f]/g, '');
  if (plain.length !== 12 || /^(0{12}|f{12})$/.test(plain)) return null;
  return plain.match(/../g)?.join(':') ?? null;
}

/** An endpoint reference in one spelling: UUIDs as `urn:uuid:…` in lower case, others as they are. */
export function endpointOf(text: string | null): string | null {
  const plain = (text ?? '').trim();
  if (plain === '' || plain.length > 256) return null;
  const uuid = /^(?:urn:)?(?:uuid:)?\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i.exec(
    plain,
  )?.[1];
  if (uuid !== undefined) return /^[0-]+$/.test(uuid) ? null : `urn:uuid:${uuid.toLowerCase()}`;
  return plain;
}

const word = (text: string | null): string | null => {
  const plain =
    short(text)
      ?.replace(/[\u0000-\u001f\u007f]+/g, ' ')
      .trim() ?? '';
  return plain === '' ? null : plain;
};

/** Reads a GetDeviceInformationResponse. */
export function readInformation(response: Element): Pick<DeviceIdentity, 'serial' | 'maker' | 'model' | 'firmware'> {
  return {
    serial: word(textAt(response, 'SerialNumber')),
    maker: word(textAt(response, 'Manufacturer')),
    model: word(textAt(response, 'Model')),
    firmware: word(textAt(response, 'FirmwareVersion')),
  };
}

/** Reads a GetNetworkInterfacesResponse: addresses in use, and MAC addresses. */
export function readInterfaces(response: Element): { macs: string[]; addresses: string[] } {
  const macs = new Set<string>();
  const addresses = new Set<string>();
  for (const one of all(response, 'NetworkInterfaces').slice(0, 32)) {
    const mac = macOf(textAt(one, 'Info', 'HwAddress'));
    if (mac !== null) macs.add(mac);
    for (const version of ['IPv4', 'IPv6']) {
      const config = at(one, version, 'Config');
      if (config === null) continue;
      for (const e of within(config))
        if (e.name === 'Address' && e.text !== '' && e.text.length <= 64) addresses.add(e.text);
    }
  }
  return { macs: [...macs].slice(0, 16), addresses: [...addresses].slice(0, 32) };
}

/** Reads a GetUsersResponse; passwords that some devices send along are not even looked at. */
export function readUsers(response: Element): { name: string; level: string }[] {
  return all(response, 'User')
    .map((user) => ({ name: word(textAt(user, 'Username')), level: word(textAt(user, 'UserLevel')) }))
    .flatMap(({ name, level }) => (name === null ? [] : [{ name, level: level ?? '' }]))
    .slice(0, 64);
}
