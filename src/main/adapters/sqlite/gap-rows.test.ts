import { describe, expect, it } from 'vitest';
import { format, fullCamera, storeStage, t0 } from '../../../../tests/support/store-stage.ts';

const stage = storeStage();

describe('gaps of a clock that jumped', () => {
  it('leave out what was recorded of their time before, and give way where the clock is set back into them', () => {
    const store = stage.open();
    const { main } = store.camera.add(fullCamera()).streamIds;
    const q = stage.queries();
    const gaps = () =>
      (q.coverage({ streamIds: [main], fromMs: t0 - 200_000, toMs: t0 + 900_000, grainMs: 0 })[0]?.gaps ?? []).map(
        (g) => [g.cause, g.fromMs - t0, (g.toMs ?? Number.NaN) - t0],
      );
    const span = { streamId: main, startMs: t0, endMs: t0 + 60_000, bytes: 1, state: 'sealed' as const, format };
    store.segment.adopt(span);
    // Set back by 100 s and right again: the minute in between was recorded.
    store.gap.open(main, t0 - 100_000, 'clock-jump');
    store.gap.close(main, t0 + 70_000);
    expect(gaps()).toEqual([
      ['clock-jump', -100_000, 0],
      ['clock-jump', 60_000, 70_000],
    ]);
    store.gap.add({ streamId: main, fromMs: t0 + 100_000, toMs: t0 + 400_000, cause: 'clock-jump' });
    store.gap.add({ streamId: main, fromMs: t0 + 500_000, toMs: t0 + 600_000, cause: 'camera-lost' });
    store.gap.passAgain(main, t0 + 150_000);
    expect(gaps().slice(2)).toEqual([
      ['clock-jump', 100_000, 150_000],
      ['camera-lost', 500_000, 600_000],
    ]);
    store.gap.passAgain(main, t0 - 150_000);
    expect(gaps()).toEqual([['camera-lost', 500_000, 600_000]]);
    q.close();
    store.close();
  });
});
