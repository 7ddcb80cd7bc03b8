import { createVolumeLanes, type VolumeLaneDeps } from '../lib/volume-lanes.ts';
import type { SmallPictures, ThumbsAsk, ThumbsCommand } from './port.ts';

export type ThumbsClient = {
  /**
   * The small pictures of a segment; none where its file is gone, damaged or locked. Rejects with UNAVAILABLE (also `volume-silent`), and
   * with the system's words where the disk fails.
   */
  make(ask: ThumbsAsk): Promise<SmallPictures>;
  /** Volumes that have not come back to their thread. */
  hanging(): number[];
  stop(): Promise<void>;
};

/** Of each volume: who asks waits for the answer before it asks again. */
const maxWaiting = 4;

export function createThumbsClient(deps: VolumeLaneDeps<ThumbsCommand>): ThumbsClient {
  const lanes = createVolumeLanes<ThumbsCommand>({
    ...deps,
    maxWaiting,
    words: {
      worker: 'a worker that makes small pictures',
      does: 'makes small pictures',
      busy: 'Too many small pictures are being made at once.',
    },
  });
  return {
    async make(ask) {
      return (await lanes.ask(ask.volume, (id) => ({ op: 'ask', id, ask }))) as SmallPictures;
    },
    hanging: () => lanes.hanging(),
    stop: () => lanes.stop(),
  };
}
