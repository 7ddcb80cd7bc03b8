import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../tests/support/until.ts';
import { createBell } from '../lib/bell.ts';
import { createNap, napMs } from './nap.ts';
import { tickMs } from './ticker.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Somebody who sends 20 times a second from a thread of its own, so that it goes on while this thread sleeps. */
async function sender(): Promise<{ socket: Socket; reads: number[]; bytes(): number }> {
  const reads: number[] = [];
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer((socket) => accepted.resolve(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const thread = new Worker(
    `const s = require('node:net').connect(${port}, '127.0.0.1');
     s.on('error', () => {});
     s.on('connect', () => setInterval(() => s.write(Buffer.alloc(5000)), 20));`,
    { eval: true },
  );
  const socket = await accepted.promise;
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => reads.push(chunk.length));
  cleanups.push(async () => {
    await thread.terminate();
    socket.destroy();
    server.close();
  });
  return { socket, reads, bytes: () => reads.reduce((a, b) => a + b, 0) };
}

describe('nap', () => {
  it('takes in one piece what came while it slept, and looks after each sleep', async () => {
    const from = await sender();
    await until('it sends', () => from.reads.length > 3);
    let looks = 0;
    const seen: number[] = [];
    let before = from.bytes();
    const nap = createNap({
      mayMs: () => 150,
      before() {
        looks++;
        seen.push(from.bytes() - before);
        before = from.bytes();
      },
    });
    cleanups.push(() => nap.stop());
    await until('some looks', () => looks >= 6);
    from.reads.length = 0;
    before = 0;
    seen.length = 0;
    const started = performance.now();
    const cpu = process.cpuUsage();
    looks = 0;
    await until('more looks', () => looks >= 8);
    const ms = performance.now() - started;
    // 150 ms less the spread of a fifth: never longer, and never without sleep
    expect(ms / looks).toBeGreaterThan(150 * 0.8 - 1);
    expect(seen.filter((bytes) => bytes >= 5 * 5000).length).toBeGreaterThanOrEqual(6);
    expect(from.reads.length).toBeLessThan(3 * looks);
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1000).toBeLessThan(ms); // it sleeps, it does not spin
  });

  it('does not sleep where somebody needs the thread at once, and then looks as often as the ticker ticks', async () => {
    const from = await sender();
    let looks = 0;
    const nap = createNap({ mayMs: () => 0, before: () => (looks += 1) });
    cleanups.push(() => nap.stop());
    await until('it sends', () => from.reads.length > 3);
    const [reads, before, started] = [from.reads.length, looks, performance.now()];
    await until('twenty more', () => from.reads.length >= reads + 20);
    const ms = performance.now() - started;
    expect(looks - before).toBeLessThanOrEqual(ms / tickMs + 1);
    expect(looks - before).toBeGreaterThanOrEqual(1);
    // read as they come, not gathered
    expect(Math.max(...from.reads.slice(reads))).toBeLessThanOrEqual(3 * 5000);
  });

  it('ends its sleep when it is asked anew and may not, and sleeps again when it may', async () => {
    let may = 60;
    let looks = 0;
    const nap = createNap({ mayMs: () => may, before: () => (looks += 1) });
    cleanups.push(() => nap.stop());
    await until('it naps', () => looks > 3);
    may = 0;
    const began = looks;
    let turns = 0;
    const spin = (): void => {
      turns++;
      if (looks < began + 3) setImmediate(spin);
    };
    spin();
    await until('awake looks', () => looks >= began + 3);
    expect(turns).toBeGreaterThan(100); // the loop ran freely
    may = 60;
    const asleep = looks;
    const started = performance.now();
    await until('it naps again', () => looks >= asleep + 5);
    expect((performance.now() - started) / 5).toBeLessThan(tickMs);
  });

  it('other work of the thread goes on between two sleeps', async () => {
    let looks = 0;
    const nap = createNap({ mayMs: () => 50, before: () => (looks += 1) });
    cleanups.push(() => nap.stop());
    const echo = createServer((socket) => void socket.pipe(socket));
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const client = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    cleanups.push(() => {
      client.destroy();
      echo.close();
    });
    await until('it naps', () => looks > 3);
    const before = looks;
    for (let i = 0; i < 5; i++) {
      client.write('x');
      await once(client, 'data');
    }
    // there and back: a few sleeps each at the most, and no way past them
    expect(looks - before).toBeGreaterThanOrEqual(5);
    expect(looks - before).toBeLessThanOrEqual(5 * 4);
  });

  it('ends a sleep when it is rung for, and not the next one', async () => {
    const bell = createBell();
    const thread = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       const cell = new Int32Array(workerData);
       parentPort.on('message', () => { Atomics.add(cell, 0, 1); Atomics.notify(cell, 0); });`,
      { eval: true, workerData: bell },
    );
    cleanups.push(() => thread.terminate());
    const looks: number[] = [];
    const nap = createNap({ bell, mayMs: () => napMs, before: () => void looks.push(performance.now()) });
    cleanups.push(() => nap.stop());
    const between = (): number[] => looks.slice(1).map((at, i) => at - (looks[i] ?? 0));
    const shortest = napMs * 0.8 - 5;
    await until('it naps', () => between().filter((ms) => ms >= shortest).length >= 2);
    looks.length = 0;
    thread.postMessage(0);
    await until('it woke and slept again', () => looks.length >= 4);
    expect(between().filter((ms) => ms < shortest)).toHaveLength(1);
  });

  it('when stopped looks no more', async () => {
    let looks = 0;
    const nap = createNap({ mayMs: () => 5, before: () => (looks += 1) });
    await until('it looks', () => looks > 5);
    nap.stop();
    const after = looks;
    const started = performance.now();
    await until('time passes', () => performance.now() - started > 2 * tickMs);
    expect(looks).toBe(after);
  });
});
