import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseWorker,
  freshRecord,
  healthOf,
  strategies,
  tellRecord,
  usualAnswer,
  type WorkerLoad,
  type WorkerRecord,
} from './choose-worker.ts';

const load = fc
  .record({
    most: fc.integer({ min: 1, max: 8 }),
    given: fc.nat(8),
    waiting: fc.nat(8),
    answerMs: fc.option(fc.double({ min: 1, max: 500, noNaN: true })),
    health: fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: 1, noNaN: true })),
    warm: fc.boolean(),
  })
  .map((w) => ({ ...w, waiting: Math.min(w.waiting, w.given) }));
const loads = fc.array(load, { maxLength: 8 }).map((all) => all.map((w, id): WorkerLoad => ({ id, ...w })));
const hasRoom = (w: WorkerLoad): boolean => w.health > 0 && w.given < w.most;
const worker = (id: number, more: Partial<WorkerLoad> = {}): WorkerLoad => ({
  id,
  given: 0,
  waiting: 0,
  most: 2,
  answerMs: 10,
  health: 1,
  warm: true,
  ...more,
});

describe('choosing a worker', () => {
  it('chooses one with room if there is one, and no other', () => {
    fc.assert(
      fc.property(loads, fc.constantFrom(...strategies), fc.option(fc.nat(9)), (workers, strategy, last) => {
        const chosen = chooseWorker(strategy, workers, last);
        if (!workers.some(hasRoom)) expect(chosen).toBeNull();
        else expect(workers.some((w) => w.id === chosen && hasRoom(w))).toBe(true);
      }),
    );
  });

  it('keeps to what each strategy promises', () => {
    fc.assert(
      fc.property(loads, fc.option(fc.nat(9)), (workers, last) => {
        const free = workers.filter(hasRoom);
        fc.pre(free.length > 0);
        const by = (strategy: (typeof strategies)[number]): WorkerLoad =>
          workers[chooseWorker(strategy, workers, last) ?? -1] as WorkerLoad;
        const least = by('least-connections');
        const shortest = by('queue-length');
        for (const w of free) {
          expect(least.given / least.most).toBeLessThanOrEqual(w.given / w.most);
          expect(shortest.waiting).toBeLessThanOrEqual(w.waiting);
        }
        if (free.every((w) => w.answerMs !== null)) {
          const first = by('weighted-response');
          const expected = (w: WorkerLoad): number => ((w.given + 1) * (w.answerMs ?? 0)) / w.health;
          for (const w of free) expect(expected(first)).toBeLessThanOrEqual(expected(w));
        }
      }),
    );
  });

  it('goes round in turn, past those without room', () => {
    fc.assert(
      fc.property(loads, (workers) => {
        const free = workers.filter(hasRoom);
        fc.pre(free.length > 0);
        const turns: number[] = [];
        let last: number | null = null;
        for (let n = 0; n < free.length * 2; n += 1) {
          last = chooseWorker('round-robin', workers, last);
          turns.push(last ?? -1);
        }
        const ids = free.map((w) => w.id);
        expect(turns).toEqual([...ids, ...ids]);
      }),
    );
  });

  it('among equals takes one that has the model, then the soundest, then the next in turn', () => {
    const [cold, poor, sound] = [worker(0, { warm: false }), worker(1, { health: 0.5 }), worker(2)];
    expect(chooseWorker('least-connections', [cold, poor, sound], null)).toBe(2);
    expect(chooseWorker('least-connections', [cold, poor], null)).toBe(1);
    expect(chooseWorker('least-connections', [worker(0), worker(1), worker(2)], 1)).toBe(2);
    expect(chooseWorker('least-connections', [worker(0), worker(1), worker(2)], 2)).toBe(0);
  });

  it('evens out the work of workers of different speed', () => {
    const answerMs = [10, 20, 40];
    const done = [0, 0, 0];
    const busyUntil: number[][] = [[], [], []];
    for (let atMs = 0; atMs < 10_000; atMs += 6) {
      for (const line of busyUntil) while ((line[0] ?? Number.POSITIVE_INFINITY) <= atMs) line.shift();
      const chosen = chooseWorker(
        'weighted-response',
        answerMs.map((ms, id) => worker(id, { given: busyUntil[id]?.length ?? 0, most: 8, answerMs: ms })),
        null,
      );
      const line = busyUntil[chosen ?? -1];
      if (chosen === null || line === undefined) continue;
      line.push(Math.max(atMs, line.at(-1) ?? 0) + (answerMs[chosen] ?? 0));
      done[chosen] = (done[chosen] ?? 0) + 1;
    }
    expect(done[0]).toBeGreaterThan(done[1] ?? 0);
    expect(done[1]).toBeGreaterThan(done[2] ?? 0);
    expect(done[2]).toBeGreaterThan(0);
  });
});

describe('the health of a worker', () => {
  const outcomes = fc.array(fc.option(fc.double({ min: 1, max: 1_000, noNaN: true })), { maxLength: 60 });
  const after = (all: (number | null)[]): WorkerRecord => all.reduce(tellRecord, freshRecord);

  it('lies between 0 and 1, and is 0 only where the breaker lets nothing through', () => {
    fc.assert(
      fc.property(outcomes, fc.option(fc.double({ min: 1, max: 1_000, noNaN: true })), (all, usualMs) => {
        const health = healthOf(after(all), usualMs, false);
        expect(health).toBeGreaterThan(0);
        expect(health).toBeLessThanOrEqual(1);
        expect(healthOf(after(all), usualMs, true)).toBe(0);
      }),
    );
  });

  it('sinks with each failure, and comes back with jobs that go well', () => {
    fc.assert(
      fc.property(outcomes, (all) => {
        const before = after(all);
        const worse = tellRecord(before, null);
        expect(healthOf(worse, null, false)).toBeLessThanOrEqual(healthOf(before, null, false));
        const well = Array.from({ length: 40 }, () => 10).reduce<WorkerRecord>(tellRecord, worse);
        expect(healthOf(well, 10, false)).toBeGreaterThan(0.9);
      }),
    );
  });

  it('is less for one that is slower than its like', () => {
    expect(healthOf({ answerMs: 40, good: 1 }, 10, false)).toBe(0.25);
    expect(healthOf({ answerMs: 5, good: 1 }, 10, false)).toBe(1);
    expect(
      usualAnswer([{ answerMs: 9, good: 1 }, freshRecord, { answerMs: 3, good: 1 }, { answerMs: 70, good: 1 }]),
    ).toBe(9);
    expect(usualAnswer([freshRecord])).toBeNull();
  });
});
