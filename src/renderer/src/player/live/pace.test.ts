import { describe, expect, it } from 'vitest';
import { freshPace, stepPace } from './pace.ts';

describe('pace', () => {
  it('stays as it is while the decoder keeps up', () => {
    const fresh = freshPace(0);
    expect(stepPace(fresh, 40, 10_000)).toBe(fresh);
  });
  it('drops to key frames when behind and comes back after calm', () => {
    let pace = stepPace(freshPace(0), 800, 10_000);
    expect(pace.keysOnly).toBe(true);
    pace = stepPace(pace, 20, 12_000);
    expect(pace.keysOnly).toBe(true);
    pace = stepPace(pace, 20, 13_100);
    expect(pace.keysOnly).toBe(false);
  });
  it('asks for longer calm at every relapse', () => {
    let pace = freshPace(0);
    let now = 100_000;
    const calms: number[] = [];
    for (let i = 0; i < 7; i++) {
      pace = stepPace(pace, 900, now);
      calms.push(pace.calmMs);
      now += pace.calmMs + 1;
      pace = stepPace(pace, 10, now);
      expect(pace.keysOnly).toBe(false);
      now += 100;
    }
    expect(calms[0]).toBe(3000);
    expect(calms[1]).toBe(6000);
    expect(Math.max(...calms)).toBe(60_000);
  });
});
