/** When something moves before the cameras of `bench watch`: known to who sends and to who measures. Pure. */

/** The small streams: pictures a second, and pictures of the loop that they all run through. */
export const subFps = 10;
export const loopPictures = 200;
/** Somebody passes in one loop of so many: about 4 s of 80 s, a twentieth of the time. */
export const loopsBetween = 4;
/** Passes begin this many pictures into their loop at the earliest; each pass a picture later than the one before, so that all moments between two key pictures occur. */
export const passFrom = 40;
export const passes = 10;

/** Which pass is to be seen at camera 1 … N in its `loop`th loop; null: nobody is there. */
export function passOf(camera: number, loop: number): number | null {
  if ((loop + camera) % loopsBetween !== 0) return null;
  return (Math.floor((loop + camera) / loopsBetween) * 3 + camera) % passes;
}

/** By how much of a loop camera 1 … N is ahead of the first, ms: neither key pictures nor passers-by come together. */
export function aheadMs(camera: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  return Math.round((((camera - 1) * golden) % 1) * ((loopPictures * 1000) / subFps));
}
