/**
 * Key pictures of one stream for the watch worker, over a port of their own: never more often than asked for, and never a second
 * one before the first was taken. Nothing here waits: what cannot be given now is left out and counted.
 */
import type { MessagePort } from 'node:worker_threads';
import type { StreamId } from '#domain/id.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { shownSlot, type ShownMessage, type ShowOrder } from '../port.ts';
import type { UnitSink } from '../unit-sink.ts';

/** Pictures of a steady camera are not exactly as far apart as their number a second says. */
const early = 0.9;

export type Shown = Pick<UnitSink, 'format' | 'unit'> & {
  /** null: none any more. */
  show(order: ShowOrder | null): void;
};

export function createShown(deps: { streamId: StreamId; port: () => MessagePort | null }): Shown {
  const { streamId } = deps;
  let order: { everyUs: number; slot: Int32Array } | null = null;
  let track: VideoTrack | null = null;
  /** Which port knows which track. */
  let told: { port: MessagePort; track: VideoTrack } | null = null;
  let lastUs = Number.NEGATIVE_INFINITY;

  function give(port: MessagePort, unit: AccessUnit, arrivedUs: number, of: VideoTrack): void {
    const data = new Uint8Array(unit.bytes);
    let at = 0;
    for (const piece of unit.data) {
      data.set(piece, at);
      at += piece.length;
    }
    const message: ShownMessage = {
      streamId,
      ...((told?.port !== port || told.track !== of) && { track: of }),
      data,
      ptsUs: unit.ptsUs,
      arrivedUs,
    };
    told = { port, track: of };
    port.postMessage(message, [data.buffer]);
  }

  return {
    show(next) {
      order = next === null ? null : { everyUs: (1e6 / next.perSecond) * early, slot: new Int32Array(next.slot) };
      lastUs = Number.NEGATIVE_INFINITY;
      told = null;
    },
    format(video) {
      track = video;
    },
    unit(unit, arrivedUs) {
      if (order === null || track === null || !unit.key || unit.track !== 'video') return;
      // A time before the last one: the clock was set, or the stream begins anew.
      if (unit.ptsUs >= lastUs && unit.ptsUs - lastUs < order.everyUs) return;
      const port = deps.port();
      if (port === null) return;
      if (Atomics.load(order.slot, shownSlot.busy) !== 0) {
        Atomics.add(order.slot, shownSlot.missed, 1);
        return;
      }
      lastUs = unit.ptsUs;
      Atomics.store(order.slot, shownSlot.busy, 1);
      give(port, unit, arrivedUs, track);
    },
  };
}
