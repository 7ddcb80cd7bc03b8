/**
 * Listens to cameras: says which streams' sound goes to the listen worker, and takes what it says. Only cameras of which a person said
 * so, and only while their sound may be recorded too. Nothing that records waits for any of it.
 */
import type { WorkerKind } from '#contract/station.ts';
import type { MessagePort } from 'node:worker_threads';
import type { CameraId, StreamId } from '#domain/id.ts';
import type { SoundState, SoundTrouble } from '#domain/sound.ts';
import type { StreamKind, StreamStatus } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { heardSlotBytes } from '#workers/ingest/port.ts';
import type { ListenOrder, ListenReport } from '#workers/listen/port.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { Ffmpeg } from './ffmpeg-port.ts';
import type { CameraRecord } from './index-port.ts';
import type { RecordedSound } from './recorded-sound.ts';
import type { ListenWorker, StartListenWorker } from './sound-port.ts';
import type { SoundRules } from './sound-rules.ts';

const tickMs = 1_000;
const stopMs = 1_000;
/** No sound for so long: it is asked for anew, with a place in memory that nobody holds. */
const stuckMs = 20_000;
/** No sound for so long is said. */
const quietMs = 8_000;
/** Sound that was left out within so long is said, ms. */
const busyMs = 60_000;

export type SoundHeard = Extract<ListenReport, { op: 'heard' }>;
export type SoundGiven = Extract<ListenReport, { op: 'sound' }>;

/** Who hears what the worker says. */
export type SoundEars = {
  heard(camera: CameraRecord, heard: SoundHeard): void;
  sound(camera: CameraRecord, sound: SoundGiven): void;
  /** It is not listened to now. */
  unheard(id: CameraId): void;
};

type Stream = { id: StreamId; kind: StreamKind; codec: string };
type Listened = {
  camera: CameraRecord;
  stream: Stream;
  /** What was ordered, as text: told again when it is another. */
  ordered: string;
  slot: SharedArrayBuffer;
  askedMono: number;
  cameMono: number | null;
  droppedSeenMs: number;
  droppedMono: number;
  trouble: SoundTrouble | null;
};
type Counts = { heardMs: number; droppedMs: number; lastMs: number | null };

export type ListeningRoom = {
  start(): void;
  stop(): Promise<void>;
  /** What is set for a camera, or what it is, may be another now. */
  settle(): void;
  /** Whether somebody looks at its level. */
  live(id: CameraId, on: boolean): void;
  state(id: CameraId): SoundState;
  workers(): { kind: WorkerKind; streams: number; restarts: number; cpuSeconds: number }[];
  /** Frames of a span as sound of 16 kHz; null: they cannot be decoded. */
  decode(sound: RecordedSound, fromMs: number, toMs: number): Promise<Float32Array | null>;
  forget(id: CameraId): void;
};

export function createListening(deps: {
  clock: Clock;
  log: Log;
  ffmpeg: Pick<Ffmpeg, 'found'>;
  startWorker: StartListenWorker;
  pool: () => Pick<IngestPool, 'soundTo' | 'hear'>;
  records: () => CameraRecord[];
  status: (streamId: StreamId, kind: StreamKind) => StreamStatus;
  rules: Pick<SoundRules, 'settings'>;
  /** Whether there is a model for its speech. */
  detects: () => boolean;
  ears: () => SoundEars;
}): ListeningRoom {
  const { clock, log, rules } = deps;
  const listened = new Map<CameraId, Listened>();
  const byStream = new Map<StreamId, Listened>();
  const counts = new Map<CameraId, Counts>();
  const looking = new Set<CameraId>();
  /** Their microphones were heard since the station started. */
  const known = new Set<CameraId>();
  const decoding = new Map<number, (samples: Float32Array | null) => void>();
  let nextDecode = 1;
  let worker: ListenWorker | null = null;
  let running = false;
  let timer: ReturnType<typeof setInterval> | null = null;
  let cpuSeconds = 0;
  let spentSeconds = 0;

  const streamOf = (camera: CameraRecord): Stream | SoundTrouble => {
    const { main, sub } = camera.streamIds;
    const lanes = [
      { id: main, kind: 'main' as const, plan: camera.main.plan },
      ...(sub === null || camera.sub === null ? [] : [{ id: sub, kind: 'sub' as const, plan: camera.sub.plan }]),
    ];
    const allowed = lanes.filter((lane) => lane.plan.audio);
    if (allowed.length === 0) return 'audio-off';
    const live = allowed
      .map((lane) => ({ ...lane, status: deps.status(lane.id, lane.kind) }))
      .filter(({ status }) => status.state === 'live' || status.state === 'degraded');
    for (const { id, kind, status } of live) if (status.audio !== null) return { id, kind, codec: status.audio.codec };
    return live.length === 0 ? 'no-stream' : 'no-audio';
  };
  const countsOf = (id: CameraId): Counts => {
    let mine = counts.get(id);
    if (mine === undefined) counts.set(id, (mine = { heardMs: 0, droppedMs: 0, lastMs: null }));
    return mine;
  };
  const orderOf = ({ camera, stream, slot }: Listened): ListenOrder => {
    const s = rules.settings(camera.id);
    return {
      ...{ streamId: stream.id, label: `${camera.name} ${stream.kind}`, slot, weighting: s.weighting },
      loud: s.tellLoud ? { thresholdDb: s.loudDb, minMs: s.loudMs } : null,
      sudden: s.tellSudden ? { riseDb: s.suddenDb } : null,
      silence: s.tellSilence ? { minMs: s.silenceS * 1_000 } : null,
      heard: known.has(camera.id),
      speech: s.tellSpeech && deps.detects(),
      live: looking.has(camera.id),
    };
  };
  const give = (mine: Listened): void => {
    const order = orderOf(mine);
    const { slot: _, heard: __, ...rest } = order;
    const text = JSON.stringify(rest);
    if (text === mine.ordered) return;
    mine.ordered = text;
    worker?.post({ op: 'listen', order });
  };
  const ask = (mine: Listened): void => {
    mine.slot = new SharedArrayBuffer(heardSlotBytes);
    mine.askedMono = clock.monoMs();
    mine.ordered = '';
    mine.droppedSeenMs = 0;
    give(mine);
    deps.pool().hear(mine.stream.id, { slot: mine.slot });
  };
  const begin = (camera: CameraRecord, stream: Stream): void => {
    const mine: Listened = {
      ...{ camera, stream, ordered: '', slot: new SharedArrayBuffer(heardSlotBytes), askedMono: 0, cameMono: null },
      ...{ droppedSeenMs: 0, droppedMono: Number.NEGATIVE_INFINITY, trouble: null },
    };
    listened.set(camera.id, mine);
    byStream.set(stream.id, mine);
    ask(mine);
  };
  const end = (mine: Listened): void => {
    listened.delete(mine.camera.id);
    byStream.delete(mine.stream.id);
    deps.pool().hear(mine.stream.id, null);
    worker?.post({ op: 'unlisten', streamId: mine.stream.id });
    deps.ears().unheard(mine.camera.id);
  };

  const undecoded = (): void => {
    for (const done of decoding.values()) done(null);
    decoding.clear();
  };

  const take = (report: ListenReport): void => {
    switch (report.op) {
      case 'ready':
        return;
      case 'heard': {
        const mine = byStream.get(report.streamId);
        if (mine === undefined) return;
        const count = countsOf(mine.camera.id);
        if (report.levels.length > 0) {
          mine.cameMono = clock.monoMs();
          count.lastMs = report.atMs + report.levels.length * 100;
          count.heardMs += report.levels.length * 100;
        }
        const dropped = Math.max(0, report.droppedMs - mine.droppedSeenMs);
        if (dropped > 0) mine.droppedMono = clock.monoMs();
        count.droppedMs += dropped;
        mine.droppedSeenMs = report.droppedMs;
        if (report.heard) known.add(mine.camera.id);
        deps.ears().heard(mine.camera, report);
        return;
      }
      case 'sound': {
        const mine = byStream.get(report.streamId);
        if (mine !== undefined) deps.ears().sound(mine.camera, report);
        return;
      }
      case 'trouble': {
        const mine = byStream.get(report.streamId);
        if (mine === undefined) return;
        mine.trouble = report.trouble;
        if (report.trouble !== null)
          log.warn('a camera cannot be listened to', { camera: mine.camera.name, error: report.message });
        return;
      }
      case 'decoded':
        if (report.samples === null) log.warn('recorded sound cannot be decoded', { error: report.message });
        decoding.get(report.id)?.(report.samples);
        decoding.delete(report.id);
        return;
      case 'log':
        log[report.level](report.text, report.fields);
        return;
      case 'usage':
        cpuSeconds = report.cpuSeconds;
        return;
    }
  };

  /** A port for one ingest worker; its other end goes to the listen worker of now. */
  const openPort = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    if (worker?.post({ op: 'source', port: port2 }, [port2]) !== true) port2.close();
    return port1;
  };
  /** The thread is there from the first camera on that is listened to. */
  const stand = (): void => {
    if (worker !== null) return;
    const { found } = deps.ffmpeg;
    worker = deps.startWorker(
      { ffmpeg: found === null ? null : { path: found.path } },
      {
        message: take,
        up() {
          // The first one comes up before it has a name here.
          if (worker === null) return;
          for (const mine of listened.values()) ask(mine);
          deps.pool().soundTo(openPort);
        },
        down(why, delayMs) {
          spentSeconds += cpuSeconds;
          cpuSeconds = 0;
          for (const mine of listened.values()) deps.ears().unheard(mine.camera.id);
          undecoded();
          log.error('the listen worker stopped and is restarted', { why, delayMs });
        },
      },
    );
    deps.pool().soundTo(openPort);
  };

  const settle = (): void => {
    if (!running) return;
    const here = new Set<CameraId>();
    for (const camera of deps.records()) {
      if (!camera.enabled || !rules.settings(camera.id).on) continue;
      const stream = streamOf(camera);
      const mine = listened.get(camera.id);
      if (typeof stream === 'string') continue;
      here.add(camera.id);
      if (mine !== undefined && mine.stream.id !== stream.id) end(mine);
      const kept = listened.get(camera.id);
      stand();
      if (kept === undefined) begin(camera, stream);
      else {
        kept.camera = camera;
        kept.stream = stream;
        give(kept);
      }
    }
    for (const mine of [...listened.values()]) if (!here.has(mine.camera.id)) end(mine);
  };
  const tick = (): void => {
    settle();
    const now = clock.monoMs();
    for (const mine of listened.values())
      if (now - Math.max(mine.cameMono ?? 0, mine.askedMono) > stuckMs && mine.trouble === null) ask(mine);
  };

  const troubleOf = (camera: CameraRecord | undefined, mine: Listened | undefined): SoundTrouble | null => {
    if (mine === undefined) {
      const stream = camera === undefined ? 'no-stream' : streamOf(camera);
      return typeof stream === 'string' ? stream : null;
    }
    if (mine.trouble !== null) return mine.trouble;
    const now = clock.monoMs();
    if (now - (mine.cameMono ?? mine.askedMono) > quietMs) return 'no-sound-comes';
    return now - mine.droppedMono < busyMs ? 'busy' : null;
  };

  return {
    start() {
      running = true;
      timer = setInterval(tick, tickMs);
      settle();
    },
    async stop() {
      running = false;
      if (timer !== null) clearInterval(timer);
      timer = null;
      for (const mine of [...listened.values()]) end(mine);
      undecoded();
      const ending = worker;
      worker = null;
      await ending?.stop({ op: 'stop' }, stopMs);
    },
    settle,
    live(id, on) {
      if (on) looking.add(id);
      else looking.delete(id);
      const mine = listened.get(id);
      if (mine !== undefined) give(mine);
    },
    state(id) {
      const mine = listened.get(id);
      const { heardMs, droppedMs, lastMs } = countsOf(id);
      const { on } = rules.settings(id);
      const trouble = on
        ? troubleOf(
            deps.records().find((c) => c.id === id),
            mine,
          )
        : null;
      const came = mine?.cameMono ?? null;
      return {
        listening: came !== null && clock.monoMs() - came < quietMs,
        trouble,
        stream: mine?.stream.kind ?? null,
        codec: mine?.stream.codec ?? null,
        heardS: heardMs / 1_000,
        droppedS: droppedMs / 1_000,
        lastMs,
      };
    },
    decode({ track, frames }, fromMs, toMs) {
      if (!running) return Promise.resolve(null);
      stand();
      return new Promise((done) => {
        const id = nextDecode++;
        decoding.set(id, done);
        if (worker?.post({ op: 'decode', id, track, frames, fromMs, toMs }) === true) return;
        decoding.delete(id);
        done(null);
      });
    },
    workers: () =>
      worker === null
        ? []
        : [
            {
              kind: 'listen',
              streams: listened.size,
              restarts: worker.restarts(),
              cpuSeconds: spentSeconds + cpuSeconds,
            },
          ],
    forget(id) {
      const mine = listened.get(id);
      if (mine !== undefined) end(mine);
      counts.delete(id);
      known.delete(id);
      looking.delete(id);
    },
  };
}
