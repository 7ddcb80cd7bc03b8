import { expect, it } from 'vitest';
import type { GapInput } from '#domain/decide/track-gaps.ts';
import type { StreamId } from '#domain/id.ts';
import { quietLog } from '#lib/log.ts';
import type { IngestStream } from '#workers/ingest/port.ts';
import { cameraRow } from '../../../tests/support/camera-row.ts';
import type { CameraRecord } from './index-port.ts';
import { createIngest } from './ingest.ts';

/** A camera whose recordings end at 60 s, at a station that starts at 90 s. */
function rig() {
  const camera: CameraRecord = { ...cameraRow(), streamIds: { main: 1 as StreamId, sub: null } };
  const told: GapInput[] = [];
  const started: IngestStream[] = [];
  const recorded: number[] = [];
  const nothing = (): undefined => undefined;
  const ingest = createIngest({
    clock: { nowMs: () => 90_000, monoMs: () => 0, nowUs: () => 0 },
    log: quietLog,
    store: {
      ...{ lastSegment: () => null, openGap: () => null, wantedRuns: () => [], segmentsFrom: () => [] },
      retention: { deletedUntil: () => null },
    } as never,
    secrets: {} as never,
    volumes: { choose: () => ({ volume: 1, root: '/video', sync: 'durable' }), release: nothing, unasked: nothing },
    pool: () =>
      ({ start: (stream: IngestStream) => started.push(stream), record: (id: number) => recorded.push(id) }) as never,
    recovery: () => Promise.resolve({ coveredMs: 60_000, segments: 0, bytes: 0, fromMs: 0, toMs: 0, short: [] }),
    journal: { add: nothing } as never,
    gaps: { tell: (_, input) => told.push(input), forget: nothing },
    segments: { open: () => null, coveredMs: () => 0 } as never,
    statuses: { say: nothing } as never,
    events: { note: () => null },
    recordings: () => ({
      order: () => ({ wanted: true, armed: false, audio: true, preRollMs: 0, fromMs: 90_000 }),
      continuous: () => [{ fromMs: 60_000, toMs: 90_000 }],
    }),
    metadata: () => null,
  });
  return { camera, ingest, told, started, recorded };
}

it('leaves a camera that is changed before the station has come to it to its start, which accounts for the time that it was off', async () => {
  const { camera, ingest, told, started, recorded } = rig();
  const after = { ...camera, name: 'Yard' };
  await ingest.change(camera, after);
  expect(told).toEqual([]);
  await ingest.resume(after, 61_000);
  expect(told).toMatchObject([{ is: 'station-start', coveredMs: 60_000, atMs: 90_000 }]);
  expect(started).toMatchObject([{ streamId: 1, notBeforeMs: 60_000, label: 'Yard main' }]);
  // From then on a change is heeded.
  expect(recorded).toEqual([]);
  await ingest.change(after, { ...after, name: 'Street' });
  expect(recorded).toEqual([1]);
});
