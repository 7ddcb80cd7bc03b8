/** The worker's mind without its thread: commands in, reports out. `worker.ts` gives it a thread, tests call it as it is. */
import type { MessagePort } from 'node:worker_threads';
import type { Clock } from '#lib/clock.ts';
import { createStillness } from '#lib/stillness.ts';
import type { StreamId } from '#domain/id.ts';
import { firstSegmentMs } from '#domain/segment.ts';
import { createBehind } from './behind.ts';
import { createGrown } from './grown.ts';
import { createGiven } from './live/given.ts';
import { createFfmpegOpener } from './lane/ffmpeg-source.ts';
import { createLane, type Lane, type LaneDeps } from './lane/lane.ts';
import { openNativeSource } from './lane/native-source.ts';
import { createMetadataReader, type MetadataReader } from './metadata/reader.ts';
import { withMetadata } from './metadata/source.ts';
import { probe } from './lane/probe.ts';
import { createStationTime } from './lane/station-time.ts';
import { writeAll, type IngestCommand, type IngestReport, type IngestSetup } from './port.ts';
import { createHeldDisk } from './lane/held-disk.ts';
import { createRecordDisk } from './record/disk.ts';
import { createVolumeKeys } from './record/volume-keys.ts';
import { createGate } from './record/gate.ts';
import { createPreRollMemory } from './record/pre-roll.ts';
import { createRecorder } from './record/recorder.ts';
import { lastWrites } from './last-writes.ts';
import { createSlabPool } from './slab-pool.ts';
import { busyNapMs, createNap, napMs, shortNapMs } from './nap.ts';
import { createTalk, type Talk } from './talk/talk.ts';
import { replay } from './replay/replay.ts';
import { createTicker } from './ticker.ts';

export type Ingest = {
  command(command: IngestCommand): void;
};

const usageMs = 10_000;
/** Receive memory that has not been needed for so long is given back. */
const trimMs = 10_000;
const lookMs = 1000;
/** What segments grew by is told this often: each message costs both threads. */
const grownMs = 400;

export function createIngest(deps: {
  setup: IngestSetup;
  clock: Clock;
  post(report: IngestReport, transfer?: ArrayBuffer[]): void;
  /** Seconds of CPU this worker used so far, and bytes of its heap and buffers. */
  usage(): { cpuSeconds: number; heapBytes: number };
  /** Everything is closed: nothing of this keeps the thread. */
  drained(): void;
}): Ingest {
  const { setup, clock, post } = deps;
  const time = createStationTime(clock);
  const ticker = createTicker(clock);
  const slabs = createSlabPool();
  const disk = createHeldDisk(createRecordDisk(), slabs);
  const keys = createVolumeKeys();
  const preRolls = createPreRollMemory(setup.maxPreRollBytes);
  const grown = createGrown(post);
  const behind = createBehind(post);
  const stillness = createStillness();
  const lanes = new Map<StreamId, Lane>();
  const readers = new Map<StreamId, MetadataReader>();
  let yielding: ReadonlySet<StreamId> = new Set();
  const ending = new Set<Promise<void>>();
  const talks = new Map<number, Talk>();
  const replays = new Map<number, { stop: AbortController; over: Promise<void> }>();
  const probes = new AbortController();
  const sources: Pick<LaneDeps, 'native' | 'fallback'> = {
    native: openNativeSource,
    fallback: setup.ffmpeg === null ? null : createFfmpegOpener(setup.ffmpeg),
  };
  let pictures: MessagePort | null = null;
  let sound: MessagePort | null = null;
  let draining = false;
  let probing = 0;
  let nextGrown = ticker.monoMs() + grownMs;
  let nextLook = ticker.monoMs() + lookMs;
  let nextUsage = ticker.monoMs() + usageMs;
  let nextTrim = ticker.monoMs() + trimMs;

  const failed =
    (what: string) =>
    (error: unknown): void => {
      post({
        op: 'log',
        level: 'error',
        text: `${what} failed`,
        fields: { reason: error instanceof Error ? error.message : String(error) },
      });
    };

  ticker.add((now) => {
    stillness.look(now);
    if (now >= nextGrown) {
      nextGrown = now + grownMs;
      grown.flush();
    }
    if (now >= nextLook) {
      nextLook = now + lookMs;
      const { steppedMs, sleptMs } = time.look() ?? { steppedMs: 0, sleptMs: 0 };
      if (steppedMs !== 0) post({ op: 'clock-jumped', byMs: steppedMs });
      for (const lane of steppedMs === 0 && sleptMs === 0 ? [] : lanes.values()) {
        if (steppedMs !== 0) lane.clockStepped(steppedMs);
        if (sleptMs !== 0) lane.slept();
      }
      const streams = [...lanes]
        .filter(([, lane]) => lane.changed())
        .map(([streamId, lane]) => ({ streamId, status: lane.status() }));
      if (streams.length > 0) post({ op: 'status', streams });
      behind.look(lanes.values());
    }
    if (now >= nextUsage) {
      nextUsage = now + usageMs;
      post({ op: 'usage', ...deps.usage() });
    }
    if (now >= nextTrim) {
      nextTrim = now + trimMs;
      slabs.trim();
    }
  });

  function mayNapMs(): number {
    if (lanes.size === 0 || talks.size > 0) return 0;
    let ms = probing > 0 || ending.size > 0 || disk.creating() ? shortNapMs : napMs;
    if (disk.waiting()) ms = busyNapMs;
    for (const lane of lanes.values()) ms = Math.min(ms, lane.mayNapMs());
    return ms;
  }

  /** Resolves when the stream is closed and forgotten. */
  async function stop(streamId: StreamId): Promise<void> {
    const lane = lanes.get(streamId);
    lanes.delete(streamId);
    readers.delete(streamId);
    if (lane === undefined) return;
    const stopping = lane.stop();
    ending.add(stopping);
    try {
      await stopping;
    } finally {
      ending.delete(stopping);
    }
  }

  async function drain(): Promise<void> {
    draining = true;
    nap.stop();
    probes.abort();
    for (const talk of talks.values()) talk.stop();
    for (const { stop: halt } of replays.values()) halt.abort();
    const all = [...ending, ...[...replays.values()].map((r) => r.over), ...[...lanes.keys()].map(stop)];
    await lastWrites({
      ...{ clock, over: Promise.allSettled(all), done: disk.done },
      goesOn: () => post({ op: 'draining' }),
    });
    ticker.stop();
    pictures?.close();
    pictures = null;
    sound?.close();
    sound = null;
    grown.flush();
    post({ op: 'drained' });
    deps.drained();
  }

  const nap = createNap({
    ...(setup.bell !== undefined && { bell: setup.bell }),
    mayMs: mayNapMs,
    before() {
      for (const lane of lanes.values()) lane.writeDue();
    },
  });

  post({ op: 'ready' });

  return {
    command(command) {
      if (draining) return;
      switch (command.op) {
        case 'start': {
          const { stream } = command;
          const start = (): void => {
            if (draining || lanes.has(stream.streamId)) return;
            const reader = createMetadataReader(stream, { time, ticker, post });
            readers.set(stream.streamId, reader);
            const lane = createLane({
              stream,
              setup,
              time,
              ticker,
              slabs,
              post,
              recorded: grown.report,
              given: createGiven(stream.streamId, { pictures: () => pictures, sound: () => sound }),
              ...sources,
              native: withMetadata(reader),
              record: (target, manner, notBeforeMs, report) =>
                createGate({
                  manner,
                  memory: preRolls,
                  holds: slabs,
                  maxPendingBytes: setup.maxPendingBytes,
                  nowMs: () => time.nowMs(),
                  monoMs: () => clock.monoMs(),
                  recorder: createRecorder({
                    streamId: stream.streamId,
                    kind: stream.kind,
                    target,
                    notBeforeMs,
                    firstMs: firstSegmentMs(stream.streamId),
                    maxPendingBytes: setup.maxPendingBytes,
                    clock,
                    heldSince: stillness.heldSince,
                    boot: setup.boot,
                    disk,
                    encryption: keys.writing,
                    report,
                  }),
                }),
            });
            lane.giveWay(yielding.has(stream.streamId));
            lanes.set(stream.streamId, lane);
          };
          // a start for a running stream replaces it
          if (lanes.has(stream.streamId)) stop(stream.streamId).then(start, failed('replacing a stream'));
          else start();
          break;
        }
        case 'stop':
          stop(command.streamId).then(
            () => post({ op: 'stopped', streamId: command.streamId }),
            failed('stopping a stream'),
          );
          break;
        case 'record':
          lanes
            .get(command.streamId)
            ?.record(command.record, command.manner ?? writeAll, command.move ?? 'turn')
            .catch(failed('changing the recording'));
          break;
        case 'give-way':
          yielding = new Set(command.streamIds);
          for (const [streamId, lane] of lanes) lane.giveWay(yielding.has(streamId));
          break;
        case 'keys':
          keys.take(command.volumes);
          break;
        case 'watch':
          lanes.get(command.streamId)?.watch(command.on);
          break;
        case 'metadata':
          readers.get(command.streamId)?.want(command.want);
          break;
        case 'pictures-to':
          pictures?.close();
          pictures = command.port;
          break;
        case 'show':
          lanes.get(command.streamId)?.show(command.order);
          break;
        case 'sound-to':
          sound?.close();
          sound = command.port;
          break;
        case 'hear':
          lanes.get(command.streamId)?.hear(command.order);
          break;
        case 'probe':
          probing++;
          probe(command, { time, ticker, slabs, ...sources }, probes.signal).then((outcome) => {
            probing--;
            post({ op: 'probed', probeId: command.probeId, outcome });
          }, failed('a probe'));
          break;
        case 'talk': {
          const { talkId } = command;
          talks.set(talkId, createTalk(command, { ticker, slabs, post, over: () => talks.delete(talkId) }));
          break;
        }
        case 'talk-sound':
          talks.get(command.talkId)?.sound(command.sound);
          break;
        case 'talk-end':
          talks.get(command.talkId)?.end();
          break;
        case 'replay': {
          const { replayId, job } = command;
          const controller = new AbortController();
          const over = replay(replayId, job, { time, ticker, slabs, clock, disk, keys, post }, controller.signal).then(
            (outcome) => {
              replays.delete(replayId);
              post({ op: 'replayed', replayId, outcome });
            },
            failed('a replay'),
          );
          replays.set(replayId, { stop: controller, over });
          break;
        }
        case 'replay-stop':
          replays.get(command.replayId)?.stop.abort();
          break;
        case 'drain':
          drain().catch(failed('draining'));
          break;
      }
    },
  };
}
