/** What was deleted since an older index, settled on the volumes that are here, and noted of those that are not (`engine/settle-deleted.ts`). */
import { type DeletedSince, noteUnsettled, settleLines } from '../engine/settle-deleted.ts';
import type { Store } from './open-data.ts';
import type { OpenedVolumes } from './open-volumes.ts';

/** Answers how many segments left the index. */
export async function settleDeleted(
  store: Store,
  volumes: Pick<OpenedVolumes, 'here' | 'away' | 'spread'>,
  lines: readonly DeletedSince[],
): Promise<number> {
  const { settled, left } = await settleLines(store, lines, {
    volumes: new Set(volumes.here.map((v) => v.volume)),
    async files(stream, fromMs, toMs) {
      const files = await volumes.spread.list(stream.folder, fromMs, toMs);
      return new Set(files.filter((f) => f.kind === stream.kind).map((f) => f.startMs));
    },
  });
  noteUnsettled(
    store,
    left,
    volumes.away.map((v) => v.volume),
  );
  return settled;
}
