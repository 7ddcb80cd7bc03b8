/**
 * XML metadata over RTP (ONVIF Streaming Specification §5.1.2.1.1, §5.2): a document goes over as many packets as it needs, all
 * of one time, and the marker tells its last. Firmware that forgets the marker is understood by the change of time.
 */
import type { RtpPacket } from '../rtp/packet.ts';
import type { Depacketizer } from './handler.ts';

/** What grows beyond is thrown away up to its end: no camera's document, and nothing to spend memory on. */
export const mostUnitBytes = 128 * 1024;
/** Memory is kept from unit to unit up to this size. */
const keptBytes = 16 * 1024;

export type MetadataHandler = {
  /** What came up to a marker: one document, or several, or garbage. The bytes are valid during the call only. */
  unit(bytes: Buffer): void;
  /** A part of it is missing, or it is too large. */
  damaged(): void;
};

export function createMetadataDepacketizer(on: MetadataHandler): Depacketizer {
  let held = Buffer.alloc(0);
  let used = 0;
  let time: number | null = null;
  /** What comes up to the end of this unit is of no use. */
  let spoilt = false;

  const grow = (to: number): void => {
    if (to <= held.length) return;
    const larger = Buffer.alloc(Math.min(mostUnitBytes, Math.max(to, 2 * held.length, 2048)));
    held.copy(larger, 0, 0, used);
    held = larger;
  };
  const end = (): void => {
    const bytes = held.subarray(0, used);
    used = 0;
    time = null;
    if (spoilt) {
      spoilt = false;
      on.damaged();
    } else if (bytes.length > 0) on.unit(bytes);
    if (held.length > keptBytes) held = Buffer.alloc(0);
  };

  return {
    loss() {
      if (used === 0 && time === null) return; // between two units: nothing of ours is missing that can be told
      used = 0;
      spoilt = true;
    },
    packet({ buffer, from, to, marker }: RtpPacket, timestamp) {
      if (time !== null && timestamp !== time) end();
      time = timestamp;
      if (!spoilt && used + (to - from) > mostUnitBytes) {
        used = 0;
        held = Buffer.alloc(0);
        spoilt = true;
      }
      if (!spoilt) {
        grow(used + (to - from));
        buffer.copy(held, used, from, to);
        used += to - from;
      }
      if (marker) end();
    },
  };
}

const rootName = Buffer.from('MetadataStream');
const declaration = Buffer.from('<?xml');
const [less, slash, greater, colon] = [0x3c, 0x2f, 0x3e, 0x3a];
/** So long may a prefix be. */
const mostPrefix = 40;

/** What stands before the name at `at`: an opening or a closing tag, and where it begins; null: neither. */
function tagAt(bytes: Buffer, at: number, floor: number): { from: number; closing: boolean } | null {
  let from = at;
  if (bytes[from - 1] === colon) {
    from--;
    while (from > floor && at - from <= mostPrefix && bytes[from - 1] !== less && bytes[from - 1] !== slash) from--;
  }
  if (from - 1 >= floor && bytes[from - 1] === less) return { from: from - 1, closing: false };
  if (from - 2 >= floor && bytes[from - 1] === slash && bytes[from - 2] === less)
    return { from: from - 2, closing: true };
  return null;
}

/**
 * The documents in a unit, one after another, each with its declaration where it has one; garbage around them is left out. In
 * time that grows with the bytes, whatever they are.
 */
export function splitDocuments(bytes: Buffer): Buffer[] {
  const out: Buffer[] = [];
  let floor = 0;
  let start: number | null = null;
  for (let at = bytes.indexOf(rootName); at !== -1; at = bytes.indexOf(rootName, at + rootName.length)) {
    const tag = tagAt(bytes, at, floor);
    if (tag === null) continue;
    if (!tag.closing) {
      if (start !== null) continue;
      const declared = bytes.subarray(floor, tag.from).lastIndexOf(declaration);
      start = declared === -1 ? tag.from : floor + declared;
      // Whatever stands between the two belongs to the document: a DOCTYPE there is to be seen, and refused.
      const close = bytes.indexOf(greater, at);
      if (close === -1) return out;
      if (bytes[close - 1] === slash) {
        out.push(bytes.subarray(start, close + 1));
        floor = close + 1;
        start = null;
      }
      continue;
    }
    if (start === null) continue;
    const close = bytes.indexOf(greater, at);
    if (close === -1) return out;
    out.push(bytes.subarray(start, close + 1));
    floor = close + 1;
    start = null;
  }
  return out;
}
