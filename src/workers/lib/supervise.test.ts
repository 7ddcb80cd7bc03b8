import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { supervise } from './supervise.ts';

/** A thread as its supervisor sees it. */
function createThread() {
  let said: (message: string) => void = () => undefined;
  let ended: (why: string) => void = () => undefined;
  let killed = 0;
  return {
    say: (message: string) => said(message),
    end: (why: string) => ended(why),
    killed: () => killed,
    port: {
      post: () => undefined,
      onMessage: (listener: (message: string) => void) => {
        said = listener;
      },
      onExit: (listener: (why: string) => void) => {
        ended = listener;
      },
      kill: () => {
        killed += 1;
        ended('ended with code 1');
        return Promise.resolve();
      },
    },
  };
}

describe('a worker that is to end', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const stopping = (graceMs: number, mostMs?: number) => {
    const thread = createThread();
    const supervised = supervise<string, string>({
      clock: { ...systemClock, monoMs: () => performance.now() },
      start: () => thread.port,
      onMessage: () => undefined,
      onUp: () => undefined,
      onDown: () => undefined,
    });
    let ended: boolean | null = null;
    void supervised.stop('end', graceMs, mostMs).then((is) => (ended = is));
    return { thread, ended: () => ended };
  };

  it('is given time for as long as it says something, up to the most', async () => {
    const { thread, ended } = stopping(1_000, 5_000);
    for (let ms = 0; ms < 4_500; ms += 900) {
      await vi.advanceTimersByTimeAsync(900);
      thread.say('goes on');
      expect(thread.killed()).toBe(0);
    }
    await vi.advanceTimersByTimeAsync(500);
    expect(thread.killed()).toBe(1);
    expect(ended()).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is ended when it says nothing, and by default also when it speaks', async () => {
    const silent = stopping(1_000, 5_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(silent.thread.killed()).toBe(1);
    const speaks = stopping(1_000);
    await vi.advanceTimersByTimeAsync(600);
    speaks.thread.say('goes on');
    await vi.advanceTimersByTimeAsync(400);
    expect(speaks.thread.killed()).toBe(1);
  });
});

describe('a worker that says nothing', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const start = (silentSeconds?: number, busy?: () => boolean) => {
    const threads: ReturnType<typeof createThread>[] = [];
    const downs: string[] = [];
    let silences = 0;
    const supervised = supervise<string, string>({
      clock: { ...systemClock, monoMs: () => performance.now() },
      start: () => {
        const thread = createThread();
        threads.push(thread);
        return thread.port;
      },
      onMessage: () => undefined,
      onUp: () => undefined,
      onDown: (why) => downs.push(why),
      onSilent: () => {
        silences += 1;
      },
      ...(silentSeconds !== undefined && { silentSeconds }),
      ...(busy !== undefined && { busy }),
    });
    return { threads, downs, supervised, silences: () => silences };
  };

  it('is ended and started again, and that is what is told', () => {
    const { threads, downs, supervised } = start(30);
    for (let s = 0; s < 100; s += 10) {
      vi.advanceTimersByTime(10_000);
      threads[0]?.say('still here');
    }
    vi.advanceTimersByTime(29_000);
    expect(threads[0]?.killed()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(threads[0]?.killed()).toBe(1);
    expect(downs).toEqual(['said nothing for 30 s and was ended']);
    vi.advanceTimersByTime(200);
    expect(threads).toHaveLength(2);
    expect(supervised.restarts()).toBe(1);
    vi.advanceTimersByTime(25_000);
    expect(threads[1]?.killed()).toBe(0);
  });

  it('may be silent while it has nothing to say, and is waited for from when it has', () => {
    let busy = false;
    const { threads, downs, silences } = start(30, () => busy);
    vi.advanceTimersByTime(600_000);
    expect(threads).toHaveLength(1);
    busy = true;
    vi.advanceTimersByTime(29_000);
    expect(silences()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect([silences(), downs.length]).toEqual([1, 1]);
  });

  it('is told once where it cannot be ended, and goes on when it comes back', () => {
    const { threads, downs, silences, supervised } = start(30, () => true);
    const [first] = threads;
    if (first === undefined) throw new Error('no thread');
    first.port.kill = () => Promise.resolve(); // it hangs in the system
    vi.advanceTimersByTime(300_000);
    expect([silences(), downs.length, threads.length]).toEqual([1, 0, 1]);
    expect(supervised.restarts()).toBe(0);
    first.end('came back');
    vi.advanceTimersByTime(200);
    expect([downs.length, threads.length]).toEqual([1, 2]);
  });

  it('is not waited for at the end where it cannot be ended, and that is said', async () => {
    const { threads, supervised } = start(30, () => true);
    const [first] = threads;
    if (first === undefined) throw new Error('no thread');
    first.port.kill = () => Promise.resolve();
    const stopping = supervised.stop(null, 1_000);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(await stopping).toBe(false);
    const other = start().supervised.stop(null, 1_000);
    await vi.advanceTimersByTimeAsync(0);
    expect(await other).toBe(true);
  });

  it('is left alone where it may be silent', () => {
    const { threads, downs } = start();
    vi.advanceTimersByTime(3_600_000);
    expect([threads.length, downs.length]).toEqual([1, 0]);
  });
});
