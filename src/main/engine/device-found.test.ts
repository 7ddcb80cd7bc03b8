import { describe, expect, it } from 'vitest';
import type { FoundDevice } from '#domain/device.ts';
import { systemClock } from '#lib/clock.ts';
import { createFoundDevices, expireMs } from './device-found.ts';

let nowMs = 1_000_000_000;
const clock = { ...systemClock, nowMs: () => nowMs };
const seen = (host: string, over: Partial<FoundDevice> = {}): FoundDevice => ({
  url: `http://${host}/onvif/device_service`,
  urls: [`http://${host}/onvif/device_service`],
  endpoint: 'urn:uuid:1',
  name: 'Gate',
  maker: null,
  model: null,
  location: null,
  macs: ['00:00:5e:00:53:01'],
  address: host,
  seenMs: nowMs,
  ...over,
});
const open = () => createFoundDevices({ clock, known: () => [] });
const hosts = (found: ReturnType<typeof open>): string[] => found.list().map((d) => d.address);

describe('found devices', () => {
  it('are one where one device answers at two addresses, and two where only the endpoint is the same', () => {
    const found = open();
    found.take(seen('192.0.2.1'));
    found.take(seen('192.0.2.2'));
    expect(hosts(found)).toEqual(['192.0.2.1']);
    expect(found.list()[0]?.urls).toHaveLength(2);
    found.take(seen('192.0.2.3', { macs: ['00:00:5e:00:53:02'] }));
    found.take(seen('192.0.2.4', { macs: [] }));
    expect(hosts(found)).toEqual(['192.0.2.1', '192.0.2.3', '192.0.2.4']);
  });

  it('stand at their new address once they are not seen at the old one any more', () => {
    const found = open();
    found.take(seen('192.0.2.1'));
    nowMs += 60_000;
    found.take(seen('192.0.2.2', { name: null }));
    expect(hosts(found)).toEqual(['192.0.2.1']);
    nowMs += 60_000;
    found.take(seen('192.0.2.2', { name: null }));
    expect(found.list()).toMatchObject([{ address: '192.0.2.2', name: 'Gate', urls: [seen('192.0.2.2').url] }]);
  });

  it('go with a goodbye, after ten minutes, and when there are too many', () => {
    const found = open();
    found.take(seen('192.0.2.1'));
    found.bye('urn:uuid:1');
    expect(hosts(found)).toEqual([]);
    for (let i = 0; i < 1_030; i++) found.take(seen(`host-${i}`, { endpoint: null, macs: [] }));
    expect(hosts(found)).toHaveLength(1_024);
    expect(hosts(found)[0]).toBe('host-6');
    nowMs += expireMs + 1;
    found.expire();
    expect(hosts(found)).toEqual([]);
  });
});
