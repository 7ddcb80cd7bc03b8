/**
 * Pictures of one stream for the watch worker, over a port of their own: never more often than asked for, and never a second one
 * before the first was taken. Nothing here waits: what cannot be given now is left out and counted.
 */
import type { MessagePort } from 'node:worker_threads';
import {
  betweenLooks,
  freshBetweenLooks,
  given,
  looksBetween,
  type BetweenLooks,
} from '#domain/decide/between-looks.ts';
import type { StreamId } from '#domain/id.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { shownSlot, type ShownMessage, type ShowOrder } from '../port.ts';
import type { UnitSink } from '../unit-sink.ts';

/** What is kept of the newest group of pictures (`LiveCache.group`): the unit of now is its last. */
export type Group = () => readonly AccessUnit[] | null;

export type Shown = Pick<UnitSink, 'format'> & {
  unit(unit: AccessUnit, arrivedUs: number, group: Group): void;
  /** null: none any more. */
  show(order: ShowOrder | null): void;
};

export function createShown(deps: {
  streamId: StreamId;
  /** Where they go; null: nobody looks. Asked each time: the watch worker may be another one by now. */
  port: () => MessagePort | null;
}): Shown {
  const { streamId } = deps;
  let order: { perSecond: number; between: boolean; slot: Int32Array } | null = null;
  let track: VideoTrack | null = null;
  /** Which port knows which track. */
  let told: { port: MessagePort; track: VideoTrack } | null = null;
  let looks: BetweenLooks = freshBetweenLooks;

  function give(port: MessagePort, units: readonly AccessUnit[], arrivedUs: number, of: VideoTrack): void {
    const data = new Uint8Array(units.reduce((sum, u) => sum + u.bytes, 0));
    const ends: number[] = [];
    let at = 0;
    for (const unit of units) {
      for (const piece of unit.data) {
        data.set(piece, at);
        at += piece.length;
      }
      ends.push(at);
    }
    const message: ShownMessage = {
      streamId,
      ...((told?.port !== port || told.track !== of) && { track: of }),
      ...{ data, arrivedUs, ptsUs: units.at(-1)?.ptsUs ?? 0 },
      ...(units.length > 1 && { ends: ends.slice(0, -1) }),
    };
    told = { port, track: of };
    port.postMessage(message, [data.buffer]);
  }

  return {
    show(next) {
      order = next === null ? null : { ...next, slot: new Int32Array(next.slot) };
      looks = { ...looks, lookUs: null };
      told = null;
    },
    format(video) {
      track = video;
      looks = { ...freshBetweenLooks, lookUs: looks.lookUs };
    },
    unit(unit, arrivedUs, group) {
      if (order === null || track === null || unit.track !== 'video') return;
      const { perSecond, between, slot } = order;
      const active = Atomics.load(slot, shownSlot.active) !== 0;
      const { key, ptsUs, bytes } = unit;
      const pixels = track.width * track.height;
      const [next, isLook] = betweenLooks(looks, { key, ptsUs, bytes, active, perSecond, pixels });
      looks = next;
      if (key) Atomics.store(slot, shownSlot.between, between && looksBetween(next, perSecond, pixels) ? 1 : 0);
      if (!isLook || (!key && !between)) return;
      const port = deps.port();
      const units = key ? [unit] : group();
      if (port === null || units === null) return;
      if (Atomics.load(slot, shownSlot.busy) !== 0) {
        if (key) Atomics.add(slot, shownSlot.missed, 1);
        return;
      }
      looks = given(looks, unit);
      Atomics.store(slot, shownSlot.busy, 1);
      give(port, units, arrivedUs, track);
    },
  };
}
