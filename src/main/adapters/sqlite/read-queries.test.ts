import { describe, expect, it } from 'vitest';
import type { CameraId, EventId, LineId, StreamId, ZoneId } from '#domain/id.ts';
import { format, fullCamera, newId, storeStage, t0 } from '../../../../tests/support/store-stage.ts';

const stage = storeStage();

describe('queries', () => {
  it('answer over a span what was written', () => {
    const store = stage.open();
    const c = store.camera.add(fullCamera());
    const { main, sub } = c.streamIds;
    const put = (streamId: StreamId, from: number, to: number) =>
      store.segment.adopt({ streamId, startMs: t0 + from, endMs: t0 + to, bytes: to - from, state: 'sealed', format });
    put(main, 0, 60_000);
    put(main, 60_100, 120_000);
    put(main, 180_000, 240_000);
    store.gap.add({ streamId: main, fromMs: t0 + 120_000, toMs: t0 + 180_000, cause: 'camera-lost' });
    store.gap.open(main, t0 + 240_000, 'no-data');
    store.gap.open(main, t0 + 250_000, 'disk-full'); // one open at most
    const q = stage.queries();
    const [row] = q.coverage({ streamIds: [main], fromMs: t0 + 30_000, toMs: t0 + 200_000, grainMs: 0 });
    expect(row).toEqual({
      streamId: main,
      spans: [
        [t0 + 30_000, t0 + 120_000],
        [t0 + 180_000, t0 + 200_000],
      ],
      gaps: [{ fromMs: t0 + 120_000, toMs: t0 + 180_000, cause: 'camera-lost' }],
      backFilled: [],
      archived: [],
    });
    expect(q.coverage({ streamIds: [main], fromMs: t0, toMs: t0 + 300_000, grainMs: 60_000 })[0]?.spans).toEqual([
      [t0, t0 + 240_000],
    ]);
    expect(q.coverage({ streamIds: [main], fromMs: t0 + 240_000, toMs: t0 + 300_000, grainMs: 0 })[0]).toEqual({
      streamId: main,
      spans: [],
      gaps: [{ fromMs: t0 + 240_000, toMs: null, cause: 'no-data' }],
      backFilled: [],
      archived: [],
    });
    store.gap.close(main, t0 + 240_100); // shorter than the tolerance: no gap
    expect(store.openGap(main)).toBeNull();
    expect(q.bounds([main, ...(sub === null ? [] : [sub])])).toEqual({ firstMs: t0, lastMs: t0 + 240_000 });
    expect(q.bounds([])).toEqual({ firstMs: null, lastMs: null });
    expect(q.days([main], [t0 - 1000, t0, t0 + 1, t0 + 120_000, t0 + 150_000, t0 + 170_000])).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
    const at = (ms: number, within = 0) => q.locate([main], t0 + ms, within)[0]?.segment?.startMs;
    expect([at(0), at(59_999), at(60_050), at(60_050, 100), at(130_000, 60_000), at(500_000, 1e6)]).toEqual([
      t0,
      t0,
      undefined,
      t0 + 60_100,
      t0 + 180_000,
      undefined,
    ]);
    expect(
      q.segments({ streamId: main, fromMs: t0 + 59_000, toMs: t0 + 180_000, limit: 10 }).map((s) => s.startMs - t0),
    ).toEqual([0, 60_100]);
    expect(q.segment(main, t0)?.state).toBe('sealed');
    expect(q.segment(main, t0 + 1)).toBeNull();
    q.close();
    store.close();
  });

  it('have one segment for each moment of those that lie on two disks, and count the time once', () => {
    const store = stage.open();
    const { main } = store.camera.add(fullCamera()).streamIds;
    const put = (from: number, to: number, volume: number) =>
      store.segment.adopt({
        ...{ streamId: main, startMs: t0 + from, endMs: t0 + to, bytes: to - from, state: 'recovered', volume, format },
      });
    put(0, 60_000, 1);
    put(50_000, 55_000, 2);
    put(58_000, 120_000, 2);
    const q = stage.queries();
    const at = (ms: number) => (q.locate([main], t0 + ms, 0)[0]?.segment?.startMs ?? 0) - t0;
    expect([10_000, 52_000, 57_000, 59_000, 119_000].map(at)).toEqual([0, 50_000, 0, 58_000, 58_000]);
    const [row] = q.coverage({ streamIds: [main], fromMs: t0, toMs: t0 + 200_000, grainMs: 0 });
    expect(row?.spans).toEqual([[t0, t0 + 120_000]]);
    q.close();
    store.close();
  });

  it('page through events newest first, with filters, and forwards by running number', () => {
    const store = stage.open();
    const origin = store.station.get().id;
    const c = newId() as CameraId;
    const ids = Array.from({ length: 10 }, (_, i) => {
      const e = store.event.add({
        id: newId() as EventId,
        origin,
        kind: i % 2 === 0 ? 'camera-lost' : 'external',
        severity: 'info',
        cameraId: i % 3 === 0 ? c : null,
        fromMs: t0 + i * 1000,
        toMs: i === 0 ? null : t0 + i * 1000,
        data: { n: i, text: 'é' },
      });
      expect(e.seq).toBe(i + 1);
      return e.id;
    });
    const q = stage.queries();
    const anyLook = { classes: [], zoneIds: [], lineIds: [], colours: [], text: null };
    const all = { fromMs: null, toMs: null, cameraIds: [], kinds: [], ...anyLook, before: null, limit: 4 };
    const page = q.events(all);
    expect(page.more).toBe(true);
    expect(page.events.map((e) => e.data['n'])).toEqual([9, 8, 7, 6]);
    const second = q.events({ ...all, before: page.events[3]?.id ?? null, limit: 100 });
    expect(second.more).toBe(false);
    expect(second.events.map((e) => e.data['n'])).toEqual([5, 4, 3, 2, 1, 0]);
    expect(
      q.events({ ...all, limit: 100, cameraIds: [c], kinds: ['camera-lost'] }).events.map((e) => e.data['n']),
    ).toEqual([6, 0]);
    // What the analysis knows of some of them.
    const zone = newId() as ZoneId;
    const look = { class: null, score: null, box: null, zoneId: null, lineId: null, trackId: null, text: null };
    const seen = { ...look, class: 'car' as const, score: 0.7, box: { x: 0.1, y: 0.2, width: 0.3, height: 0.4 } };
    expect(store.event.look(ids[2] as EventId, { ...seen, zoneId: zone, trackId: 4, hasPicture: true })?.look).toEqual({
      ...seen,
      zoneId: zone,
      trackId: 4,
      hasPicture: true,
    });
    store.event.look(ids[3] as EventId, { ...look, text: 'AB 123 CD', hasPicture: false });
    expect(store.event.look(newId() as EventId, { ...look, hasPicture: false })).toBeNull();
    const found = (over: Partial<Parameters<typeof q.events>[0]>) =>
      q.events({ ...all, ...over }).events.map((e) => e.data['n']);
    expect(found({ classes: ['car', 'person'] })).toEqual([2]);
    expect(found({ zoneIds: [zone] })).toEqual([2]);
    expect(found({ lineIds: [newId() as LineId] })).toEqual([]);
    expect([found({ text: 'b 12' }), found({ text: '%' }), found({ text: '124' })]).toEqual([[3], [], []]);
    // And what a closer look showed of them.
    const closer = {
      ...{ atMs: t0, size: { width: 1920, height: 1080 }, without: null, vehicle: 'red' as const, upper: null },
      ...{ lower: null, plate: { text: 'B1O1GSB', score: 0.8 } },
    };
    expect(store.event.closer(ids[2] as EventId, closer)?.closer).toEqual(closer);
    store.event.closer(ids[3] as EventId, { ...closer, vehicle: null, upper: 'white', lower: 'unsure', plate: null });
    expect(store.event.closer(newId() as EventId, closer)).toBeNull();
    expect([found({ colours: ['red'] }), found({ colours: ['white', 'red'] }), found({ colours: ['blue'] })]).toEqual([
      [2],
      [3, 2],
      [],
    ]);
    expect([found({ text: 'Red C' }), found({ text: 'haut blanc' }), found({ text: '101g' })]).toEqual([[2], [3], [2]]);
    // The one that still goes on touches a span long after its start.
    const later = q.events({ ...all, limit: 100, fromMs: t0 + 86_400_000, toMs: t0 + 90_000_000 });
    expect(later.events.map((e) => e.id)).toEqual([ids[0]]);
    expect(store.event.end(ids[0] as EventId, t0 + 500)?.toMs).toBe(t0 + 500);
    expect(store.event.end(ids[0] as EventId, t0 + 600)).toBeNull();
    expect(q.events({ ...all, fromMs: t0 + 86_400_000 }).events).toEqual([]);
    expect(q.eventsAfter(origin, 7).map((e) => e.seq)).toEqual([8, 9, 10]);
    const ticks = q.ticks({ cameraIds: null, fromMs: t0, toMs: t0 + 10_000, grainMs: 5000, limit: 100 });
    expect(ticks.reduce((n, t) => n + t.count, 0)).toBe(10);
    expect(
      q.ticks({ cameraIds: [], fromMs: t0, toMs: t0 + 10_000, grainMs: 1e6, limit: 100 }).map((t) => t.count),
    ).toEqual([3, 3]);
    q.close();
    store.close();
  });
});
