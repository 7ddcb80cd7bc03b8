/**
 * Between a stream and its recorder: lets everything through while recording is asked for, holds the last seconds ready while
 * it waits for a trigger, and gives those to the recorder first when one comes. It ends at a key frame, so that what is held
 * from there on continues what is on disk without losing or doubling a picture, however soon the next trigger comes.
 */
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import type { RecordManner } from '../port.ts';
import type { Holds } from '../slab-pool.ts';
import type { UnitSink } from '../unit-sink.ts';
import { createPreRoll, type PreRollMemory } from './pre-roll.ts';
import type { Dropping, Recorder } from './recorder-port.ts';

export type Gate = UnitSink & {
  manner(next: RecordManner): void;
  retarget: Recorder['retarget'];
  /** Units go to the recorder. */
  writing(): boolean;
  /** What is held ready; null while all is written. */
  held(): { heldMs: number; short: boolean } | null;
  tick(): void;
  /** The station's clock jumped: what is held has times of another clock. */
  clockJumped(): void;
  coveredToMs(): number;
  /** As the recorder has them. */
  pendingBytes(): number;
  lagMs(): number;
  opening(): boolean;
  giveWay(on: boolean): void;
  dropping(): Dropping | null;
  stop(): Promise<void>;
};

/**
 * Held beyond the pre-roll. The order to write comes from another thread, and while this one sleeps (`napMs`) or the machine is
 * busy, pictures come before it: what is asked for must still be there then.
 */
const orderLateMs = 2_000;
/** A stream without key frames is not recorded on for longer than this when it is let go. */
const longestEndingMs = 10_000;
/** A stream that gives nothing for so long beyond its pre-roll holds nothing worth keeping. */
const staleMs = 5_000;

export function createGate(deps: {
  recorder: Recorder;
  manner: RecordManner;
  memory: PreRollMemory;
  holds: Holds;
  /** As the recorder has it: held units are handed over no faster than the disk takes them. */
  maxPendingBytes: number;
  nowMs(): number;
  monoMs(): number;
}): Gate {
  const { recorder, holds, maxPendingBytes } = deps;
  let { preRollMs, audio: soundAsked } = deps.manner;
  const preRoll = createPreRoll({ memory: deps.memory, holds, kept: () => state !== 'no' });
  /** Whether the recorder has been told of a sound track. */
  let sound = soundAsked;
  /** no: all is held · ending: up to the next key frame it is written. */
  let state: 'no' | 'ending' | 'yes' = deps.manner.write ? 'yes' : 'no';
  let endingSince = 0;
  /** Units that have come, and how many of them had when recording was let go: those are written all the same. */
  let come = 0;
  let asked = 0;
  /** When recording was let go: pictures that were shown before may still lie in a socket, and are written too. */
  let askedUs = 0;
  let tracks: { video: VideoTrack; audio: AudioTrack | null } | null = null;
  /** The stream was interrupted since the recorder got a unit. */
  let broken = false;

  const announce = (video: VideoTrack, audio: AudioTrack | null): void => {
    recorder.format(video, sound ? audio : null);
  };
  /** False: recording has ended before this unit, which is not taken. */
  const give = (
    unit: AccessUnit,
    arrivedUs: number,
    order: number,
    of: { video: VideoTrack; audio: AudioTrack | null },
  ): boolean => {
    if (unit.track === 'video' && unit.key) {
      if (state === 'ending' && order > asked && unit.ptsUs >= askedUs) {
        recorder.endBefore(unit);
        state = 'no';
        return false;
      }
      if (sound !== soundAsked) {
        sound = soundAsked;
        announce(of.video, of.audio);
      }
    }
    if (unit.track === 'audio' && !soundAsked) return true;
    recorder.unit(unit, arrivedUs);
    return true;
  };

  /** Gives the recorder what is held, oldest first, as far as its disk keeps up; `all`: at once. */
  const drain = (all = false): void => {
    while (state !== 'no' && (all || recorder.pendingBytes() < maxPendingBytes / 2)) {
      const group = preRoll.shift();
      if (group === null) break;
      if (group.broken || broken) recorder.interrupt();
      broken = false;
      const first = group.units[0];
      if (first?.unit.key === true && first.unit.track === 'video') announce(group.video, group.audio);
      let given = 0;
      for (const held of group.units) {
        if (!all && recorder.pendingBytes() >= maxPendingBytes / 2) break;
        if (!give(held.unit, held.arrivedUs, held.order, group)) break;
        given++;
      }
      if (given === group.units.length) continue;
      const rest = group.units.slice(given);
      preRoll.unshift({
        ...group,
        broken: group.broken && given === 0,
        units: rest,
        bytes: rest.reduce((sum, { unit }) => sum + unit.bytes, 0),
      });
      break;
    }
    if (state !== 'no' && preRoll.endedBroken()) end();
  };

  const end = (): void => {
    recorder.interrupt();
    if (state === 'ending') state = 'no';
  };

  const forget = (): void => {
    const newestUs = preRoll.newestUs();
    if (newestUs !== null) preRoll.dropBefore(newestUs - (preRollMs + orderLateMs) * 1000);
  };

  return {
    format(video, audio) {
      tracks = { video, audio };
      if (state !== 'no' && preRoll.newestUs() === null) announce(video, audio);
    },
    unit(unit, arrivedUs) {
      if (tracks === null || (unit.track === 'audio' && !soundAsked)) return;
      for (const piece of unit.data) holds.hold(piece.buffer);
      const order = ++come;
      if (state !== 'no' && preRoll.newestUs() === null) {
        if (broken) recorder.interrupt();
        broken = false;
        if (give(unit, arrivedUs, order, tracks)) return;
      }
      preRoll.push({ unit, arrivedUs, order }, tracks);
      if (state === 'no') forget();
      else drain();
    },
    interrupt() {
      if (preRoll.newestUs() !== null) {
        preRoll.interrupt();
        return;
      }
      end();
    },
    retarget: recorder.retarget,
    manner(next) {
      preRollMs = next.preRollMs;
      soundAsked = next.audio;
      if (!next.write) {
        if (state === 'yes') {
          state = 'ending';
          endingSince = deps.monoMs();
          asked = come;
          askedUs = deps.nowMs() * 1000;
        }
        return;
      }
      if (state === 'no') preRoll.dropBefore(next.fromMs * 1000);
      state = 'yes';
      drain();
    },
    writing: () => state !== 'no',
    held() {
      if (state !== 'no') return null;
      const heldMs = preRoll.heldMs();
      return { heldMs, short: preRoll.short() && heldMs < preRollMs };
    },
    tick() {
      drain();
      if (state === 'ending' && deps.monoMs() - endingSince > longestEndingMs) {
        recorder.interrupt();
        state = 'no';
      }
      const newestUs = preRoll.newestUs();
      if (state === 'no' && newestUs !== null && deps.nowMs() - newestUs / 1000 > preRollMs + staleMs) {
        preRoll.clear();
        broken = true;
      }
      recorder.tick();
    },
    clockJumped() {
      if (state !== 'no') return;
      preRoll.clear();
      broken = true;
    },
    coveredToMs: () => recorder.coveredToMs(),
    pendingBytes: () => recorder.pendingBytes(),
    lagMs: () => recorder.lagMs(),
    opening: () => recorder.opening(),
    giveWay: (on) => recorder.giveWay(on),
    dropping: () => recorder.dropping(),
    async stop() {
      drain(true);
      preRoll.close();
      await recorder.stop();
    },
  };
}
