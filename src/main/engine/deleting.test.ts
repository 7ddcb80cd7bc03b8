import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { format, fullCamera, storeStage, t0 } from '../../../tests/support/store-stage.ts';
import type { IndexStore } from '../adapters/sqlite/index.ts';
import { createDeleting, type Deleting, type ToDelete } from './deleting.ts';

describe('deleting while the disk with the index is slow', () => {
  const stage = storeStage();
  let store: IndexStore;
  let deleting: Deleting;
  let work: ToDelete;
  let kept: PromiseWithResolvers<undefined>;
  let removed: number[];
  beforeEach(() => {
    store = stage.open();
    const { main } = store.camera.add(fullCamera()).streamIds;
    const stream = store.streams().find((s) => s.id === main);
    if (stream === undefined) throw new Error('no stream');
    store.segment.adopt({ streamId: main, startMs: t0, endMs: t0 + 60_000, bytes: 1000, state: 'sealed', format });
    work = { stream, segments: store.retention.finished(main, t0, 1), reason: 'age' };
    kept = Promise.withResolvers();
    removed = [];
    deleting = createDeleting({
      store: { retention: store.retention, durable: () => kept.promise },
      volumes: {
        filesOf: () => ({
          remove(_, segments) {
            removed.push(...segments.map((s) => s.startMs));
            return Promise.resolve({ gone: [...segments], refused: [], trouble: null });
          },
        }),
      },
      ...{ clock: systemClock, log: quietLog, streams: () => store.streams() },
      isHeld: () => false,
      bare: () => undefined,
    });
  });
  afterEach(() => {
    kept.resolve(undefined);
    store.close();
  });
  /** What is under way has come as far as it can by itself. */
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('no file goes before its mark outlasts a power cut', async () => {
    const done = deleting.delete([work]);
    await turn();
    expect(store.retention.marks()).toMatchObject([{ fromMs: t0, toMs: t0 }]);
    expect(removed).toEqual([]);
    kept.resolve(undefined);
    expect(await done).toMatchObject({ gone: 1 });
    expect(removed).toEqual([t0]);
    expect(store.retention.marks()).toEqual([]);
  });

  it('nobody waits for it at the end: the mark stays, and nothing goes', async () => {
    const done = deleting.delete([work]);
    await turn();
    deleting.halt();
    expect(await done).toMatchObject({ gone: 0 });
    expect(removed).toEqual([]);
    expect(store.retention.marks()).toHaveLength(1);
  });

  it('nothing goes where the disk refuses to keep the mark', async () => {
    kept.reject(new Error('EIO'));
    await expect(deleting.delete([work])).rejects.toThrow('EIO');
    expect(removed).toEqual([]);
    kept = Promise.withResolvers();
  });
});
