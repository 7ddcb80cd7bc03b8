/**
 * Whether a camera's picture can be trusted: frozen, too dark, covered, or turned to another scene. Judged from grey pictures
 * of 320 × 180 that come every few seconds, against a slowly learned background (scene-likeness.ts): people and cars change some
 * tiles of it; a hand, a spray can or a turned camera nearly all. Pure. docs/adr/0012-picture-watch.md has the measurements
 * behind the numbers.
 */
import { alarmWatch, calm, type AlarmRule, type AlarmSign, type AlarmWatch } from './alarm-watch.ts';
import { greyHeight, greyWidth } from '../grey-size.ts';
import { followScene, likenessOf, sceneOf, type SceneLikeness, type SceneMap } from './scene-likeness.ts';

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
  background: SceneMap | null;
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
  const now = sceneOf(grey);
  const bright = brightest(grey);
  const dark = bright < darkBelow;
  const like = background === null || dark ? null : likenessOf(now, background);
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
  if (!dark) background = learned(background, now, like);
  return [{ previous: grey, background, alarms, movedMs }, outputs];
}

const covered = (like: SceneLikeness | null): AlarmSign => {
  if (like === null) return 'unknown';
  if (like.same >= unchangedFrom) return 'good';
  return like.same < changedBelow && like.patterned < bareBelow ? 'bad' : 'between';
};
const moved = (like: SceneLikeness | null): AlarmSign => {
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

/** The background follows slowly while the scene is surely itself. */
function learned(background: SceneMap | null, now: SceneMap, like: SceneLikeness | null): SceneMap {
  if (background === null) return now;
  // Too little in it to compare with: the first picture with something in it takes its place at once.
  if (like !== null && like.same < unchangedFrom) return background;
  return followScene(background, now, like === null ? 0.5 : learn);
}
