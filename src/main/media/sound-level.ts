/** How loud sound is, in dBFS: 0 is a sine of full scale (IEC 61606-3 §3.3, AES17 §3.12.3). */

/** Of a sine of amplitude 1. */
const sineSquare = 0.5;

/** From a mean square (of samples of -1 … 1), dBFS; `floorDb` at the least, where it is 0 too. */
export const meanSquareDb = (meanSquare: number, floorDb: number): number =>
  meanSquare > 0 ? Math.max(floorDb, 10 * Math.log10(meanSquare / sineSquare)) : floorDb;

/** From the largest sample's size, dB of full scale; `floorDb` at the least. */
export const peakDbOf = (peak: number, floorDb: number): number =>
  peak > 0 ? Math.max(floorDb, 20 * Math.log10(peak)) : floorDb;

/** Mean of the squares of samples of -1 … 1. */
export function meanSquareOf(samples: Float32Array): number {
  let sum = 0;
  for (const v of samples) sum += v * v;
  return samples.length === 0 ? 0 : sum / samples.length;
}

/** The largest size of a sample. */
export function peakOf(samples: Float32Array): number {
  let most = 0;
  for (const v of samples) most = Math.max(most, v < 0 ? -v : v);
  return most;
}
