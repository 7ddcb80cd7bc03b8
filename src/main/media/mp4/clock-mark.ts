/**
 * Both clocks of the station as they were when a segment was begun: a `uuid` box at the end of `moov` (ISO/IEC 14496-12 §4.2,
 * §11.1), which players skip. By it footage can be put in order even where the wall clock was wrong.
 */
import type { Box } from './box-reader.ts';
import { box, u32, u64 } from './box-writer.ts';

export type ClockMark = {
  /** Which boot of the machine the steady clock counts from: a UUID as text. */
  boot: string;
  /** The machine's steady clock, µs since boot: nobody sets it, and it goes on while the machine sleeps. */
  steadyUs: number;
  /** The machine's wall clock, µs of UTC. `prft` may differ: small steps are led away gently, and a lane is led by its camera. */
  wallUs: number;
};

/** Ours alone: made once, at random (RFC 9562 §5.4). */
const extendedType = [0x13, 0xbd, 0xef, 0xc5, 0xd1, 0x25, 0x30, 0xbe, 0xbb, 0xf0, 0x12, 0x31, 0xe0, 0xcd, 0xb6, 0xc0];
const version = 1;
const bodyBytes = extendedType.length + 4 + 16 + 8 + 8;

const bootBytes = (boot: string): number[] => {
  const hex = boot.replaceAll('-', '');
  const valid = /^[0-9a-f]{32}$/.test(hex);
  return Array.from({ length: 16 }, (_, i) => (valid ? Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16) : 0));
};

export function writeClockMark({ boot, steadyUs, wallUs }: ClockMark): Uint8Array {
  const time = (us: number): number[] => u64(Math.max(0, Math.round(us)));
  return box('uuid', extendedType, u32(version << 24), bootBytes(boot), time(steadyUs), time(wallUs));
}

/** The clocks in a `uuid` box; null where the box is not this mark, or one of a later version. */
export function readClockMark(bytes: Uint8Array, { start, end }: Box): ClockMark | null {
  if (end - start !== bodyBytes || extendedType.some((b, i) => bytes[start + i] !== b)) return null;
  const at = start + extendedType.length;
  if (bytes[at] !== version) return null;
  const hex = Array.from(bytes.subarray(at + 4, at + 20), (b) => b.toString(16).padStart(2, '0')).join('');
  const boot = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const time = (offset: number): number => view.getUint32(offset) * 0x1_0000_0000 + view.getUint32(offset + 4);
  return { boot, steadyUs: time(at + 20), wallUs: time(at + 28) };
}
