/** Plays forward (or stands still): decodes from the key before the moment on, a few pictures ahead of the clock. */
import type { PictureDecoder } from './decoder.ts';
import type { Sample } from './demux.ts';
import { us, waitOut, type Drive } from './drive.ts';
import { fragmentAt, runOf } from './gop-plan.ts';
import type { SegmentIndex } from './port.ts';
import { afterOf, endOf } from './reader.ts';
import type { Choice } from './source.ts';

/** Pictures kept ready beyond the moment shown. */
const aheadStill = 2;
const aheadMoving = 5;
/** Samples inside the decoder at once. */
const maxPending = 12;
/** … while none of them is to be shown: they are only on the way to the first that is. */
const maxPendingBefore = 60;

type Chosen = Extract<Choice, { kind: 'segment' }>;

export async function playForward(drive: Drive): Promise<void> {
  const { queue } = drive;
  let atMs = drive.nowMs();
  let last: PictureDecoder | null = null;
  drive.accept(() => true);
  await drive.prime(atMs, 'run');
  while (!drive.stopped()) {
    const choice = await drive.choose(atMs);
    if (drive.stopped()) return;
    if (choice.kind !== 'segment') {
      if (choice.kind !== 'edge') await last?.flush();
      await waitOut(drive, choice, atMs);
      atMs = drive.nowMs();
      continue;
    }
    drive.from(choice);
    drive.settled(false);
    last = drive.decoder(choice.format, false);
    const end = await playSegment(drive, choice, last, atMs);
    if (end === null) return;
    // Beyond the end when the clock was faster; else exactly what follows.
    atMs = Math.max(end, drive.nowMs());
    if (queue.after(us(drive.nowMs())) === 0) drive.settled(true);
  }
}

/** Returns the moment from which to go on, or null when stopped. */
async function playSegment(
  drive: Drive,
  chosen: Chosen,
  decoder: PictureDecoder,
  atMs: number,
): Promise<number | null> {
  const { reader, signal } = drive;
  let index: SegmentIndex = chosen.index;
  let at = runOf(index.fragments, fragmentAt(index.fragments, Math.max(atMs, drive.nowMs()))).from;
  let needKey = true;
  for (;;) {
    if (at >= index.fragments.length) {
      const grown = index.segment.state === 'open' ? await awaitGrowth(drive, chosen, index) : null;
      if (drive.stopped()) return null;
      if (grown === null) return afterOf(index);
      index = grown;
      continue;
    }
    // The clock is beyond the next group of pictures: what lies between would never be seen.
    const wanted = runOf(index.fragments, fragmentAt(index.fragments, drive.nowMs())).from;
    if (wanted > at) at = wanted;
    else if (drive.nowMs() > Math.max(endOf(index), index.segment.endMs) && index.segment.state !== 'open')
      return afterOf(index);
    const samples = await reader.samples(chosen.asked, index, at, at + 1, signal);
    if (drive.stopped()) return null;
    let asked = false;
    for (const sample of samples) {
      if (needKey && !sample.key) continue;
      needKey = false;
      if (!(await roomFor(drive, decoder, sample))) return null;
      decoder.decode(sample);
      // On the way to the picture to be shown nothing may hold it up; and who stands still needs no more.
      if (asked || drive.speed() === 0 || drive.queue.after(us(drive.nowMs())) === 0) continue;
      asked = true;
      prefetch(drive, chosen, index, at + 1);
    }
    at += 1;
  }
}

/** Reads what comes next while this is shown. */
function prefetch(drive: Drive, chosen: Chosen, index: SegmentIndex, from: number): void {
  const to = Math.min(index.fragments.length, from + 3);
  if (from >= to) return;
  drive.reader.samples(chosen.asked, index, from, to, drive.signal).catch(() => undefined); // asked again when needed
}

/** Waits until a sample may be decoded; false when stopped. */
async function roomFor(drive: Drive, decoder: PictureDecoder, sample: Sample): Promise<boolean> {
  const { queue } = drive;
  for (;;) {
    if (drive.stopped()) return false;
    const now = us(drive.nowMs());
    const ahead = drive.speed() === 0 ? aheadStill : aheadMoving;
    if (sample.atUs <= now) {
      if (decoder.pending < maxPendingBefore) return true;
    } else if (decoder.pending < maxPending && queue.after(now) < ahead) return true;
    await drive.pulse();
  }
}

/** The same segment with more in it, or null when it was closed where we are. */
async function awaitGrowth(drive: Drive, chosen: Chosen, index: SegmentIndex): Promise<SegmentIndex | null> {
  for (;;) {
    const place = await drive.reader.place(chosen.asked, endOf(index) + 1);
    if (drive.stopped()) return null;
    if (place.kind === 'segment') {
      if (place.index.segment.startMs !== index.segment.startMs) return null;
      if (place.index.fragments.length > index.fragments.length) return place.index;
      if (place.index.segment.state !== 'open') return null;
    } else if (place.kind === 'gap') return null;
    if (drive.nowMs() > endOf(index)) drive.settled(true);
    for (const until = performance.now() + 250; performance.now() < until && !drive.stopped(); ) await drive.pulse();
  }
}
