/**
 * Collects NAL units into pictures (access units), for H.264 and H.265 alike. A picture ends with the marker bit, and also
 * where the next one shows: another timestamp, an access unit delimiter, a first slice after parameter sets or SEI. Some makers set
 * no marker, some set it on every slice: the second kind is noticed at the first slice that continues a picture already ended,
 * and from then on their markers count for nothing.
 *
 * A picture with a missing packet is thrown away whole; what depends on it is passed on all the same, as decoders conceal and
 * a flawed picture is better evidence than none. For the same reason a key picture with a missing part is passed on as far as
 * it came: without it a whole group of pictures would be lost, and with a few per cent of loss nearly all of them. Only when
 * its very beginning is missing is nothing passed until the next one. Every such picture is told as damaged, but for those
 * before the first key picture: who joins in the middle of one has lost nothing.
 */
import type { VideoTrack } from '#media/format.ts';
import { MediaError } from '#media/media-error.ts';
import { createSample } from '../rtp/sample.ts';
import type { Holds } from '../slab-pool.ts';
import { mostPictureBytes, type VideoHandler } from './handler.ts';

/** key: a slice of a picture that needs no other · slice: any other slice · leading: a slice that cannot be decoded when decoding began at the key picture before it. */
export type NalKind = 'key' | 'slice' | 'leading' | 'set' | 'sei' | 'suffix' | 'delimiter' | 'drop';

export type NalCodec = {
  kind(buffer: Uint8Array, at: number): NalKind;
  /** Does this slice begin a picture? `at` is where the NAL unit begins. */
  firstSlice(buffer: Uint8Array, at: number, to: number): boolean;
  /** Takes a parameter set (memory of its own). Returns whether anything changed. */
  set(nal: Uint8Array): boolean;
  /** The track for a key slice (its first bytes). Null while a set is missing. May throw `MediaError`. */
  track(slice: Uint8Array): { track: VideoTrack; reorder: number | null } | null;
  /** From a recovery point SEI: how many pictures until the picture is whole; null if this SEI is none. */
  recovery(sei: Uint8Array): number | null;
};

/** Without a key picture for so long (in 90 kHz ticks), a recovery point that takes several pictures counts as one. */
const gradualAfter = 10 * 90_000;
const mostFragmentedSet = 65_535;
const sliceHeadBytes = 32;

export type NalPicture = {
  /** Before the units of a packet. */
  begin(timestamp: number): void;
  /** A whole NAL unit. */
  unit(buffer: Buffer, from: number, to: number): void;
  /** The first fragment of a NAL unit whose header bytes are `header`. */
  open(buffer: Buffer, from: number, to: number, header: readonly number[]): void;
  more(buffer: Buffer, from: number, to: number): void;
  /** As `begin`, `more` and `end`, if a slice of this time is open; false: nothing was done. */
  moreOfSlice(buffer: Buffer, from: number, to: number, timestamp: number): boolean;
  close(): void;
  /** A fragment came whose beginning is missing, or a packet that makes no sense. */
  spoil(): void;
  /** After the units of a packet. */
  end(marker: boolean): void;
  loss(): void;
};

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && Buffer.compare(a, b) === 0;

export function createNalPicture(codec: NalCodec, on: VideoHandler, holds: Holds): NalPicture {
  const sample = createSample(holds);
  let timestamp = 0;
  let slices = false;
  let key = false;
  let leading = false;
  let damaged = false;
  /** The first slice of this picture is missing. */
  let headless = false;
  /** Something that may belong to the next picture came after slices of this one. */
  let between = false;
  /** Packets before this picture were lost or never seen: its first slice must be a first one. */
  let suspect = true;
  let endedAt: number | null = null;
  let markersLie = false;
  // fragments
  let openKind: NalKind | null = null;
  /** Header and first bytes of a fragmented unit, as they would lie there unfragmented. */
  const start = new Uint8Array(2 + sliceHeadBytes);
  let setParts: Uint8Array[] = [];
  let setBytes = 0;
  // formats
  let dirty = true;
  let config: Uint8Array | null = null;
  let waitingForKey = true;
  let skipLeading = true;
  let firstKeyless: number | null = null;
  let sliceHead: Uint8Array | null = null;

  function reset(): void {
    sample.clear();
    slices = false;
    key = false;
    leading = false;
    damaged = false;
    headless = false;
    between = false;
    openKind = null;
    sliceHead = null;
  }

  function flush(): void {
    if (openKind !== null) cutShort();
    if (!slices) {
      if (damaged && !waitingForKey) on.damaged(false);
      reset();
      return;
    }
    const wasKey = key;
    if (damaged) {
      const passes = wasKey && !headless && sample.bytes() > 0;
      if (passes || !waitingForKey) on.damaged(wasKey);
      if (!passes) {
        if (wasKey) waitingForKey = true;
        reset();
        return;
      }
    }
    if (wasKey && (dirty || config === null) && sliceHead !== null) announce(sliceHead);
    const skip = config === null || (waitingForKey && !wasKey) || (leading && skipLeading);
    if (skip) {
      if (waitingForKey) firstKeyless ??= timestamp;
      reset();
      return;
    }
    if (wasKey) {
      skipLeading = waitingForKey;
      waitingForKey = false;
      firstKeyless = null;
    } else if (!leading) skipLeading = false;
    const bytes = sample.bytes();
    const data = sample.take();
    const at = timestamp;
    reset();
    on.picture(at, wasKey, data, bytes);
    sample.done();
  }

  /** The end of the unit under way will not come: what there is of it counts. */
  function cutShort(): void {
    if (openKind !== null && openKind !== 'set' && openKind !== 'drop' && openKind !== 'delimiter') sample.close();
    openKind = null;
    damaged = true;
  }

  function announce(slice: Uint8Array): void {
    try {
      const found = codec.track(slice);
      if (found === null) return;
      dirty = false;
      if (config !== null && sameBytes(config, found.track.config)) return;
      config = found.track.config;
      on.format(found.track, found.reorder);
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
    }
  }

  function takeSet(nal: Uint8Array): void {
    if (codec.set(nal)) dirty = true;
  }

  /** What a unit means for where pictures end. Returns false if it is not part of a sample. */
  function enter(kind: NalKind, buffer: Uint8Array, from: number, to: number): boolean {
    if (slices && kind === 'delimiter') flush();
    // These begin the next picture, unless an encoder repeats them between the slices of one: the next slice tells.
    if (slices && (kind === 'set' || kind === 'sei')) between = true;
    switch (kind) {
      case 'delimiter':
        suspect = false;
        return false;
      case 'drop':
        return false;
      case 'set':
        return false;
      case 'sei': {
        suspect = false;
        const frames = codec.recovery(buffer.subarray(from, Math.min(to, from + 64)));
        const long = waitingForKey && firstKeyless !== null && timestamp - firstKeyless > gradualAfter;
        if (frames === 0 || (frames !== null && long)) key = true;
        return true;
      }
      case 'suffix':
        return true;
      case 'key':
      case 'slice':
      case 'leading':
        if (between && codec.firstSlice(buffer, from, to)) flush();
        between = false;
        if (!slices) {
          const first = codec.firstSlice(buffer, from, to);
          if (!first && endedAt === timestamp) {
            markersLie = true; // the rest of a picture that its marker had ended
            damaged = true;
            headless = true;
          } else if (!first && suspect) {
            damaged = true;
            headless = true;
          }
          suspect = false;
          if (kind === 'key') key = true;
          leading = kind === 'leading';
          if (key && (dirty || config === null))
            sliceHead = Uint8Array.from(buffer.subarray(from, Math.min(to, from + sliceHeadBytes)));
        }
        slices = true;
        return true;
    }
  }

  function grow(): void {
    if (sample.bytes() > mostPictureBytes) {
      damaged = true;
      headless = true;
      sample.clear();
      openKind = null;
    }
  }

  return {
    begin(next) {
      if (next === timestamp) return;
      if (slices || sample.bytes() > 0 || damaged || openKind !== null) flush();
      timestamp = next;
    },
    unit(buffer, from, to) {
      if (to <= from) return;
      if (openKind !== null) cutShort(); // fragments without an end
      const kind = codec.kind(buffer, from);
      if (!enter(kind, buffer, from, to)) {
        if (kind === 'set') {
          suspect = false;
          takeSet(Uint8Array.from(buffer.subarray(from, to)));
        }
        return;
      }
      sample.open(buffer, from);
      sample.add(buffer, from, to);
      sample.close();
      grow();
    },
    open(buffer, from, to, head) {
      if (openKind !== null) cutShort();
      let length = 0;
      for (const byte of head) start[length++] = byte;
      for (let at = from; at < to && length < start.length; at++) start[length++] = buffer[at] ?? 0;
      const kind = codec.kind(start, 0);
      const part = enter(kind, start, 0, length);
      openKind = kind;
      if (kind === 'set') {
        setParts = [Uint8Array.from(head), Uint8Array.from(buffer.subarray(from, to))];
        setBytes = to - from;
      }
      if (!part) return;
      sample.open(buffer, from, head);
      sample.add(buffer, from, to);
      grow();
    },
    more(buffer, from, to) {
      if (openKind === null) {
        damaged = true;
        return;
      }
      if (openKind === 'set') {
        setBytes += to - from;
        if (setBytes <= mostFragmentedSet) setParts.push(Uint8Array.from(buffer.subarray(from, to)));
        return;
      }
      if (openKind === 'drop' || openKind === 'delimiter') return;
      sample.add(buffer, from, to);
      grow();
    },
    moreOfSlice(buffer, from, to, of) {
      if (of !== timestamp) return false;
      if (openKind !== 'slice' && openKind !== 'key' && openKind !== 'leading') return false;
      sample.add(buffer, from, to);
      grow();
      return true;
    },
    close() {
      const kind = openKind;
      openKind = null;
      if (kind === null || kind === 'drop' || kind === 'delimiter') return;
      if (kind === 'set') {
        if (setBytes <= mostFragmentedSet && !damaged) takeSet(Uint8Array.from(Buffer.concat(setParts)));
        setParts = [];
      } else sample.close();
    },
    spoil() {
      damaged = true;
    },
    end(marker) {
      if (!marker || markersLie || !slices || openKind !== null) return;
      endedAt = timestamp;
      flush();
    },
    loss() {
      if (openKind !== null) cutShort();
      if (slices || sample.bytes() > 0) damaged = true;
      suspect = true;
    },
  };
}
