/**
 * Which worker gets the next job, and how well each is. A worker may be a thread here or, later, another station: nothing in here
 * depends on which. Pure.
 */

export const strategies = ['least-connections', 'weighted-response', 'round-robin', 'queue-length'] as const;
/**
 * least-connections: who has the fewest jobs for what it can bear · weighted-response: who is expected to answer first ·
 * round-robin: each in turn · queue-length: where the fewest wait.
 */
export type Strategy = (typeof strategies)[number];

export type WorkerLoad = {
  id: number;
  /** Jobs that it was given and has not answered. */
  given: number;
  /** Of these, how many wait behind others there. */
  waiting: number;
  /** So many can be given to it. */
  most: number;
  /** Smoothed time of its answers, ms; null: it has not answered yet. */
  answerMs: number | null;
  /** 0 … 1; 0: nothing is given to it. */
  health: number;
  /** The model is loaded there. */
  warm: boolean;
};

/** How a worker did, smoothed over its last jobs. */
export type WorkerRecord = { answerMs: number | null; good: number };
export const freshRecord: WorkerRecord = { answerMs: null, good: 1 };

/** Weight of the newest job in what is smoothed. */
const newest = 0.2;
/** What an answer is taken to last where no worker has given one, ms. */
const supposedMs = 50;

/** A job ended: well in `ms`, or not (null). */
export function tellRecord(record: WorkerRecord, ms: number | null): WorkerRecord {
  const good = record.good + newest * ((ms === null ? 0 : 1) - record.good);
  if (ms === null) return { ...record, good };
  return { good, answerMs: record.answerMs === null ? ms : record.answerMs + newest * (ms - record.answerMs) };
}

/**
 * Health, 0 … 1: how many of its jobs go well, less where it is slower than is usual among its like (`usualMs`; null: not known).
 * 0 where its breaker lets nothing through.
 */
export function healthOf(record: WorkerRecord, usualMs: number | null, open: boolean): number {
  if (open) return 0;
  const slow =
    record.answerMs === null || usualMs === null || record.answerMs <= usualMs ? 1 : usualMs / record.answerMs;
  // Never quite 0: only the breaker takes a worker out.
  return Math.max(0.01, Math.min(1, record.good * slow));
}

/** The middle one of the workers' times; null: none has answered. */
export function usualAnswer(records: readonly WorkerRecord[]): number | null {
  const times = records.flatMap((r) => (r.answerMs === null ? [] : [r.answerMs])).sort((a, b) => a - b);
  return times[Math.floor((times.length - 1) / 2)] ?? null;
}

/** The worker for a job; null: none has room. `last`: who got the one before. */
export function chooseWorker(strategy: Strategy, workers: readonly WorkerLoad[], last: number | null): number | null {
  const free = workers.filter((w) => w.health > 0 && w.given < w.most);
  if (free.length === 0) return null;
  const turn = inTurn(free, last);
  if (strategy === 'round-robin') return turn[0]?.id ?? null;
  const usualMs = usualAnswer(workers.map((w) => ({ answerMs: w.answerMs, good: 1 })));
  let best = turn[0] as WorkerLoad;
  for (const worker of turn) if (isBetter(worker, best, usualMs, strategy)) best = worker;
  return best.id;
}

/** From the one after `last` on, by number. */
function inTurn(workers: readonly WorkerLoad[], last: number | null): WorkerLoad[] {
  const order = [...workers].sort((a, b) => a.id - b.id);
  const from = last === null ? 0 : order.findIndex((w) => w.id > last);
  return from <= 0 ? order : [...order.slice(from), ...order.slice(0, from)];
}

function isBetter(a: WorkerLoad, b: WorkerLoad, usualMs: number | null, strategy: Weighing): boolean {
  const [x, y] = [costOf(a, strategy, usualMs), costOf(b, strategy, usualMs)];
  if (x !== y) return x < y;
  // Loading a model takes longer than most jobs; a sound worker before a poor one; else who comes first in turn.
  if (a.warm !== b.warm) return a.warm;
  return a.health > b.health;
}

type Weighing = Exclude<Strategy, 'round-robin'>;

function costOf(worker: WorkerLoad, strategy: Weighing, usualMs: number | null): number {
  switch (strategy) {
    case 'least-connections':
      return worker.given / worker.most;
    case 'queue-length':
      return worker.waiting;
    case 'weighted-response':
      return ((worker.given + 1) * (worker.answerMs ?? usualMs ?? supposedMs)) / worker.health;
  }
}
