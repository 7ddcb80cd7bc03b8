/** Takes the units of one stream to disk: buffers them by reference, cuts fragments, opens and closes segments. */
import type { GapCause } from '#domain/gap.ts';
import type { StreamId } from '#domain/id.ts';
import { fragmentMaxMs, segmentMaxMs, segmentTargetMs } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { Clock } from '#lib/clock.ts';
import type { AccessUnit, AudioTrack, VideoTrack } from '#media/format.ts';
import { writeFragmentHead } from '#media/mp4/write-fragment.ts';
import { codecsOf, writeInit } from '#media/mp4/write-init.ts';
import type { IngestReport, RecordTarget } from '../port.ts';
import { tickMs } from '../ticker.ts';
import type { UnitSink } from '../unit-sink.ts';
import type { RecordDisk } from './disk.ts';
import { type SegmentFile, createSegmentWriter } from './segment-file.ts';
import { sameTrack } from './track.ts';

export type RecorderOptions = {
  streamId: StreamId;
  kind: StreamKind;
  target: RecordTarget;
  /** No segment starts before it. */
  notBeforeMs: number;
  /** Bytes that may wait for the disk; beyond, pictures are dropped up to the next key frame. */
  maxPendingBytes: number;
  clock: Clock;
  disk: RecordDisk;
  report(report: IngestReport): void;
};

export type Recorder = UnitSink & {
  /** To be called about every `tickMs`: writes what has waited long enough though nothing new came. */
  tick(): void;
  /** Bytes held in memory: buffered or on their way to disk. */
  pendingBytes(): number;
  /** Up to where everything taken is, or will be, on disk; `notBeforeMs` before the first segment. */
  coveredToMs(): number;
  /** Closes the segment and resolves when it is on disk. Nothing is taken afterwards. */
  stop(): Promise<void>;
};

/** A fragment is cut this much early, so that a coarse tick never makes it late. */
const dueMs = fragmentMaxMs - tickMs;
/** Time between two tries of a disk that refused. */
const retryMs = 1000;
/** Decoding times that step back further than this do not continue the stream. */
const maxBackUs = 500_000;
/** Most that presentation may lag behind decoding. */
const maxDelayUs = 10_000_000;
const firstGuessUs = 40_000;

const causeOf = (code: string): GapCause => (code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'disk-error');

/** Makes the recorder of one stream. It never blocks and never throws; what goes wrong is reported. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { streamId, kind, target, maxPendingBytes, clock, disk, report } = options;
  let { notBeforeMs } = options;
  let video: VideoTrack | null = null;
  let audio: AudioTrack | null = null;
  let segment: SegmentFile | null = null;
  let sequence = 0;
  let segmentEndMs = 0;
  let stopped = false;
  /** Tracks that hold from the next picture on. */
  let coming: { video: VideoTrack; audio: AudioTrack | null } | null = null;

  // The fragment being gathered.
  let pictures: AccessUnit[] = [];
  let sounds: AccessUnit[] = [];
  let bufferedBytes = 0;
  let bufferedPieces = 0;
  let oldestMonoMs = 0;
  let allKeys = true;

  let lastDtsUs = -Infinity;
  let frameUs = firstGuessUs;
  let shiftUs = 0;

  let failedCode: string | null = null;
  let retryAtMonoMs = 0;
  let overrun = false;
  let droppedUnits = 0;

  const writer = createSegmentWriter({
    streamId,
    kind,
    disk,
    report,
    onDurable() {
      if (failedCode === null) return;
      failedCode = null;
      report({ op: 'disk', streamId, code: null });
    },
    onFailure(failed, code, message) {
      segment = null;
      clearBuffer();
      overrun = false;
      notBeforeMs = Math.max(failed.endMs, options.notBeforeMs);
      retryAtMonoMs = clock.monoMs() + retryMs;
      if (failed.opened || !failed.trial)
        report({ op: 'uncovered', streamId, fromMs: failed.endMs, cause: causeOf(code) });
      if (failedCode !== code) {
        failedCode = code;
        report({ op: 'disk', streamId, code });
        report({
          op: 'log',
          level: 'error',
          text: 'The disk refused to take video; trying again every second.',
          fields: { streamId, code, message },
        });
      }
    },
  });

  function clearBuffer(): void {
    pictures = [];
    sounds = [];
    bufferedBytes = 0;
    bufferedPieces = 0;
    allKeys = true;
  }

  /** Hands the gathered units to the writer as one fragment; `nextDtsUs`: when the next picture is decoded. */
  const cut = (of: SegmentFile, nextDtsUs: number): void => {
    if (pictures.length === 0 && sounds.length === 0) return;
    const { originUs, delayUs } = of;
    const lastSound = sounds.at(-1);
    const beforeSound = sounds.at(-2);
    const soundUs = lastSound && beforeSound ? Math.max(1, lastSound.dtsUs - beforeSound.dtsUs) : 20_000;
    sequence += 1;
    const head = writeFragmentHead({
      sequence,
      originUs,
      delayUs,
      shiftUs: of.shiftUs,
      video: pictures,
      videoEndUs: nextDtsUs,
      audio: sounds,
      audioEndUs: (lastSound?.dtsUs ?? 0) + soundUs,
    });
    const pieces: Uint8Array[] = [head];
    let endUs = -Infinity;
    for (let i = 0; i < pictures.length; i += 1) {
      const unit = pictures[i];
      if (unit === undefined) break;
      for (const piece of unit.data) pieces.push(piece);
      endUs = Math.max(endUs, unit.ptsUs + Math.max(0, (pictures[i + 1]?.dtsUs ?? nextDtsUs) - unit.dtsUs));
    }
    for (const unit of sounds) for (const piece of unit.data) pieces.push(piece);
    if (pictures.length > 0) segmentEndMs = Math.max(segmentEndMs, Math.floor((endUs + of.shiftUs) / 1000));
    const first = pictures[0];
    writer.write(of, {
      pieces,
      bytes: head.length + bufferedBytes,
      endMs: segmentEndMs,
      key: first?.key === true,
      timeUs: (first?.ptsUs ?? originUs) - originUs,
    });
    clearBuffer();
  };

  const guessedNextDtsUs = (): number => lastDtsUs + frameUs;

  /** Ends the segment. `next`: the picture that follows it without a break, if there is one. */
  const finish = (next: AccessUnit | null): void => {
    if (segment === null) return;
    cut(segment, next ? next.dtsUs : guessedNextDtsUs());
    const endMs = next
      ? Math.max(Math.floor((next.ptsUs + segment.shiftUs) / 1000), segment.startMs + 1)
      : segmentEndMs;
    writer.seal(segment, endMs);
    notBeforeMs = Math.max(notBeforeMs, endMs);
    segment = null;
  };

  const begin = (first: AccessUnit, format: VideoTrack): void => {
    const originUs = first.ptsUs;
    const delayUs = Math.min(Math.max(0, Math.round(first.ptsUs - first.dtsUs)), maxDelayUs);
    const before = shiftUs;
    // Time on disk never runs backwards: where the clock was set back, the stream goes on from where it was.
    shiftUs = Math.max(0, notBeforeMs * 1000 - originUs);
    if (shiftUs - before > 2_000_000) {
      const text = 'The clock was set back; this stream is recorded as going on from where it was.';
      report({ op: 'log', level: 'warn', text, fields: { streamId, aheadMs: Math.round(shiftUs / 1000) } });
    }
    const startMs = Math.floor((originUs + shiftUs) / 1000);
    const init = writeInit(format, audio, originUs + shiftUs, delayUs);
    segment = {
      target,
      startMs,
      originUs,
      delayUs,
      shiftUs,
      init,
      format: { codecs: codecsOf(format, audio), width: format.width, height: format.height, initBytes: init.length },
      trial: failedCode !== null,
      opened: false,
      file: null,
      bytes: 0,
      endMs: startMs,
      fragments: 0,
      keys: [],
    };
    sequence = 0;
    segmentEndMs = startMs;
    if (overrun) {
      overrun = false;
      report({ op: 'log', level: 'warn', text: 'The disk keeps up again.', fields: { streamId, droppedUnits } });
      droppedUnits = 0;
    }
    writer.create(segment);
  };

  const take = (unit: AccessUnit): void => {
    if (pictures.length === 0 && sounds.length === 0) oldestMonoMs = clock.monoMs();
    (unit.track === 'video' ? pictures : sounds).push(unit);
    bufferedBytes += unit.bytes;
    bufferedPieces += unit.data.length;
    if (unit.track === 'audio') return;
    if (!unit.key) allKeys = false;
    const stepUs = unit.dtsUs - lastDtsUs;
    if (stepUs > 0 && stepUs <= 1_000_000) frameUs = stepUs;
    lastDtsUs = unit.dtsUs;
  };

  const isDue = (): boolean =>
    (pictures.length > 0 || sounds.length > 0) && (clock.monoMs() - oldestMonoMs >= dueMs || bufferedPieces >= 900);

  /** The disk does not keep up: what was taken goes out, what follows is dropped up to a key frame. */
  const drop = (unit: AccessUnit): void => {
    droppedUnits += 1;
    if (segment === null) return;
    const fromMs = Math.max(segmentEndMs, Math.floor((unit.ptsUs + segment.shiftUs) / 1000));
    const { opened } = segment;
    finish(unit);
    overrun = true;
    const told: IngestReport = { op: 'uncovered', streamId, fromMs, cause: 'disk-slow' };
    // At once, so that a hanging disk is known of; but never before the `opened` that would end it again.
    if (opened) report(told);
    else writer.tell(told);
    const text = 'The disk is too slow; video is dropped up to a key frame.';
    report({ op: 'log', level: 'error', text, fields: { streamId, pendingBytes: writer.pendingBytes() } });
  };

  const picture = (unit: AccessUnit, format: VideoTrack): void => {
    if (segment !== null && unit.dtsUs < lastDtsUs - maxBackUs) {
      finish(null);
      shiftUs = 0;
      writer.tell({ op: 'uncovered', streamId, fromMs: notBeforeMs, cause: 'clock-jump' });
    }
    if (writer.pendingBytes() + bufferedBytes + unit.bytes > maxPendingBytes) {
      drop(unit);
      return;
    }
    if (segment === null) {
      const wait =
        !unit.key || clock.monoMs() < retryAtMonoMs || (overrun && writer.pendingBytes() > maxPendingBytes / 2);
      if (wait) {
        if (overrun) droppedUnits += 1;
        return;
      }
      begin(unit, format);
    } else {
      const ageMs = (unit.ptsUs - segment.originUs) / 1000;
      if (ageMs >= segmentMaxMs || (unit.key && ageMs >= segmentTargetMs)) {
        // A stream without key frames (gradual refresh) goes on in the next segment rather than being lost.
        finish(unit);
        begin(unit, format);
      } else if ((unit.key && !allKeys) || isDue()) cut(segment, unit.dtsUs);
    }
    take(unit);
  };

  const interrupt = (): void => {
    finish(null);
    shiftUs = 0;
    lastDtsUs = -Infinity;
  };

  return {
    format(nextVideo, nextAudio) {
      if (stopped) return;
      coming = null;
      if (sameTrack(video, nextVideo) && sameTrack(audio, nextAudio)) return;
      coming = { video: nextVideo, audio: nextAudio };
    },
    unit(unit) {
      if (stopped) return;
      if (coming !== null) {
        if (unit.track === 'audio') return; // sound of the new format, before its first picture
        finish(unit.key ? unit : null);
        ({ video, audio } = coming);
        coming = null;
      }
      if (video === null) return;
      if (unit.track === 'video') {
        picture(unit, video);
        return;
      }
      if (segment === null || audio === null) return;
      if (writer.pendingBytes() + bufferedBytes + unit.bytes > maxPendingBytes) return; // the next picture says so
      if (isDue()) cut(segment, guessedNextDtsUs());
      take(unit);
    },
    interrupt,
    tick() {
      if (segment !== null && isDue()) cut(segment, guessedNextDtsUs());
    },
    pendingBytes: () => writer.pendingBytes() + bufferedBytes,
    coveredToMs: () => (segment === null ? notBeforeMs : Math.max(segmentEndMs, notBeforeMs)),
    async stop() {
      interrupt();
      stopped = true;
      await writer.idle();
    },
  };
}
