import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import type { WorkerPort } from '#lib/worker-port.ts';
import { createQueryClient } from './client.ts';
import type { QueryCommand, QueryReport } from './port.ts';

/** A thread that answers when it is told to. */
function createThread() {
  let said: (message: QueryReport) => void = () => undefined;
  let ended: (why: string) => void = () => undefined;
  const asked: number[] = [];
  const port: WorkerPort<QueryCommand, QueryReport> = {
    post(command) {
      if (command.op === 'ask') asked.push(command.id);
      else ended('stopped');
    },
    onMessage: (listener) => {
      said = listener;
    },
    onExit: (listener) => {
      ended = listener;
    },
    kill: () => Promise.resolve(), // it hangs in the system
  };
  return {
    port,
    asked,
    answer: (value: unknown) => {
      for (const id of asked.splice(0)) said({ op: 'answer', id, value });
    },
    end: (why: string) => ended(why),
  };
}

describe('a query thread that hangs', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('fails what it was asked after a minute, and the other one answers all that is asked meanwhile', async () => {
    const threads: ReturnType<typeof createThread>[] = [];
    const queries = createQueryClient({
      clock: { ...systemClock, monoMs: () => performance.now() },
      log: quietLog,
      threads: 2,
      start: () => {
        const thread = createThread();
        threads.push(thread);
        return thread.port;
      },
    });
    queries.warm();
    const [hung, other] = threads;
    if (hung === undefined || other === undefined) throw new Error('two threads');
    const refused = expect(queries.bounds([])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(hung.asked).toHaveLength(1);
    const answers: unknown[] = [];
    for (let s = 0; s < 60; s += 1) {
      void queries.bounds([]).then((value) => answers.push(value));
      vi.advanceTimersByTime(1000);
      other.answer(s);
    }
    await refused;
    // Nothing goes to it any more, also while the other has much to do.
    const many = Array.from({ length: 20 }, () => queries.bounds([]));
    expect(other.asked).toHaveLength(20);
    other.answer('well');
    expect(new Set(await Promise.all(many))).toEqual(new Set(['well']));
    expect(answers.length).toBeGreaterThan(50);

    // It came back, ends, and another takes its place.
    hung.end('ended with code 1');
    vi.advanceTimersByTime(200);
    expect(threads).toHaveLength(3);
    const shared = [queries.bounds([]), queries.bounds([])];
    expect(threads[2]?.asked).toHaveLength(1);
    threads[2]?.answer('new');
    other.answer('old');
    expect((await Promise.all(shared)).length).toBe(2);
    const stopping = queries.stop();
    await vi.advanceTimersByTimeAsync(2000);
    await stopping;
  });

  it('is told at once where no thread answers', async () => {
    const thread = createThread();
    const queries = createQueryClient({ clock: systemClock, log: quietLog, threads: 1, start: () => thread.port });
    const first = expect(queries.bounds([])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    vi.advanceTimersByTime(60_000);
    await first;
    await expect(queries.bounds([])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const stopping = queries.stop();
    await vi.advanceTimersByTimeAsync(2000);
    await stopping;
  });
});
