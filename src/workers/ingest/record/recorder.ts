/** Takes the units of one stream to disk: buffers them by reference, cuts fragments, opens and closes segments. */
import type { GapCause } from '#domain/gap.ts';
import type { StreamId } from '#domain/id.ts';
import { fragmentMaxMs, segmentMaxMs, segmentTargetMs } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import { overlapLeadMs } from '#domain/clock-seam.ts';
import type { Clock } from '#lib/clock.ts';
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import type { IngestReport, RecordMove, RecordTarget } from '../port.ts';
import { napMs } from '../nap.ts';
import type { UnitSink } from '../unit-sink.ts';
import type { RecordDisk } from './disk.ts';
import { type Gathering, createGathering, fragmentOf, gather, isEmpty } from './gathering.ts';
import { type SegmentFile, createSegmentWriter } from './segment-file.ts';
import { movable, type Moved } from './moved.ts';
import { newSegment } from './new-segment.ts';
import { createSlew } from './slew.ts';
import { sameTrack } from './track.ts';
import type { WritingKey } from './volume-keys.ts';

export type RecorderOptions = {
  streamId: StreamId;
  kind: StreamKind;
  target: RecordTarget;
  /**
   * End of what is recorded. What begins a little before it is moved behind it (`slew.ts`); what begins long before it is time
   * that a wrong clock has gone through already, and is recorded with its own times.
   */
  notBeforeMs: number;
  /** No segment ends after it; who feeds the recorder gives no picture shown later. Absent: no end. */
  notAfterMs?: number;
  /** A box that says where the video came from, at the end of `moov`. */
  mark?: Uint8Array;
  /** By which key segments that begin now below this root are encrypted; null, or absent: by none. */
  encryption?: (root: string) => WritingKey | null;
  /** How long a segment lasts that does not continue one of the usual length; absent: as long as all. */
  firstMs?: number;
  /** Bytes that may wait for the disk; beyond, pictures are dropped up to the next key frame. */
  maxPendingBytes: number;
  clock: Clock;
  /** How long this thread was held since then (ms, monotonic); absent: never. */
  heldSince?: (sinceMonoMs: number) => number;
  /** Which boot of the machine the steady clock counts from; absent (a card's recording, whose times are another clock's): no clocks are noted. */
  boot?: string;
  disk: RecordDisk;
  report(report: IngestReport): void;
};

export type Dropping = 'full' | 'gives-way';

export type Recorder = UnitSink & {
  /** To be called about every `napMs`, after what came was taken: writes what has waited long enough though nothing new came. */
  tick(): void;
  /** Bytes held in memory: buffered or on their way to disk. */
  pendingBytes(): number;
  /**
   * How long ago the oldest was taken that was handed to the disk and is not durable, ms; 0: nothing waits. Without the time in which this
   * thread was held: it may be durable since then, and nothing has heard of it.
   */
  lagMs(): number;
  /** That one waits for the file of its segment to be made, or has waited for it. */
  opening(): boolean;
  /** It gives way to others while the disk is slow: what comes is dropped up to the first key frame after that. */
  giveWay(on: boolean): void;
  /** Pictures are being dropped because the disk does not keep up: its own memory is full, or it gives way; null: none is. */
  dropping(): Dropping | null;
  /** Ends the segment right before a key frame that is not taken: what is recorded next may begin with it. */
  endBefore(next: AccessUnit): void;
  /** Goes on at another place. */
  retarget(target: RecordTarget, move: RecordMove): void;
  /** Up to where everything taken is, or will be, on disk; `notBeforeMs` before the first segment. */
  coveredToMs(): number;
  /** Closes the segment and resolves when it is on disk. Nothing is taken afterwards. */
  stop(): Promise<void>;
};

/** A fragment is written this much early: pictures lay unread for up to a nap, and the next look may be a nap away. */
const dueMs = fragmentMaxMs - 2 * napMs;
/** Where a look is late: before one more picture is taken. */
const overdueMs = fragmentMaxMs - napMs;
/** A system takes about a thousand pieces in one call (IOV_MAX). */
const maxPieces = 900;
/** How long the end of a segment waits for the sound that belongs to it. */
const lateSoundMs = 200;
/** Time between two tries of a disk that refused. */
const retryMs = 1000;
/** Decoding times that step back further than this do not continue the stream. */
const maxBackUs = 500_000;
const firstGuessUs = 40_000;

const nothingWaits = (): { pieces: number; oldestMonoMs: number } => ({
  pieces: 0,
  oldestMonoMs: Number.POSITIVE_INFINITY,
});

const causeOf = (code: string): GapCause => (code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'disk-error');

/** Makes the recorder of one stream. It never blocks and never throws; what goes wrong is reported. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { streamId, kind, maxPendingBytes, clock, disk, report } = options;
  let { target } = options;
  /** The next key frame begins a segment, because it is to lie elsewhere. */
  let turnAtKey = false;
  const firstMs = options.firstMs ?? segmentTargetMs;
  /** At the first key frame after this long the segment ends. */
  let lastsMs = firstMs;
  /** Where the account of what is recorded begins: 0 once time is recorded for the second time. */
  let floorMs = options.notBeforeMs;
  let notBeforeMs = floorMs;
  let video: VideoTrack | null = null;
  let audio: AudioTrack | null = null;
  let segment: SegmentFile | null = null;
  let stopped = false;
  /** Tracks that hold from the next picture on. */
  let coming: { video: VideoTrack; audio: AudioTrack | null } | null = null;

  /** The fragment being gathered for `segment`. */
  let gathering = createGathering();
  /** Fragments that ended at a key frame and wait for what follows, so that there is one write for both. */
  let waiting = nothingWaits();
  /** The segment before it, while its last sounds are waited for. */
  let closing: {
    segment: SegmentFile;
    gathering: Gathering;
    next: AccessUnit;
    endMs: number;
    sinceMonoMs: number;
  } | null = null;

  let lastDtsUs = -Infinity;
  let frameUs = firstGuessUs;
  const slew = createSlew();

  let failedCode: string | null = null;
  let retryAtMonoMs = 0;
  let overrun: Dropping | null = null;
  let givesWay = false;
  let droppedUnits = 0;

  const works = (): void => {
    if (failedCode === null) return;
    failedCode = null;
    report({ op: 'disk', streamId, volume: target.volume, code: null });
  };
  const newWriter = () =>
    createSegmentWriter({ streamId, kind, disk, report, onDurable: works, onFailure: failedWith });
  let writer = newWriter();
  function failedWith(failed: SegmentFile, code: string, message: string): void {
    segment = null;
    closing = null;
    gathering = createGathering();
    waiting = nothingWaits();
    overrun = null;
    notBeforeMs = Math.max(failed.endMs, floorMs);
    // Another place is tried at once.
    retryAtMonoMs = failed.target.root === target.root ? clock.monoMs() + retryMs : 0;
    if (failed.opened || !failed.trial)
      report({ op: 'uncovered', streamId, fromMs: failed.endMs, cause: causeOf(code) });
    if (failedCode !== code) {
      failedCode = code;
      report({ op: 'disk', streamId, volume: failed.target.volume, code });
      report({
        op: 'log',
        level: 'error',
        text: 'The disk refused to take video; trying again every second.',
        fields: { streamId, code, message },
      });
    }
  }

  const heldBytes = (): number => writer.pendingBytes() + gathering.bytes + (closing?.gathering.bytes ?? 0);

  const isDue = (g: Gathering, monoMs: number, afterMs: number): boolean =>
    !isEmpty(g) && (monoMs - g.oldestMonoMs >= afterMs || g.pieces >= maxPieces);
  const mustWrite = (monoMs: number, afterMs: number): boolean =>
    isDue(gathering, monoMs, afterMs) ||
    monoMs - waiting.oldestMonoMs >= afterMs ||
    (waiting.pieces > 0 && waiting.pieces + gathering.pieces >= maxPieces);

  /** Closes the segment whose last sounds were waited for; only then may the one after it be opened. */
  const settle = (): void => {
    if (closing === null) return;
    const { segment: of, gathering: last, next, endMs } = closing;
    closing = null;
    if (!isEmpty(last)) writer.write(of, fragmentOf(last, of, next.dtsUs));
    writer.seal(of, endMs);
    if (segment !== null) writer.create(segment);
  };
  const settleInTime = (monoMs: number): void => {
    if (closing !== null && (monoMs - closing.sinceMonoMs >= lateSoundMs || isDue(closing.gathering, monoMs, dueMs)))
      settle();
  };

  /** Hands the gathered units to the writer as one fragment; `nextDtsUs`: when the next picture is decoded. */
  const cut = (of: SegmentFile, nextDtsUs: number): void => {
    settle();
    if (isEmpty(gathering)) return;
    waiting.pieces += gathering.pieces + 1;
    waiting.oldestMonoMs = Math.min(waiting.oldestMonoMs, gathering.oldestMonoMs);
    writer.write(of, fragmentOf(gathering, of, nextDtsUs));
    gathering = createGathering();
  };
  const write = (of: SegmentFile, nextDtsUs: number): void => {
    cut(of, nextDtsUs);
    writer.flush();
    waiting = nothingWaits();
  };

  const guessedNextDtsUs = (): number =>
    Math.min(lastDtsUs + frameUs, Math.max(lastDtsUs + 1, (options.notAfterMs ?? Infinity) * 1000));

  /** Ends the segment. `next`: the picture that follows it without a break, if there is one. */
  const finish = (next: AccessUnit | null): void => {
    if (segment === null) return;
    cut(segment, next ? next.dtsUs : guessedNextDtsUs());
    const endMs = next ? endBefore(next, segment) : segment.takenMs;
    writer.seal(segment, endMs);
    waiting = nothingWaits();
    notBeforeMs = Math.max(notBeforeMs, endMs);
    segment = null;
  };
  const endBefore = (next: AccessUnit, of: SegmentFile): number =>
    Math.max(Math.floor(next.ptsUs / 1000), of.startMs + 1);

  /** Goes on in a new segment from this picture. */
  const turn = (next: AccessUnit, format: VideoTrack): void => {
    if (segment !== null && audio !== null) {
      settle();
      const endMs = endBefore(next, segment);
      writer.flush();
      waiting = nothingWaits();
      closing = { segment, gathering, next, endMs, sinceMonoMs: clock.monoMs() };
      gathering = createGathering();
      notBeforeMs = Math.max(notBeforeMs, endMs);
    } else finish(next);
    begin(next, format, turnAtKey ? firstMs : segmentTargetMs);
  };

  const begin = (first: AccessUnit, format: VideoTrack, length = firstMs): void => {
    turnAtKey = false;
    lastsMs = length;
    const tracks = { video: format, audio };
    segment = newSegment(first, { ...options, target, tracks, notBeforeMs, trial: failedCode !== null });
    if (overrun !== null) {
      overrun = null;
      report({ op: 'log', level: 'warn', text: 'The disk keeps up again.', fields: { streamId, droppedUnits } });
      droppedUnits = 0;
    }
    if (closing === null) writer.create(segment);
  };

  const take = (unit: AccessUnit, monoMs: number): void => {
    gather(gathering, unit, monoMs);
    if (unit.track === 'audio') return;
    const stepUs = unit.dtsUs - lastDtsUs;
    if (stepUs > 0 && stepUs <= 1_000_000) frameUs = stepUs;
    lastDtsUs = unit.dtsUs;
  };

  /** The disk does not keep up: what was taken goes out, what follows is dropped up to a key frame. */
  const drop = (unit: AccessUnit): void => {
    droppedUnits += 1;
    const why = givesWay ? 'gives-way' : 'full';
    if (segment === null) {
      if (overrun !== null || failedCode !== null) return;
      overrun = why;
      writer.tell({ op: 'uncovered', streamId, fromMs: Math.floor(unit.ptsUs / 1000), cause: 'disk-slow' });
      return;
    }
    const fromMs = Math.max(segment.takenMs, Math.floor(unit.ptsUs / 1000));
    const { opened } = segment;
    finish(unit);
    overrun = why;
    const told: IngestReport = { op: 'uncovered', streamId, fromMs, cause: 'disk-slow' };
    // At once, so that a hanging disk is known of; but never before the `opened` that would end it again.
    if (opened) report(told);
    else writer.tell(told);
    const fields = { streamId, pendingBytes: writer.pendingBytes() };
    if (givesWay)
      report({ op: 'log', level: 'warn', text: 'The disk is too slow; a stream gives way to others.', fields });
    else
      report({ op: 'log', level: 'error', text: 'The disk is too slow; video is dropped up to a key frame.', fields });
  };

  /** The first picture of a segment that continues nothing, with the times that it is recorded with. */
  const placed = (first: AccessUnit): AccessUnit => {
    const leadUs = notBeforeMs * 1000 - slew.moved(first).ptsUs;
    if (leadUs > overlapLeadMs * 1000) {
      const fields = { streamId, recordedToMs: notBeforeMs };
      floorMs = notBeforeMs = 0;
      const text =
        'The clock was set back into time that is recorded already: it is recorded once more, beside what is there.';
      report({ op: 'log', level: 'warn', text, fields });
    } else if (leadUs > 0) slew.begin(first.ptsUs, notBeforeMs * 1000 - first.ptsUs);
    return slew.moved(first);
  };

  const picture = (taken: AccessUnit, format: VideoTrack, monoMs: number): void => {
    let unit = slew.moved(taken);
    if (segment !== null && unit.dtsUs < lastDtsUs - maxBackUs) {
      finish(null);
      writer.tell({ op: 'uncovered', streamId, fromMs: notBeforeMs, cause: 'clock-jump' });
    }
    if (givesWay || heldBytes() + unit.bytes > maxPendingBytes) {
      drop(unit);
      return;
    }
    if (segment === null) {
      const wait =
        !unit.key || monoMs < retryAtMonoMs || (overrun !== null && writer.pendingBytes() > maxPendingBytes / 2);
      if (wait) {
        if (overrun !== null) droppedUnits += 1;
        return;
      }
      unit = placed(taken);
      begin(unit, format);
    } else {
      const ageMs = (unit.ptsUs - segment.originUs) / 1000;
      if (ageMs >= segmentMaxMs || (unit.key && (turnAtKey || ageMs >= lastsMs))) {
        // A stream without key frames (gradual refresh) goes on in the next segment rather than being lost.
        turn(unit, format);
      } else if (mustWrite(monoMs, overdueMs)) write(segment, unit.dtsUs);
      else if (unit.key && !gathering.allKeys) cut(segment, unit.dtsUs);
    }
    take(unit, monoMs);
  };

  const interrupt = (): void => {
    finish(null);
    slew.begin(0, 0);
    lastDtsUs = -Infinity;
  };

  /** What waits in memory, oldest first; nothing of a stream that was interrupted and has not come back. */
  const waitsInMemory = (): Moved[] => {
    if (segment === null && overrun === null) return [];
    const all: Moved[] = writer.undurable().map(({ segment: of, fragment }) => ({ ...fragment, fragment, of }));
    if (closing !== null) all.push({ ...closing.gathering, fragment: null, of: closing.segment });
    if (segment !== null) all.push({ ...gathering, fragment: null, of: segment });
    return all;
  };

  /**
   * The disk does not answer: nothing more is asked of it, and what it has of this stream is found when it answers again. Answers what
   * is to be recorded elsewhere.
   */
  const leave = (): Moved[] => {
    const moved = movable(waitsInMemory(), { video, audio, frameUs });
    const [first] = moved;
    const left = writer.abandon(first?.fragment ?? null);
    writer = newWriter();
    const [oldest] = left;
    const fromMs = first?.pictures[0] === undefined ? null : Math.floor(first.pictures[0].ptsUs / 1000);
    const takenMs = Math.max(...left.map((s) => s.takenMs));
    // One without a picture keeps its name, and has nothing else.
    const empty = left.some((s) => s.fragments === 0 && s.opened && s.startMs === fromMs);
    const durableMs = Math.max(empty ? (fromMs ?? 0) + 1 : 0, ...left.map((s) => (s.fragments === 0 ? 0 : s.endMs)));
    segment = null;
    closing = null;
    gathering = createGathering();
    waiting = nothingWaits();
    if (oldest === undefined) return moved;
    overrun = null;
    notBeforeMs = Math.max(fromMs === null ? takenMs : durableMs, floorMs);
    for (const { opened, startMs } of left) if (opened) report({ op: 'left', streamId, startMs });
    if (fromMs === null || fromMs > oldest.endMs)
      report({ op: 'uncovered', streamId, fromMs: oldest.endMs, cause: 'disk-error' });
    return moved;
  };

  /** Records what waited for a disk that does not answer at the place that holds now. */
  const recordAgain = (moved: readonly Moved[]): void => {
    const monoMs = clock.monoMs();
    for (const { pictures, sounds } of moved) {
      const [first] = pictures;
      if (first !== undefined && video !== null) {
        if (segment === null) begin(first, video);
        else cut(segment, first.dtsUs);
      }
      for (const unit of pictures) take(unit, monoMs);
      for (const unit of sounds) if (segment !== null && unit.ptsUs >= segment.originUs) take(unit, monoMs);
    }
    writer.flush();
    waiting = nothingWaits();
  };

  return {
    retarget(next, move) {
      const elsewhere = next.root !== target.root;
      const dropped = overrun !== null;
      const waits = move === 'now' && writer.waitsBeside(next.root);
      const moved = waits ? leave() : [];
      target = next;
      if (!elsewhere && !waits) return;
      works(); // of the new place nothing bad is known
      retryAtMonoMs = 0;
      turnAtKey = move !== 'turn' && segment !== null;
      if (moved.length === 0) return;
      recordAgain(moved);
      if (!dropped) return;
      finish(null);
      writer.tell({ op: 'uncovered', streamId, fromMs: notBeforeMs, cause: 'disk-slow' });
    },
    format(nextVideo, nextAudio) {
      if (stopped) return;
      coming = null;
      if (sameTrack(video, nextVideo) && sameTrack(audio, nextAudio)) return;
      coming = { video: nextVideo, audio: nextAudio };
    },
    unit(taken) {
      if (stopped) return;
      const unit = slew.moved(taken);
      if (coming !== null) {
        if (unit.track === 'audio') return; // sound of the new format, before its first picture
        finish(unit.key ? unit : null);
        ({ video, audio } = coming);
        coming = null;
      }
      if (video === null) return;
      const monoMs = clock.monoMs();
      settleInTime(monoMs);
      if (unit.track === 'video') {
        picture(taken, video, monoMs);
        return;
      }
      if (segment === null || audio === null) return;
      if (heldBytes() + unit.bytes > maxPendingBytes) return; // the next picture says so
      if (closing !== null) {
        if (unit.ptsUs < segment.originUs) {
          gather(closing.gathering, unit, monoMs);
          return;
        }
        settle();
      }
      if (mustWrite(monoMs, overdueMs)) write(segment, guessedNextDtsUs());
      take(unit, monoMs);
    },
    interrupt,
    endBefore(next) {
      settle();
      finish(slew.moved(next));
    },
    tick() {
      const monoMs = clock.monoMs();
      settleInTime(monoMs);
      if (segment !== null && mustWrite(monoMs, dueMs)) write(segment, guessedNextDtsUs());
    },
    pendingBytes: heldBytes,
    lagMs() {
      const since = writer.waitingSinceMs();
      if (since === null) return 0;
      return Math.max(0, Math.round(clock.monoMs() - since - (options.heldSince?.(since) ?? 0)));
    },
    opening: () => writer.opening(),
    giveWay(on) {
      givesWay = on;
      if (on && overrun !== null) overrun = 'gives-way';
    },
    dropping: () => overrun,
    coveredToMs: () => (segment === null ? notBeforeMs : Math.max(segment.takenMs, notBeforeMs)),
    async stop() {
      interrupt();
      stopped = true;
      await writer.idle();
    },
  };
}
