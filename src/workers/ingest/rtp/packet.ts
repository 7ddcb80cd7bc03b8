/** The RTP fixed header (RFC 3550 §5.1) and its counters, read in place. */

/** One packet as a range of a buffer; the object is reused from packet to packet. */
export type RtpPacket = {
  buffer: Buffer;
  /** The payload, without padding. */
  from: number;
  to: number;
  /** Where the header extension lies (RFC 3550 §5.3.1); 0: there is none. */
  extension: number;
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
};

export const emptyPacket = (): RtpPacket => ({
  buffer: Buffer.alloc(0),
  from: 0,
  to: 0,
  extension: 0,
  payloadType: 0,
  marker: false,
  sequence: 0,
  timestamp: 0,
  ssrc: 0,
});

/** Like `readUInt32BE`, whose checks cost more than the reading: this is done for every packet. */
const word = (buffer: Buffer, at: number): number =>
  (((buffer[at] ?? 0) << 24) | ((buffer[at + 1] ?? 0) << 16) | ((buffer[at + 2] ?? 0) << 8) | (buffer[at + 3] ?? 0)) >>>
  0;

/** Reads `buffer[from, to)` into `into`. False if it is not an RTP packet. */
export function readPacket(buffer: Buffer, from: number, to: number, into: RtpPacket): boolean {
  if (to - from < 12) return false;
  const first = buffer[from] ?? 0;
  if ((first & 0xc0) !== 0x80) return false;
  let start = from + 12 + (first & 0x0f) * 4;
  let extension = 0;
  if ((first & 0x10) !== 0) {
    if (start + 4 > to) return false;
    extension = start;
    start += 4 + buffer.readUInt16BE(start + 2) * 4;
  }
  let end = to;
  if ((first & 0x20) !== 0) {
    const padding = buffer[to - 1] ?? 0;
    // some encoders set the bit and add nothing: what cannot be padding is not
    if (padding > 0 && padding <= to - start) end = to - padding;
  }
  if (start > end) return false;
  const second = buffer[from + 1] ?? 0;
  into.buffer = buffer;
  into.from = start;
  into.to = end;
  into.extension = extension;
  into.payloadType = second & 0x7f;
  into.marker = (second & 0x80) !== 0;
  into.sequence = ((buffer[from + 2] ?? 0) << 8) | (buffer[from + 3] ?? 0);
  into.timestamp = word(buffer, from + 4);
  into.ssrc = word(buffer, from + 8);
  return true;
}

/** Is this an RTCP packet (RFC 5761 §4)? */
export const isRtcp = (buffer: Buffer, from: number, to: number): boolean => {
  const type = buffer[from + 1] ?? 0;
  return to - from >= 8 && ((buffer[from] ?? 0) & 0xc0) === 0x80 && type >= 192 && type <= 223;
};

/** Signed distance of two 16-bit sequence numbers, −32,768 … 32,767. */
export const sequenceDelta = (from: number, to: number): number => ((to - from) << 16) >> 16;

/** Makes 32-bit timestamps continuous: integers that may go below zero and far above 2^32. */
export function createUnwrap(): (timestamp: number) => number {
  let last: number | null = null;
  return (timestamp) => {
    // the shorter way around the circle (RFC 3550 §5.1: the timestamp wraps)
    last = last === null ? timestamp : last + ((timestamp - (last % 4_294_967_296)) | 0);
    return last;
  };
}
