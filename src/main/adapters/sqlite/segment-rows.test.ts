import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { format, fullCamera, storeStage, t0 } from '../../../../tests/support/store-stage.ts';
import type { SegmentRow } from '../../engine/index-port.ts';

const stage = storeStage();

describe('segments and coverage', () => {
  it('keep coverage equal to what the segments say, whatever is done in whatever order', () => {
    const store = stage.open();
    const streamId = store.camera.add(fullCamera()).streamIds.main;
    // Slots of 10 s that never overlap; lengths leave holes below and above the tolerance.
    const step = fc.record({
      slot: fc.integer({ min: 0, max: 12 }),
      length: fc.constantFrom(0, 300, 9_000, 9_499, 9_500, 9_800, 10_000),
      op: fc.constantFrom('open', 'grow', 'seal', 'drop', 'adopt', 'correct'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        for (const { slot, length, op } of steps) {
          const startMs = t0 + slot * 10_000;
          const row: SegmentRow = { streamId, startMs, endMs: startMs + length, bytes: length, state: 'open', format };
          if (op === 'open') store.segment.open({ ...row, endMs: startMs });
          else if (op === 'grow') store.segment.grow([row]);
          else if (op === 'seal') store.segment.close(streamId, startMs, { ...row, state: 'sealed' });
          else if (op === 'drop') store.segment.drop(streamId, startMs);
          else if (op === 'adopt') store.segment.adopt({ ...row, state: 'recovered' });
          else store.segment.correct({ ...row, state: 'sealed' });
        }
        expect(store.faults()).toEqual([]);
        expect(store.counts().segments).toBe(store.segmentsFrom(streamId, 0, t0 * 2, 1000).length);
        for (let slot = 0; slot <= 12; slot++) store.segment.drop(streamId, t0 + slot * 10_000);
        expect(store.counts().segments).toBe(0);
      }),
      { numRuns: 60 },
    );
    store.close();
  });

  it('keep coverage equal to what the segments say where the clock was set back and they overlap', () => {
    const store = stage.open();
    const streamId = store.camera.add(fullCamera()).streamIds.main;
    // Two clocks went through the same minutes: whatever starts where, of whatever length.
    const step = fc.record({
      at: fc.integer({ min: 0, max: 40 }),
      seam: fc.constantFrom(0, 1),
      length: fc.constantFrom(0, 300, 9_000, 12_000, 60_000, 300_000),
      op: fc.constantFrom('adopt', 'adopt', 'grow', 'drop', 'correct'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        for (const { at, seam, length, op } of steps) {
          const startMs = t0 + at * 7_000 + seam;
          const row: SegmentRow = {
            streamId,
            startMs,
            endMs: startMs + length,
            bytes: 1,
            state: 'sealed',
            seam,
            format,
          };
          if (op === 'adopt') store.segment.adopt(row);
          else if (op === 'grow') store.segment.grow([row]);
          else if (op === 'drop') store.segment.drop(streamId, startMs);
          else store.segment.correct(row);
          expect(store.faults().filter((f) => f.what === 'coverage')).toEqual([]);
        }
        for (const { startMs } of store.segmentsFrom(streamId, 0, t0 * 2, 1000)) store.segment.drop(streamId, startMs);
      }),
      { numRuns: 25 },
    );
    store.close();
  });

  it('never touches a segment that is indexed already when it is adopted again', () => {
    const store = stage.open();
    const streamId = store.camera.add(fullCamera()).streamIds.main;
    const row: SegmentRow = { streamId, startMs: t0, endMs: t0 + 60_000, bytes: 9, state: 'sealed', format };
    store.segment.adopt(row);
    store.segment.adopt({ ...row, endMs: t0 + 1, bytes: 1, state: 'recovered' });
    store.segment.grow([{ ...row, endMs: t0 + 90_000 }]);
    expect(store.lastSegment(streamId)).toEqual({ ...row, volume: 1, origin: 'live' });
    store.close();
  });

  it('undoes everything of a transaction that fails', () => {
    const store = stage.open();
    const streamId = store.camera.add(fullCamera()).streamIds.main;
    const odd = { ...format, codecs: 'odd' };
    expect(() =>
      store.together(() => {
        store.segment.adopt({ streamId, startMs: t0, endMs: t0 + 1000, bytes: 1, state: 'sealed', format: odd });
        throw new Error('stop');
      }),
    ).toThrow('stop');
    expect(store.counts().segments).toBe(0);
    store.segment.adopt({ streamId, startMs: t0, endMs: t0 + 1000, bytes: 1, state: 'sealed', format: odd });
    expect(store.lastSegment(streamId)?.format).toEqual(odd);
    expect(store.faults()).toEqual([]);
    store.close();
  });

  it('remembers no format number of a transaction that failed', () => {
    const store = stage.open();
    const streamId = store.camera.add(fullCamera()).streamIds.main;
    const row: SegmentRow = { streamId, startMs: t0, endMs: t0 + 1000, bytes: 1, state: 'sealed', format };
    const wide = { ...format, width: 64 };
    expect(() =>
      store.together(() => {
        // Twice: the second finds what the first has made.
        for (const at of [0, 2000]) store.segment.adopt({ ...row, startMs: t0 + at, endMs: t0 + at + 1000 });
        throw new Error('stop');
      }),
    ).toThrow('stop');
    store.segment.adopt({ ...row, format: wide });
    store.segment.adopt({ ...row, startMs: t0 + 2000, endMs: t0 + 3000 });
    expect(store.segmentsFrom(streamId, t0, t0 + 2000, 2).map((s) => s.format)).toEqual([wide, format]);
    store.close();
  });
});
