/** Who a virtual device says it is: made from its name, so that it is the same at every start and on every PC. */
import { createHash } from 'node:crypto';

export type Identity = {
  name: string;
  location: string;
  maker: string;
  model: string;
  firmware: string;
  serial: string;
  hardware: string;
  /** Lower-case UUID; the endpoint reference is `urn:uuid:` and this. */
  uuid: string;
  /** Locally administered (second bit of the first octet), so that it is nobody's. `aa:bb:cc:dd:ee:ff`. */
  mac: string;
};

/** `key` is what tells devices apart that have one name: a port, a number. */
export function identityOf(name: string, model: string, key: string, location = 'Demo site'): Identity {
  const hash = createHash('sha256').update(`vigie demo device ${name} ${key}`).digest();
  const hex = (from: number, to: number): string => hash.subarray(from, to).toString('hex');
  // A name-based UUID in its form (RFC 9562 §5.8: version 8, its bits are ours).
  const variant = (((hash[8] ?? 0) & 0x3f) | 0x80).toString(16).padStart(2, '0');
  const uuid = `${hex(0, 4)}-${hex(4, 6)}-8${hex(6, 8).slice(1)}-${variant}${hex(9, 10)}-${hex(10, 16)}`;
  const first = (((hash[16] ?? 0) & 0xfc) | 0x02).toString(16).padStart(2, '0');
  const mac = [first, ...(hex(17, 22).match(/../g) ?? [])].join(':');
  return {
    name,
    location,
    maker: 'Vigie',
    model,
    firmware: '1.4.2',
    serial: `VD${hex(22, 27).toUpperCase()}`,
    hardware: '1.0',
    uuid,
    mac,
  };
}

/** Scopes a device has by itself (ONVIF Core Specification §7.3.2.2). Spaces and the like are escaped: scopes are URIs. */
export function scopesOf(identity: Identity, profiles: string[], types: string[]): string[] {
  const at = 'onvif://www.onvif.org';
  return [
    ...profiles.map((p) => `${at}/Profile/${p}`),
    ...types.map((t) => `${at}/type/${t}`),
    `${at}/hardware/${encodeURIComponent(identity.model)}`,
    `${at}/name/${encodeURIComponent(`${identity.maker} ${identity.name}`)}`,
    `${at}/location/${encodeURIComponent(identity.location)}`,
    `${at}/MAC/${identity.mac.toUpperCase()}`,
  ];
}
