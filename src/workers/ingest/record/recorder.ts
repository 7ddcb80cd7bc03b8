/** Takes the units of one stream to disk: buffers them by reference, cuts fragments, opens and closes segments. */
import type { GapCause } from '#domain/gap.ts';
import { segmentMaxMs, segmentTargetMs } from '#domain/segment.ts';
import { overlapLeadMs } from '#domain/clock-seam.ts';
import type { AccessUnit } from '#media/format.ts';
import type { IngestReport } from '../port.ts';
import { createFragments } from './fragments.ts';
import { dueMs, overdueMs } from './gathering.ts';
import { type Break, createKept, type KeptPart, lastRun, partsBehind, type Tracks, type Waiting } from './kept.ts';
import type { Handed } from './lead.ts';
import { newSegment } from './new-segment.ts';
import type { Dropping, Recorder, RecorderOptions } from './recorder-port.ts';
import type { SegmentFile } from './segment-file.ts';
import { createSegmentWriter } from './segment-writer.ts';
import { createSlew } from './slew.ts';
import { sameTrack } from './track.ts';

/** Time between two tries of a disk that refused. */
const retryMs = 1000;
/** The same at most, where it takes something each time and refuses again within `steadyMs`. */
const mostRetryMs = 8000;
const steadyMs = 10_000;
/** Decoding times that step back further than this do not continue the stream. */
const maxBackUs = 500_000;

const asWaiting = ({ segment, fragment }: Handed): Waiting => ({ ...fragment, of: segment, fragment });
const asLead = ({ segment, fragment }: Handed): Waiting => ({ ...fragment, of: segment, fragment: null });
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
  let tracks: Tracks | null = null;
  let segment: SegmentFile | null = null;
  let stopped = false;
  /** Tracks that hold from the next picture on. */
  let coming: Tracks | null = null;

  /** What is gathered for `segment`, and for the one before it. */
  const fragments = createFragments({ clock, writer: () => writer });
  /** What no disk has taken, oldest first; behind what `segment` was given. */
  const kept = createKept();
  const slew = createSlew();

  let failedCode: string | null = null;
  let retryAtMonoMs = 0;
  let pauseMs = retryMs;
  let workedAtMonoMs = -Infinity;
  let overrun: Dropping | null = null;
  let givesWay = false;
  let droppedUnits = 0;
  /** What is recorded now is what was kept. */
  let pouring = false;
  /** The first picture of what is recorded once more. */
  let leadsWith: AccessUnit | null = null;

  const works = (): void => {
    if (failedCode === null) return;
    failedCode = null;
    workedAtMonoMs = clock.monoMs();
    report({ op: 'disk', streamId, volume: target.volume, code: null });
  };
  const newWriter = () =>
    createSegmentWriter({
      ...{ streamId, kind, disk, leadBytes: maxPendingBytes / 2, report, onFailure: failedWith },
      onDurable() {
        works();
        advance();
      },
    });
  let writer = newWriter();

  /** A disk that refused is tried with this segment, of which nothing is durable yet. */
  const isTrial = (): boolean => segment?.trial === true && !segment.opened;
  /** What comes is kept behind what is kept already, or until a disk that refused takes something. */
  const keeps = (): boolean =>
    !kept.isEmpty() || kept.isEnded() || isTrial() || (segment === null && failedCode !== null);

  /** What waits, and in front of it what is durable and it cannot be decoded without. */
  const behindLead = (waiting: readonly Waiting[]): KeptPart[] => {
    const lead = writer.takeLead().map(asLead);
    const parts = partsBehind(lead, waiting, fragments.frameUs());
    const [first] = lead[0]?.pictures ?? [];
    if (first !== undefined && parts[0]?.pictures[0] === first) leadsWith = first;
    else giveUp(lead);
    return parts;
  };

  function failedWith(failed: SegmentFile, code: string, message: string, waited: Handed[]): void {
    const parts = behindLead([...waited.map(asWaiting), ...fragments.waiting(segment)]);
    const over = segment === null && !keeps() && parts.length > 0;
    giveUp(kept.putBack(parts));
    if (over) kept.end({ next: null, cause: overrun === null ? null : 'disk-slow' });
    segment = null;
    fragments.clear();
    overrun = null;
    notBeforeMs = Math.max(failed.endMs, floorMs);
    const monoMs = clock.monoMs();
    const again = failed.kept && monoMs - workedAtMonoMs < steadyMs;
    if (failed.opened) pauseMs = again ? Math.min(2 * pauseMs, mostRetryMs) : retryMs;
    // Another place is tried at once.
    retryAtMonoMs = failed.target.root === target.root ? monoMs + pauseMs : 0;
    if ((failed.opened || !failed.trial) && !failed.past)
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
  /** What comes continues nothing; `next` as in `finish`. */
  const end = (next: AccessUnit | null): void => {
    if (keeps()) endKept({ next, cause: null });
    else finish(next);
  };
  const endBefore = (next: AccessUnit, of: SegmentFile): number =>
    Math.max(Math.floor(next.ptsUs / 1000), of.startMs + 1);

  /** The segment ends before this picture. A stream without key frames (gradual refresh) goes on in the next rather than being lost. */
  const endsAt = (unit: AccessUnit, of: SegmentFile): boolean => {
    const ageMs = (unit.ptsUs - of.originUs) / 1000;
    return ageMs >= segmentMaxMs || (unit.key && (turnAtKey || ageMs >= lastsMs));
  };

  /** Goes on in a new segment from this picture. */
  const turn = (next: AccessUnit, of: Tracks): void => {
    if (segment !== null && of.audio !== null) {
      const endMs = endBefore(next, segment);
      fragments.close(segment, next, endMs);
      notBeforeMs = Math.max(notBeforeMs, endMs);
    } else finish(next);
    begin(next, of, turnAtKey ? firstMs : segmentTargetMs);
  };

  const begin = (first: AccessUnit, of: Tracks, length = firstMs): void => {
    turnAtKey = false;
    lastsMs = length;
    const trial = failedCode !== null;
    segment = newSegment(first, {
      ...options,
      target,
      tracks: of,
      notBeforeMs,
      trial,
      ...{ kept: pouring, past: pouring && kept.isEnded() },
    });
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

  /** The first picture of what continues nothing, with the times that it is recorded with. */
  const placed = (first: AccessUnit): AccessUnit => {
    const keptMs = kept.isEmpty() ? 0 : Math.ceil((kept.lastPtsUs() + fragments.frameUs()) / 1000);
    const recordedToMs = Math.max(notBeforeMs, segment?.takenMs ?? 0, keptMs);
    const leadUs = recordedToMs * 1000 - slew.moved(first).ptsUs;
    if (leadUs > overlapLeadMs * 1000) {
      const fields = { streamId, recordedToMs };
      floorMs = notBeforeMs = 0;
      const text =
        'The clock was set back into time that is recorded already: it is recorded once more, beside what is there.';
      report({ op: 'log', level: 'warn', text, fields });
    } else if (leadUs > 0) slew.begin(first.ptsUs, recordedToMs * 1000 - first.ptsUs);
    return slew.moved(first);
  };

  const picture = (taken: AccessUnit, of: Tracks, monoMs: number): void => {
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
      const wait = !unit.key || (overrun !== null && writer.pendingBytes() > maxPendingBytes / 2);
      if (wait) {
        if (overrun !== null) droppedUnits += 1;
        return;
      }
      unit = placed(taken);
      begin(unit, of);
    } else {
      if (endsAt(unit, segment)) turn(unit, of);
      else if (fragments.due(monoMs, overdueMs)) write(segment, unit.dtsUs);
      else if (unit.key && !fragments.allKeys()) fragments.cut(segment, unit.dtsUs);
    }
    fragments.take(unit, monoMs);
  };

  /** Neither is going to be written. */
  const giveUp = (units: readonly Pick<Waiting, 'pictures' | 'sounds'>[]): void => {
    for (const { pictures, sounds } of units) for (const { data } of [...pictures, ...sounds]) disk.taken(data);
  };

  /** Keeps what comes; where memory does not suffice the oldest goes. */
  const keep = (taken: AccessUnit, of: Tracks, monoMs: number): void => {
    if (taken.track === 'video') {
      const { dtsUs } = slew.moved(taken);
      const lastUs = kept.isEmpty() ? fragments.lastDtsUs() : kept.lastDtsUs();
      if (!kept.waitsForKey(segment !== null) && dtsUs < lastUs - maxBackUs)
        endKept({ next: null, cause: 'clock-jump' });
      if (givesWay) endKept({ next: null, cause: 'disk-slow' });
    }
    while (!kept.isEmpty() && heldBytes() + kept.bytes() + taken.bytes > maxPendingBytes) {
      if (segment?.opened === false) segment.past = true;
      // While the disk refuses that is told already.
      giveUp(kept.dropOldest(failedCode === null ? 'disk-slow' : null));
    }
    const waits = kept.waitsForKey(segment !== null);
    const fits = heldBytes() + taken.bytes <= maxPendingBytes;
    if (givesWay || !fits || (waits && (taken.track === 'audio' || !taken.key))) {
      if (!fits) endKept({ next: null, cause: failedCode === null ? 'disk-slow' : null });
      giveUp([{ pictures: [taken], sounds: [] }]);
    } else kept.push(waits ? placed(taken) : slew.moved(taken), of, monoMs);
  };
  /** What is kept ends here. */
  const endKept = (after: Break): void => {
    kept.end(after);
    if (segment?.opened === false) segment.past = true;
  };

  /** Records what is kept, as far as memory that waits for the disk goes; of a disk that is only tried again one fragment. */
  function advance(): void {
    const monoMs = clock.monoMs();
    if (!keeps() || isTrial() || (segment === null && failedCode !== null && monoMs < retryAtMonoMs)) return;
    pouring = true;
    while (writer.pendingBytes() < maxPendingBytes / 2) {
      const part = kept.shift();
      if (part === null) break;
      record(part, monoMs);
      if (segment === null || !isTrial()) continue;
      fragments.cut(segment, kept.nextDtsUs() ?? guessedNextDtsUs());
      break;
    }
    if (!isTrial()) {
      const end = kept.takeEnd();
      if (end !== null) finishKept(end);
    }
    fragments.flush();
    pouring = false;
  }
  const finishKept = ({ next, cause }: Break): void => {
    if (segment === null) return;
    finish(next);
    if (cause !== null) writer.tell({ op: 'uncovered', streamId, fromMs: notBeforeMs, cause });
  };
  const record = (part: KeptPart, monoMs: number): void => {
    const [first] = part.pictures;
    if (part.after !== null) finishKept(part.after);
    if (first !== undefined && segment === null) {
      // The clock was set back between what is kept.
      if (first !== leadsWith && first.ptsUs / 1000 < notBeforeMs - overlapLeadMs) floorMs = notBeforeMs = 0;
      begin(first, part.tracks);
    } else if (first !== undefined && segment !== null) {
      if (endsAt(first, segment)) turn(first, part.tracks);
      else fragments.cut(segment, first.dtsUs);
    }
    for (const unit of part.pictures) fragments.take(unit, monoMs);
    for (const unit of part.sounds)
      if (segment !== null && !fragments.takeLate(unit, segment, monoMs) && unit.ptsUs >= segment.originUs)
        fragments.take(unit, monoMs);
  };

  const interrupt = (): void => {
    if (keeps()) endKept({ next: null, cause: null });
    else {
      if (segment?.kept === true && !segment.opened) segment.past = true;
      finish(null);
      fragments.interrupt();
    }
    slew.begin(0, 0);
  };

  /**
   * The disk does not answer: nothing more is asked of it, and what it has of this stream is found when it answers again. What waited for
   * it is kept, from the last key picture on from which on nothing is missing; nothing of a stream that was interrupted and has not come back.
   */
  const leave = (): void => {
    const waits = [...writer.undurable().map(asWaiting), ...fragments.waiting(segment)];
    const gone = segment === null && overrun === null;
    const moved = gone ? [] : lastRun(behindLead(waits));
    const [first] = moved;
    const left = writer.abandon(moved.find((part) => part.fragment !== null)?.fragment ?? null);
    writer = newWriter();
    const [oldest] = left;
    const fromMs = first?.pictures[0] === undefined ? null : Math.floor(first.pictures[0].ptsUs / 1000);
    const takenMs = Math.max(...left.map((s) => s.takenMs));
    // One without a picture keeps its name, and has nothing else.
    const empty = left.some((s) => s.fragments === 0 && s.opened && s.startMs === fromMs);
    const durableMs = Math.max(empty ? (fromMs ?? 0) + 1 : 0, ...left.map((s) => (s.fragments === 0 ? 0 : s.endMs)));
    segment = null;
    fragments.clear();
    giveUp(kept.putBack(moved));
    if (moved.length > 0 && overrun !== null) kept.end({ next: null, cause: 'disk-slow' });
    if (oldest === undefined) return;
    overrun = null;
    notBeforeMs = Math.max(fromMs === null ? takenMs : durableMs, floorMs);
    for (const { opened, startMs } of left) if (opened) report({ op: 'left', streamId, startMs });
    if (fromMs === null || fromMs > oldest.endMs)
      report({ op: 'uncovered', streamId, fromMs: oldest.endMs, cause: 'disk-error' });
  };

  return {
    retarget(next, move) {
      const elsewhere = next.root !== target.root;
      const waits = move === 'now' && writer.waitsBeside(next.root);
      if (waits) leave();
      target = next;
      if (!elsewhere && !waits) return;
      works(); // of the new place nothing bad is known
      retryAtMonoMs = 0;
      turnAtKey = move !== 'turn' && segment !== null;
      advance();
    },
    format(nextVideo, nextAudio) {
      if (stopped) return;
      coming = null;
      if (sameTrack(tracks?.video ?? null, nextVideo) && sameTrack(tracks?.audio ?? null, nextAudio)) return;
      coming = { video: nextVideo, audio: nextAudio };
    },
    unit(taken) {
      if (stopped) return;
      const unit = slew.moved(taken);
      if (coming !== null) {
        if (unit.track === 'audio') return; // sound of the new format, before its first picture
        end(unit.key ? unit : null);
        tracks = coming;
        coming = null;
      }
      if (tracks === null) return;
      const monoMs = clock.monoMs();
      fragments.settleInTime(monoMs);
      advance();
      if (keeps()) {
        if (unit.track === 'video' || tracks.audio !== null) keep(taken, tracks, monoMs);
        return;
      }
      if (unit.track === 'video') {
        picture(taken, tracks, monoMs);
        return;
      }
      if (segment === null || tracks.audio === null) return;
      if (heldBytes() + unit.bytes > maxPendingBytes) return; // the next picture says so
      if (fragments.takeLate(unit, segment, monoMs)) return;
      if (fragments.due(monoMs, overdueMs)) write(segment, guessedNextDtsUs());
      fragments.take(unit, monoMs);
    },
    interrupt,
    endBefore(next) {
      fragments.settle();
      end(slew.moved(next));
    },
    tick() {
      const monoMs = clock.monoMs();
      fragments.settleInTime(monoMs);
      advance();
      if (segment !== null && fragments.due(monoMs, dueMs)) write(segment, guessedNextDtsUs());
    },
    pendingBytes: () => heldBytes() + kept.bytes(),
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
      // Once more, and no longer than something is taken.
      for (let before = -1; before !== kept.bytes(); ) {
        before = kept.bytes();
        retryAtMonoMs = 0;
        advance();
        await writer.idle();
      }
      while (!kept.isEmpty()) giveUp(kept.dropOldest(null));
    },
  };
}
