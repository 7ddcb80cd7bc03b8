import { afterEach, describe, expect, it } from 'vitest';
import type { PtzVelocity } from '#domain/ptz.ts';
import { systemClock } from '#lib/clock.ts';
import { until } from '../../../tests/support/until.ts';
import { createMover, type Mover, type MoverDoor } from './ptz-mover.ts';

const open: Mover[] = [];
afterEach(() => {
  for (const mover of open.splice(0)) mover.close();
});
const velocity = (pan: number): PtzVelocity => ({ pan, tilt: 0, zoom: 0 });

/** A head that answers as it is told; `heard` is what it was sent, in order. */
function rig(answer: Partial<MoverDoor> = {}) {
  const heard: { what: number | 'stop'; atMs: number }[] = [];
  const mover = createMover({
    clock: systemClock,
    door: {
      async move(v, timeoutMs) {
        heard.push({ what: v.pan, atMs: performance.now() });
        await answer.move?.(v, timeoutMs);
      },
      async stop() {
        heard.push({ what: 'stop', atMs: performance.now() });
        await answer.stop?.();
      },
    },
    silent: () => undefined,
    changed: () => undefined,
    gaveUp: () => undefined,
  });
  open.push(mover);
  return { mover, heard, whats: () => heard.map((h) => h.what) };
}

describe('moving a head', () => {
  it('says stop until the head confirms it, when the hand is gone', async () => {
    let deaf = 3;
    const { mover, heard, whats } = rig({
      stop: () => (deaf-- > 0 ? Promise.reject(new Error('no answer')) : Promise.resolve()),
    });
    await mover.move(velocity(1), 200);
    await until('it is confirmed', () => heard.length === 5);
    expect(whats()).toEqual([1, 'stop', 'stop', 'stop', 'stop']);
    expect((heard[1]?.atMs ?? 0) - (heard[0]?.atMs ?? 0)).toBeLessThan(400);
    expect(mover.moving()).toBe(false);
  });

  it('tells who stops that the first try failed, and goes on; a new move ends that', async () => {
    const { mover, whats } = rig({ stop: () => Promise.reject(new Error('no answer')) });
    await mover.move(velocity(1), 5_000);
    await expect(mover.stop()).rejects.toThrow('no answer');
    await until('it is tried again', () => whats().filter((w) => w === 'stop').length >= 2);
    await mover.move(velocity(-1), 5_000);
    const stops = whats().filter((w) => w === 'stop').length;
    const sinceMs = performance.now();
    await until('no more stops come', () => performance.now() - sinceMs > 1_200);
    expect(whats().filter((w) => w === 'stop')).toHaveLength(stops);
    expect(whats().at(-1)).toBe(-1);
  });

  it('stops once more behind a move that was under way', async () => {
    const slow = Promise.withResolvers<undefined>();
    const { mover, whats } = rig({ move: () => slow.promise });
    const moving = mover.move(velocity(1), 5_000);
    const stopping = mover.stop();
    await until('the stop is not held up', () => whats().join() === '1,stop');
    slow.resolve(undefined);
    await Promise.all([moving, stopping]);
    expect(whats()).toEqual([1, 'stop', 'stop']);
  });

  it('sends the newest of what comes too fast, and the same again only to keep it going', async () => {
    const { mover, heard, whats } = rig();
    const all = Array.from({ length: 50 }, (_, i) => mover.move(velocity((i + 1) / 50), 800));
    await Promise.all(all);
    expect(whats()[0]).toBe(1 / 50);
    expect(whats().at(-1)).toBe(1);
    expect(heard).toHaveLength(2);
    expect((heard[1]?.atMs ?? 0) - (heard[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(95);
    const sinceMs = performance.now();
    await until('held for 1.5 s', async () => {
      await mover.move(velocity(1), 800);
      return performance.now() - sinceMs > 1_500;
    });
    // Its own timeout is 1.3 s: renewed every 650 ms.
    expect(heard.length).toBeGreaterThanOrEqual(4);
    expect(heard.length).toBeLessThanOrEqual(5);
    expect(whats()).not.toContain('stop');
  });
});
