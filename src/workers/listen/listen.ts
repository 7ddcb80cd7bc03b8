/** The worker's mind without its thread: sound and commands in, reports out. */
import type { MessagePort } from 'node:worker_threads';
import type { StreamId } from '#domain/id.ts';
import type { Clock } from '#lib/clock.ts';
import type { AudioTrack } from '#media/format.ts';
import type { SoundDecoders } from '../../main/adapters/ffmpeg/index.ts';
import { heardSlot, type HeardMessage } from '../ingest/port.ts';
import { decodeSpan } from './decode-span.ts';
import { openDecoder, soundRate, type FrameDecoder } from './decoder.ts';
import { createEar, type Ear } from './ear.ts';
import type { ListenCommand, ListenOrder, ListenReport } from './port.ts';

const usageMs = 10_000;
const tickMs = 500;
/** So many levels are told at once: while somebody looks, and else. */
const liveLevels = 2;
const restLevels = 20;
/** No sound for so long is none, ms: a decoder takes some time, packets too. */
const nothingMs = 2_500;
/** Sound for speech is given in pieces of so many samples: half a second. */
const speechSamples = soundRate / 2;

type Listened = {
  order: ListenOrder;
  slot: Int32Array;
  decoder: FrameDecoder | null;
  track: AudioTrack | null;
  ear: Ear;
  droppedMs: number;
  cameMono: number;
  /** For speech, and when its first sample was. */
  speech: { atMs: number; after: boolean; pieces: Float32Array[]; samples: number } | null;
};

export function createListen(deps: {
  clock: Clock;
  /** null: there is no ffmpeg. */
  decoders: SoundDecoders | null;
  post(report: ListenReport, transfer?: ArrayBuffer[]): void;
  /** Seconds of CPU of this thread so far. */
  cpuSeconds(): number;
}): { command(command: ListenCommand): void } {
  const { clock, decoders, post } = deps;
  const streams = new Map<StreamId, Listened>();
  const sources = new Set<MessagePort>();
  let stopped = false;

  const take = ({ streamId, track, data, sizes, ptsUs }: HeardMessage): void => {
    const mine = streams.get(streamId);
    if (mine === undefined) return;
    Atomics.sub(mine.slot, heardSlot.waiting, 1);
    if (track !== undefined && track !== mine.track) {
      mine.decoder?.stop();
      mine.track = track;
      mine.decoder = openDecoder({
        ...{ clock, track, decoders },
        on: {
          sound(atMs, samples) {
            if (streams.get(streamId) === mine && mine.track === track) hear(mine, atMs, samples);
          },
          trouble(trouble, message) {
            if (streams.get(streamId) === mine) post({ op: 'trouble', streamId, trouble, message });
          },
        },
      });
    }
    let at = 0;
    for (const [i, size] of sizes.entries()) {
      const frame = data.subarray(at, at + size);
      at += size;
      if (mine.decoder?.push(Math.round((ptsUs[i] ?? 0) / 1_000), frame) !== true)
        mine.droppedMs += ((ptsUs[i + 1] ?? ptsUs[i] ?? 0) - (ptsUs[i] ?? 0)) / 1_000;
    }
  };

  function hear(mine: Listened, atMs: number, samples: Float32Array): void {
    if (samples.length === 0) return;
    mine.cameMono = clock.monoMs();
    const follows = mine.ear.take(atMs, samples);
    if (mine.order.speech) gather(mine, atMs, samples, follows);
    if (mine.ear.waitingEvents() > 0 || mine.ear.waitingLevels() >= (mine.order.live ? liveLevels : restLevels))
      tell(mine);
  }

  function gather(mine: Listened, atMs: number, samples: Float32Array, follows: boolean): void {
    if (!follows) mine.speech = null;
    const held = (mine.speech ??= { atMs, after: follows, pieces: [], samples: 0 });
    held.pieces.push(samples);
    held.samples += samples.length;
    if (held.samples < speechSamples) return;
    const all = new Float32Array(held.samples);
    let at = 0;
    for (const piece of held.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    const { streamId } = mine.order;
    mine.speech = { atMs: held.atMs + (all.length * 1_000) / soundRate, after: true, pieces: [], samples: 0 };
    post({ op: 'sound', streamId, atMs: held.atMs, after: held.after, samples: all }, [all.buffer]);
  }

  function tell(mine: Listened): void {
    const { ear, order, slot } = mine;
    const { atMs, levels, events } = ear.told();
    const droppedMs = Math.round(mine.droppedMs) + Atomics.load(slot, heardSlot.missedMs);
    const { streamId } = order;
    post({
      ...{ op: 'heard', streamId, atMs, levels, events, droppedMs },
      ...{ backgroundDb: ear.backgroundDb(), heard: ear.heard() },
    });
  }

  const tick = setInterval(() => {
    for (const mine of streams.values()) {
      if (clock.monoMs() - mine.cameMono < nothingMs) continue;
      mine.ear.nothing(clock.nowMs());
      if (mine.ear.waitingEvents() > 0) tell(mine);
    }
  }, tickMs);
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
        case 'listen': {
          const { order } = command;
          const slot = new Int32Array(order.slot);
          const mine = streams.get(order.streamId);
          if (mine === undefined) {
            const ear = createEar(order.heard, order);
            const cameMono = clock.monoMs();
            streams.set(order.streamId, {
              ...{ order, slot, ear, cameMono, droppedMs: 0 },
              ...{ decoder: null, track: null, speech: null },
            });
            return;
          }
          if (!order.speech) mine.speech = null;
          mine.ear.want(order);
          mine.order = order;
          mine.slot = slot;
          if (mine.ear.waitingEvents() > 0) tell(mine);
          return;
        }
        case 'unlisten':
          streams.get(command.streamId)?.decoder?.stop();
          streams.delete(command.streamId);
          return;
        case 'decode': {
          const { id } = command;
          decodeSpan({ decoders }, command).then(
            (samples) => {
              post({ op: 'decoded', id, samples, message: '' }, [samples.buffer]);
            },
            (error: unknown) => {
              const message = error instanceof Error ? error.message : String(error);
              post({ op: 'decoded', id, samples: null, message });
            },
          );
          return;
        }
        case 'stop':
          stopped = true;
          clearInterval(tick);
          clearInterval(usage);
          decoders?.stop();
          for (const port of sources) port.close();
          streams.clear();
          return;
      }
    },
  };
}
