/**
 * Gives sound out as its own clock says: frames of 20 ms come in bursts from a browser and leave one by one. A little is
 * gathered first, so that a late frame is no hole; what waits too long is dropped, oldest first, so that talking stays near.
 */
export const frameSamples = 160;
export const frameMs = 20;
/** Gathered before the first frame leaves, and again after a hole. */
const gatherFrames = 3;
/** Half a second. */
const mostFrames = 25;

export type Paced = {
  /** µ-law samples; cut into frames. */
  push(sound: Uint8Array): void;
  /** Gives out what is due. */
  tick(monoMs: number): void;
  /** What is left is given out without gathering. */
  flush(): void;
  waiting(): number;
  dropped(): number;
};

/** `out`: one frame, its RTP timestamp in samples since the first, and whether it begins after silence. */
export function createPacer(out: (frame: Uint8Array, timestamp: number, begins: boolean) => void): Paced {
  const frames: Uint8Array[] = [];
  let rest = new Uint8Array(0);
  let dropped = 0;
  /** When the next frame leaves; null: gathering. */
  let nextMs: number | null = null;
  let timestamp = 0;
  let lastMs: number | null = null;
  let begins = true;
  let flushing = false;

  return {
    push(sound) {
      const all = rest.length === 0 ? sound : Uint8Array.from([...rest, ...sound]);
      let at = 0;
      for (; at + frameSamples <= all.length; at += frameSamples) frames.push(all.slice(at, at + frameSamples));
      rest = all.slice(at);
      while (frames.length > mostFrames) {
        frames.shift();
        dropped++;
      }
    },
    tick(now) {
      if (nextMs === null) {
        if (frames.length < (flushing ? 1 : gatherFrames)) return;
        // Silence has a length too: the receiver's clock went on (RFC 3550 §5.1).
        if (lastMs !== null) timestamp += Math.max(0, Math.round((now - lastMs) / frameMs) - 1) * frameSamples;
        nextMs = now;
        begins = true;
      }
      while (nextMs <= now) {
        const frame = frames.shift();
        if (frame === undefined) {
          nextMs = null;
          return;
        }
        out(frame, timestamp, begins);
        begins = false;
        lastMs = nextMs;
        timestamp += frameSamples;
        nextMs += frameMs;
      }
    },
    flush() {
      flushing = true;
    },
    waiting: () => frames.length,
    dropped: () => dropped,
  };
}
