/**
 * Whether a camera's picture can be trusted: frozen, too dark, covered, or turned to another scene. Judged from grey pictures
 * of 320 × 180 that come every few seconds, against a slowly learned background of edges. Pure.
 *
 * Edges, not brightness: light changes all day, what stands in a picture does not. The picture is cut into 8 × 5 tiles; a tile
 * is the same as long as the pattern of edges in it goes with that of the background (normalised cross-correlation, so that
 * dim or hard light alone changes nothing). People and cars change some tiles; a hand, a spray can or a turned camera nearly
 * all. docs/adr/0012-picture-watch.md has the measurements behind the numbers.
 */
import { alarmWatch, calm, type AlarmRule, type AlarmSign, type AlarmWatch } from './alarm-watch.ts';

export const greyWidth = 320;
export const greyHeight = 180;

/** Cells of 4 × 4 pixels; tiles of 10 × 9 cells. */
const cell = 4;
const cellsX = greyWidth / cell;
const cellsY = greyHeight / cell;
const tileX = 10;
const tileY = 9;
const tilesX = cellsX / tileX;
const tilesY = cellsY / tileY;

/** A tile has a pattern to go by when its edges vary by so much (grey levels). */
const patternFrom = 1.5;
/** With fewer such tiles nothing can be said about what the picture shows. */
const fewestTiles = 4;
const sameFrom = 0.5;
/** What is left of a pattern that is blurred (dim light leaves a third). */
const sharpFrom = 0.2;
/** Another scene when fewer tiles than this are the same; the same again above the second. */
const changedBelow = 0.35;
const unchangedFrom = 0.5;
/** Covered, not turned, when so few tiles have any pattern left. */
const bareBelow = 0.25;
/** Nearly white parts this dark: nothing can be seen (grey level of the brightest twentieth). */
const darkBelow = 40;
const lightFrom = 50;
/** Pixels of the middle that differ by two levels or more from the picture before; noise and coding change 14 % at least. */
const frozenBelow = 0.002;
const movingFrom = 0.01;
/** Clocks that cameras write into pictures run on; they stand at the upper or lower edge. */
const overlayRows = 30;
/** How fast the background follows, per picture. */
const learn = 0.05;
/** A scene that has been another for so long is the scene now. */
export const learnedMs = 300_000;

export type PictureMatter = 'picture-frozen' | 'picture-dark' | 'picture-covered' | 'picture-moved';
export const pictureMatters: readonly PictureMatter[] = [
  'picture-frozen',
  'picture-dark',
  'picture-covered',
  'picture-moved',
];
const rules: Record<PictureMatter, AlarmRule> = {
  'picture-frozen': { beginMs: 20_000, beginLooks: 5, endMs: 0 },
  'picture-dark': { beginMs: 10_000, beginLooks: 3, endMs: 5_000 },
  'picture-covered': { beginMs: 10_000, beginLooks: 3, endMs: 5_000 },
  'picture-moved': { beginMs: 10_000, beginLooks: 3, endMs: 5_000 },
};

export type PictureWatch = {
  previous: Uint8Array | null;
  background: Float32Array | null;
  alarms: Record<PictureMatter, AlarmWatch>;
  /** Since when the scene counts as another. */
  movedMs: number | null;
};
export type PictureInput = {
  atMs: number;
  /** 320 × 180 grey levels, 0 black … 255 white; never the same picture twice. It is kept: nobody may write to it again. */
  grey: Uint8Array;
  /** The camera was turned on purpose, or sends another picture size: the scene is learned anew. */
  anew: boolean;
};
export type PictureOutput =
  | { matter: PictureMatter; is: 'begin'; fromMs: number }
  /** `learned`: nothing changed back; the new scene is taken for the right one. */
  | { matter: PictureMatter; is: 'end'; atMs: number; learned: boolean };

export const freshPictureWatch: PictureWatch = {
  previous: null,
  background: null,
  alarms: { 'picture-frozen': calm, 'picture-dark': calm, 'picture-covered': calm, 'picture-moved': calm },
  movedMs: null,
};

export function pictureWatch(state: PictureWatch, { atMs, grey, anew }: PictureInput): [PictureWatch, PictureOutput[]] {
  const outputs: PictureOutput[] = [];
  const alarms = { ...state.alarms };
  let { background, movedMs } = state;
  const end = (matter: PictureMatter, learned: boolean): void => {
    if (alarms[matter].open) outputs.push({ matter, is: 'end', atMs, learned });
    alarms[matter] = calm;
  };
  if (anew) {
    background = null;
    movedMs = null;
    end('picture-covered', false);
    end('picture-moved', false);
  }
  const edges = edgesOf(grey);
  const bright = brightest(grey);
  const dark = bright < darkBelow;
  const like = background === null || dark ? null : compare(edges, background);
  const signs: Record<PictureMatter, AlarmSign> = {
    'picture-dark': dark ? 'bad' : bright >= lightFrom ? 'good' : 'between',
    'picture-frozen': frozen(state.previous, grey, dark),
    'picture-covered': covered(like),
    'picture-moved': moved(like),
  };
  for (const matter of pictureMatters) {
    const [next, said] = alarmWatch(alarms[matter], { atMs, sign: signs[matter] }, rules[matter]);
    alarms[matter] = next;
    if (said?.is === 'begin') outputs.push({ matter, is: 'begin', fromMs: said.fromMs });
    if (said?.is === 'end') outputs.push({ matter, is: 'end', atMs: said.atMs, learned: false });
  }
  movedMs = alarms['picture-moved'].open ? (movedMs ?? atMs) : null;
  if (movedMs !== null && atMs - movedMs >= learnedMs && signs['picture-moved'] === 'bad') {
    end('picture-moved', true);
    background = null;
    movedMs = null;
  }
  if (!dark) background = learned(background, edges, like);
  return [{ previous: grey, background, alarms, movedMs }, outputs];
}

type Likeness = { same: number; patterned: number };
const covered = (like: Likeness | null): AlarmSign => {
  if (like === null) return 'unknown';
  if (like.same >= unchangedFrom) return 'good';
  return like.same < changedBelow && like.patterned < bareBelow ? 'bad' : 'between';
};
const moved = (like: Likeness | null): AlarmSign => {
  if (like === null) return 'unknown';
  if (like.same >= unchangedFrom) return 'good';
  return like.same < changedBelow && like.patterned >= bareBelow ? 'bad' : 'between';
};
function frozen(before: Uint8Array | null, now: Uint8Array, dark: boolean): AlarmSign {
  if (before === null || dark) return 'unknown';
  let differ = 0;
  const from = overlayRows * greyWidth;
  const to = (greyHeight - overlayRows) * greyWidth;
  for (let i = from; i < to; i += 1) if (Math.abs((before[i] ?? 0) - (now[i] ?? 0)) >= 2) differ += 1;
  const share = differ / (to - from);
  return share < frozenBelow ? 'bad' : share >= movingFrom ? 'good' : 'between';
}

/** The grey level that a twentieth of the picture reaches. */
function brightest(grey: Uint8Array): number {
  const counts = new Uint32Array(256);
  for (let i = 0; i < grey.length; i += 1) {
    const level = grey[i] ?? 0;
    counts[level] = (counts[level] ?? 0) + 1;
  }
  let left = grey.length / 20;
  let reached = 255;
  for (; reached > 0 && left > (counts[reached] ?? 0); reached -= 1) left -= counts[reached] ?? 0;
  return reached;
}

/** Mean strength of edges in each cell: central differences across and down. */
function edgesOf(grey: Uint8Array): Float32Array {
  const out = new Float32Array(cellsX * cellsY);
  for (let y = 1; y < greyHeight - 1; y += 1) {
    const row = y * greyWidth;
    const into = Math.floor(y / cell) * cellsX;
    for (let x = 1; x < greyWidth - 1; x += 1) {
      const i = row + x;
      const across = Math.abs((grey[i + 1] ?? 0) - (grey[i - 1] ?? 0));
      const down = Math.abs((grey[i + greyWidth] ?? 0) - (grey[i - greyWidth] ?? 0));
      const at = into + (x >> 2);
      out[at] = (out[at] ?? 0) + (across + down) / (2 * cell * cell);
    }
  }
  return out;
}

/** Mean, spread and a look at each cell of a tile. */
function tileOf(edges: Float32Array, tile: number): { values: number[]; spread: number } {
  const left = (tile % tilesX) * tileX;
  const top = Math.floor(tile / tilesX) * tileY;
  const values: number[] = [];
  let sum = 0;
  for (let y = 0; y < tileY; y += 1)
    for (let x = 0; x < tileX; x += 1) {
      const value = edges[(top + y) * cellsX + left + x] ?? 0;
      values.push(value);
      sum += value;
    }
  const mean = sum / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const off = (values[i] ?? 0) - mean;
    values[i] = off;
    squares += off * off;
  }
  return { values, spread: Math.sqrt(squares / values.length) };
}

/** Shares of the tiles with a pattern in the background: that are the same now; that have a pattern of any kind now. */
function compare(now: Float32Array, background: Float32Array): Likeness | null {
  let tiles = 0;
  let same = 0;
  let patterned = 0;
  for (let tile = 0; tile < tilesX * tilesY; tile += 1) {
    const was = tileOf(background, tile);
    if (was.spread < patternFrom) continue;
    tiles += 1;
    const is = tileOf(now, tile);
    if (is.spread >= Math.max(patternFrom / 2, was.spread * sharpFrom)) patterned += 1;
    let product = 0;
    for (let i = 0; i < was.values.length; i += 1) product += (was.values[i] ?? 0) * (is.values[i] ?? 0);
    const likeness = product / (was.values.length * was.spread * is.spread + 1e-6);
    if (likeness > sameFrom && is.spread >= was.spread * sharpFrom) same += 1;
  }
  return tiles < fewestTiles ? null : { same: same / tiles, patterned: patterned / tiles };
}

/** The background follows slowly while the scene is surely itself. */
function learned(background: Float32Array | null, edges: Float32Array, like: Likeness | null): Float32Array {
  if (background === null) return edges;
  // Too little in it to compare with: the first picture with something in it takes its place at once.
  if (like !== null && like.same < unchangedFrom) return background;
  const part = like === null ? 0.5 : learn;
  return background.map((was, i) => was + part * ((edges[i] ?? 0) - was));
}
