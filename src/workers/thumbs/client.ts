import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import { createVolumeLanes } from '../lib/volume-lanes.ts';
import type { SmallPictures, ThumbsAsk, ThumbsCommand, ThumbsReport } from './port.ts';

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
/** Decoding one picture takes 3 s at most, reading it a moment: a volume that gives none for so long does not answer. */
const usualPatienceSeconds = 60;

export function createThumbsClient(deps: {
  clock: Clock;
  log: Log;
  start: () => WorkerPort<ThumbsCommand, ThumbsReport>;
  patienceSeconds?: number;
}): ThumbsClient {
  const { clock, log, start, patienceSeconds = usualPatienceSeconds } = deps;
  const lanes = createVolumeLanes<ThumbsCommand>({
    clock,
    log,
    start,
    stop: { op: 'stop' },
    maxWaiting,
    patienceSeconds,
    words: {
      worker: 'a worker that makes small pictures',
      stopped: 'The part of Vigie that makes small pictures stopped. It is being restarted.',
      busy: 'Too many small pictures are being made at once.',
      restarting: 'The part of Vigie that makes small pictures is being restarted.',
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
