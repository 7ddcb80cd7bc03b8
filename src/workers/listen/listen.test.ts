import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../tests/support/until.ts';
import type { StreamId } from '#domain/id.ts';
import { systemClock } from '#lib/clock.ts';
import { g711Track, opusTrack } from '#media/audio-track.ts';
import { toALaw } from '#media/g711.ts';
import { heardSlotBytes, type HeardMessage } from '../ingest/port.ts';
import { createListen } from './listen.ts';
import type { ListenOrder, ListenReport } from './port.ts';

const t0 = systemClock.nowMs();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

function rig(over: Partial<ListenOrder> = {}) {
  const reports: ListenReport[] = [];
  const { port1, port2 } = new MessageChannel();
  const listen = createListen({
    clock: systemClock,
    decoders: null,
    post: (report) => void reports.push(report),
    cpuSeconds: () => 0,
  });
  ends.push(() => {
    listen.command({ op: 'stop' });
    port1.close();
  });
  listen.command({ op: 'source', port: port2 });
  const slot = new SharedArrayBuffer(heardSlotBytes);
  const order: ListenOrder = {
    ...{
      streamId: 1 as StreamId,
      label: 'Gate main',
      slot,
      weighting: 'flat',
      heard: false,
      speech: false,
      live: true,
    },
    ...{ loud: { thresholdDb: -20, minMs: 300 }, sudden: null, silence: null },
    ...over,
  };
  listen.command({ op: 'listen', order });
  const heard = () => reports.flatMap((r) => (r.op === 'heard' ? [r] : []));
  return { reports, listen, order, port: port1, heard, words: new Int32Array(slot) };
}

/** A-law of 8 kHz from `fromMs` on: a tone, its size of full scale. */
function send(port: MessagePort, words: Int32Array, fromMs: number, forMs: number, size: number): void {
  for (let ms = fromMs; ms < fromMs + forMs; ms += 200) {
    const data = Uint8Array.from({ length: 1_600 }, (_, i) =>
      toALaw(Math.round(size * 32_767 * Math.sin((2 * Math.PI * 1_000 * (i + ms * 8)) / 8_000))),
    );
    const message: HeardMessage = {
      ...{ streamId: 1 as StreamId, track: g711Track('pcma'), data },
      ...{ sizes: [800, 800], ptsUs: [(t0 + ms) * 1_000, (t0 + ms + 100) * 1_000] },
    };
    Atomics.add(words, 0, 1);
    port.postMessage(message, [data.buffer]);
  }
}

describe('the listen worker', () => {
  it('tells levels as they are, loud sound from when it began, and takes what waits', async () => {
    const { port, heard, words } = rig();
    send(port, words, 0, 1_000, 0.01);
    send(port, words, 1_000, 1_000, 0.5);
    send(port, words, 2_000, 3_000, 0.01);
    await until('the end', () => heard().some((h) => h.events.some((e) => e.is === 'end')));
    const levels = heard().flatMap((h) => h.levels);
    expect(levels[5]?.rmsDb).toBeCloseTo(-40, 0);
    expect(levels[15]?.rmsDb).toBeCloseTo(-6, 0);
    expect(levels[15]?.peakDb).toBeCloseTo(-6, 0);
    const events = heard().flatMap((h) => h.events);
    expect(events.map((e) => [e.matter, e.is])).toEqual([
      ['loud', 'begin'],
      ['loud', 'end'],
    ]);
    const [began, ended] = events;
    expect(Math.abs((began?.is === 'begin' ? began.fromMs : 0) - (t0 + 1_000))).toBeLessThanOrEqual(100);
    expect(Math.abs((ended?.is === 'end' ? ended.atMs : 0) - (t0 + 2_000))).toBeLessThanOrEqual(100);
    expect(ended?.peakDb).toBeCloseTo(-6, 0);
    await until('all was taken', () => words[0] === 0);
  });

  it('gives sound for speech at 16 kHz in pieces that follow each other, and anew after a hole', async () => {
    const { port, reports, words } = rig({ speech: true });
    send(port, words, 0, 2_000, 0.3);
    send(port, words, 5_000, 1_000, 0.3);
    const pieces = () => reports.flatMap((r) => (r.op === 'sound' ? [r] : []));
    await until('sound after the hole', () => pieces().some((p) => p.atMs > t0 + 4_000));
    expect(pieces()[0]?.after).toBe(false);
    const [first, second] = pieces();
    expect(second?.after).toBe(true);
    expect(second?.atMs).toBeCloseTo((first?.atMs ?? 0) + (first?.samples.length ?? 0) / 16, 0);
    expect(pieces().find((p) => p.atMs > t0 + 4_000)).toMatchObject({ after: false });
  });

  it('tells that a microphone fell silent: by what it gives, and by nothing', async () => {
    const { port, heard, words } = rig({ silence: { minMs: 1_000 }, heard: true, loud: null });
    const silences = () => heard().flatMap((h) => h.events.map((e) => [e.matter, e.is]));
    // A-law's smallest step is its silence.
    send(port, words, 0, 2_000, 0);
    await until('silence', () => silences().length === 1);
    send(port, words, 2_000, 1_000, 0.2);
    await until('heard again', () => silences().length === 2);
    expect(silences()).toEqual([
      ['silence', 'begin'],
      ['silence', 'end'],
    ]);
    await until('silence where nothing comes', () => silences().length === 3, 15_000);
  });

  it('ends what goes on when nobody wants to know any more, and says what it cannot decode', async () => {
    const { listen, order, port, heard, reports, words } = rig();
    send(port, words, 0, 1_000, 0.5);
    await until('loud', () => heard().some((h) => h.events.length > 0));
    listen.command({ op: 'listen', order: { ...order, loud: null } });
    expect(heard().at(-1)?.events).toMatchObject([{ matter: 'loud', is: 'end' }]);
    const data = Uint8Array.of(1, 2, 3);
    const message: HeardMessage = {
      ...{ streamId: 1 as StreamId, track: opusTrack(1), data, sizes: [3], ptsUs: [t0 * 1_000] },
    };
    port.postMessage(message);
    await until('no ffmpeg', () => reports.some((r) => r.op === 'trouble' && r.trouble === 'no-ffmpeg'));
    listen.command({ op: 'unlisten', streamId: 1 as StreamId });
    const before = reports.length;
    send(port, words, 3_000, 1_000, 0.5);
    port.postMessage(message);
    // What comes after another stream's was taken before it.
    listen.command({ op: 'listen', order: { ...order, streamId: 2 as StreamId } });
    send(port, words, 0, 400, 0.5);
    await new Promise((resolve) => setImmediate(resolve));
    expect(reports.slice(before).filter((r) => r.op === 'heard')).toEqual([]);
  });
});
