/**
 * Fetches one hole of a stream from the camera's own card and writes it as sealed segments. At a limited rate, in the breaks of
 * what is recorded live; nothing outside of the hole is written, and nothing twice.
 */
import type { Clock } from '#lib/clock.ts';
import type { VideoTrack } from '#media/format.ts';
import { writeOriginMark } from '#media/mp4/origin-mark.ts';
import { StreamFault } from '../fault.ts';
import type { StationTime } from '../lane/station-time.ts';
import type { IngestReport, ReplayJob, ReplayOutcome, SegmentFormat } from '../port.ts';
import type { RecordDisk } from '../record/disk.ts';
import type { VolumeKeys } from '../record/volume-keys.ts';
import { createRecorder } from '../record/recorder.ts';
import type { SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';
import { readKnownPictures } from './known-pictures.ts';
import { createReplayPlace } from './replay-place.ts';
import { NothingThere, openReplay, type ReplaySession } from './replay-session.ts';

export type ReplayDeps = {
  time: StationTime;
  ticker: Ticker;
  slabs: SlabPool;
  clock: Clock;
  disk: RecordDisk;
  keys: VolumeKeys;
  post(report: IngestReport): void;
};

/** Nothing comes for so long: the camera has said all, or hangs. */
const silentMs = 6_000;
/** Of the rate, so much may come at once before it is held back. */
const burstSeconds = 0.5;
/** Of what waits for the disk. */
const maxPendingBytes = 8 << 20;

/** Never rejects. Ends early with `signal`: what is whole is sealed. */
export async function replay(
  replayId: number,
  job: ReplayJob,
  deps: ReplayDeps,
  signal: AbortSignal,
): Promise<ReplayOutcome> {
  const { ticker, slabs, keys } = deps;
  const [known, next] = await Promise.all([
    readKnownPictures(job.before, 'last', keys),
    readKnownPictures(job.after, 'first', keys),
  ]);
  const over = Promise.withResolvers<ReplayOutcome>();
  const writer = createWriter(replayId, job, deps, (fault) => {
    over.resolve(failed(fault));
  });
  const figures = { bytes: 0, pictures: 0 };
  const failed = ({ trouble, message }: Pick<StreamFault, 'trouble' | 'message'>): ReplayOutcome => ({
    ok: false,
    trouble,
    detail: message,
    ...figures,
  });
  const complete = (): void => {
    over.resolve({ ok: true, matchedMs: place.matchedMs(), ...figures });
  };
  const place = createReplayPlace(job, known, next, {
    picture(unit) {
      figures.pictures += 1;
      writer.unit(unit);
    },
    format: writer.format,
    interrupt: writer.interrupt,
    complete,
    untimed() {
      over.resolve(
        failed(new StreamFault('protocol', 'The camera replays its recording without saying when it was made.')),
      );
    },
  });

  let session: ReplaySession | null = null;
  const burstBytes = job.maxBytesPerSecond * burstSeconds;
  let allowance = burstBytes;
  let lastTick = ticker.monoMs();
  let lastBytes = lastTick;
  let held = false;
  const controller = new AbortController();
  const stop = (): void => {
    over.resolve(failed(new StreamFault('closed', 'Stopped.')));
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });

  const stopTicking = ticker.add((now) => {
    writer.tick();
    allowance = Math.min(burstBytes, allowance + ((now - lastTick) * job.maxBytesPerSecond) / 1000);
    lastTick = now;
    const hold = allowance <= 0 || writer.pendingBytes() > maxPendingBytes / 2;
    if (hold !== held) {
      held = hold;
      lastBytes = now;
      session?.hold(hold);
    }
    if (session === null || held || now - lastBytes < silentMs) return;
    // Some cameras end a replay by falling silent.
    if (figures.bytes > 0) complete();
    else over.resolve(failed(new StreamFault('no-data', 'The camera takes the replay and sends nothing.')));
  });

  openReplay(
    {
      ...job,
      fromMs: Math.max(0, job.fromMs + job.offsetMs - job.marginMs),
      toMs: job.toMs + job.offsetMs + job.marginMs,
    },
    {
      video: place.video,
      marks: place.marks,
      broken: place.broken,
      bytes(count) {
        figures.bytes += count;
        allowance -= count;
        lastBytes = ticker.monoMs();
        if (allowance > 0 || held) return;
        held = true;
        session?.hold(true);
      },
      lost(fault) {
        over.resolve(failed(fault));
      },
    },
    { ticker, slabs, nowUs: deps.time.nowUs, signal: controller.signal },
  ).then(
    (opened) => {
      session = opened;
      lastBytes = ticker.monoMs();
      if (controller.signal.aborted) opened.close();
      else if (held) opened.hold(true);
    },
    (error: unknown) => {
      if (error instanceof NothingThere) complete();
      else
        over.resolve(
          failed(
            error instanceof StreamFault
              ? error
              : new StreamFault('protocol', 'The replay could not be opened.', { cause: error }),
          ),
        );
    },
  );

  const outcome = await over.promise;
  signal.removeEventListener('abort', stop);
  place.end();
  (session as ReplaySession | null)?.close();
  controller.abort();
  stopTicking();
  await writer.stop();
  return outcome;
}

/** The recorder of a hole, and its reports in the words of a replay. */
function createWriter(
  replayId: number,
  job: ReplayJob,
  { clock, disk, keys, slabs, post }: ReplayDeps,
  refused: (fault: StreamFault) => void,
) {
  const formats = new Map<number, SegmentFormat>();
  const recorder = createRecorder({
    streamId: job.streamId,
    kind: job.kind,
    target: job.record,
    notBeforeMs: job.fromMs,
    notAfterMs: job.toMs,
    mark: writeOriginMark(job.recording),
    maxPendingBytes,
    clock,
    disk,
    encryption: keys.writing,
    report(report) {
      switch (report.op) {
        case 'opened':
          formats.set(report.startMs, report.format);
          return;
        case 'sealed': {
          const format = formats.get(report.startMs);
          formats.delete(report.startMs);
          const { startMs, endMs, bytes, sha256 } = report;
          if (format !== undefined)
            post({
              op: 'filled',
              replayId,
              segment: { startMs, endMs, bytes, sha256, volume: job.record.volume, format },
            });
          return;
        }
        case 'uncovered':
          if (report.cause !== 'clock-jump')
            refused(new StreamFault('disk', 'The disk does not take what is fetched from the camera.'));
          return;
        case 'disk':
          if (report.code !== null)
            refused(new StreamFault('disk', 'The disk does not take what is fetched from the camera.'));
          return;
        case 'log':
          post(report);
          return;
        default:
          return;
      }
    },
  });
  return {
    format(track: VideoTrack) {
      recorder.format(track, null);
    },
    unit(unit: { key: boolean; ptsUs: number; dtsUs: number; data: Uint8Array[]; bytes: number }) {
      for (const piece of unit.data) slabs.hold(piece.buffer);
      recorder.unit({ track: 'video', ...unit }, unit.ptsUs);
    },
    interrupt: recorder.interrupt,
    tick: recorder.tick,
    pendingBytes: recorder.pendingBytes,
    stop: recorder.stop,
  };
}
