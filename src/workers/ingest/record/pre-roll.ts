/**
 * The last seconds of a stream, held in memory so that what came before a trigger can still be recorded: whole groups of
 * pictures, by reference, in the order in which they came. What all streams of a worker hold together is bounded: beyond, the
 * stream that holds most forgets its oldest group.
 */
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import type { Holds } from '../slab-pool.ts';

/** `order`: the how manieth of its stream it is. */
export type HeldUnit = { unit: AccessUnit; arrivedUs: number; order: number };

/** A key frame and what came up to the next, with the tracks that it belongs to. */
export type HeldGroup = {
  video: VideoTrack;
  audio: AudioTrack | null;
  /** What was before it does not continue in it. */
  broken: boolean;
  startUs: number;
  endUs: number;
  units: HeldUnit[];
  bytes: number;
};

type Holder = { bytes(): number; shorten(): void };

/** What the streams of one worker may hold together. */
export type PreRollMemory = {
  join(holder: Holder): void;
  leave(holder: Holder): void;
  /** So many bytes more are held (or fewer, below 0). */
  changed(bytes: number): void;
  bytes(): number;
};

export function createPreRollMemory(maxBytes: number): PreRollMemory {
  const holders = new Set<Holder>();
  let total = 0;
  let shortening = false;
  return {
    join: (holder) => void holders.add(holder),
    leave: (holder) => void holders.delete(holder),
    bytes: () => total,
    changed(bytes) {
      total += bytes;
      if (shortening) return;
      shortening = true;
      while (total > maxBytes) {
        let most: Holder | null = null;
        for (const holder of holders) if (holder.bytes() > (most?.bytes() ?? 0)) most = holder;
        if (most === null) break;
        most.shorten();
      }
      shortening = false;
    },
  };
}

export type PreRoll = {
  /** Takes a unit, if there is a key frame before it; `tracks` are those of that key frame. */
  push(held: HeldUnit, tracks: { video: VideoTrack; audio: AudioTrack | null }): void;
  /** What follows does not continue what is held. */
  interrupt(): void;
  /** Forgets groups that end before a moment; the newest stays while its stream goes on. */
  dropBefore(us: number): void;
  /** The oldest group, its units still held for whoever gets it; null: nothing is held. */
  shift(): HeldGroup | null;
  /** Puts back what of the oldest group could not be used yet. */
  unshift(group: HeldGroup): void;
  clear(): void;
  /** Presentation of the newest unit; null: nothing is held. */
  newestUs(): number | null;
  /** How far back it reaches, ms. */
  heldMs(): number;
  /** Less is held than was asked for, because there is no more memory. */
  short(): boolean;
  /** Nothing is held, and what comes next does not continue what was; says so once. */
  endedBroken(): boolean;
  close(): void;
};

/**
 * `holds`: every unit that is pushed must be held already; what is forgotten is let go. `kept`: what is held is on its way to
 * the disk and not to be shortened.
 */
export function createPreRoll(deps: { memory: PreRollMemory; holds: Holds; kept(): boolean }): PreRoll {
  const { memory, holds } = deps;
  const groups: HeldGroup[] = [];
  let bytes = 0;
  let broken = false;
  let newestUs: number | null = null;
  let short = false;

  const changed = (by: number): void => {
    bytes += by;
    memory.changed(by);
  };
  const letGo = (unit: AccessUnit): void => {
    for (const piece of unit.data) holds.release(piece.buffer);
  };
  const drop = (): void => {
    const group = groups.shift();
    if (group === undefined) return;
    for (const { unit } of group.units) letGo(unit);
    const next = groups[0];
    if (group.broken) {
      if (next === undefined) broken = true;
      else next.broken = true;
    }
    changed(-group.bytes);
  };
  const holder: Holder = {
    bytes: () => (deps.kept() ? 0 : bytes),
    shorten() {
      short = true;
      drop();
    },
  };
  memory.join(holder);

  return {
    push(held, { video, audio }) {
      const { unit } = held;
      if (unit.track === 'video' && unit.key) {
        groups.push({ video, audio, broken, startUs: unit.ptsUs, endUs: unit.ptsUs, units: [], bytes: 0 });
        broken = false;
      }
      const group = groups.at(-1);
      if (group === undefined || broken) {
        letGo(unit);
        return;
      }
      group.units.push(held);
      group.bytes += unit.bytes;
      if (unit.track === 'video') newestUs = group.endUs = unit.ptsUs;
      changed(unit.bytes);
    },
    interrupt() {
      broken = true;
    },
    dropBefore(us) {
      for (let next = groups[1]; next !== undefined; next = groups[1]) {
        if (next.startUs > us && !(next.broken && (groups[0]?.endUs ?? us) < us)) break;
        short = false; // it reaches back as far as was asked for
        drop();
      }
      if (broken && groups.length === 1 && (newestUs ?? 0) < us) drop();
    },
    shift() {
      const group = groups.shift();
      if (group === undefined) return null;
      changed(-group.bytes);
      return group;
    },
    unshift(group) {
      groups.unshift(group);
      changed(group.bytes);
    },
    clear() {
      while (groups.length > 0) drop();
      short = false;
      broken = true;
      newestUs = null;
    },
    newestUs: () => (groups.length === 0 ? null : newestUs),
    heldMs() {
      const oldest = groups[0];
      return oldest === undefined || newestUs === null
        ? 0
        : Math.max(0, Math.round((newestUs - oldest.startUs) / 1000));
    },
    short: () => short,
    endedBroken() {
      const ended = broken && groups.length === 0;
      if (ended) broken = false;
      return ended;
    },
    close() {
      while (groups.length > 0) drop();
      memory.leave(holder);
    },
  };
}
