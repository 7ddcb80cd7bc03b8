/** One return of one camera: its holes, what its card has of them, and one replay after the other until nothing is left. */
import { AppError } from '#contract/error.ts';
import { cameraOffset, holesOf, nextJob, type Span } from '#domain/decide/back-fill.ts';
import type { DeviceFacts, DeviceLink } from '#domain/device.ts';
import type { CameraId, StreamId } from '#domain/id.ts';
import { segmentMaxMs } from '#domain/segment.ts';
import { StreamUrl } from '#domain/stream.ts';
import { dayMs } from '#domain/time.ts';
import { ownVolume } from '#domain/volume.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { deviceError, troubleOf } from './device-connection.ts';
import type { DeviceRecording } from './device-port.ts';
import { hostOf, isOwnHost } from './device-streams.ts';
import type { Chain } from './chain.ts';
import type { IndexJournal } from './index-journal.ts';
import type { FilledSegment, IngestPool } from './ingest-pool.ts';
import type { CameraRecord, ReadStore } from './index-port.ts';
import type { Devices } from './rooms.ts';
import type { StationClock } from './station-clock.ts';
import type { StreamStatuses } from './stream-statuses.ts';
import type { VolumeRoom } from './volumes.ts';

export type RunDeps = {
  clock: Clock;
  log: Log;
  store: Pick<ReadStore, 'endedGaps' | 'segmentsFrom' | 'lastSegment'>;
  volumes: Pick<VolumeRoom, 'filesOf' | 'spread' | 'choose'>;
  journal: Pick<IndexJournal, 'add' | 'flush'>;
  chain: Pick<Chain, 'hashed'>;
  clocks: () => Pick<StationClock, 'seamOf'>;
  devices: Pick<Devices, 'facts' | 'run' | 'status'>;
  pool: () => Pick<IngestPool, 'replay'>;
  statuses: Pick<StreamStatuses, 'get'>;
  record: (id: CameraId) => CameraRecord | null;
  password: (camera: CameraRecord) => string | null;
  /** Bytes of a replay that are taken from the network in a second. */
  maxBytesPerSecond?: number;
};

/** What came of a run. `fromMs` to `toMs` spans all that was filled; `ms` is how much of it. */
export type Filled = {
  fromMs: number;
  toMs: number;
  ms: number;
  bytes: number;
  segments: number;
  recording: string;
  matched: boolean;
};
export type RunOutcome = {
  filled: Filled;
  end: { is: 'done' } | { is: 'none'; why: string } | { is: 'refused'; why: string } | { is: 'interrupted' };
};

/** About four times a usual main stream, and little for a network and a disk. */
const defaultBytesPerSecond = 1_000_000;
/** Older holes are left alone: no card holds so much, and not every start shall ask for them. */
const lookBackMs = 30 * dayMs;
const mostGaps = 500;
/** Key pictures lie at most so far apart, so that one before the hole is among what is asked for. */
const groupMs = 4_000;

type Source = { recording: string; url: string; offsetMs: number; offMs: number; card: Span[] };

export function createBackFillRun(deps: RunDeps) {
  const { clock, log, store, volumes, journal } = deps;

  /** Absolute path of a segment; null: its volume is not here now. */
  const pathOf = (camera: CameraRecord, segment: { startMs: number; volume?: number }): string | null =>
    volumes.filesOf(segment.volume ?? ownVolume)?.path(camera.folder, 'main', segment.startMs) ?? null;

  const recorded = (streamId: StreamId, span: Span): Span[] =>
    store
      .segmentsFrom(streamId, span.fromMs - 2 * segmentMaxMs, span.toMs, 100_000)
      .map(({ startMs, endMs }) => ({ fromMs: startMs, toMs: endMs }));

  const holes = (streamId: StreamId, asked: readonly Span[]): Span[] => {
    journal.flush();
    const gaps = store.endedGaps(streamId, clock.nowMs() - lookBackMs, mostGaps);
    const first = gaps[0];
    const last = gaps.at(-1);
    if (first === undefined || last === undefined) return [];
    return holesOf(gaps, recorded(streamId, { fromMs: first.fromMs, toMs: last.toMs }), asked);
  };

  /** A segment is on disk: into the index, and out of the gap, in one transaction. */
  const takeIn = (streamId: StreamId, segment: FilledSegment, sealed: boolean): void => {
    const { sha256, ...row } = segment;
    journal.add(({ segment: rows, gap }) => {
      const seam = deps.clocks().seamOf(segment.startMs, null);
      rows.adopt({ streamId, ...row, state: sealed ? 'sealed' : 'recovered', origin: 'back-fill', seam });
      gap.cut(streamId, segment.startMs, segment.endMs);
    });
    deps.chain.hashed(streamId, { ...row, sha256 });
    journal.flush();
  };

  /** What a crash left of an earlier replay: whole fragments on disk that the index has not heard of. */
  const takeLeftovers = async (camera: CameraRecord, spans: readonly Span[]): Promise<void> => {
    const { main } = camera.streamIds;
    for (const span of spans) {
      for (const file of await volumes.spread.list(camera.folder, span.fromMs, span.toMs)) {
        if (file.kind !== 'main' || store.segmentsFrom(main, file.startMs, file.startMs, 1).length > 0) continue;
        const files = volumes.filesOf(file.volume);
        const content = await files?.inspect(files.path(camera.folder, 'main', file.startMs));
        if (content == null || content.origin !== 'back-fill' || content.endMs > span.toMs + 1) continue;
        const { endMs, bytes, format, sealed } = content;
        const { startMs, volume } = file;
        takeIn(main, { startMs, endMs, bytes, sha256: null, volume, format }, sealed);
        log.info('video fetched before a crash was taken into the index', { camera: camera.name, bytes });
      }
    }
  };

  /** What the device has, in the station's time. Throws DEVICE; null: it has no recording of this camera's picture. */
  const lookAt = async (camera: CameraRecord, missing: readonly Span[]): Promise<Source[] | null> => {
    const facts = await deps.devices.facts(camera.id);
    if (!facts.storage) return null;
    const soapMs = await deps.devices.run(camera.id, (d) => d.clock.offsetMs());
    const offset = cameraOffset(soapMs, deps.statuses.get(camera.streamIds.main, 'main').clockOffsetMs);
    if (offset === null) return null;
    const sources = new Set(facts.profiles.map((p) => p.source));
    const own = facts.profiles.find((p) => p.token === camera.link?.mainProfile)?.source ?? null;
    const all = await deps.devices.run(camera.id, (d) => d.recordings.list());
    const mine = all.filter((r) => isOf(r, sources.size > 1 ? own : null));
    const fromMs = Math.min(...missing.map((s) => s.fromMs)) + offset.offsetMs - offset.offMs;
    const toMs = Math.max(...missing.map((s) => s.toMs)) + offset.offsetMs + offset.offMs;
    const out: Source[] = [];
    for (const { token } of mine) {
      const spans = await deps.devices.run(camera.id, (d) => d.recordings.spans(token, fromMs, toMs));
      if (spans.length === 0) continue;
      const url = await deps.devices.run(camera.id, async (d, link) =>
        trusted(await d.recordings.replayUrl(token), link, facts),
      );
      const card = spans.map((s) => ({ fromMs: s.fromMs - offset.offsetMs, toMs: s.toMs - offset.offsetMs }));
      out.push({ recording: token, url, ...offset, card });
    }
    return mine.length === 0 ? null : out;
  };

  return async (camera: CameraRecord, isLive: () => boolean, signal: AbortSignal): Promise<RunOutcome> => {
    const streamId = camera.streamIds.main;
    const filled: Filled = { fromMs: 0, toMs: 0, ms: 0, bytes: 0, segments: 0, recording: '', matched: false };
    const asked: Span[] = [];
    const isOver = (): boolean => signal.aborted || !isLive();
    const over = (end: RunOutcome['end']): RunOutcome => ({ filled, end });

    await takeLeftovers(camera, holes(streamId, asked));
    let missing = holes(streamId, asked);
    if (missing.length === 0) return over({ is: 'done' });
    let sources: Source[] | null;
    try {
      sources = await lookAt(camera, missing);
    } catch (error) {
      if (isOver()) return over({ is: 'interrupted' });
      const trouble = troubleOf(error);
      if (trouble === 'unsupported') return over({ is: 'none', why: 'unsupported' });
      if (trouble === null && !(error instanceof AppError)) throw error;
      return over({ is: 'refused', why: trouble ?? String(error) });
    }
    if (sources === null) return over({ is: 'none', why: 'no-card' });

    for (const source of sources) {
      for (;;) {
        const job = nextJob(missing, source.card);
        if (job === null) break;
        if (isOver()) return over({ is: 'interrupted' });
        const before = store.segmentsFrom(streamId, job.fromMs - 2 * segmentMaxMs, job.fromMs - 1, 1_000).at(-1);
        const isNear = before !== undefined && job.fromMs - before.endMs < 2_000;
        const [after] = store.segmentsFrom(streamId, job.toMs - 1, job.toMs + 1_000, 1);
        const outcome = await deps.pool().replay(
          {
            streamId,
            kind: 'main',
            url: source.url,
            username: camera.username,
            password: deps.password(camera),
            record: { ...volumes.choose(streamId), folder: camera.folder },
            recording: source.recording,
            ...job,
            offsetMs: source.offsetMs,
            marginMs: source.offMs + groupMs,
            before: isNear ? pathOf(camera, before) : null,
            after: after === undefined ? null : pathOf(camera, after),
            maxBytesPerSecond: deps.maxBytesPerSecond ?? defaultBytesPerSecond,
          },
          (segment) => {
            takeIn(streamId, segment, true);
            filled.fromMs = filled.segments === 0 ? segment.startMs : Math.min(filled.fromMs, segment.startMs);
            filled.toMs = Math.max(filled.toMs, segment.endMs);
            filled.ms += segment.endMs - segment.startMs;
            filled.bytes += segment.bytes;
            filled.segments += 1;
            filled.recording = source.recording;
          },
          signal,
        );
        if (outcome.ok) {
          if (outcome.matchedMs !== null) filled.matched = true;
          asked.push(job);
        } else {
          if (isOver()) return over({ is: 'interrupted' });
          return over({ is: 'refused', why: outcome.detail });
        }
        missing = holes(streamId, asked);
      }
    }
    return over({ is: 'done' });
  };
}

const isOf = (recording: DeviceRecording, source: string | null): boolean =>
  recording.tracks.some((t) => t.kind === 'video') &&
  (source === null || recording.source === null || recording.source === source);

/** A replay goes to the device itself or to where a person has said that its streams may come from. Throws DEVICE. */
function trusted(url: string, link: DeviceLink, facts: DeviceFacts): string {
  if (!StreamUrl.safeParse(url).success)
    throw deviceError('invalid-answer', 'The camera gave an address for its recordings that cannot be used.');
  if (isOwnHost(url, link.url, facts) || link.trustedHosts.includes(hostOf(url))) return url;
  throw deviceError(
    'foreign-host',
    `The camera points to ${hostOf(url)} for its recordings. Trust that address first.`,
  );
}
