/** The header of a baseline JPEG picture, rebuilt from what RTP leaves of it (RFC 2435 §4; ISO/IEC 10918-1 Annex B, K). */

/** Table K.1 and K.2 in zigzag order. */
// biome-ignore format: tables
const luma = [16,11,12,14,12,10,16,14,13,14,18,17,16,19,24,40,26,24,22,22,24,49,35,37,29,40,58,51,61,60,57,51,56,55,64,72,92,78,64,68,87,69,55,56,80,109,81,87,95,98,103,104,103,62,77,113,121,112,100,120,92,101,103,99];
// biome-ignore format: tables
const chroma = [17,18,18,24,21,24,47,26,26,47,99,66,56,66,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99,99];

/** Tables K.3 … K.6: 16 counts of codes per length, then the symbols. */
const huffman: { id: number; table: string }[] = [
  { id: 0x00, table: '00010501010101010100000000000000000102030405060708090a0b' },
  {
    id: 0x10,
    table:
      '0002010303020403050504040000017d' +
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
  },
  { id: 0x01, table: '00030101010101010101010000000000000102030405060708090a0b' },
  {
    id: 0x11,
    table:
      '00020102040403040705040400010277' +
      '000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa',
  },
];

/** Quantization tables for a quality of 1 … 99, as the Independent JPEG Group scales them (RFC 2435 §4.2). */
export function tablesOfQuality(q: number): Uint8Array {
  const quality = Math.max(1, Math.min(99, q));
  const factor = quality < 50 ? Math.floor(5000 / quality) : 200 - quality * 2;
  return Uint8Array.from([...luma, ...chroma], (v) => Math.max(1, Math.min(255, Math.floor((v * factor + 50) / 100))));
}

const be16 = (n: number): [number, number] => [(n >> 8) & 255, n & 255];

/**
 * SOI to SOS. `type` 0 is 4:2:2, 1 is 4:2:0 (RFC 2435 §4.1). `tables` holds one or two 8-bit tables of 64 bytes, or 16-bit
 * ones where `precision` has their bit. `restart` 0: no restart markers.
 */
export function jpegHeader(h: {
  type: number;
  width: number;
  height: number;
  tables: Uint8Array;
  precision: number;
  restart: number;
}): Buffer {
  const parts: (Uint8Array | number[])[] = [[0xff, 0xd8]];
  let at = 0;
  for (let id = 0; id < 2; id++) {
    const size = (h.precision >> id) & 1 ? 128 : 64;
    // a camera that gives one table uses it for all components
    const table = at + size <= h.tables.length ? h.tables.subarray(at, at + size) : h.tables.subarray(0, size);
    at += size;
    parts.push([0xff, 0xdb, ...be16(3 + table.length), (table.length === 128 ? 0x10 : 0) | id], table);
  }
  if (h.restart > 0) parts.push([0xff, 0xdd, 0, 4, ...be16(h.restart)]);
  const sampling = h.type === 0 ? 0x21 : 0x22;
  parts.push([0xff, 0xc0, 0, 17, 8, ...be16(h.height), ...be16(h.width), 3, 0, sampling, 0, 1, 0x11, 1, 2, 0x11, 1]);
  for (const { id, table } of huffman)
    parts.push([0xff, 0xc4, ...be16(3 + table.length / 2), id], Buffer.from(table, 'hex'));
  parts.push([0xff, 0xda, 0, 12, 3, 0, 0x00, 1, 0x11, 2, 0x11, 0, 63, 0]);
  return Buffer.concat(parts.map((p) => Uint8Array.from(p)));
}
