/** When something moves before the cameras of `bench watch`: known to who sends and to who measures. Pure. */

/** What the small streams are like: pictures a second, and seconds from key picture to key picture. */
export type WatchFilm = { fps: number; keyEvery: number };
export const usualFilm: WatchFilm = { fps: 10, keyEvery: 1 };

/** All of them run through one loop. */
export const loopSeconds = 20;
export const loopPictures = ({ fps }: WatchFilm): number => loopSeconds * fps;
/** Somebody passes in one loop of so many: about 4 s of 80 s, a twentieth of the time. */
export const loopsBetween = 4;
export const passes = 10;
/** Passes begin so many seconds into their loop at the earliest. */
const firstFrom = 4;

/** How the streams must be for loops to begin with a key picture, and for five key pictures a second. */
export function checkFilm({ fps, keyEvery }: WatchFilm): WatchFilm {
  if (fps % 5 !== 0 || fps > 30) throw new Error('--fps takes 5, 10, 15, 20, 25 or 30.');
  if (loopSeconds % keyEvery !== 0) throw new Error(`--key-every takes a part of ${loopSeconds} seconds: 1, 2, 4, 5 …`);
  return { fps, keyEvery };
}

/** In which picture of its loop a pass begins: each a tenth of the way from one key picture to the next later, so that all moments occur. */
export const passFrom = ({ fps, keyEvery }: WatchFilm, pass: number): number =>
  Math.round(fps * (firstFrom + (pass * keyEvery) / passes));

/** Which pass is to be seen at camera 1 … N in its `loop`th loop; null: nobody is there. */
export function passOf(camera: number, loop: number): number | null {
  if ((loop + camera) % loopsBetween !== 0) return null;
  return (Math.floor((loop + camera) / loopsBetween) * 3 + camera) % passes;
}

/** By how much of a loop camera 1 … N is ahead of the first, ms: neither key pictures nor passers-by come together. */
export function aheadMs(camera: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  return Math.round((((camera - 1) * golden) % 1) * loopSeconds * 1000);
}
