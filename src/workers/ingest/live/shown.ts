/**
 * Pictures of one stream for the watch worker, over a port of their own: not more often than asked for, but for a second look at what
 * is no event yet, and never one before the last was taken. Nothing here waits: what cannot be given now is left out and counted.
 */
import type { MessagePort } from 'node:worker_threads';
import {
  betweenLooks,
  freshBetweenLooks,
  given,
  looksBetween,
  secondLookUs,
  type BetweenLooks,
  type LookCause,
} from '#domain/decide/between-looks.ts';
import type { StreamId } from '#domain/id.ts';
import type { AccessUnit, VideoTrack } from '#media/format.ts';
import { napMs } from '../nap.ts';
import { shownActive, shownSlot, type ShownMessage, type ShowOrder } from '../port.ts';
import type { UnitSink } from '../unit-sink.ts';

/** What is kept of the newest group of pictures (`LiveCache.group`): the unit of now is its last. */
export type Group = () => readonly AccessUnit[] | null;

export type Shown = Pick<UnitSink, 'format'> & {
  unit(unit: AccessUnit, arrivedUs: number, group: Group): void;
  /** null: none any more. */
  show(order: ShowOrder | null): void;
  /** How long the thread may sleep as far as this goes, ms: a second look does not wait. `nowUs`: station time, microseconds. */
  mayNapMs(nowUs: () => number): number;
};

/** While a picture for a second look is due the thread looks for it so often, ms, and for so long, microseconds. */
const dueNapMs = 20;
const dueForUs = 300_000;
/** The least delay between a picture's time and its coming grows by so much with each picture, microseconds: paths change. */
const lagGrowsUs = 500;

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
  /** From a picture's time to its coming, where it did not wait for a nap to end. */
  let lagUs: number | null = null;

  function give(
    port: MessagePort,
    units: readonly AccessUnit[],
    about: { arrivedUs: number; cause: LookCause; of: VideoTrack },
  ): void {
    const { arrivedUs, cause, of } = about;
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
      ...(cause === 'second' && { second: true }),
    };
    told = { port, track: of };
    port.postMessage(message, [data.buffer]);
  }

  return {
    show(next) {
      order = next === null ? null : { ...next, slot: new Int32Array(next.slot) };
      looks = { ...looks, looked: null };
      told = null;
    },
    mayNapMs(nowUs) {
      if (order === null || looks.looked === null || lagUs === null || looks.spare < 1) return napMs;
      if (Atomics.load(order.slot, shownSlot.active) !== shownActive.unsure) return napMs;
      const leftUs = looks.looked.us + secondLookUs + lagUs - nowUs();
      return leftUs < -dueForUs ? napMs : Math.max(dueNapMs, Math.min(napMs, leftUs / 1_000));
    },
    format(video) {
      track = video;
      looks = { ...freshBetweenLooks, looked: looks.looked };
      lagUs = null;
    },
    unit(unit, arrivedUs, group) {
      if (order === null || track === null || unit.track !== 'video') return;
      const { perSecond, between, slot } = order;
      const seen = Atomics.load(slot, shownSlot.active);
      const { key, ptsUs, bytes } = unit;
      lagUs = Math.min(arrivedUs - ptsUs, (lagUs ?? Number.POSITIVE_INFINITY) + lagGrowsUs);
      const pixels = track.width * track.height;
      const [next, cause] = betweenLooks(looks, {
        ...{ key, ptsUs, bytes, perSecond, pixels },
        ...{ active: seen !== shownActive.calm, unsure: seen === shownActive.unsure },
      });
      looks = next;
      if (key) Atomics.store(slot, shownSlot.between, between && looksBetween(next, perSecond, pixels) ? 1 : 0);
      if (cause === null || (!key && !between)) return;
      const port = deps.port();
      const units = key ? [unit] : group();
      if (port === null || units === null) return;
      if (Atomics.load(slot, shownSlot.busy) !== 0) {
        if (cause === 'turn' && key) Atomics.add(slot, shownSlot.missed, 1);
        return;
      }
      looks = given(looks, unit, cause);
      Atomics.store(slot, shownSlot.busy, 1);
      give(port, units, { arrivedUs, cause, of: track });
    },
  };
}
