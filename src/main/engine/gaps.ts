import { trackGaps, unaccounted, type GapInput, type GapState } from '#domain/decide/track-gaps.ts';
import type { StreamId } from '#domain/id.ts';
import type { IndexJournal } from './index-journal.ts';

export type Gaps = {
  tell(streamId: StreamId, input: GapInput): void;
  /** The stream is gone with all its rows. */
  forget(streamId: StreamId): void;
};

/** Carries out for every stream what `trackGaps` decides. */
export function createGaps(journal: Pick<IndexJournal, 'add'>): Gaps {
  const states = new Map<StreamId, GapState>();
  return {
    tell(streamId, input) {
      const [state, outputs] = trackGaps(states.get(streamId) ?? unaccounted, input);
      states.set(streamId, state);
      for (const output of outputs) {
        journal.add(({ gap, wanted }) => {
          switch (output.do) {
            case 'open':
              gap.open(streamId, output.fromMs, output.cause);
              return;
            case 'close':
              gap.close(streamId, output.toMs);
              return;
            case 'move':
              gap.move(streamId, output.fromMs);
              return;
            case 'cut':
              gap.cut(streamId, output.fromMs, output.toMs);
              return;
            case 'defer':
              // Its only run, and it goes on.
              wanted.end(streamId, 0);
              wanted.begin(streamId, output.toMs);
              return;
            case 'add':
              gap.add({ streamId, fromMs: output.fromMs, toMs: output.toMs, cause: output.cause });
              return;
          }
        });
      }
    },
    forget(streamId) {
      states.delete(streamId);
    },
  };
}
