/**
 * The queue before the models: bounded, urgent work first, cameras in turn, and of one camera the newest picture alone. Whatever
 * it drops is told with its reason. Pure; times are of one steady clock.
 */

/** urgent: a zone that can raise an alarm · usual: watching · idle: nobody waits for it (searches of the archive, transcripts). */
export const urgencies = ['urgent', 'usual', 'idle'] as const;
export type Urgency = (typeof urgencies)[number];

export type QueuedJob = {
  id: number;
  /** Who asks. Those who ask take turns. */
  from: string;
  /** A newer job of the same lane takes the place of one that waits: nobody needs the older picture then. null: each counts. */
  lane: string | null;
  urgency: Urgency;
  /** Jobs of one model can be given to a worker together. */
  model: string;
  /** Nobody needs its answer after this; null: it can wait. */
  untilMs: number | null;
};

/** newer: a newer picture came · full: there is no room · late: it waited for too long. */
export type DropReason = 'newer' | 'full' | 'late';
export type Dropped = { job: QueuedJob; why: DropReason };

export type JobQueue = {
  bound: number;
  /** In the order in which their lanes came. */
  waiting: readonly QueuedJob[];
  /** When each asker was last served, counted in jobs. */
  served: ReadonlyMap<string, number>;
  taken: number;
  /** How often work of an urgency waited while other work was taken. */
  passed: Readonly<Record<Urgency, number>>;
};

/** So often work is passed over by more urgent work before it comes first for once: nothing starves. */
export const patience: Readonly<Record<Urgency, number>> = { urgent: 1, usual: 8, idle: 32 };
/** Of so many askers it is remembered when they were served last. */
const mostRemembered = 2048;

export const emptyQueue = (bound: number): JobQueue => ({
  bound,
  waiting: [],
  served: new Map(),
  taken: 0,
  passed: { urgent: 0, usual: 0, idle: 0 },
});

const rank = (urgency: Urgency): number => urgencies.indexOf(urgency);
const moreUrgent = (a: Urgency, b: Urgency): Urgency => (rank(a) <= rank(b) ? a : b);

/** Takes a job in. What is dropped for it, or it itself, comes back. */
export function admitJob(queue: JobQueue, job: QueuedJob): [JobQueue, Dropped[]] {
  const at = job.lane === null ? -1 : queue.waiting.findIndex((w) => w.lane === job.lane);
  const old = queue.waiting[at];
  if (old !== undefined) {
    // It keeps the place and the urgency of the one before, or a camera that sends often would never come first.
    const newer = { ...job, urgency: moreUrgent(job.urgency, old.urgency) };
    return [{ ...queue, waiting: queue.waiting.with(at, newer) }, [{ job: old, why: 'newer' }]];
  }
  const all = [...queue.waiting, job];
  if (all.length <= queue.bound) return [{ ...queue, waiting: all }, []];
  const victim = leastMissed(all);
  return [{ ...queue, waiting: all.filter((w) => w !== victim) }, [{ job: victim, why: 'full' }]];
}

/** Of the least urgent jobs the oldest of who has most of them; of equals, of who came last. */
function leastMissed(all: readonly QueuedJob[]): QueuedJob {
  const least = Math.max(...all.map((w) => rank(w.urgency)));
  const byAsker = new Map<string, QueuedJob[]>();
  for (const job of all) {
    if (rank(job.urgency) !== least) continue;
    const theirs = byAsker.get(job.from);
    if (theirs === undefined) byAsker.set(job.from, [job]);
    else theirs.push(job);
  }
  let most: QueuedJob[] = [];
  for (const theirs of byAsker.values()) if (theirs.length >= most.length) most = theirs;
  return most[0] as QueuedJob;
}

/**
 * Takes the next job, and up to `most` in all of the same urgency and model, each of the asker that was served longest ago. Jobs whose
 * time is over are dropped first.
 */
export function takeJobs(
  queue: JobQueue,
  atMs: number,
  most: number,
): [JobQueue, { jobs: QueuedJob[]; late: Dropped[] }] {
  const isLate = (job: QueuedJob): boolean => job.untilMs !== null && job.untilMs <= atMs;
  const late: Dropped[] = queue.waiting.filter(isLate).map((job) => ({ job, why: 'late' }));
  const rest = late.length === 0 ? queue.waiting : queue.waiting.filter((job) => !isLate(job));
  const urgency = nextUrgency(rest, queue.passed);
  if (urgency === null || most < 1)
    return [
      { ...queue, waiting: rest, passed: countPassed(rest, queue.passed, null) },
      { jobs: [], late },
    ];
  const served = new Map(queue.served);
  const jobs: QueuedJob[] = [];
  let taken = queue.taken;
  while (jobs.length < most) {
    const next = longestUnserved(
      rest.filter(
        (job) => job.urgency === urgency && job.model === (jobs[0]?.model ?? job.model) && !jobs.includes(job),
      ),
      served,
    );
    if (next === null) break;
    jobs.push(next);
    // Set anew, so that the map stays in the order of serving.
    served.delete(next.from);
    served.set(next.from, taken);
    taken += 1;
  }
  for (const from of served.keys()) {
    if (served.size <= mostRemembered) break;
    served.delete(from);
  }
  return [
    {
      ...queue,
      waiting: rest.filter((job) => !jobs.includes(job)),
      served,
      taken,
      passed: countPassed(rest, queue.passed, urgency),
    },
    { jobs, late },
  ];
}

/** Takes jobs out that nobody waits for any more. */
export const withdrawJobs = (queue: JobQueue, ids: ReadonlySet<number>): JobQueue => ({
  ...queue,
  waiting: queue.waiting.filter((job) => !ids.has(job.id)),
});

function nextUrgency(waiting: readonly QueuedJob[], passed: JobQueue['passed']): Urgency | null {
  const there = urgencies.filter((urgency) => waiting.some((job) => job.urgency === urgency));
  const impatient = there.findLast((urgency) => urgency !== there[0] && passed[urgency] >= patience[urgency]);
  return impatient ?? there[0] ?? null;
}

function countPassed(
  waiting: readonly QueuedJob[],
  passed: JobQueue['passed'],
  taken: Urgency | null,
): JobQueue['passed'] {
  const next = { ...passed };
  for (const urgency of urgencies) {
    const waits = waiting.some((job) => job.urgency === urgency);
    if (!waits || urgency === taken) next[urgency] = 0;
    else if (taken !== null) next[urgency] += 1;
  }
  return next;
}

function longestUnserved(waiting: readonly QueuedJob[], served: ReadonlyMap<string, number>): QueuedJob | null {
  let best: QueuedJob | null = null;
  let bestAt = Number.POSITIVE_INFINITY;
  for (const job of waiting) {
    const at = served.get(job.from) ?? -1;
    if (at >= bestAt) continue;
    best = job;
    bestAt = at;
  }
  return best;
}
