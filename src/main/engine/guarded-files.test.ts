import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { guardFiles } from './guarded-files.ts';
import type { SegmentFiles, SegmentReader } from './segment-file-port.ts';
import { createVolumeGate } from './volume-gate.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Files of a disk that answers when it is told to. */
function rig() {
  const log: string[] = [];
  const answer = Promise.withResolvers<undefined>();
  const reader: SegmentReader = {
    encrypted: false,
    read: () => answer.promise.then(() => new Uint8Array(1)),
    async *chunks() {
      // nothing
    },
    close: () => Promise.resolve(void log.push('closed')),
  };
  const files = {
    open: async () => {
      await answer.promise;
      log.push('opened');
      return reader;
    },
  } as unknown as SegmentFiles;
  return { log, answer: () => answer.resolve(undefined), reader, files };
}
const silent = { code: 'UNAVAILABLE', data: { reason: 'volume-silent' } };

it('closes a file that a hanging disk opens when nobody waits for it any more', async () => {
  const { log, answer, files } = rig();
  const opening = guardFiles(files, createVolumeGate(4)).open('/a');
  const told = expect(opening).rejects.toMatchObject(silent);
  await vi.advanceTimersByTimeAsync(10_000);
  await told;
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(log).toEqual(['opened', 'closed']);
});

it('closes a file of a disk that hangs when it answers, and keeps nobody waiting for that', async () => {
  const { log, answer, reader, files } = rig();
  const gate = createVolumeGate(1);
  const guarded = guardFiles({ ...files, open: () => Promise.resolve(reader) }, gate);
  const file = await guarded.open('/a');
  const reading = expect(file?.read(0, 1)).rejects.toMatchObject(silent);
  await vi.advanceTimersByTimeAsync(10_000);
  await reading;
  expect(gate.hanging()).toBe(1);
  const closing = file?.close();
  await vi.advanceTimersByTimeAsync(0);
  await closing;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual([]);
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(log).toEqual(['closed']);
  expect(gate.hanging()).toBe(0);
});
