/** Turns at a device: cheap ones choke on more than a few requests at once. Commands that steer go before everything else. */
export type Turns = {
  /** Runs `work` when its turn comes; rejects with `late()` when `waitMs` passes before. */
  take<T>(work: () => Promise<T>, options: { urgent: boolean; waitMs: number; late: () => Error }): Promise<T>;
};

export function createTurns(atOnce: number): Turns {
  const waiting: { go(): void; urgent: boolean }[] = [];
  let running = 0;

  function next(): void {
    if (running >= atOnce) return;
    const first = waiting.findIndex((w) => w.urgent);
    const [chosen] = waiting.splice(Math.max(0, first), 1);
    if (chosen) {
      running++;
      chosen.go();
    }
  }

  return {
    async take(work, { urgent, waitMs, late }) {
      await new Promise<void>((resolve, reject) => {
        const mine = {
          urgent,
          go() {
            clearTimeout(limit);
            resolve();
          },
        };
        const limit = setTimeout(() => {
          const place = waiting.indexOf(mine);
          if (place < 0) return;
          waiting.splice(place, 1);
          reject(late());
        }, waitMs);
        waiting.push(mine);
        next();
      });
      try {
        return await work();
      } finally {
        running--;
        next();
      }
    },
  };
}
