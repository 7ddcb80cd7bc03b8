/** How much more a whole picture differs from its background than usual: rain that begins, a sensor's noise at nightfall. Pure. */
import { cellCount } from '../motion-cells.ts';
import { passesOften, type Passing } from './passing.ts';

/** So much of the picture exceeds what is weather, and no person. */
const ofCells = 1 / 4;
/** Bins, so many a unit of fine structure, up to 20 units. */
const perUnit = 8;
const counts = new Uint16Array(20 * perUnit);

/** By how many units a quarter of the cells differ more than usual; those are left out in which something passes often: traffic is no noise. */
export function noiseOf(differs: Float32Array, usual: Float32Array, passing: Passing): number {
  counts.fill(0);
  let cells = 0;
  for (let cell = 0; cell < cellCount; cell += 1) {
    if (passesOften(passing, cell)) continue;
    cells += 1;
    const excess = ((differs[cell] ?? 0) - (usual[cell] ?? 0)) * perUnit;
    const bin = excess <= 0 ? 0 : Math.min(counts.length - 1, Math.floor(excess));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  let left = cells * ofCells;
  let bin = counts.length - 1;
  for (; bin > 0 && left > (counts[bin] ?? 0); bin -= 1) left -= counts[bin] ?? 0;
  return bin / perUnit;
}
