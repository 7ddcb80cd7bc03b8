/** Decoded pictures that wait to be shown, in order of time. Every one is closed exactly once: dropped, replaced or cleared. Pure. */
export type Timed = { image: { close(): void }; atUs: number };

export type PictureQueue<P extends Timed> = {
  add(picture: P): void;
  /** The picture to show at a moment (the latest not after it); stays in the queue. */
  shownAt(atUs: number): P | null;
  /** Closes all pictures older than the one shown at a moment. Returns how many. */
  dropBefore(atUs: number): number;
  /** Closes all pictures after a moment. */
  dropAfter(atUs: number): void;
  /** Pictures later than a moment. */
  after(atUs: number): number;
  readonly firstUs: number | null;
  readonly lastUs: number | null;
  readonly size: number;
  clear(): void;
};

export function createPictureQueue<P extends Timed>(): PictureQueue<P> {
  let pictures: P[] = [];
  const indexAt = (atUs: number): number => {
    let i = pictures.length - 1;
    while (i >= 0 && (pictures[i]?.atUs ?? 0) > atUs) i--;
    return i;
  };
  return {
    add(picture) {
      const i = indexAt(picture.atUs);
      const same = pictures[i];
      if (same?.atUs === picture.atUs) {
        same.image.close();
        pictures[i] = picture;
      } else pictures.splice(i + 1, 0, picture);
    },
    shownAt: (atUs) => pictures[indexAt(atUs)] ?? null,
    dropBefore(atUs) {
      const i = indexAt(atUs);
      if (i <= 0) return 0;
      for (const old of pictures.splice(0, i)) old.image.close();
      return i;
    },
    dropAfter(atUs) {
      for (const late of pictures.splice(indexAt(atUs) + 1)) late.image.close();
    },
    after: (atUs) => pictures.length - 1 - indexAt(atUs),
    get firstUs() {
      return pictures[0]?.atUs ?? null;
    },
    get lastUs() {
      return pictures.at(-1)?.atUs ?? null;
    },
    get size() {
      return pictures.length;
    },
    clear() {
      for (const p of pictures) p.image.close();
      pictures = [];
    },
  };
}
