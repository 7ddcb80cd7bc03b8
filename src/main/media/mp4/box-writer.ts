/** Boxes (ISO/IEC 14496-12 §4.2) built inside out: for the init part, which is small and written once per segment. */

export type Part = Uint8Array | readonly number[];

export const u16 = (n: number): number[] => [(n >> 8) & 255, n & 255];
export const u32 = (n: number): number[] => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
export const u64 = (n: number): number[] => [...u32(Math.floor(n / 0x1_0000_0000)), ...u32(n % 0x1_0000_0000)];
export const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0) & 255);

export function box(type: string, ...parts: Part[]): Uint8Array {
  let size = 8;
  for (const part of parts) size += part.length;
  const out = new Uint8Array(size);
  out.set(u32(size), 0);
  out.set(ascii(type), 4);
  let at = 8;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const fullBox = (type: string, version: number, flags: number, ...parts: Part[]): Uint8Array =>
  box(type, [version, (flags >> 16) & 255, (flags >> 8) & 255, flags & 255], ...parts);
