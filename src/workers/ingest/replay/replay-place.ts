/**
 * Where pictures of a replay belong in the station's time, and which of them are wanted: none twice, none outside of the hole.
 * Pure.
 */
import type { VideoTrack } from '#media/format.ts';
import { createDecodeOrder } from '../lane/decode-order.ts';
import type { ReplayJob } from '../port.ts';
import type { KnownPictures } from './known-pictures.ts';
import { createReplayClock } from './replay-clock.ts';

/** Pictures further apart than this do not follow each other. */
const holeUs = 1_500_000;
/** A picture that goes back further than any reordering does. */
const backUs = 2_000_000;
/** So many pictures without a time: this camera does not tell any. */
const mostUntimed = 30;
const firstGuessUs = 40_000;
/** The same picture may have got times so far apart. */
const joinUs = 2_000_000;
/** Live times of one stream differ by so much from its camera's. A key picture that is the same as one further off is another. */
const waverUs = 300_000;

/** `known`: what is on disk right before the hole; `next`: what follows right after it. */
export function createReplayPlace(
  job: Pick<ReplayJob, 'fromMs' | 'toMs' | 'offsetMs' | 'marginMs'>,
  known: KnownPictures,
  next: KnownPictures,
  on: {
    format(track: VideoTrack): void;
    picture(unit: { key: boolean; ptsUs: number; dtsUs: number; data: Uint8Array[]; bytes: number }): void;
    interrupt(): void;
    complete(): void;
    untimed(): void;
  },
) {
  const clock = createReplayClock();
  const order = createDecodeOrder();
  const fromUs = job.fromMs * 1000;
  const toUs = job.toMs * 1000;
  let offsetUs = job.offsetMs * 1000;
  let matchedMs: number | null = null;
  let track: VideoTrack | null = null;
  let depth: number | null = null;
  let announce = false;
  /** Pictures are taken; else the next key picture is waited for. */
  let running = false;
  let highUs = Number.NEGATIVE_INFINITY;
  let frameUs = firstGuessUs;
  let untimed = 0;
  let timed = false;
  let ended = false;

  /** Nothing is taken any more, not even what came in the same read. */
  const complete = (): void => {
    ended = true;
    on.complete();
  };
  const interrupt = (): void => {
    if (running) on.interrupt();
    running = false;
    announce = track !== null;
    order.reset();
  };

  return {
    matchedMs: () => matchedMs,
    end() {
      ended = true;
    },
    marks: clock.note,
    broken() {
      if (!ended) interrupt();
    },
    video: {
      format(next: VideoTrack, reorder: number | null) {
        track = next;
        depth = reorder;
        announce = true;
      },
      damaged() {},
      picture(timestamp: number, key: boolean, data: Uint8Array[], bytes: number) {
        if (ended) return;
        const marks = clock.at(timestamp);
        if (marks === null) {
          untimed += 1;
          if (!timed && untimed >= mostUntimed) on.untimed();
          return;
        }
        timed = true;
        let us = marks.cameraUs - offsetUs;
        // Every one that is known counts: live times waver, and the one nearest to the hole tells best where the hole begins.
        if (key && (matchedMs === null || us < fromUs + waverUs)) {
          const trueUs = known.find({ data }, us, matchedMs === null ? (job.marginMs + 1_000) * 1_000 : waverUs);
          if (trueUs !== null) {
            offsetUs += us - trueUs;
            matchedMs = Math.round(offsetUs / 1000 - job.offsetMs);
            us = trueUs;
            highUs = Number.NEGATIVE_INFINITY;
          }
        }
        // Times of live pictures waver when a camera has just come back: what is in them says where to end.
        if (key && next.find({ data }, us, joinUs) !== null) {
          complete();
          return;
        }
        const stepUs = us - highUs;
        const again = key ? stepUs <= 0 : stepUs < -backUs;
        if (again || marks.discontinuity || (running && stepUs > holeUs)) interrupt();
        // A card may hold a span twice: what was taken is not taken again.
        if (!again && (key || running)) {
          if (running && stepUs > 1_000 && stepUs < 1_000_000) frameUs = stepUs;
          highUs = Math.max(highUs, us);
        }
        // The picture with which the live recording goes on is there already, whatever the two clocks say of its moment.
        const isBeyond = us > toUs - frameUs / 2;
        if (!again && !isBeyond && (running || (key && us >= fromUs)) && track !== null) {
          if (announce) {
            if (!key) return;
            announce = false;
            order.format(depth);
            on.format(track);
          }
          running = true;
          const dtsUs = order.dts(us);
          on.picture({ key, ptsUs: Math.max(us, dtsUs), dtsUs, data, bytes });
        }
        if (isBeyond && !again) {
          // In decoding order: what comes after may need what was left out.
          running = false;
          if (us > toUs) complete();
        }
        if (marks.terminal) complete();
      },
    },
  };
}
