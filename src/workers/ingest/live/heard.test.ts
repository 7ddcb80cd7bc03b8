import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import type { StreamId } from '#domain/id.ts';
import { g711Track } from '#media/audio-track.ts';
import type { AccessUnit } from '#media/format.ts';
import { heardSlot, heardSlotBytes, mostHeardWaiting, type HeardMessage } from '../port.ts';
import { createHeard } from './heard.ts';

const video = {
  kind: 'video',
  codec: 'h264',
  codecString: '',
  config: new Uint8Array(0),
  width: 4,
  height: 4,
} as const;
const audio = g711Track('pcmu');
const unit = (ms: number, track: 'audio' | 'video' = 'audio'): AccessUnit => ({
  ...{ track, key: true, ptsUs: ms * 1_000, dtsUs: ms * 1_000 },
  ...{ data: [Uint8Array.of(ms & 255), Uint8Array.of(7)], bytes: 2 },
});
const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});
function rig() {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  const slot = new SharedArrayBuffer(heardSlotBytes);
  const words = new Int32Array(slot);
  const port: { now: MessagePort | null } = { now: port1 };
  const heard = createHeard({ streamId: 5 as StreamId, port: () => port.now });
  heard.format(video, audio);
  const got = (): HeardMessage[] => {
    const all: HeardMessage[] = [];
    for (;;) {
      const received = receiveMessageOnPort(port2) as { message: HeardMessage } | undefined;
      if (received === undefined) return all;
      all.push(received.message);
    }
  };
  const run = (fromMs: number, toMs: number): void => {
    for (let ms = fromMs; ms < toMs; ms += 20) heard.unit(unit(ms), 0);
  };
  return { heard, slot, words, port, got, run };
}

it('gives sound about 200 ms at a time, whole and in order, and only while it is asked for', () => {
  const { heard, slot, words, got, run } = rig();
  run(0, 1_000);
  expect(got()).toEqual([]);
  heard.hear({ slot });
  for (let ms = 0; ms <= 1_000; ms += 20) {
    heard.unit(unit(ms), 0);
    heard.unit(unit(ms, 'video'), 0);
  }
  const messages = got();
  expect(messages.length).toBe(4);
  expect(messages.map((m) => m.track?.codec)).toEqual(['pcmu', undefined, undefined, undefined]);
  expect(messages.flatMap((m) => m.ptsUs)).toEqual(Array.from({ length: 44 }, (_, i) => i * 20_000));
  for (const { data, sizes, ptsUs } of messages) {
    expect(sizes).toEqual(ptsUs.map(() => 2));
    expect([...data]).toEqual(ptsUs.flatMap((us) => [(us / 1_000) & 255, 7]));
  }
  expect(words[heardSlot.waiting]).toBe(4);
  heard.hear(null);
  run(2_000, 3_000);
  expect(got()).toEqual([]);
});

it('leaves out and counts what comes while too much waits, and goes on after', () => {
  const { heard, slot, words, got, run } = rig();
  heard.hear({ slot });
  run(0, 5_000);
  expect(got()).toHaveLength(mostHeardWaiting);
  const missed = words[heardSlot.missedMs]!;
  expect(missed).toBeGreaterThan(2_000);
  Atomics.store(words, heardSlot.waiting, 0);
  run(5_000, 6_000);
  expect(got().length).toBeGreaterThan(3);
  expect(words[heardSlot.missedMs]).toBe(missed);
});

it('begins anew after an interruption, tells another worker what it is, and gives nothing where there is none', () => {
  const { heard, slot, port, got, run } = rig();
  heard.hear({ slot });
  run(0, 100);
  heard.interrupt();
  run(9_000, 9_300);
  expect(got().map((m) => m.ptsUs[0])).toEqual([9_000_000]);
  port.now = null;
  run(10_000, 10_500);
  const next = new MessageChannel();
  open.push(next.port1, next.port2);
  port.now = next.port1;
  run(11_000, 11_500);
  expect((receiveMessageOnPort(next.port2) as { message: HeardMessage }).message.track?.codec).toBe('pcmu');
});
