import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { quietLog, type Log, type LogFields } from './log.ts';
import { createRepeats } from './repeats.ts';

describe('what happens again and again', () => {
  let lines: [string, LogFields | undefined][] = [];
  const log: Log = { ...quietLog, warn: (text, fields) => lines.push([text, fields]) };
  beforeEach(() => {
    lines = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is one line at once, and one a minute that tells how many and the worst', () => {
    const repeats = createRepeats(log);
    for (const ms of [120, 300, 900, 200]) repeats.warn('slow', { by: { query: 'a' }, more: { ms }, weight: ms });
    expect(lines).toEqual([['slow', { query: 'a', ms: 120 }]]);
    vi.advanceTimersByTime(60_000);
    expect(lines.slice(1)).toEqual([['slow', { query: 'a', ms: 900, times: 3 }]]);
    repeats.warn('slow', { by: { query: 'a' }, more: { ms: 150 }, weight: 150 });
    vi.advanceTimersByTime(60_000);
    expect(lines.slice(2)).toEqual([['slow', { query: 'a', ms: 150, times: 1 }]]);
  });

  it('is told by kind, and a kind that was not heard of for a minute is a new one', () => {
    const repeats = createRepeats(log);
    for (const query of ['a', 'b', 'a']) repeats.warn('slow', { by: { query } });
    repeats.warn('other');
    expect(lines.map(([text, fields]) => [text, fields?.['query']])).toEqual([
      ['slow', 'a'],
      ['slow', 'b'],
      ['other', undefined],
    ]);
    vi.advanceTimersByTime(120_000);
    expect(lines).toHaveLength(4);
    repeats.warn('slow', { by: { query: 'a' } });
    expect(lines.at(-1)).toEqual(['slow', { query: 'a' }]);
  });

  it('of equal ones the last is told, and what was counted at the end too', () => {
    const repeats = createRepeats(log, 10_000);
    for (const camera of ['x', 'y', 'z']) repeats.warn('failed', { more: { camera } });
    repeats.end();
    expect(lines).toEqual([
      ['failed', { camera: 'x' }],
      ['failed', { camera: 'z', times: 2 }],
    ]);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});
