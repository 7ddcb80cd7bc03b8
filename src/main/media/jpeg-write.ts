/** Planes to a JPEG picture: baseline DCT with the usual tables (ISO/IEC 10918-1, Annexes F and K), in JFIF colours. */
import type { I420 } from './i420.ts';

const zigzag = [
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6],
  ...[7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31],
  ...[39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
];
/** Tables K.1 and K.2, row by row. */
const lumaSteps = [
  ...[16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56],
  ...[14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92],
  ...[49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99],
];
const chromaSteps = [
  ...[17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99],
  ...[47, 66, 99, 99, 99, 99, 99, 99, ...Array<number>(32).fill(99)],
];
/** Tables K.3 to K.6: how many codes there are of each length 1 … 16, and what they stand for. */
const hex = (text: string): number[] => (text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
const upTo11 = '000102030405060708090a0b';
const codes = {
  lumaDc: { counts: hex('00010501010101010100000000000000'), values: hex(upTo11) },
  lumaAc: {
    counts: hex('0002010303020403050504040000017d'),
    values: hex(
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a43444546474849' +
        '4a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5' +
        'c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
    ),
  },
  chromaDc: { counts: hex('00030101010101010101010000000000'), values: hex(upTo11) },
  chromaAc: {
    counts: hex('00020102040403040705040400010277'),
    values: hex(
      '000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748' +
        '494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3' +
        'c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa',
    ),
  },
} as const;

type Codes = { code: Uint16Array; length: Uint8Array };
function huffman({ counts, values }: { counts: readonly number[]; values: readonly number[] }): Codes {
  const out = { code: new Uint16Array(256), length: new Uint8Array(256) };
  let code = 0;
  let at = 0;
  counts.forEach((count, i) => {
    for (let n = 0; n < count; n += 1) {
      const value = values[at] ?? 0;
      at += 1;
      out.code[value] = code;
      out.length[value] = i + 1;
      code += 1;
    }
    code <<= 1;
  });
  return out;
}
const tables = {
  luma: { dc: huffman(codes.lumaDc), ac: huffman(codes.lumaAc) },
  chroma: { dc: huffman(codes.chromaDc), ac: huffman(codes.chromaAc) },
};

/** DCT-II of 8 values as a matrix, row u, column x. */
const cosines = Float32Array.from({ length: 64 }, (_, i) => {
  const u = i >> 3;
  const x = i & 7;
  return (u === 0 ? Math.SQRT1_2 : 1) * 0.5 * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});
/** Limited to full range, less 128. */
const lumaLevel = Float32Array.from(
  { length: 256 },
  (_, y) => Math.max(0, Math.min(255, ((y - 16) * 255) / 219)) - 128,
);
const chromaLevel = Float32Array.from({ length: 256 }, (_, c) =>
  Math.max(-128, Math.min(127, ((c - 128) * 255) / 224)),
);

/** Steps scaled by quality as is usual since the IJG's code: 50 leaves them as they are. */
const scaled = (steps: readonly number[], quality: number): Uint8Array => {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return Uint8Array.from(steps, (s) => Math.max(1, Math.min(255, Math.floor((s * percent + 50) / 100))));
};

/** Bits into bytes; 0xff is followed by 0x00 (F.1.2.3). */
function createBits() {
  let bytes = new Uint8Array(1 << 16);
  let length = 0;
  let held = 0;
  let bits = 0;
  const byte = (value: number): void => {
    if (length + 2 > bytes.length) {
      const more = new Uint8Array(bytes.length * 2);
      more.set(bytes);
      bytes = more;
    }
    bytes[length] = value;
    length += 1;
  };
  return {
    byte,
    put(value: number, count: number): void {
      held = (held << count) | value;
      bits += count;
      while (bits >= 8) {
        const next = (held >> (bits - 8)) & 255;
        byte(next);
        if (next === 255) byte(0);
        bits -= 8;
      }
      held &= (1 << bits) - 1;
    },
    /** Fills the last byte with ones. */
    flush(): void {
      if (bits > 0) this.put((1 << (8 - bits)) - 1, 8 - bits);
    },
    done: (): Uint8Array<ArrayBuffer> => bytes.slice(0, length),
  };
}
type Bits = ReturnType<typeof createBits>;

type Plane = { data: Uint8Array; width: number; height: number };

/** `quality` 1 … 100. */
export function writeJpeg({ width, height, data }: I420, quality: number): Uint8Array<ArrayBuffer> {
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const luma: Plane = { data: data.subarray(0, width * height), width, height };
  const size = half.width * half.height;
  const cb: Plane = { data: data.subarray(width * height, width * height + size), ...half };
  const cr: Plane = { data: data.subarray(width * height + size, width * height + 2 * size), ...half };
  const lumaQ = scaled(lumaSteps, quality);
  const chromaQ = scaled(chromaSteps, quality);
  const out = createBits();
  writeHead(out, width, height, lumaQ, chromaQ);

  const block = new Float32Array(64);
  const rows = new Float32Array(64);
  const before = [0, 0, 0];
  const encode = (plane: Plane, component: 0 | 1 | 2, left: number, top: number): void => {
    const isLuma = component === 0;
    takeBlock(plane, left, top, isLuma ? lumaLevel : chromaLevel, block);
    before[component] = writeBlock(
      out,
      transform(block, rows),
      isLuma ? lumaQ : chromaQ,
      isLuma ? tables.luma : tables.chroma,
      before[component] ?? 0,
    );
  };
  for (let y = 0; y < height; y += 16)
    for (let x = 0; x < width; x += 16) {
      encode(luma, 0, x, y);
      encode(luma, 0, x + 8, y);
      encode(luma, 0, x, y + 8);
      encode(luma, 0, x + 8, y + 8);
      encode(cb, 1, x / 2, y / 2);
      encode(cr, 2, x / 2, y / 2);
    }
  out.flush();
  for (const b of [0xff, 0xd9]) out.byte(b);
  return out.done();
}

function writeHead(out: Bits, width: number, height: number, lumaQ: Uint8Array, chromaQ: Uint8Array): void {
  const segment = (marker: number, body: readonly number[]): void => {
    const length = body.length + 2;
    for (const b of [0xff, marker, length >> 8, length & 255, ...body]) out.byte(b);
  };
  for (const b of [0xff, 0xd8]) out.byte(b);
  segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
  segment(0xdb, [0, ...zigzag.map((i) => lumaQ[i] ?? 1), 1, ...zigzag.map((i) => chromaQ[i] ?? 1)]);
  const sides = [height >> 8, height & 255, width >> 8, width & 255];
  segment(0xc0, [8, ...sides, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1]);
  const huff = (id: number, { counts, values }: { counts: readonly number[]; values: readonly number[] }) => [
    id,
    ...counts,
    ...values,
  ];
  segment(0xc4, [
    ...huff(0x00, codes.lumaDc),
    ...huff(0x10, codes.lumaAc),
    ...huff(0x01, codes.chromaDc),
    ...huff(0x11, codes.chromaAc),
  ]);
  segment(0xda, [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
}

/** 8 × 8 samples; beyond the edges the last ones go on. */
function takeBlock(plane: Plane, left: number, top: number, level: Float32Array, into: Float32Array): void {
  const { data, width, height } = plane;
  for (let y = 0; y < 8; y += 1) {
    const row = Math.min(height - 1, top + y) * width;
    for (let x = 0; x < 8; x += 1) into[y * 8 + x] = level[data[row + Math.min(width - 1, left + x)] ?? 0] ?? 0;
  }
}

function transform(block: Float32Array, rows: Float32Array): Float32Array {
  for (let y = 0; y < 64; y += 8)
    for (let u = 0; u < 64; u += 8) {
      let sum = 0;
      for (let x = 0; x < 8; x += 1) sum += (block[y + x] ?? 0) * (cosines[u + x] ?? 0);
      rows[y + (u >> 3)] = sum;
    }
  for (let u = 0; u < 8; u += 1)
    for (let v = 0; v < 64; v += 8) {
      let sum = 0;
      for (let y = 0; y < 8; y += 1) sum += (rows[y * 8 + u] ?? 0) * (cosines[v + y] ?? 0);
      block[v + u] = sum;
    }
  return block;
}

/** Answers with the block's DC value: the next one is told as the difference from it. */
function writeBlock(
  out: Bits,
  block: Float32Array,
  steps: Uint8Array,
  { dc, ac }: { dc: Codes; ac: Codes },
  before: number,
): number {
  const at = (i: number): number => Math.round((block[i] ?? 0) / (steps[i] ?? 1));
  const put = ({ code, length }: Codes, symbol: number): void => {
    out.put(code[symbol] ?? 0, length[symbol] ?? 0);
  };
  const magnitude = (value: number, bits: number): void => {
    if (bits > 0) out.put(value < 0 ? value + (1 << bits) - 1 : value, bits);
  };
  const bitsOf = (value: number): number => 32 - Math.clz32(Math.abs(value));
  const first = at(0);
  const step = first - before;
  put(dc, bitsOf(step));
  magnitude(step, bitsOf(step));
  let zeros = 0;
  for (let k = 1; k < 64; k += 1) {
    const value = at(zigzag[k] ?? 0);
    if (value === 0) {
      zeros += 1;
      continue;
    }
    for (; zeros > 15; zeros -= 16) put(ac, 0xf0);
    const bits = bitsOf(value);
    put(ac, (zeros << 4) | bits);
    magnitude(value, bits);
    zeros = 0;
  }
  if (zeros > 0) put(ac, 0);
  return first;
}
