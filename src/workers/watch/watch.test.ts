import { MessageChannel } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import type { StreamId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import type { VideoTrack } from '#media/format.ts';
import { until } from '../../../tests/support/until.ts';
import { shownActive, shownSlot, shownSlotBytes, type ShownMessage } from '../ingest/port.ts';
import type { WatchOrder, WatchReport } from './port.ts';
import { createWatch } from './watch.ts';

const streamId = 5 as StreamId;
const t0 = 1_800_000_000_000;
const track: VideoTrack = {
  ...{ kind: 'video', codec: 'h264', codecString: '', config: new Uint8Array(0) },
  ...{ width: 64, height: 36 },
};
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A unit's only byte says what its picture shows: a bright square at this place, or none at 0. */
function greyOf([place = 0]: Uint8Array): Uint8Array {
  const grey = new Uint8Array(320 * 180).map((_, i) => 90 + ((i * 7) % 13) + 5 * (Math.floor(i / 320) % 3));
  if (place > 0)
    for (let y = 60; y < 120; y += 1)
      for (let x = 0; x < 40; x += 1) grey[y * 320 + place + x] = (x >> 3) % 2 === (y >> 3) % 2 ? 250 : 10;
  return grey;
}

function rig() {
  const { port1, port2 } = new MessageChannel();
  closers.push(() => {
    port1.close();
  });
  const reports: WatchReport[] = [];
  let natives = 0;
  const watch = createWatch({
    clock: systemClock,
    decoders: {
      grey: (_, units) => Promise.resolve(greyOf(units.at(-1)!)),
      native() {
        natives += 1;
        return Promise.resolve({ width: 64, height: 36, data: new Uint8Array((64 * 36 * 3) / 2) });
      },
      stop: () => undefined,
    },
    post: (report) => void reports.push(report),
    cpuSeconds: () => 0,
  });
  closers.push(() => {
    watch.command({ op: 'stop' });
  });
  watch.command({ op: 'source', port: port2 });
  const order: WatchOrder = {
    ...{ streamId, label: 'Gate sub', slot: new SharedArrayBuffer(shownSlotBytes), privacy: [], judge: false },
    gate: { sensitivity: 0.5, minArea: 0.002, minMotionMs: 0, mask: new Uint8Array(1200).fill(1) },
    ...{ natives: true, share: 1, detail: false },
  };
  const looks = () => reports.filter((r) => r.op === 'looked');
  let atMs = t0;
  /** One picture a second, or one as a second look; answers what the gate said, and whether a detector is asked. */
  const look = async (place = 0, second = false) => {
    const before = looks().length;
    atMs += second ? 500 : 1_000;
    const ptsUs = atMs * 1_000;
    port1.postMessage({
      ...{ streamId, track, data: Uint8Array.of(place), ptsUs, arrivedUs: ptsUs, ...(second && { second }) },
    } satisfies ShownMessage);
    await until('a look', () => looks().length > before);
    const last = looks().at(-1)!;
    return { is: last.motion?.is, asks: last.asks };
  };
  const frames = async () => {
    const asked = looks().filter((l) => l.asks).length;
    await until('what was asked for', () => reports.filter((r) => r.op === 'frame').length === asked);
    return asked;
  };
  const active = () => Atomics.load(new Int32Array(order.slot), shownSlot.active);
  return { watch, order, look, frames, looks, active, natives: () => natives };
}

it('gives pictures of a new scene to a detector, those with motion, and those of somebody who is followed', async () => {
  const { watch, order, look, frames } = rig();
  watch.command({ op: 'watch', order });
  for (let n = 0; n < 4; n += 1) expect(await look()).toEqual({ is: 'learning', asks: true });
  for (let n = 0; n < 4; n += 1) expect(await look()).toEqual({ is: 'still', asks: false });
  const moving: Awaited<ReturnType<typeof look>>[] = [];
  for (const place of [40, 100, 160, 220]) moving.push(await look(place));
  expect(moving.at(-1)).toEqual({ is: 'motion', asks: true });
  for (const { is, asks } of moving) expect(asks).toBe(is === 'motion');
  watch.command({ op: 'eager', streamId, on: true });
  await look();
  const after = await look();
  expect(after.asks).toBe(true);
  watch.command({ op: 'eager', streamId, on: false });
  for (let n = 0; n < 8; n += 1) await look();
  expect((await look()).asks).toBe(false);
  expect(await frames()).toBeGreaterThanOrEqual(8);
});

it('lets a detector look once it is there, although the scene is known by then', async () => {
  const { watch, order, look, frames, natives } = rig();
  watch.command({ op: 'watch', order: { ...order, natives: false } });
  for (let n = 0; n < 8; n += 1) expect((await look()).asks).toBe(false);
  expect(natives()).toBe(0);
  watch.command({ op: 'watch', order });
  for (let n = 0; n < 4; n += 1) expect(await look()).toEqual({ is: 'still', asks: true });
  expect(await look()).toEqual({ is: 'still', asks: false });
  // Another setting is no other detector.
  watch.command({ op: 'watch', order: { ...order, label: 'Door sub' } });
  expect((await look()).asks).toBe(false);
  expect(await frames()).toBe(4);
});

it('decodes no more for a detector than the PC manages', async () => {
  const { watch, order, look, frames, natives } = rig();
  watch.command({ op: 'watch', order: { ...order, share: 0.25 } });
  watch.command({ op: 'eager', streamId, on: true });
  for (let n = 0; n < 20; n += 1) await look();
  expect([await frames(), natives()]).toEqual([5, 5]);
});

it('lets a detector see what came of a movement that it had no time for', async () => {
  const { watch, order, look } = rig();
  watch.command({ op: 'watch', order: { ...order, share: 0.25 } });
  // It has looked at the scene as often as at any that is new.
  for (let n = 0; n < 40; n += 1) await look();
  expect(await look()).toEqual({ is: 'still', asks: false });
  expect(await look(40)).toEqual({ is: 'motion', asks: false });
  const after: Awaited<ReturnType<typeof look>>[] = [];
  for (let n = 0; n < 8; n += 1) after.push(await look());
  expect(after).toContainEqual({ is: 'still', asks: true });
  expect(after.at(-1)).toEqual({ is: 'still', asks: false });
});

it('wants another look soon at what moves and is no event yet', async () => {
  const { watch, order, look, looks, active } = rig();
  watch.command({ op: 'watch', order: { ...order, gate: { ...order.gate!, minMotionMs: 500 } } });
  const begun = () => looks().flatMap((l) => l.events.map((e) => e.is));
  await look();
  expect(active()).toBe(shownActive.active);
  // A scene that is new may have been shaken.
  for (let n = 0; n < 24; n += 1) await look();
  expect(active()).toBe(shownActive.calm);
  await look(40);
  expect([active(), begun()]).toEqual([shownActive.unsure, []]);
  // Somebody who is followed is no reason to look less soon.
  watch.command({ op: 'eager', streamId, on: true });
  expect(active()).toBe(shownActive.unsure);
  // The second look is for the gate; a detector goes on in its own step.
  expect(await look(80, true)).toEqual({ is: 'motion', asks: false });
  expect([active(), begun()]).toEqual([shownActive.active, ['begin']]);
  expect(await look(120)).toEqual({ is: 'motion', asks: true });
  watch.command({ op: 'eager', streamId, on: false });
  for (let n = 0; n < 4; n += 1) await look();
  expect(active()).toBe(shownActive.calm);
  watch.command({ op: 'eager', streamId, on: true });
  expect(active()).toBe(shownActive.active);
});
