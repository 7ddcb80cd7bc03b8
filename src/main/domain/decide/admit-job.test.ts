import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admitJob,
  emptyQueue,
  patience,
  takeJobs,
  urgencies,
  withdrawJobs,
  type Dropped,
  type JobQueue,
  type QueuedJob,
} from './admit-job.ts';

const cameras = ['a', 'b', 'c', 'd', 'e'];
const anyJob = fc.record({
  from: fc.constantFrom(...cameras),
  lane: fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e')),
  urgency: fc.constantFrom(...urgencies),
  model: fc.constantFrom('m', 'n'),
  untilMs: fc.option(fc.integer({ min: 0, max: 200 })),
});
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ op: fc.constant('admit' as const), job: anyJob }) },
    { weight: 2, arbitrary: fc.record({ op: fc.constant('take' as const), most: fc.integer({ min: 1, max: 4 }) }) },
  ),
  { maxLength: 150 },
);

const job = (id: number, more: Partial<QueuedJob> = {}): QueuedJob => ({
  id,
  from: 'a',
  lane: null,
  urgency: 'usual',
  model: 'm',
  untilMs: null,
  ...more,
});
const fill = (queue: JobQueue, jobs: QueuedJob[]): JobQueue => jobs.reduce((q, j) => admitJob(q, j)[0], queue);

describe('the queue before the models', () => {
  it('never holds more than its bound or two of one lane, and loses no job without saying so', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 12 }), (all, bound) => {
        let queue = emptyQueue(bound);
        const given: number[] = [];
        const gone: number[] = [];
        const drop = (dropped: Dropped[]): void => {
          gone.push(...dropped.map((d) => d.job.id));
        };
        all.forEach((step, id) => {
          if (step.op === 'admit') {
            given.push(id);
            const [next, dropped] = admitJob(queue, { id, ...step.job });
            queue = next;
            drop(dropped);
          } else {
            const [next, { jobs, late }] = takeJobs(queue, id, step.most);
            queue = next;
            drop(late);
            gone.push(...jobs.map((j) => j.id));
            expect(jobs.length).toBeLessThanOrEqual(step.most);
            expect(new Set(jobs.map((j) => `${j.model} ${j.urgency}`)).size).toBeLessThanOrEqual(1);
            for (const taken of jobs) expect(taken.untilMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(id);
          }
          expect(queue.waiting.length).toBeLessThanOrEqual(bound);
          const lanes = queue.waiting.flatMap((w) => (w.lane === null ? [] : [w.lane]));
          expect(new Set(lanes).size).toBe(lanes.length);
        });
        const there = [...gone, ...queue.waiting.map((w) => w.id)].sort((a, b) => a - b);
        expect(there).toEqual(given);
      }),
    );
  });

  it('gives urgent work first, and lets nothing starve', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), (takes) => {
        let queue = fill(emptyQueue(50), [
          job(1, { from: 'idle', urgency: 'idle' }),
          job(2, { from: 'usual', urgency: 'usual' }),
        ]);
        const waited = { urgent: 0, usual: 0, idle: 0 };
        for (let n = 0; n < takes; n += 1) {
          // Somebody asks for more urgent work all the time, and for more of each other kind when it was served.
          for (const urgency of urgencies)
            if (!queue.waiting.some((w) => w.urgency === urgency))
              queue = fill(queue, [job(100 + n * 3 + urgencies.indexOf(urgency), { from: urgency, urgency })]);
          const [next, { jobs }] = takeJobs(queue, n, 1);
          queue = next;
          for (const urgency of urgencies) waited[urgency] = jobs[0]?.urgency === urgency ? 0 : waited[urgency] + 1;
          expect(waited.urgent).toBeLessThanOrEqual(2);
          expect(waited.usual).toBeLessThanOrEqual(patience.usual + 1);
          expect(waited.idle).toBeLessThanOrEqual(patience.idle + 1);
        }
      }),
    );
    const queue = fill(emptyQueue(9), [job(1, { urgency: 'idle' }), job(2), job(3, { urgency: 'urgent' })]);
    expect(takeJobs(queue, 0, 1)[1].jobs[0]?.id).toBe(3);
  });

  it('serves cameras in turn, however much one of them asks for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...cameras), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 3 }),
        (froms, most) => {
          let queue = fill(
            emptyQueue(100),
            froms.map((from, id) => job(id, { from })),
          );
          const served: string[] = [];
          while (queue.waiting.length > 0) {
            const [next, { jobs }] = takeJobs(queue, 0, most);
            queue = next;
            served.push(...jobs.map((j) => j.from));
          }
          // Nobody is served twice while somebody waits who was served less often.
          const counts = new Map<string, number>();
          const left = new Map<string, number>();
          for (const from of froms) left.set(from, (left.get(from) ?? 0) + 1);
          for (const from of served) {
            const mine = counts.get(from) ?? 0;
            for (const [other, n] of left) if (n > 0) expect(mine).toBeLessThanOrEqual(counts.get(other) ?? 0);
            counts.set(from, mine + 1);
            left.set(from, (left.get(from) ?? 0) - 1);
          }
        },
      ),
    );
  });

  it('puts a newer picture in the place of an older one, which stays as urgent as it was', () => {
    const queue = fill(emptyQueue(9), [
      job(1, { lane: 'gate', urgency: 'urgent' }),
      job(2, { from: 'b', lane: 'yard', urgency: 'urgent' }),
    ]);
    const [next, dropped] = admitJob(queue, job(3, { lane: 'gate' }));
    expect(dropped).toEqual([{ job: job(1, { lane: 'gate', urgency: 'urgent' }), why: 'newer' }]);
    expect(takeJobs(next, 0, 1)[1].jobs).toEqual([job(3, { lane: 'gate', urgency: 'urgent' })]);
  });

  it('makes room by the least urgent work of who asks for most', () => {
    fc.assert(
      fc.property(fc.array(anyJob, { minLength: 3, maxLength: 30 }), (jobs) => {
        let queue = emptyQueue(jobs.length - 1);
        jobs.forEach((j, id) => {
          const before = [...queue.waiting, { id, ...j, lane: null }];
          const [next, dropped] = admitJob(queue, { id, ...j, lane: null });
          queue = next;
          for (const { job: out, why } of dropped) {
            expect(why).toBe('full');
            const order = (w: QueuedJob): number => urgencies.indexOf(w.urgency);
            expect(order(out)).toBe(Math.max(...before.map(order)));
            const same = before.filter((w) => w.urgency === out.urgency);
            const many = (from: string): number => same.filter((w) => w.from === from).length;
            expect(many(out.from)).toBe(Math.max(...same.map((w) => many(w.from))));
          }
        });
      }),
    );
    const full = fill(emptyQueue(2), [job(1), job(2, { from: 'b' })]);
    expect(admitJob(full, job(3, { from: 'c' }))[1]).toEqual([{ job: job(3, { from: 'c' }), why: 'full' }]);
    expect(admitJob(full, job(3, { urgency: 'urgent' }))[1][0]?.job.urgency).toBe('usual');
  });

  it('gives jobs of one model together, and forgets those that are withdrawn', () => {
    const queue = fill(emptyQueue(9), [
      job(1, { model: 'm' }),
      job(2, { from: 'b', model: 'n' }),
      job(3, { from: 'c', model: 'm' }),
    ]);
    expect(takeJobs(queue, 0, 4)[1].jobs.map((j) => j.id)).toEqual([1, 3]);
    expect(takeJobs(withdrawJobs(queue, new Set([1])), 0, 4)[1].jobs.map((j) => j.id)).toEqual([2]);
  });

  it('does not remember without end who was served', () => {
    let queue = emptyQueue(4);
    for (let n = 0; n < 5_000; n += 1) [queue] = takeJobs(fill(queue, [job(n, { from: String(n) })]), 0, 1);
    expect(queue.served.size).toBeLessThanOrEqual(2048);
  });
});
