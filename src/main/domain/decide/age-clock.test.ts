import { expect, it } from 'vitest';
import { startAgeClock, tellAgeClock } from './age-clock.ts';

const hour = 3_600_000;
const at = (wallMs: number, monoMs: number) => ({ wallMs, monoMs });

it('follows the clock while it runs, and back at once', () => {
  let age = startAgeClock(null, at(1000 * hour, 0));
  age = tellAgeClock(age, at(1000.5 * hour, 0.5 * hour));
  expect(age.nowMs).toBe(1000.5 * hour);
  age = tellAgeClock(age, at(900 * hour, 0.6 * hour));
  expect(age).toMatchObject({ nowMs: 900 * hour, sinceMonoMs: null });
});

it('does not believe a clock that was set far ahead until it has stayed so for an hour', () => {
  let age = startAgeClock(999 * hour, at(1000 * hour, 0));
  age = tellAgeClock(age, at(9000 * hour, 60_000));
  expect(age).toMatchObject({ nowMs: 1000 * hour + 60_000, sinceMonoMs: 60_000 });
  age = tellAgeClock(age, at(9000.9 * hour, 0.9 * hour));
  expect(age.nowMs).toBe(1000.9 * hour);
  age = tellAgeClock(age, at(9001.1 * hour, 1.1 * hour));
  expect(age).toMatchObject({ nowMs: 9001.1 * hour, sinceMonoMs: null });
});

it('forgets the doubt when the clock is put right', () => {
  let age = startAgeClock(null, at(1000 * hour, 0));
  age = tellAgeClock(age, at(9000 * hour, 1));
  age = tellAgeClock(age, at(1000.5 * hour, 0.5 * hour));
  expect(age).toMatchObject({ nowMs: 1000.5 * hour, sinceMonoMs: null });
});

it('doubts at the start that a month has passed', () => {
  expect(startAgeClock(1000 * hour, at(1000 * hour + 30 * 24 * hour, 5)).sinceMonoMs).toBeNull();
  expect(startAgeClock(1000 * hour, at(1000 * hour + 32 * 24 * hour, 5))).toEqual({
    nowMs: 1000 * hour,
    monoMs: 5,
    sinceMonoMs: 5,
  });
});
