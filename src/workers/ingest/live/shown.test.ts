import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import type { StreamId } from '#domain/id.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { napMs } from '../nap.ts';
import { shownActive, shownSlot, shownSlotBytes, type ShownMessage } from '../port.ts';
import { createShown } from './shown.ts';

const track: VideoTrack = {
  kind: 'video',
  codec: 'h264',
  codecString: '',
  config: Uint8Array.of(1),
  width: 4,
  height: 4,
};
const unit = (ptsUs: number, key = true): AccessUnit => ({
  ...{ track: 'video', key, ptsUs, dtsUs: ptsUs },
  ...{ data: [Uint8Array.of(1, 2), Uint8Array.of(3)], bytes: 3 },
});
const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});
function rig() {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const slot = new SharedArrayBuffer(shownSlotBytes);
  const words = new Int32Array(slot);
  const port: { now: MessagePort | null } = { now: port1 };
  const group: { units: AccessUnit[] | null } = { units: null };
  const made = createShown({ streamId: 5 as StreamId, port: () => port.now });
  made.format(track, null);
  const shown = {
    ...made,
    unit: (next: AccessUnit, arrivedUs: number): void => {
      made.unit(next, arrivedUs, () => group.units);
    },
  };
  const got = (): ShownMessage[] => {
    const all: ShownMessage[] = [];
    for (;;) {
      const received = receiveMessageOnPort(port2) as { message: ShownMessage } | undefined;
      if (received === undefined) return all;
      all.push(received.message);
    }
  };
  const taken = (): void => void Atomics.store(words, shownSlot.busy, 0);
  return { shown, slot, words, port, group, got, taken };
}

it('gives key pictures whole, no more often than asked for, and none before it is asked', () => {
  const { shown, slot, got, taken } = rig();
  shown.unit(unit(0), 0);
  expect(got()).toEqual([]);
  shown.show({ perSecond: 1, between: true, slot });
  const times: number[] = [];
  for (let ms = 0; ms <= 4_000; ms += 250) {
    shown.unit(unit(ms * 1000, ms % 500 === 0), ms * 1000 + 7);
    for (const m of got()) {
      times.push(m.ptsUs / 1000);
      expect([m.streamId, [...m.data], m.arrivedUs]).toEqual([5, [1, 2, 3], m.ptsUs + 7]);
      expect(m.track?.codec).toBe(times.length === 1 ? 'h264' : undefined);
      taken();
    }
  }
  expect(times).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  shown.show(null);
  shown.unit(unit(9_000_000), 0);
  expect(got()).toEqual([]);
});

it('leaves out and counts what comes before the last one was taken, and begins anew after a step back of the clock', () => {
  const { shown, slot, words, got, taken } = rig();
  shown.show({ perSecond: 5, between: true, slot });
  for (let s = 0; s < 5; s += 1) shown.unit(unit(s * 1e6), 0);
  expect([got().map((m) => m.ptsUs), words[shownSlot.missed]]).toEqual([[0], 4]);
  taken();
  shown.unit(unit(6e6), 0);
  taken();
  shown.unit(unit(1e6), 0);
  expect(got().map((m) => m.ptsUs)).toEqual([6e6, 1e6]);
});

it('tells another watch worker how to decode, and gives nothing where there is none', () => {
  const { shown, slot, port, got, taken } = rig();
  shown.show({ perSecond: 5, between: true, slot });
  shown.unit(unit(0), 0);
  taken();
  expect(got()).toHaveLength(1);
  port.now = null;
  shown.unit(unit(1e6), 0);
  const next = new MessageChannel();
  open.push(next.port1, next.port2);
  port.now = next.port1;
  shown.unit(unit(2e6), 0);
  expect(receiveMessageOnPort(next.port2)?.message).toMatchObject({ ptsUs: 2e6, track: { width: 4 } });
});

it('gives what is between rare key frames with its whole group, oftener while something moves, and never a part of one', () => {
  const { shown, slot, words, group, got, taken } = rig();
  shown.show({ perSecond: 1, between: true, slot });
  const looks: [number, number, number[] | undefined][] = [];
  /** Ten pictures a second, a key frame each 4 s. */
  const run = (fromMs: number, toMs: number, cached = true): void => {
    for (let ms = fromMs; ms < toMs; ms += 100) {
      const next = unit(ms * 1000, ms % 4_000 === 0);
      group.units = cached ? [...(next.key ? [] : (group.units ?? [])), next] : null;
      shown.unit(next, ms * 1000);
      for (const m of got()) {
        looks.push([m.ptsUs / 1000, m.data.length, m.ends]);
        taken();
      }
    }
  };
  run(0, 12_000);
  expect(Atomics.load(words, shownSlot.between)).toBe(1);
  looks.length = 0;
  run(12_000, 16_000);
  expect(looks.map(([ms]) => ms)).toEqual([12_000, 14_000]);
  Atomics.store(words, shownSlot.active, shownActive.active);
  looks.length = 0;
  run(16_000, 20_000);
  expect(looks.map(([ms]) => ms)).toEqual([16_000, 17_000, 18_000, 19_000]);
  expect(looks[1]?.slice(1)).toEqual([33, [3, 6, 9, 12, 15, 18, 21, 24, 27, 30]]);
  looks.length = 0;
  run(20_000, 24_000, false);
  expect(looks.map(([ms]) => ms)).toEqual([20_000]);
});

it('gives a second look half a second after the first one while what moves is no event yet, and does not sleep it away', () => {
  const { shown, slot, words, group, got, taken } = rig();
  shown.show({ perSecond: 1, between: true, slot });
  const looks: [number, number[] | undefined, true | undefined][] = [];
  const unsure = { ms: Number.POSITIVE_INFINITY };
  /** Ten pictures a second, a key frame each, 40 ms on their way; every second one waited for a sleep to end. */
  const run = (fromMs: number, toMs: number): void => {
    for (let ms = fromMs; ms < toMs; ms += 100) {
      if (ms === unsure.ms) Atomics.store(words, shownSlot.active, shownActive.unsure);
      const next = unit(ms * 1000, ms % 1_000 === 0);
      group.units = [...(next.key ? [] : (group.units ?? [])), next];
      shown.unit(next, (ms + (ms % 200 === 0 ? 40 : 90)) * 1000);
      for (const m of got()) {
        looks.push([m.ptsUs / 1000, m.ends, m.second]);
        taken();
      }
    }
  };
  const napAt = (ms: number): number => shown.mayNapMs(() => ms * 1000);
  run(0, 5_000);
  expect(looks.map(([ms]) => ms)).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  expect(napAt(5_000)).toBe(napMs);
  unsure.ms = 5_200;
  run(5_000, 5_300);
  // It comes at 5,480 and the way: until 5,520 is slept, then a little at a time, and no longer for it than a while.
  expect([5_250, 5_350, 5_600, 5_900].map(napAt).map(Math.round)).toEqual([napMs, 170, 20, napMs]);
  run(5_300, 6_000);
  expect(looks.slice(5)).toEqual([
    [5_000, undefined, undefined],
    [5_500, [3, 6, 9, 12, 15], true],
  ]);
  Atomics.store(words, shownSlot.active, shownActive.active);
  unsure.ms = Number.POSITIVE_INFINITY;
  expect(napAt(6_000)).toBe(napMs);
  run(6_000, 8_000);
  expect(looks.slice(7).map(([ms]) => ms)).toEqual([6_000, 7_000]);
});
