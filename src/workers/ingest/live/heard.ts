/**
 * Sound of one stream for the listen worker, over a port of its own, some frames at a time. Nothing here waits: while the worker has
 * not taken what it was given, what comes is left out and counted.
 */
import type { MessagePort } from 'node:worker_threads';
import type { StreamId } from '#domain/id.ts';
import type { AccessUnit, AudioTrack } from '#media/format.ts';
import { heardSlot, mostHeardWaiting, type HeardMessage, type HearOrder } from '../port.ts';
import type { UnitSink } from '../unit-sink.ts';

/** Frames are given together when they last so long, or are so many bytes. */
const gatherUs = 200_000;
const mostBytes = 48 * 1024;

export type Heard = Pick<UnitSink, 'format' | 'unit' | 'interrupt'> & {
  /** null: not any more. */
  hear(order: HearOrder | null): void;
};

export function createHeard(deps: { streamId: StreamId; port: () => MessagePort | null }): Heard {
  const { streamId } = deps;
  let slot: Int32Array | null = null;
  let track: AudioTrack | null = null;
  /** Which port knows which track. */
  let told: { port: MessagePort; track: AudioTrack } | null = null;
  let frames: { ptsUs: number; data: Uint8Array }[] = [];
  let bytes = 0;

  const forget = (): void => {
    frames = [];
    bytes = 0;
  };
  function give(of: AudioTrack, to: Int32Array): void {
    const [first, last] = [frames[0], frames.at(-1)];
    const port = deps.port();
    if (first === undefined || last === undefined || port === null) return;
    if (Atomics.load(to, heardSlot.waiting) >= mostHeardWaiting) {
      Atomics.add(to, heardSlot.missedMs, Math.round((last.ptsUs - first.ptsUs) / 1_000));
      return;
    }
    const data = new Uint8Array(bytes);
    let at = 0;
    for (const frame of frames) {
      data.set(frame.data, at);
      at += frame.data.length;
    }
    const message: HeardMessage = {
      streamId,
      ...((told?.port !== port || told.track !== of) && { track: of }),
      data,
      sizes: frames.map((f) => f.data.length),
      ptsUs: frames.map((f) => f.ptsUs),
    };
    told = { port, track: of };
    Atomics.add(to, heardSlot.waiting, 1);
    port.postMessage(message, [data.buffer]);
  }

  return {
    hear(order) {
      slot = order === null ? null : new Int32Array(order.slot);
      told = null;
      forget();
    },
    format(_, audio) {
      track = audio;
      forget();
    },
    unit(unit: AccessUnit) {
      if (slot === null || track === null || unit.track !== 'audio' || unit.bytes === 0) return;
      const data = new Uint8Array(unit.bytes);
      let at = 0;
      for (const piece of unit.data) {
        data.set(piece, at);
        at += piece.length;
      }
      frames.push({ ptsUs: unit.ptsUs, data });
      bytes += data.length;
      const since = unit.ptsUs - (frames[0]?.ptsUs ?? unit.ptsUs);
      // A time before the first: the clock was set.
      if (since >= 0 && since < gatherUs && bytes < mostBytes) return;
      give(track, slot);
      forget();
    },
    interrupt: forget,
  };
}
