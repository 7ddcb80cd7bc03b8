/**
 * The camera's own time of each picture of a replay: the header extension 0xABAC (ONVIF Streaming Specification §6.3) carries it
 * in the first packet of a picture at least. RTP timestamps only tell which packets belong to one picture.
 */
import type { RtpPacket } from '../rtp/packet.ts';

export type ReplayMarks = {
  /** UTC of the camera, µs. */
  cameraUs: number;
  /** Does not follow the picture before it. */
  discontinuity: boolean;
  /** The last picture of this replay. */
  terminal: boolean;
};

const profile = 0xabac;
const words = 3;
const ntpToUnixS = 2_208_988_800;
/** Seconds before 1970 belong to the next era of NTP, from 2036 on (RFC 5905 §6). */
const eraS = 4_294_967_296;

/** Reads the extension of a packet; null where it has none of this kind. */
export function readReplayMarks({ buffer, extension, from }: RtpPacket): ReplayMarks | null {
  if (extension === 0 || extension + 4 + words * 4 > from) return null;
  if (buffer.readUInt16BE(extension) !== profile || buffer.readUInt16BE(extension + 2) < words) return null;
  const seconds = buffer.readUInt32BE(extension + 4);
  const fraction = buffer.readUInt32BE(extension + 8);
  const flags = buffer[extension + 12] ?? 0;
  const unixS = seconds - ntpToUnixS + (seconds < ntpToUnixS ? eraS : 0);
  return {
    cameraUs: unixS * 1_000_000 + Math.round((fraction * 1_000_000) / 4_294_967_296),
    discontinuity: (flags & 0x20) !== 0,
    terminal: (flags & 0x10) !== 0,
  };
}

export type ReplayClock = {
  /** A packet of a picture with this (unwrapped) RTP timestamp. */
  note(timestamp: number, marks: ReplayMarks): void;
  /** What is known of a picture; null: nothing that can be relied on. */
  at(timestamp: number): ReplayMarks | null;
};

/** Pictures that may lie between the first packet of one and its being whole. */
const kept = 64;

export function createReplayClock(): ReplayClock {
  const known = new Map<number, ReplayMarks>();
  return {
    note(timestamp, marks) {
      if (known.has(timestamp)) return;
      known.set(timestamp, marks);
      for (const oldest of known.keys()) {
        if (known.size <= kept) break;
        known.delete(oldest);
      }
    },
    at: (timestamp) => known.get(timestamp) ?? null,
  };
}
