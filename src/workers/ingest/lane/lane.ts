/**
 * One stream from end to end: connect → live → lost → wait → connect. Lanes share a thread and a timer and nothing else: what
 * one waits for never holds up another.
 */
import { createBackoff } from '#lib/backoff.ts';
import type { GapCause } from '#domain/gap.ts';
import type { StreamState, StreamStatus, StreamTrouble } from '#domain/stream.ts';
import { StreamFault } from '../fault.ts';
import { createLiveCache } from '../live/live-cache.ts';
import type { Given } from '../live/given.ts';
import { napMs, shortNapMs } from '../nap.ts';
import {
  writeAll,
  type DiskLag,
  type IngestReport,
  type IngestSetup,
  type IngestStream,
  type RecordManner,
  type RecordMove,
  type RecordTarget,
} from '../port.ts';
import type { Gate } from '../record/gate.ts';
import type { SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';
import type { UnitSink } from '../unit-sink.ts';
import { createFanOut } from './fan-out.ts';
import { causeOf, slowDetail, stateOf } from './loss.ts';
import { createMeter } from './meter.ts';
import { createNextTry } from './next-try.ts';
import type { Source, SourceDeps, SourceHandler, SourceRequest } from './source.ts';
import { createSilence, firstKeyMs, silentMs } from './silence.ts';
import type { StationTime } from './station-time.ts';

export type LaneDeps = {
  stream: IngestStream;
  setup: IngestSetup;
  time: StationTime;
  ticker: Ticker;
  slabs: SlabPool;
  /** Reports of recorders, which keep their order. */
  recorded(report: IngestReport): void;
  /** What gives its pictures and sound to who watches and listens. */
  given: Given;
  post(report: IngestReport, transfer?: ArrayBuffer[]): void;
  /** What records a stream: writes it, or holds its last seconds ready. */
  record(target: RecordTarget, manner: RecordManner, notBeforeMs: number, report: (report: IngestReport) => void): Gate;
  native(request: SourceRequest, on: SourceHandler, deps: SourceDeps): Promise<Source>;
  /** null: there is no ffmpeg. */
  fallback:
    | ((request: SourceRequest, on: SourceHandler, deps: SourceDeps & { transcode: boolean }) => Promise<Source>)
    | null;
};

/** `show`, `hear`: gives its pictures and sound to who watches and listens. */
export type Lane = Pick<Given, 'show' | 'hear'> & {
  record(target: RecordTarget | null, manner: RecordManner, move: RecordMove): Promise<void>;
  /** While its disk is slow it is not recorded, so that others are. */
  giveWay(on: boolean): void;
  /** How far its disk is behind; null: it is not recorded. */
  lag(): DiskLag | null;
  watch(on: boolean): void;
  status(): StreamStatus;
  /** Something changed since the last `status`. */
  changed(): boolean;
  /** To be called about every `napMs`, after what came was taken: writes what has waited long enough. */
  writeDue(): void;
  /** How long the thread may sleep as far as this stream goes; 0: not at all. */
  mayNapMs(): number;
  /** The station's clock was set by so much. */
  clockStepped(byMs: number): void;
  /** The machine slept, or nothing of this thread ran. */
  slept(): void;
  stop(): Promise<void>;
};

/** From its first picture on a stream's pictures are read as they come for so long, so that its times are laid well. */
const settleMs = 2_000;
/** Figures are taken about once a second, at every other tick; one that comes a little early is as good. */
const leastSecondMs = 900;
/** A stream counts as degraded for so long after a loss. */
const degradedMs = 10_000;
export function createLane(deps: LaneDeps): Lane {
  const { stream, time, ticker, given } = deps;
  const { streamId } = stream;
  const nextTry = createNextTry({ backoff: createBackoff(), hasFfmpeg: deps.fallback !== null });
  const fan = createFanOut();
  const meter = createMeter();
  const live = createLiveCache({
    live: streamId,
    maxBytes: deps.setup.maxCachedGopBytes,
    holds: deps.slabs,
    send: (frame) => deps.post({ op: 'live', streamId, frame }, [frame]),
  });
  const manners = { digest: false };
  let target = stream.record;
  let notBeforeMs = stream.notBeforeMs;
  let manner = stream.manner ?? writeAll;
  let recorder: Gate | null = null;
  let recorderDisk: string | null = null;
  let givesWay = false;
  let stopped = false;

  let source: Source | null = null;
  let attempt: AbortController | null = null;
  /** Ends the wait for the next try, if there is one. */
  let endWait = (): void => undefined;
  let liveAt: number | null = null;
  const silence = createSilence();

  let state: StreamState = 'connecting';
  let sinceMs = time.nowMs();
  let trouble: StreamTrouble | null = null;
  let detail: string | null = null;
  let reconnects = 0;
  let lostBefore = 0;
  let lostSeen = 0;
  let degradedUntil = 0;
  let dirty = true;
  let seconds = 0;
  let secondAt = ticker.monoMs();
  /** The cause that was reported last, while nothing covers. */
  let uncovered: GapCause | null = null;

  function become(next: StreamState, why: StreamTrouble | null, sentence: string | null): void {
    const same = state === next && trouble === why;
    if (detail !== sentence) dirty = true;
    detail = sentence;
    if (same) return;
    if (state !== next) sinceMs = time.nowMs();
    state = next;
    trouble = why;
    deps.post({ op: 'status', streams: [{ streamId, status: status() }] });
    dirty = false;
  }

  /** Tells from when on nothing covers, where recording is asked for. */
  function reportUncovered(cause: GapCause): void {
    if (target === null || !manner.write || uncovered === cause) return;
    const endUs = meter.endUs();
    const from = uncovered === null && endUs !== null && liveAt !== null ? Math.ceil(endUs / 1000) : time.nowMs();
    uncovered = cause;
    deps.post({ op: 'uncovered', streamId, fromMs: Math.max(0, Math.min(from, time.nowMs())), cause });
  }

  const sink: UnitSink = {
    format(video, audio) {
      meter.format(video, audio);
      live.format(video, audio);
      given.format(video, audio);
      fan.format(video, audio);
    },
    unit(unit, arrivedUs) {
      if (unit.track === 'video') {
        const now = ticker.monoMs();
        silence.picture(now);
        if (liveAt === null) {
          liveAt = now;
          become('live', null, source?.note ?? null);
        }
      }
      fan.unit(unit, arrivedUs);
      meter.unit(unit, arrivedUs);
      live.unit(unit, arrivedUs);
      given.unit(unit, arrivedUs, live.group);
    },
    interrupt() {
      fan.interrupt();
      meter.interrupt();
      live.interrupt();
      given.interrupt();
    },
  };

  function startRecorder(): void {
    if (target === null || recorder !== null) return;
    recorder = deps.record(target, manner, notBeforeMs, (report) => {
      if (report.op === 'opened' && report.past !== true) uncovered = null;
      if (report.op === 'disk') {
        recorderDisk = report.code;
        dirty = true;
      }
      deps.recorded(report);
    });
    recorder.giveWay(givesWay);
    fan.add(recorder);
  }

  /** The end of the recorder that was stopped last. */
  let ending: Promise<void> = Promise.resolve();
  function stopRecorder(): Promise<void> {
    const last = recorder;
    if (last === null) return ending;
    recorder = null;
    recorderDisk = null;
    fan.remove(last);
    ending = last.stop().then(() => {
      notBeforeMs = Math.max(notBeforeMs, last.coveredToMs());
    });
    return ending;
  }

  function lose(fault: StreamFault, moved: string | null): void {
    if (stopped) return;
    attempt = null;
    const ended = source;
    source = null;
    if (ended !== null) {
      lostBefore += ended.lost();
      lostSeen = 0;
      ended.close();
    }
    reportUncovered(causeOf(fault.trouble));
    sink.interrupt();
    const now = ticker.monoMs();
    if (liveAt !== null) reconnects++;
    const { waitMs, lost } = nextTry.after(fault, moved, liveAt === null ? null : now - liveAt);
    liveAt = null;
    endWait();
    endWait = ticker.add((later) => {
      if (later >= now + waitMs) connect();
    });
    if (lost) {
      const none = fault.fallback && deps.fallback === null ? ' There is no ffmpeg to take it instead.' : '';
      become(stateOf(fault.trouble), fault.trouble, `${fault.message}${none}`);
    } else become('connecting', null, fault.message);
    if (fault.cause !== undefined && fault.trouble === 'protocol')
      deps.post({
        op: 'log',
        level: 'warn',
        text: 'a stream ended on something unforeseen',
        fields: {
          stream: stream.label,
          reason: fault.cause instanceof Error ? (fault.cause.stack ?? fault.cause.message).slice(0, 800) : 'unknown',
        },
      });
  }

  function connect(): void {
    endWait();
    const mine = new AbortController();
    attempt = mine;
    silence.begin(ticker.monoMs());
    const at = nextTry.at();
    const via = nextTry.via();
    const request = {
      url: stream.url,
      at,
      transport: stream.transport,
      username: stream.username,
      password: stream.password,
      manners,
    };
    const handler: SourceHandler = {
      sink,
      jumped: () => jumped(),
      stepped: (byUs) => {
        // Set forward, it leaves a hole through which no time went; set back, none.
        if (byUs > 0 && liveAt !== null) reportUncovered('clock-jump');
        recorder?.clockJumped();
      },
      damaged: () => {
        degradedUntil = ticker.monoMs() + degradedMs;
      },
      lost: (fault, moved) => {
        if (attempt === mine) lose(fault, moved);
      },
    };
    const common = { time, ticker, slabs: deps.slabs, signal: mine.signal };
    const opening =
      via !== 'native' && deps.fallback !== null
        ? deps.fallback(request, handler, { ...common, transcode: via === 'ffmpeg-transcode' })
        : deps.native(request, handler, common);
    opening.then(
      (opened) => {
        if (attempt !== mine || stopped) {
          opened.close();
          return;
        }
        source = opened;
        silence.open(ticker.monoMs(), liveAt !== null);
        if (liveAt !== null) become('live', null, opened.note);
        dirty = true;
      },
      (error: unknown) => {
        if (attempt !== mine || stopped) return;
        lose(
          error instanceof StreamFault
            ? error
            : new StreamFault('protocol', 'The stream could not be opened.', { cause: error }),
          null,
        );
      },
    );
  }

  function jumped(): void {
    if (liveAt !== null) reportUncovered('clock-jump');
    deps.post({ op: 'log', level: 'info', text: 'the time of a stream jumped', fields: { stream: stream.label } });
  }

  function watchData(now: number): void {
    if (source === null) return;
    const heard = silence.look({ nowMs: now, activity: source.activity(), live: liveAt !== null });
    if (heard === null) return;
    const sentence =
      heard === 'silent'
        ? `The connection stands, but no picture came for ${silentMs / 1000} s.`
        : `Data comes, but no key frame with its parameter sets within ${firstKeyMs / 1000} s: check the key frame interval of the camera.`;
    lose(new StreamFault('no-data', sentence), null);
  }

  const stopTicking = ticker.addSeldom((now) => {
    if (stopped) return;
    watchData(now);
    if (now - secondAt < leastSecondMs) return;
    seconds++;
    meter.second(now - secondAt);
    secondAt = now;
    const lost = source?.lost() ?? 0;
    if (lost > lostSeen) degradedUntil = now + degradedMs;
    lostSeen = lost;
    if (liveAt !== null) {
      // its figures, every other second: telling them costs both threads
      if (seconds % 2 === 0) dirty = true;
      if (recorderDisk !== null)
        become('degraded', 'disk', `Pictures arrive, but the disk takes none (${recorderDisk}).`);
      else if (recorder?.dropping() != null) become('degraded', 'disk-slow', slowDetail(recorder.dropping()));
      else if (now < degradedUntil)
        become('degraded', null, `Parts of pictures are missing on the way: ${lostBefore + lost} packets lost so far.`);
      else become('live', null, source?.note ?? null);
    }
  });

  function status(): StreamStatus {
    const figures = meter.figures();
    return {
      kind: stream.kind,
      state,
      sinceMs,
      trouble,
      detail: detail === null ? null : detail.slice(0, 500),
      via: source?.via ?? (nextTry.via() === 'native' ? 'native' : 'ffmpeg'),
      transport: source?.transport ?? null,
      recording:
        recorder?.writing() === true && recorder.dropping() === null && liveAt !== null && recorderDisk === null,
      preRoll: recorder?.held() ?? null,
      ...figures,
      packetsLost: lostBefore + (source?.lost() ?? 0),
      jitterMs: source?.jitterMs() ?? null,
      reconnects,
      clockOffsetMs: source?.clockOffsetMs() ?? null,
    };
  }

  startRecorder();
  connect();

  return {
    status() {
      dirty = false;
      return status();
    },
    changed: () => dirty,
    writeDue: () => recorder?.tick(),
    mayNapMs() {
      if (live.watched()) return 0;
      if (source === null) return attempt === null ? napMs : shortNapMs; // a dialogue is many short answers
      if (source.via === 'ffmpeg') return shortNapMs; // a pipe holds 64 KiB
      if (source.transport === 'udp') return 0; // what a socket for datagrams cannot hold is lost
      // Its times are those at which its first pictures are read, and led to better ones by half a millisecond a second.
      const isNew = liveAt === null || ticker.monoMs() - liveAt < settleMs;
      return isNew ? shortNapMs : given.mayNapMs(time.nowUs);
    },
    giveWay(on) {
      givesWay = on;
      recorder?.giveWay(on);
    },
    lag() {
      if (recorder === null || target === null || !recorder.writing()) return null;
      return {
        ...{ streamId, volume: target.volume },
        lagMs: recorder.lagMs(),
        opening: recorder.opening(),
        fill: recorder.pendingBytes() / deps.setup.maxPendingBytes,
        dropping: recorder.dropping() === 'full',
      };
    },
    watch: (on) => live.watch(on),
    ...{ show: given.show, hear: given.hear },
    async record(next, asked, move) {
      const resumed = asked.write && !manner.write;
      manner = asked;
      if (next !== null && recorder !== null && target?.folder === next.folder) {
        target = next;
        recorder.retarget(next, move);
        recorder.manner(manner);
        dirty = true;
        if (!resumed) return;
        uncovered = null;
        if (liveAt === null && trouble !== null) reportUncovered(causeOf(trouble));
        return;
      }
      target = next;
      uncovered = null;
      await stopRecorder();
      // Another order may have come while the last recorder ended: the newest holds.
      if (stopped || target === null || target !== next) return;
      startRecorder();
      if (liveAt === null && trouble !== null) reportUncovered(causeOf(trouble));
    },
    clockStepped(byMs) {
      sinceMs += byMs;
      if (source !== null) source.step(byMs * 1000);
      else recorder?.clockJumped();
    },
    slept() {
      if (liveAt !== null) reportUncovered('suspended');
      recorder?.clockJumped();
      if (source !== null) source.interrupt();
      else sink.interrupt();
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      stopTicking();
      endWait();
      source?.close(); // says good-bye; what is still being opened is simply dropped
      source = null;
      attempt?.abort();
      sink.interrupt();
      await stopRecorder();
    },
  };
}
