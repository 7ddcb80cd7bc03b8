import { describe, expect, it } from 'vitest';
import { format, fullCamera, storeStage, t0 } from '../../../../tests/support/store-stage.ts';

const stage = storeStage();

describe('cameras', () => {
  it('gives streams small numbers that stay, also when a stream or the camera goes', () => {
    const store = stage.open();
    const a = store.camera.add(fullCamera());
    expect(a.streamIds).toEqual({ main: 1, sub: 2 });
    const link = {
      url: 'http://192.0.2.7/onvif/device_service',
      identity: { endpoint: null, serial: 'A1', macs: ['00:00:5e:00:53:01'], maker: null, model: null, firmware: null },
      mainProfile: 'p0',
      subProfile: 'p1',
      certificate: null,
      trustedHosts: [],
      setClock: true,
    };
    store.camera.save({ ...a, tags: ['north'], notes: 'é', link });
    expect(store.cameras()[0]).toMatchObject({ tags: ['north'], notes: 'é', link });
    expect(store.camera.save({ ...a, sub: null }).streamIds).toEqual({ main: 1, sub: null });
    expect(store.camera.save(a).streamIds).toEqual({ main: 1, sub: 2 });
    expect(() => store.camera.add(fullCamera({ folder: 'gate-2' }))).toThrow(/UNIQUE/);
    store.camera.remove(a.id, t0);
    const b = store.camera.add(fullCamera({ folder: 'gate-2' }));
    expect(b.streamIds.main).toBeGreaterThan(2);
    expect(store.cameras().map((c) => c.id)).toEqual([b.id]);
    expect(store.streams().map((s) => s.removed)).toEqual([true, true, false, false]);
    store.segment.open({ streamId: b.streamIds.main, startMs: t0, endMs: t0, bytes: 0, state: 'open', format });
    store.camera.erase(b.id);
    expect(store.counts().segments).toBe(0);
    expect(store.camera.add(fullCamera({ folder: 'x', number: 3 })).streamIds.main).toBeGreaterThan(b.streamIds.main);
    store.close();
  });
});
