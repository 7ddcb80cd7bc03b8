import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { storeStage } from '../../../tests/support/store-stage.ts';
import { createIndexJournal } from './index-journal.ts';

const stage = storeStage();
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('waits with its second while the log of the index is begun anew, and with nothing else', () => {
  const store = stage.open();
  let held = true;
  const journal = createIndexJournal({ store, clock: systemClock, log: quietLog, holds: () => held });
  const add = (key: string): void => {
    journal.add(({ setting }) => {
      setting.set(key, 'told');
    });
  };
  const told = (...keys: string[]) => keys.map((key) => store.setting.get(key));
  journal.start();
  try {
    add('a');
    vi.advanceTimersByTime(5_000);
    expect(told('a')).toEqual([null]);
    journal.flush();
    add('b');
    expect(told('a', 'b')).toEqual(['told', null]);
    held = false;
    vi.advanceTimersByTime(1_000);
    held = true;
    add('c');
    expect(told('b', 'c')).toEqual(['told', null]);
    journal.stop();
    expect(told('c')).toEqual(['told']);
  } finally {
    journal.stop();
    store.close();
  }
});
