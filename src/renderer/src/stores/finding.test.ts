import { expect, test } from 'vitest';
import type { FoundView } from '#domain/finding.ts';
import { takeFoundPush } from './finding.ts';

const device = (n: number): FoundView => ({
  url: `http://10.0.0.${String(n)}/onvif`,
  urls: [],
  endpoint: null,
  name: `Camera ${String(n)}`,
  maker: null,
  model: null,
  location: null,
  macs: [],
  address: `10.0.0.${String(n)}`,
  seenMs: 0,
  known: [],
});

test('devices come, change and go; a break is healed by the first push after it', () => {
  let state = takeFoundPush(
    { devices: new Map(), probing: false, loaded: false },
    { type: 'all', devices: [device(1)], probing: true },
  );
  expect(state).toMatchObject({ probing: true, loaded: true });
  state = takeFoundPush(state, { type: 'found', device: device(2) });
  state = takeFoundPush(state, { type: 'found', device: { ...device(1), name: 'Gate' } });
  state = takeFoundPush(state, { type: 'probing', probing: false });
  expect([...state.devices.values()].map((d) => d.name)).toEqual(['Gate', 'Camera 2']);
  state = takeFoundPush(state, { type: 'gone', url: device(1).url });
  state = takeFoundPush(state, { type: 'gone', url: device(9).url });
  expect([...state.devices.keys()]).toEqual([device(2).url]);
  expect(takeFoundPush(state, { type: 'all', devices: [], probing: false }).devices.size).toBe(0);
});
