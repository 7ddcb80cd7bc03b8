/** Questions to the watch worker that are answered once, or not: pictures, encoded and as they are. */
import type { WatchCommand, WatchReport } from '#workers/watch/port.ts';

type Answer = Extract<WatchReport, { op: 'jpeg' | 'picture' }>;
type Ask = Extract<WatchCommand, { op: 'still' | 'encode' | 'picture' }>;

const patienceMs = 5_000;

export type WatchAsks = {
  /** null: there is none, the worker is away, or it does not answer within 5 s. `ask`: with the id that its answer comes with. */
  jpeg(ask: (id: number) => Ask): Promise<Extract<Answer, { op: 'jpeg' }>['jpeg']>;
  /** As `jpeg`. */
  picture(ask: (id: number) => Ask): Promise<Extract<Answer, { op: 'picture' }>['shown']>;
  answered(answer: Answer): void;
  /** The worker is gone: what was asked is not answered any more. */
  gone(): void;
};

/** `post`: false where the worker is away. */
export function createWatchAsks(post: (ask: Ask) => boolean): WatchAsks {
  const waiting = new Map<number, { done: (answer: Answer | null) => void; timer: ReturnType<typeof setTimeout> }>();
  let next = 1;
  const settle = (id: number, answer: Answer | null): void => {
    const mine = waiting.get(id);
    waiting.delete(id);
    clearTimeout(mine?.timer);
    mine?.done(answer);
  };
  const put = (ask: (id: number) => Ask): Promise<Answer | null> =>
    new Promise((done) => {
      const id = next++;
      const timer = setTimeout(() => {
        settle(id, null);
      }, patienceMs);
      waiting.set(id, { done, timer });
      if (!post(ask(id))) settle(id, null);
    });
  return {
    async jpeg(ask) {
      const answer = await put(ask);
      return answer?.op === 'jpeg' ? answer.jpeg : null;
    },
    async picture(ask) {
      const answer = await put(ask);
      return answer?.op === 'picture' ? answer.shown : null;
    },
    answered(answer) {
      settle(answer.id, answer);
    },
    gone() {
      for (const id of [...waiting.keys()]) settle(id, null);
    },
  };
}
