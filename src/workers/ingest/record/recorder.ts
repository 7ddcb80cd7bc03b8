/** Takes the units of one stream to disk: buffers them by reference, cuts fragments, opens and closes segments. */
import type { GapCause } from '#domain/gap.ts';
import { segmentMaxMs, segmentTargetMs } from '#domain/segment.ts';
import { overlapLeadMs } from '#domain/clock-seam.ts';
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import type { IngestReport } from '../port.ts';
import { createFragments, dueMs, overdueMs } from './fragments.ts';
import { movable, type Moved } from './moved.ts';
import { newSegment } from './new-segment.ts';
import type { Dropping, Recorder, RecorderOptions } from './recorder-port.ts';
import type { SegmentFile } from './segment-file.ts';
import { createSegmentWriter } from './segment-writer.ts';
import { createSlew } from './slew.ts';
import { sameTrack } from './track.ts';

/** Time between two tries of a disk that refused. */
const retryMs = 1000;
/** Decoding times that step back further than this do not continue the stream. */
const maxBackUs = 500_000;

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

  /** What is gathered for `segment`, and for the one before it. */
  const fragments = createFragments({ clock, writer: () => writer });
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
    fragments.clear();
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

  const heldBytes = (): number => writer.pendingBytes() + fragments.bytes();
  const write = (of: SegmentFile, nextDtsUs: number): void => {
    fragments.cut(of, nextDtsUs);
    fragments.flush();
  };

  const guessedNextDtsUs = (): number =>
    Math.min(
      fragments.lastDtsUs() + fragments.frameUs(),
      Math.max(fragments.lastDtsUs() + 1, (options.notAfterMs ?? Infinity) * 1000),
    );

  /** Ends the segment. `next`: the picture that follows it without a break, if there is one. */
  const finish = (next: AccessUnit | null): void => {
    if (segment === null) return;
    fragments.cut(segment, next ? next.dtsUs : guessedNextDtsUs());
    const endMs = next ? endBefore(next, segment) : segment.takenMs;
    writer.seal(segment, endMs);
    fragments.flush();
    notBeforeMs = Math.max(notBeforeMs, endMs);
    segment = null;
  };
  const endBefore = (next: AccessUnit, of: SegmentFile): number =>
    Math.max(Math.floor(next.ptsUs / 1000), of.startMs + 1);

  /** Goes on in a new segment from this picture. */
  const turn = (next: AccessUnit, format: VideoTrack): void => {
    if (segment !== null && audio !== null) {
      const endMs = endBefore(next, segment);
      fragments.close(segment, next, endMs);
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
    fragments.open(segment);
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
    if (segment !== null && unit.dtsUs < fragments.lastDtsUs() - maxBackUs) {
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
      } else if (fragments.due(monoMs, overdueMs)) write(segment, unit.dtsUs);
      else if (unit.key && !fragments.allKeys()) fragments.cut(segment, unit.dtsUs);
    }
    fragments.take(unit, monoMs);
  };

  const interrupt = (): void => {
    finish(null);
    slew.begin(0, 0);
    fragments.interrupt();
  };

  /** What waits in memory, oldest first; nothing of a stream that was interrupted and has not come back. */
  const waitsInMemory = (): Moved[] => {
    if (segment === null && overrun === null) return [];
    const all: Moved[] = writer.undurable().map(({ segment: of, fragment }) => ({ ...fragment, fragment, of }));
    return [...all, ...fragments.waiting(segment)];
  };

  /**
   * The disk does not answer: nothing more is asked of it, and what it has of this stream is found when it answers again. Answers what
   * is to be recorded elsewhere.
   */
  const leave = (): Moved[] => {
    const moved = movable(waitsInMemory(), { video, audio, frameUs: fragments.frameUs() });
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
    fragments.clear();
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
        else fragments.cut(segment, first.dtsUs);
      }
      for (const unit of pictures) fragments.take(unit, monoMs);
      for (const unit of sounds) if (segment !== null && unit.ptsUs >= segment.originUs) fragments.take(unit, monoMs);
    }
    fragments.flush();
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
      fragments.settleInTime(monoMs);
      if (unit.track === 'video') {
        picture(taken, video, monoMs);
        return;
      }
      if (segment === null || audio === null) return;
      if (heldBytes() + unit.bytes > maxPendingBytes) return; // the next picture says so
      if (fragments.takeLate(unit, segment, monoMs)) return;
      if (fragments.due(monoMs, overdueMs)) write(segment, guessedNextDtsUs());
      fragments.take(unit, monoMs);
    },
    interrupt,
    endBefore(next) {
      fragments.settle();
      finish(slew.moved(next));
    },
    tick() {
      const monoMs = clock.monoMs();
      fragments.settleInTime(monoMs);
      if (segment !== null && fragments.due(monoMs, dueMs)) write(segment, guessedNextDtsUs());
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
