/** Where a device's services are (ONVIF Core §8.1.2): GetServices, else GetCapabilities of older devices, else the usual paths. */
import { DeviceService } from '#domain/device.ts';
import { candidates } from './address.ts';
import { all, at, numberAt, textAt, type Element } from './element.ts';
import { namespaces } from './envelope.ts';
import { xml, type Xml } from './write-xml.ts';

export type ServicePlace = { urls: URL[]; version: string | null };
export type Services = ReadonlyMap<DeviceService, ServicePlace>;

const bySpace = new Map(DeviceService.options.map((service) => [namespaces[service].toLowerCase(), service] as const));

/** Reads a GetServicesResponse. */
export function readServices(response: Element, answered: URL): Map<DeviceService, ServicePlace> {
  const found = new Map<DeviceService, ServicePlace>();
  for (const entry of all(response, 'Service').slice(0, 64)) {
    const service = bySpace.get((textAt(entry, 'Namespace') ?? '').replace(/\/+$/, '').toLowerCase());
    const urls = candidates(textAt(entry, 'XAddr') ?? '', answered);
    if (service === undefined || urls.length === 0 || found.has(service)) continue;
    const major = numberAt(entry, 'Version', 'Major');
    const minor = numberAt(entry, 'Version', 'Minor');
    found.set(service, {
      urls,
      version: major === null ? null : `${major}.${String(minor ?? 0).padStart(2, '0')}`.slice(0, 20),
    });
  }
  return found;
}

const inCapabilities: [service: DeviceService, path: string[]][] = [
  ['device', ['Device']],
  ['media', ['Media']],
  ['ptz', ['PTZ']],
  ['imaging', ['Imaging']],
  ['events', ['Events']],
  ['analytics', ['Analytics']],
  ['deviceio', ['Extension', 'DeviceIO']],
  ['recording', ['Extension', 'Recording']],
  ['search', ['Extension', 'Search']],
  ['replay', ['Extension', 'Replay']],
];

/** Reads a GetCapabilitiesResponse; it tells no versions and knows no Media2. */
export function readCapabilities(response: Element, answered: URL): Map<DeviceService, ServicePlace> {
  const found = new Map<DeviceService, ServicePlace>();
  const capabilities = at(response, 'Capabilities');
  for (const [service, path] of inCapabilities) {
    const told = textAt(capabilities, ...path, 'XAddr');
    const urls = told === null ? [] : candidates(told, answered);
    if (urls.length > 0) found.set(service, { urls, version: null });
  }
  return found;
}

export const getServices: Xml = xml`<IncludeCapability>false</IncludeCapability>`;
export const getCapabilities: Xml = xml`<Category>All</Category>`;
