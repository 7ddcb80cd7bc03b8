/** `bench retention`: what it costs to decide and to delete on an index of five million segments, and who notices. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ClockSeam } from '#domain/clock-seam.ts';
import { planRetention } from '#domain/decide/plan-retention.ts';
import { CameraId, StreamId } from '#domain/id.ts';
import { ruleOf, untouched } from '#domain/retention.ts';
import { dayMs } from '#domain/time.ts';
import { systemClock, type Clock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import type { QueryCommand, QueryReport, QuerySetup } from '#workers/query/port.ts';
import { createQueryClient } from '#workers/query/client.ts';
import { startThread } from '#workers/lib/thread.ts';
import { createSegmentFiles } from '../src/main/adapters/files/index.ts';
import { noArchives } from '../tests/support/no-archives.ts';
import { onlyOwnVolume } from '../src/main/engine/only-own-volume.ts';
import { createKeeping } from '../src/main/engine/keeping.ts';
import { createRetentionQueues } from '../src/main/engine/retention-queues.ts';
import { createStreamStatuses } from '../src/main/engine/stream-statuses.ts';
import type { Outcome } from './outcome.ts';
import { median, quantile, rounded } from './outcome.ts';
import { indexOf, openStore } from './timeline.ts';

const cameras = 64;
/** Its clock was always right. */
const noSeams: readonly ClockSeam[] = [];
const pixels = 1920;
/** Segments that have a file, so that deleting them is what it is. */
const files = 6_400;
/** What a file holds here; a real one holds 15 MB, in as few pieces of the disk. */
const fileBytes = 64 * 1024;
const segmentBytes = 15_000_000;

export async function benchRetention(options: {
  segments: number;
  events: number;
  rounds: number;
  cache: string;
  say: (text: string) => void;
}): Promise<Outcome> {
  const { say } = options;
  const { path: kept, facts } = indexOf(options.cache, { ...options, archived: 0 }, say);
  const dir = mkdtempSync(join(tmpdir(), 'vigie-retention-bench-'));
  try {
    const path = join(dir, 'index.db');
    copyFileSync(kept, path);
    return await measure({ ...options, dir, path, fromMs: facts.fromMs, toMs: facts.toMs });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure(o: {
  segments: number;
  events: number;
  rounds: number;
  dir: string;
  path: string;
  fromMs: number;
  toMs: number;
  say: (text: string) => void;
}): Promise<Outcome> {
  const clock: Clock = { ...systemClock, nowMs: () => o.toMs, nowUs: () => o.toMs * 1000 };
  const store = openStore(o.path);
  store.rebuildStored();
  const root = join(o.dir, 'video');
  mkdirSync(root);
  const disk = createSegmentFiles(root);
  const streams = store.streams();
  const station = { ...untouched, main: { maxDays: null, minDays: 1, maxBytes: null, eventDays: 365 } };
  const rule = ruleOf(station, { main: null, sub: null, legalDays: null }, 'main');

  // A plan from nothing: what a station does at its start, and after every change of the rules.
  const planMs: number[] = [];
  for (let round = 0; round < 20; round++) {
    const began = performance.now();
    const queues = createRetentionQueues({
      store: store.retention,
      held: () => [],
      favour: () => station.events,
      seams: () => noSeams,
      refused: () => false,
      version: () => 0,
    });
    const shelves = streams.map((s) => ({
      streamId: s.id,
      cameraId: s.cameraId,
      volume: 1,
      rule,
      bytes: 0,
      doubted: null,
    }));
    const byStream = new Map(shelves.map((s) => [s.streamId, s]));
    for (;;) {
      const plan = planRetention({
        nowMs: o.toMs,
        shelves: shelves.map((s) => queues.shelf(s, 1)),
        needs: [{ volume: 1, bytes: 1e15, emergencyBytes: 0 }],
        limit: 128,
      });
      for (const { shelf, of } of plan.short) {
        const mine = byStream.get(shelf.streamId);
        if (mine !== undefined) queues.fill(mine, of, 1);
      }
      if (plan.short.length === 0 || plan.doomed.length >= 128) break;
    }
    planMs.push(performance.now() - began);
  }

  o.say(`  writing ${files} files`);
  for (const stream of streams) {
    for (const { startMs } of store.retention.finished(stream.id, 0, files / streams.length)) {
      const file = disk.path(stream.folder, stream.kind, startMs);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, new Uint8Array(fileBytes));
    }
  }

  const setup: QuerySetup = { path: o.path };
  const queries = createQueryClient({
    clock: systemClock,
    log: quietLog,
    start: () =>
      startThread<QueryCommand, QueryReport>(
        new URL('../src/workers/query/worker.ts', import.meta.url),
        'query',
        setup,
      ),
  });
  const streamIds = streams.map((s) => StreamId.parse(s.id));
  const cameraIds = streams.map((s) => s.cameraId);
  const days = Math.floor((o.toMs - o.fromMs) / dayMs) - 2;
  const dayView = async (n: number): Promise<number> => {
    const fromMs = o.fromMs + dayMs * (1 + (n % days));
    const window = { fromMs, toMs: fromMs + dayMs, grainMs: dayMs / pixels };
    const began = performance.now();
    await Promise.all([
      queries.coverage({ streamIds, ...window }),
      queries.ticks({ cameraIds, ...window, limit: 2000 }),
      queries.bounds(streamIds),
    ]);
    return performance.now() - began;
  };
  for (let n = 0; n < 10; n++) await dayView(n);
  const quiet: number[] = [];
  for (let n = 0; n < o.rounds; n++) quiet.push(await dayView(n));

  const newId = createUlids(() => systemClock.nowMs());
  const seen = { totalBytes: 1e15, freeBytes: 0 };
  const keeping = createKeeping({
    clock,
    log: quietLog,
    store,
    queries,
    cameras: () => store.cameras(),
    statuses: createStreamStatuses({ clock, changed: () => undefined }),
    volumes: onlyOwnVolume(disk),
    ...noArchives,
    files: disk,
    events: { note: () => null, finish: () => undefined },
    newId,
    description: () => null,
    camera: (id) => {
      const stream = store.streams().find((s) => s.cameraId === CameraId.parse(id));
      return stream === undefined ? null : { folder: stream.folder, name: stream.camera, group: null };
    },
    bare: () => undefined,
    // As much is missing as the files stand for; no emergency, so that it rests as it does in a station.
    seams: () => noSeams,
    disks: () => [
      {
        volume: 1,
        path: root,
        device: '',
        seen,
        full: false,
        reserveBytes: 0,
        writeBytesPerSecond: (files * segmentBytes) / 600,
      },
    ],
  });
  const before = store.counts().segments;
  const usedBefore = process.cpuUsage();
  const began = performance.now();
  keeping.retention.start(o.toMs);
  const busy: number[] = [];
  const gone = (): number => before - store.counts().segments;
  for (let n = 0; gone() < files * 0.98; n++) {
    busy.push(await dayView(n));
    if (performance.now() - began > 120_000) break;
  }
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(usedBefore);
  const deleted = gone();
  await keeping.stop();
  await queries.stop();
  store.close();
  return {
    name: 'retention',
    figures: {
      planMs: rounded(median(planMs)),
      planP95Ms: rounded(quantile(planMs, 0.95)),
      deletesPerSecond: rounded(deleted / seconds),
      apiP95Ms: rounded(quantile(busy, 0.95)),
      apiQuietP95Ms: rounded(quantile(quiet, 0.95)),
      cpuMsPerDelete: rounded((used.user + used.system) / 1000 / Math.max(1, deleted)),
      deleted,
      cameras,
      segments: o.segments,
    },
    goals: { planMs: '<= 50', deletesPerSecond: '>= 20', apiP95Ms: '<= 20' },
  };
}
