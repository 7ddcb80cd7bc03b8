import { expect, it } from 'vitest';
import { createTurns } from './turns.ts';

it('lets so many through at once, the others in their order, whatever they end with, and refuses what is too much', async () => {
  const turns = createTurns(2, 2);
  const begun: number[] = [];
  const end: (() => void)[] = [];
  const work = (n: number, fails = false) =>
    turns(
      () =>
        new Promise<number>((resolve, reject) => {
          begun.push(n);
          end[n] = () => {
            if (fails) reject(new Error('no'));
            else resolve(n);
          };
        }),
    );
  const first = work(0, true).catch(() => -1);
  const second = work(1);
  const third = work(2);
  const fourth = work(3);
  await expect(work(4)).rejects.toMatchObject({ code: 'TOO_MANY' });
  expect(begun).toEqual([0, 1]);
  end[0]?.();
  expect(await first).toBe(-1);
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  end[1]?.();
  expect(await second).toBe(1);
  end[2]?.();
  await third;
  end[3]?.();
  expect(await fourth).toBe(3);
  const fifth = work(5);
  end[5]?.();
  expect(await fifth).toBe(5);
});
