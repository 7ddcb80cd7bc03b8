/**
 * A disk as a power cut sees it: what was written, and how much of that it had promised to keep. Between two flushes a drive may
 * keep any of the writes, in any order, down to the sector; what was written before a finished flush it must keep.
 */
const sectorBytes = 512;

/** How a drive behaves when it is told to flush. */
export type Honesty =
  /** It keeps what it promises. */
  | 'honest'
  /** It answers at once and writes later: the newest seconds are always at stake, in order. What a missing sync looks like. */
  | 'lying';
/** A lying drive is this far behind. */
export const lyingMs = 3_000;

type Write = { offset: number; bytes: Buffer; atMs: number };

export type DiskImage = {
  size: number;
  read(offset: number, length: number): Buffer;
  write(offset: number, bytes: Buffer): void;
  flush(): void;
  /**
   * The power fails: everything that was not promised is decided on by `random` (0 … 1), and this is the disk from now on. Answers
   * with how many writes were at stake and how many of them are there.
   */
  cut(random: () => number): { atStake: number; kept: number };
};

/** Some power cuts lose all that may be lost, some nothing, most a part of it. */
const keptShares = [0, 0.25, 0.5, 0.75, 1];

export function createDiskImage(options: { size: number; honesty: Honesty; nowMs: () => number }): DiskImage {
  const { size, honesty, nowMs } = options;
  /** What is read, and what is sure. */
  const current = Buffer.alloc(size);
  const promised = Buffer.alloc(size);
  let open: Write[] = [];

  const settle = (until: number): void => {
    for (const { offset, bytes } of open.slice(0, until)) bytes.copy(promised, offset);
    open = open.slice(until);
  };
  const late = (): number => {
    const at = open.findIndex((w) => w.atMs > nowMs() - lyingMs);
    return at < 0 ? open.length : at;
  };
  return {
    size,
    read: (offset, length) => current.subarray(offset, offset + length),
    write(offset, bytes) {
      bytes.copy(current, offset);
      open.push({ offset, bytes: Buffer.from(bytes), atMs: nowMs() });
      if (honesty === 'lying') settle(late());
    },
    flush() {
      if (honesty === 'honest') settle(open.length);
    },
    cut(random) {
      if (honesty === 'lying') settle(late());
      const atStake = open.length;
      const share = honesty === 'lying' ? 0 : (keptShares[Math.floor(random() * keptShares.length)] ?? 0);
      let kept = 0;
      for (const { offset, bytes } of open) {
        if (random() >= share) continue;
        kept += 1;
        // A third of those are torn: some of their sectors are there, the others are not.
        const torn = random() < 1 / 3;
        for (let at = 0; at < bytes.length; at += sectorBytes) {
          if (torn && random() < 0.5) continue;
          bytes.copy(promised, offset + at, at, Math.min(at + sectorBytes, bytes.length));
        }
      }
      for (const { offset, bytes } of open) promised.copy(current, offset, offset, offset + bytes.length);
      open = [];
      return { atStake, kept };
    },
  };
}
