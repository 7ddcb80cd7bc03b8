/**
 * The machine-readable number in the pictures of the demo cameras. 8 × 4 cells in the lower right corner on a dark panel,
 * each 1/80 of the picture's width (24 px at 1080p, 4 px in a tile 320 px wide): large luma steps that survive coding, scaling
 * and screenshots. The corner cells are fixed (white, black / black, white) and give the threshold; the other 28 carry 4 bits
 * of camera, 12 bits of picture number within the loop, and a 12-bit checksum. Pure: for Node and the browser alike.
 */
export type FrameCode = {
  /** 1 … 15 */
  camera: number;
  /** 0 … 4095 */
  frame: number;
};

export const codeColumns = 8;
export const codeRows = 4;
/** Cells per picture width. */
export const codeGrid = 80;
/** Distance of the cells from the right and the lower edge, in cells. */
export const codeMargin = 1;

/** CRC-12 with the polynomial x¹²+x¹¹+x³+x²+x+1 over 16 bits, never 0 for 0. */
function checksum(value: number): number {
  let crc = 0xabc;
  for (let bit = 15; bit >= 0; bit--) {
    const top = ((crc >> 11) ^ (value >> bit)) & 1;
    crc = (crc << 1) & 0xfff;
    if (top) crc ^= 0x80f;
  }
  return crc;
}

const isCorner = (cell: number): boolean =>
  cell === 0 ||
  cell === codeColumns - 1 ||
  cell === codeColumns * (codeRows - 1) ||
  cell === codeColumns * codeRows - 1;

/** The cells, row by row; true is white. */
export function frameCodeCells({ camera, frame }: FrameCode): boolean[] {
  const value = ((camera & 15) << 12) | (frame & 4095);
  const bits = value * 4096 + checksum(value);
  let left = 28;
  return Array.from({ length: codeColumns * codeRows }, (_, cell) => {
    if (isCorner(cell)) return cell === 0 || cell === codeColumns * codeRows - 1;
    left--;
    return Math.floor(bits / 2 ** left) % 2 === 1;
  });
}

/**
 * Reads the code from a picture that fills `width` × `height`: RGBA (4 bytes a pixel, as `ImageData.data`) or luma alone (1
 * byte). Null when there is none that can be trusted: too little contrast, or a checksum that does not fit.
 */
export function readFrameCode(pixels: ArrayLike<number>, width: number, height: number): FrameCode | null {
  const depth = pixels.length / (width * height);
  if (depth !== 1 && depth !== 4) return null;
  const cell = width / codeGrid;
  const left = width - (codeMargin + codeColumns) * cell;
  const top = height - (codeMargin + codeRows) * cell;
  if (cell < 2 || top < 0) return null;
  const luma = (x: number, y: number): number => {
    const at = (y * width + x) * depth;
    const r = pixels[at] ?? 0;
    return depth === 1 ? r : 0.299 * r + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
  };
  // The middle half of each cell: its edges are blurred by coding and scaling.
  const level = (index: number): number => {
    const x0 = left + (index % codeColumns) * cell;
    const y0 = top + Math.floor(index / codeColumns) * cell;
    let sum = 0;
    let count = 0;
    for (let y = Math.round(y0 + cell / 4); y < Math.max(y0 + cell * 0.75, Math.round(y0 + cell / 4) + 1); y++) {
      for (let x = Math.round(x0 + cell / 4); x < Math.max(x0 + cell * 0.75, Math.round(x0 + cell / 4) + 1); x++) {
        sum += luma(x, y);
        count++;
      }
    }
    return sum / count;
  };
  const levels = Array.from({ length: codeColumns * codeRows }, (_, i) => level(i));
  const at = (i: number): number => levels[i] ?? 0;
  const last = codeColumns * codeRows - 1;
  const white = Math.min(at(0), at(last));
  const black = Math.max(at(codeColumns - 1), at(last - codeColumns + 1));
  if (white - black < 40) return null;
  const threshold = (white + black) / 2;
  let bits = 0;
  levels.forEach((l, i) => {
    if (!isCorner(i)) bits = bits * 2 + (l > threshold ? 1 : 0);
  });
  const value = Math.floor(bits / 4096);
  if (checksum(value) !== bits % 4096 || value >> 12 === 0) return null;
  return { camera: value >> 12, frame: value & 4095 };
}
