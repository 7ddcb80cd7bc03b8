/**
 * Whether a small grey picture shows the scene that is known, and whether it shows anything. Pure.
 *
 * Edges, not brightness: light changes all day, what stands in a picture does not. The picture is cut into 8 × 5 tiles; a tile
 * is the same as long as the pattern of edges in it goes with that of the background (normalised cross-correlation, so that
 * dim or hard light alone changes nothing). One whose edges are soft is the same as long as light and dark lie where they lay,
 * with most of their contrast: that is out of focus. Where most of a scene is plain (snow, a white wall, the night), its few
 * patterns may be of a car that drives off: then its plain part has a say too, which is the same as long as it is plain and as
 * bright as it was. A hand or a wall is as bright as all of it by chance only.
 */
import { greyHeight, greyWidth } from '../grey-size.ts';

/** Cells of 4 × 4 pixels; tiles of 10 × 9 cells. */
const cell = 4;
const cellsX = greyWidth / cell;
const cellsY = greyHeight / cell;
const cellPixels = cell * cell;
const tileX = 10;
const tileY = 9;
const tileCells = tileX * tileY;
const tilesX = cellsX / tileX;
const tilesY = cellsY / tileY;

/** A tile has a pattern to go by when its edges vary by so much (grey levels). */
const patternFrom = 1.5;
/** With fewer such tiles nothing can be said about what the picture shows. */
const fewestTiles = 4;
const sameFrom = 0.5;
/** What is left of a pattern that is blurred (dim light leaves a third). */
const sharpFrom = 0.2;
/** Out of focus: so much of the edges is left at most, so much of the contrast of light and dark at least, which go together by so much. */
const softBelow = 0.6;
const softContrast = 0.7;
const softSame = 0.85;
/** Plain parts are as bright as they were: so many grey levels off, after what a camera's exposure does with all of them. */
const sameLight = 4;
const mostExposed = 1.06;
/** Brighter or darker than this says nothing: most that is white looks alike. */
const clippedFrom = 248;
const clippedBelow = 4;

/** By cell: mean strength of edges, and mean grey level. */
export type SceneMap = { edges: Float32Array; light: Float32Array };
/** Shares of the tiles: that are the same now; of those with a pattern, that have one of any kind now. */
export type SceneLikeness = { same: number; patterned: number };

/** Edges are central differences across and down. */
export function sceneOf(grey: Uint8Array): SceneMap {
  const edges = new Float32Array(cellsX * cellsY);
  const light = new Float32Array(cellsX * cellsY);
  for (let y = 0; y < greyHeight; y += 1) {
    const row = y * greyWidth;
    const into = Math.floor(y / cell) * cellsX;
    const inside = y > 0 && y < greyHeight - 1;
    for (let x = 0; x < greyWidth; x += 1) {
      const i = row + x;
      const at = into + (x >> 2);
      light[at] = (light[at] ?? 0) + (grey[i] ?? 0) / cellPixels;
      if (!inside || x === 0 || x === greyWidth - 1) continue;
      const across = Math.abs((grey[i + 1] ?? 0) - (grey[i - 1] ?? 0));
      const down = Math.abs((grey[i + greyWidth] ?? 0) - (grey[i - greyWidth] ?? 0));
      edges[at] = (edges[at] ?? 0) + (across + down) / (2 * cellPixels);
    }
  }
  return { edges, light };
}

/** What is known of a scene, a `part` nearer to what it is now. */
export function followScene(known: SceneMap, now: SceneMap, part: number): SceneMap {
  const follow = (was: Float32Array, is: Float32Array): Float32Array =>
    was.map((value, i) => value + part * ((is[i] ?? 0) - value));
  return { edges: follow(known.edges, now.edges), light: follow(known.light, now.light) };
}

/** null: there is too little in what is known to compare with. */
export function likenessOf(now: SceneMap, known: SceneMap): SceneLikeness | null {
  let [tiles, same, patterned] = [0, 0, 0];
  const plain: { was: number; is: number }[] = [];
  let plainTiles = 0;
  for (let tile = 0; tile < tilesX * tilesY; tile += 1) {
    const was = tileOf(known.edges, tile);
    const is = tileOf(now.edges, tile);
    if (was.spread < patternFrom) {
      plainTiles += 1;
      if (is.spread < patternFrom)
        plain.push({ was: tileOf(known.light, tile).mean, is: tileOf(now.light, tile).mean });
      continue;
    }
    tiles += 1;
    if (is.spread >= Math.max(patternFrom / 2, was.spread * sharpFrom)) patterned += 1;
    if (is.spread >= was.spread * sharpFrom && together(was, is) > sameFrom) same += 1;
    else if (is.spread < was.spread * softBelow && isSoft(known, now, tile)) same += 1;
  }
  if (tiles < fewestTiles) return null;
  const ofAll = plainTiles > tiles ? (same + unchanged(plain)) / (tiles + plainTiles) : 0;
  return { same: Math.max(same / tiles, ofAll), patterned: patterned / tiles };
}

/** Light and dark lie where they lay. */
function isSoft(known: SceneMap, now: SceneMap, tile: number): boolean {
  const was = tileOf(known.light, tile);
  const is = tileOf(now.light, tile);
  return is.spread >= was.spread * softContrast && together(was, is) > softSame;
}

/** How many plain tiles are as bright as they were. */
function unchanged(plain: readonly { was: number; is: number }[]): number {
  const told = plain.filter(({ was, is }) => was < clippedFrom && is < clippedFrom && was >= clippedBelow);
  const exposed = told.map(({ was, is }) => is / was).sort((a, b) => a - b)[told.length >> 1] ?? 1;
  const by = Math.min(mostExposed, Math.max(1 / mostExposed, exposed));
  return told.filter(({ was, is }) => Math.abs(is - was * by) <= sameLight).length;
}

type Tile = { values: number[]; mean: number; spread: number };

/** Of a tile's cells: their mean, how far each is off it, and how far they are as a rule. */
function tileOf(cells: Float32Array, tile: number): Tile {
  const left = (tile % tilesX) * tileX;
  const top = Math.floor(tile / tilesX) * tileY;
  const values: number[] = [];
  let sum = 0;
  for (let y = 0; y < tileY; y += 1)
    for (let x = 0; x < tileX; x += 1) {
      const value = cells[(top + y) * cellsX + left + x] ?? 0;
      values.push(value);
      sum += value;
    }
  const mean = sum / tileCells;
  let squares = 0;
  for (let i = 0; i < tileCells; i += 1) {
    const off = (values[i] ?? 0) - mean;
    values[i] = off;
    squares += off * off;
  }
  return { values, mean, spread: Math.sqrt(squares / tileCells) };
}

/** Normalised cross-correlation, −1 … 1. */
function together(was: Tile, is: Tile): number {
  let product = 0;
  for (let i = 0; i < tileCells; i += 1) product += (was.values[i] ?? 0) * (is.values[i] ?? 0);
  return product / (tileCells * was.spread * is.spread + 1e-6);
}
