/**
 * Reads what tiles and previews need for a moment before they ask for it piece by piece: all wishes of an instant in one
 * request, whose answer fills the reader. Never fails: what it does not bring is read in the ordinary way.
 */
import { decodeMoments, maxMoments, momentText, type MomentAsk } from '#contract/moment.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Reader } from './reader.ts';

/** Requests under way; wishes that come meanwhile wait together for the next. */
const maxFlights = 2;
const answerWithinMs = 5_000;

export type MomentWish = {
  cameraId: CameraId;
  prefer: StreamKind;
  atMs: number;
  what: MomentAsk['what'];
  /** A wish that nobody has any more is not asked. */
  signal?: AbortSignal;
};

export type Moments = {
  /** Resolves when the reader has what there is for a moment, at once where it has it already. */
  want(wish: MomentWish): Promise<void>;
  /** This machine cannot decode a camera's stream: not read any more. */
  refuse(cameraId: CameraId, stream: StreamKind): void;
  /** Where several of the station's clocks recorded a moment: the run that is wanted from now on; null: the best. */
  prefer(run: number | null): void;
};

/** Resolves after all that is to be done now: who wakes together asks together. */
function createTurn(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let waiting: (() => void)[] = [];
  port1.onmessage = () => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  return () =>
    new Promise((resolve) => {
      if (waiting.push(resolve) === 1) port2.postMessage(null);
    });
}

/** Null: the station does not answer this. */
async function askStation(asks: MomentAsk[]): Promise<Uint8Array<ArrayBuffer> | null> {
  const query = asks.map((ask) => `of=${encodeURIComponent(momentText(ask))}`).join('&');
  const signal = AbortSignal.timeout(answerWithinMs);
  const answer = await fetch(`/media/moments?${query}`, { credentials: 'same-origin', cache: 'no-store', signal });
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
}

export function createMoments(reader: Pick<Reader, 'knows' | 'learn'>, fetchMoments = askStation): Moments {
  const turn = createTurn();
  const refused = new Set<string>();
  const queue: { ask: MomentAsk; signal: AbortSignal | undefined; done: () => void }[] = [];
  let flights = 0;
  let take: number | null = null;

  async function send(): Promise<void> {
    if (flights >= maxFlights) return; // the next one that ends goes on
    const batch = queue.splice(0, maxMoments);
    const wanted = batch.filter((w) => w.signal?.aborted !== true);
    if (wanted.length > 0) {
      flights += 1;
      try {
        await read(wanted.map((w) => w.ask));
      } catch {
        // Read in the ordinary way, which says what is wrong.
      }
      flights -= 1;
    }
    for (const { done } of batch) done();
    if (queue.length > 0) void send();
  }

  async function read(asks: MomentAsk[]): Promise<void> {
    const answer = await fetchMoments(asks);
    if (!answer) return;
    decodeMoments(answer).forEach((moment, i) => {
      const ask = asks[i];
      // Of what was asked before another run was wanted nothing is kept.
      if (ask && moment.head && (ask.clock ?? null) === take) reader.learn(ask, moment.head, moment.init, moment.bytes);
    });
  }

  return {
    async want({ cameraId, prefer, atMs, what, signal }) {
      const order: StreamKind[] = prefer === 'sub' ? ['sub', 'main'] : ['main', 'sub'];
      const streams = order.filter((stream) => !refused.has(`${cameraId}/${stream}`));
      if (streams.length === 0) return;
      const clock = take === null ? {} : { clock: take };
      const ask = { cameraId, streams, atMs: Math.max(0, Math.floor(atMs)), what, ...clock };
      const known = reader.knows(ask);
      if (known === 'all') return;
      const done = new Promise<void>((resolve) => queue.push({ ask: { ...ask, known }, signal, done: resolve }));
      if (queue.length === 1) void turn().then(send);
      await done;
    },
    refuse(cameraId, stream) {
      refused.add(`${cameraId}/${stream}`);
    },
    prefer(run) {
      take = run;
    },
  };
}
