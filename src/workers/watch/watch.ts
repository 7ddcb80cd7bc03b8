/** The worker's mind without its thread: pictures and commands in, reports out. */
import type { MessagePort } from 'node:worker_threads';
import { blackenGrey, blackenPicture, blackRuns } from '#domain/blacken.ts';
import { isUnsure, motionEvents, noMotion, type MotionEvents, type MotionOutput } from '#domain/decide/motion-event.ts';
import {
  freshMotionGate,
  motionGate,
  noCells,
  wantsDetector,
  type MotionGate,
  type MotionResult,
} from '#domain/decide/motion-gate.ts';
import { freshPictureWatch, pictureWatch, type PictureWatch } from '#domain/decide/picture-watch.ts';
import { greyHeight, greyWidth } from '#domain/grey-size.ts';
import type { StreamId } from '#domain/id.ts';
import { cellsText } from '#domain/motion-cells.ts';
import type { MotionLook } from '#domain/watching.ts';
import type { Clock } from '#lib/clock.ts';
import type { VideoTrack } from '#media/format.ts';
import type { I420 } from '#media/i420.ts';
import { writeJpeg } from '#media/jpeg-write.ts';
import { shrink } from '#media/shrink.ts';
import type { WatchDecoders } from '../../main/adapters/ffmpeg/index.ts';
import { shownActive, shownSlot, type ShownMessage } from '../ingest/port.ts';
import type { WatchCommand, WatchOrder, WatchReport } from './port.ts';

/** Pictures are judged so often; the scene changes slower than people move. */
const judgeEveryMs = 4_000;
/** After failures a stream's pictures are tried again after so long, doubled each time. */
const firstRestMs = 2_000;
const longestRestMs = 60_000;
const usageMs = 10_000;
/** Pictures that wait to be given to a detector; the newest of each stream. */
const mostNatives = 16;
/** Where a detector looks for the first time, it looks at so many pictures, whatever moves. */
const firstLooks = 4;
const stillWidth = 960;
const quality = 75;

/** `data`: what is decoded for it, from a key frame on; it is the last. */
type Unit = { track: VideoTrack; data: Uint8Array[]; second: boolean; atMs: number; arrivedMs: number };
type Watched = {
  order: WatchOrder;
  slot: Int32Array;
  track: VideoTrack | null;
  /** Newest wins. */
  waiting: Unit | null;
  /** The last one that was looked at. */
  last: Unit | null;
  dropped: number;
  gate: MotionGate;
  events: MotionEvents;
  anew: boolean;
  eager: boolean;
  /** Pictures that a detector is to see although nothing moves: it has seen none yet. */
  unseen: number;
  /** Grows by the share that the PC manages; each picture for a detector costs 1. */
  credit: number;
  judged: { watch: PictureWatch; atMono: number | null; anew: boolean };
  size: string;
  failures: number;
  restUntilMono: number;
  greyBlack: Uint16Array;
};

export function createWatch(deps: {
  clock: Clock;
  decoders: WatchDecoders;
  post(report: WatchReport, transfer?: ArrayBuffer[]): void;
  /** Seconds of CPU of this thread so far. */
  cpuSeconds(): number;
}): { command(command: WatchCommand): void } {
  const { clock, decoders, post } = deps;
  const streams = new Map<StreamId, Watched>();
  const sources = new Set<MessagePort>();
  /** Streams with a picture that waits, in the order in which they are looked at. */
  let due: StreamId[] = [];
  const natives = new Map<StreamId, { unit: Unit; regions: MotionResult['regions'] }>();
  let looking = false;
  let giving = false;
  let stopped = false;

  const take = ({ streamId, track, data, ends = [], second, ptsUs, arrivedUs }: ShownMessage): void => {
    const mine = streams.get(streamId);
    if (mine === undefined) return;
    Atomics.store(mine.slot, shownSlot.busy, 0);
    if (track !== undefined) mine.track = track;
    if (mine.track === null || clock.monoMs() < mine.restUntilMono) return;
    const unit: Unit = {
      track: mine.track,
      data: [...ends, data.length].map((end, n) => data.subarray(ends[n - 1] ?? 0, end)),
      second: second === true,
      atMs: Math.round(ptsUs / 1000),
      arrivedMs: Math.round(arrivedUs / 1000),
    };
    if (mine.order.detail) {
      mine.last = unit;
      return;
    }
    if (mine.waiting !== null) mine.dropped += 1;
    else due.push(streamId);
    mine.waiting = unit;
    if (!looking) void look();
  };

  async function look(): Promise<void> {
    looking = true;
    for (;;) {
      const [next] = due;
      if (next === undefined || stopped) break;
      due = due.slice(1);
      const mine = streams.get(next);
      const unit = mine?.waiting ?? null;
      if (mine === undefined || unit === null) continue;
      mine.waiting = null;
      let grey: Uint8Array;
      try {
        grey = await decoders.grey(unit.track, unit.data);
      } catch (error) {
        fail(next, mine, error);
        continue;
      }
      if (streams.get(next) === mine) seen(next, mine, unit, grey);
    }
    looking = false;
  }

  function fail(streamId: StreamId, mine: Watched, error: unknown): void {
    if (stopped || streams.get(streamId) !== mine) return;
    mine.failures += 1;
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** (mine.failures - 1));
    mine.restUntilMono = clock.monoMs() + restMs;
    post({
      op: 'failed',
      streamId,
      inRow: mine.failures,
      message: error instanceof Error ? error.message : String(error),
    });
  }

  function seen(streamId: StreamId, mine: Watched, unit: Unit, grey: Uint8Array): void {
    mine.failures = 0;
    mine.last = unit;
    const { order } = mine;
    const size = `${String(unit.track.width)} ${String(unit.track.height)}`;
    const resized = mine.size !== '' && mine.size !== size;
    mine.size = size;
    if (resized || mine.anew) mine.judged.anew = true;
    const anew = resized || mine.anew;
    mine.anew = false;
    blackenGrey(grey, greyWidth, mine.greyBlack);
    let result: MotionResult | null = null;
    let events: MotionOutput[] = [];
    let unsure = false;
    if (order.gate !== null) {
      [mine.gate, result] = motionGate(mine.gate, {
        ...{ atMs: unit.atMs, grey, ...order.gate, anew, second: unit.second },
      });
      const { minMotionMs } = order.gate;
      [mine.events, events] = motionEvents(mine.events, { result, minMotionMs });
      unsure = isUnsure(mine.events, { result, minMotionMs });
    } else [mine.gate, mine.events] = [freshMotionGate, noMotion];
    const active = mine.eager || (result !== null && result.is !== 'still');
    Atomics.store(mine.slot, shownSlot.active, shownActive[unsure ? 'unsure' : active ? 'active' : 'calm']);
    const judged = order.judge ? judge(mine, unit.atMs, grey) : null;
    const dropped = mine.dropped + Atomics.load(mine.slot, shownSlot.missed);
    const { second, atMs, arrivedMs } = unit;
    const motion = result === null ? null : lookOf(result);
    // What a second look shows is for the gate: detectors and tracks go on in their own step.
    const asks = result !== null && !second && asksFor(mine, result);
    post({ op: 'looked', streamId, atMs, arrivedMs, motion, events, second, asks, judged, dropped });
    if (result !== null && asks) give(streamId, unit, result.regions);
  }

  /** Whether a detector gets this picture: of those that it should see, the share that the PC manages. */
  function asksFor(mine: Watched, { is }: MotionResult): boolean {
    const { natives, share } = mine.order;
    if (!natives || !wantsDetector(is, mine.eager || mine.unseen > 0)) return false;
    mine.credit = Math.min(1.5, mine.credit + share);
    if (mine.credit < 1) {
      // What moved may be gone by the next picture: one look is owed, or what it took is missed half a minute later.
      mine.unseen = Math.max(mine.unseen, 1);
      return false;
    }
    mine.credit -= 1;
    mine.unseen = Math.max(0, mine.unseen - 1);
    return true;
  }

  function judge(mine: Watched, atMs: number, grey: Uint8Array) {
    const now = clock.monoMs();
    const { judged } = mine;
    // Pictures come when the camera makes them: the one nearest to the time counts.
    if (judged.atMono !== null && now - judged.atMono < judgeEveryMs * 0.9) return null;
    const [next, outputs] = pictureWatch(judged.watch, { atMs, grey, anew: judged.anew });
    mine.judged = { watch: next, atMono: now, anew: false };
    return outputs;
  }

  function give(streamId: StreamId, unit: Unit, regions: MotionResult['regions']): void {
    const mine = streams.get(streamId);
    const before = natives.get(streamId);
    natives.delete(streamId);
    if (before !== undefined && mine !== undefined) mine.dropped += 1;
    natives.set(streamId, { unit, regions });
    const [oldest] = natives;
    if (natives.size > mostNatives && oldest !== undefined) {
      natives.delete(oldest[0]);
      const late = streams.get(oldest[0]);
      if (late !== undefined) late.dropped += 1;
    }
    if (!giving) void giveAll();
  }
  async function giveAll(): Promise<void> {
    giving = true;
    for (;;) {
      const [next] = natives;
      if (next === undefined || stopped) break;
      const [streamId, { unit, regions }] = next;
      natives.delete(streamId);
      const mine = streams.get(streamId);
      if (mine === undefined) continue;
      try {
        const picture = shared(await pictureOf(mine, unit));
        const { atMs, arrivedMs } = unit;
        post({ op: 'frame', streamId, atMs, arrivedMs, regions: regions.map((r) => r.box), picture });
      } catch (error) {
        fail(streamId, mine, error);
      }
    }
    giving = false;
  }

  async function pictureOf({ order }: Watched, unit: Unit): Promise<I420> {
    const picture = await decoders.native(unit.track, unit.data);
    if (order.privacy.length > 0) blackenPicture(picture, blackRuns(order.privacy, picture.width, picture.height));
    return picture;
  }

  async function still(id: number, streamId: StreamId): Promise<void> {
    const mine = streams.get(streamId);
    const unit = mine?.last ?? null;
    try {
      if (mine === undefined || unit === null) post({ op: 'jpeg', id, jpeg: null });
      else encode(id, await pictureOf(mine, unit), unit.atMs);
    } catch (error) {
      post({ op: 'jpeg', id, jpeg: null });
      post({
        op: 'log',
        level: 'warn',
        text: 'a picture of an event could not be made',
        fields: { error: String(error) },
      });
    }
  }
  async function picture(id: number, streamId: StreamId): Promise<void> {
    const mine = streams.get(streamId);
    const unit = mine?.last ?? null;
    if (mine === undefined || unit === null) {
      post({ op: 'picture', id, shown: null });
      return;
    }
    try {
      post({ op: 'picture', id, shown: { atMs: unit.atMs, picture: shared(await pictureOf(mine, unit)) } });
    } catch (error) {
      post({ op: 'picture', id, shown: null });
      const fields = { stream: mine.order.label, error: String(error) };
      post({ op: 'log', level: 'warn', text: 'a picture in its own size could not be made', fields });
    }
  }
  function encode(id: number, picture: I420, atMs: number, width = stillWidth): void {
    const data = writeJpeg(shrink(picture, width), quality);
    post({ op: 'jpeg', id, jpeg: { data, atMs } }, [data.buffer]);
  }

  const usage = setInterval(() => {
    post({ op: 'usage', cpuSeconds: deps.cpuSeconds() });
  }, usageMs);
  post({ op: 'ready' });

  return {
    command(command) {
      if (stopped) return;
      switch (command.op) {
        case 'source': {
          const { port } = command;
          sources.add(port);
          port.on('message', take);
          port.on('close', () => sources.delete(port));
          return;
        }
        case 'watch': {
          const { order } = command;
          const before = streams.get(order.streamId);
          const state = before ?? fresh(order);
          // Another slot: an ingest worker, or the stream, began anew.
          const slot = new Int32Array(order.slot);
          const greyBlack = blackRuns(order.privacy, greyWidth, greyHeight);
          const rezoned =
            before !== undefined && JSON.stringify(before.order.privacy) !== JSON.stringify(order.privacy);
          if (order.natives && before?.order.natives !== true) state.unseen = firstLooks;
          streams.set(order.streamId, Object.assign(state, { order, slot, greyBlack }));
          // What turns black, or is seen again, is no motion.
          if (rezoned) state.anew = true;
          return;
        }
        case 'unwatch':
          streams.delete(command.streamId);
          natives.delete(command.streamId);
          due = due.filter((id) => id !== command.streamId);
          return;
        case 'anew': {
          const mine = streams.get(command.streamId);
          if (mine !== undefined) mine.anew = true;
          return;
        }
        case 'eager': {
          const mine = streams.get(command.streamId);
          if (mine === undefined) return;
          mine.eager = command.on;
          if (command.on) Atomics.compareExchange(mine.slot, shownSlot.active, shownActive.calm, shownActive.active);
          return;
        }
        case 'still':
          void still(command.id, command.streamId);
          return;
        case 'encode':
          encode(command.id, command.picture, 0, command.width);
          return;
        case 'picture':
          void picture(command.id, command.streamId);
          return;
        case 'stop':
          stopped = true;
          clearInterval(usage);
          decoders.stop();
          for (const port of sources) port.close();
          streams.clear();
          return;
      }
    },
  };
}

const fresh = (order: WatchOrder): Watched => ({
  order,
  slot: new Int32Array(order.slot),
  track: null,
  waiting: null,
  last: null,
  dropped: 0,
  gate: freshMotionGate,
  events: noMotion,
  anew: false,
  eager: false,
  unseen: 0,
  credit: 0,
  judged: { watch: freshPictureWatch, atMono: null, anew: false },
  size: '',
  failures: 0,
  restUntilMono: 0,
  greyBlack: new Uint16Array(0),
});

const noCellsText = cellsText(noCells);
const lookOf = ({ atMs, is, cells, regions }: MotionResult): MotionLook => ({
  atMs,
  is,
  cells: cells === noCells ? noCellsText : cellsText(cells),
  regions: regions.map((r) => r.box),
});

/** On memory that passes between threads without a copy. */
function shared(picture: I420): I420 {
  const data = new Uint8Array(new SharedArrayBuffer(picture.data.length));
  data.set(picture.data);
  return { ...picture, data };
}
