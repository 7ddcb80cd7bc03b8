/** Whether one archive does its work: what fails is tried again after longer and longer waits, and told once. */
import type { ArchiveTrouble } from '#domain/archive.ts';
import { ArchiveError } from '#lib/archive-error.ts';
import type { Clock } from '#lib/clock.ts';

const firstWaitMs = 5_000;
const longestWaitMs = 300_000;

export type ArchiveHealth = {
  /** It may be asked now. */
  ready(): boolean;
  /** null: it works, as far as is known. */
  trouble(): { trouble: ArchiveTrouble; words: string; sinceMs: number; nextTryMs: number } | null;
  /** Runs one piece of work and learns from how it ends; the error goes on. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** The next try may come at once. */
  hurry(): void;
};

export function createArchiveHealth(deps: {
  clock: Clock;
  random?: () => number;
  changed: (trouble: { trouble: ArchiveTrouble; words: string } | null) => void;
}): ArchiveHealth {
  const { clock, random = Math.random } = deps;
  let bad: { trouble: ArchiveTrouble; words: string; sinceMs: number; failures: number; nextMonoMs: number } | null =
    null;

  const failed = (error: ArchiveError): void => {
    const failures = (bad?.failures ?? 0) + 1;
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(20, failures - 1));
    const was = bad?.trouble ?? null;
    bad = {
      trouble: error.trouble,
      words: error.message,
      sinceMs: bad?.sinceMs ?? clock.nowMs(),
      failures,
      nextMonoMs: clock.monoMs() + waitMs * (0.75 + random() / 4),
    };
    if (was !== error.trouble) deps.changed({ trouble: error.trouble, words: error.message });
  };

  return {
    ready: () => bad === null || clock.monoMs() >= bad.nextMonoMs,
    trouble: () =>
      bad === null
        ? null
        : {
            trouble: bad.trouble,
            words: bad.words,
            sinceMs: bad.sinceMs,
            nextTryMs: clock.nowMs() + Math.max(0, Math.round(bad.nextMonoMs - clock.monoMs())),
          },
    async run(work) {
      try {
        const done = await work();
        if (bad !== null) {
          bad = null;
          deps.changed(null);
        }
        return done;
      } catch (error) {
        // One object that is not as it should be says nothing of the archive.
        if (error instanceof ArchiveError && error.trouble !== 'corrupt') failed(error);
        throw error;
      }
    },
    hurry() {
      if (bad !== null) bad.nextMonoMs = clock.monoMs();
    },
  };
}
