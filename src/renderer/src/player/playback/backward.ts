/** Plays backward: groups of pictures one by one from the end, each in passes that hold a bounded number of pictures. */
import { us, waitOut, type Drive } from './drive.ts';
import { fragmentAt, holdFor, reversePass, runOf } from './gop-plan.ts';
import { canDecode } from './decoder.ts';

/** Bytes of decoded pictures that one tile may hold in a pass; two passes overlap. */
const passBudgetBytes = 10 << 20;
/** Surfaces of a hardware decoder that may be held. */
const maxHardwareHold = 6;

export async function playBackward(drive: Drive): Promise<void> {
  const { queue, signal, reader } = drive;
  let beforeUs = us(drive.nowMs());
  while (!drive.stopped()) {
    const choice = await drive.choose(beforeUs / 1000);
    if (drive.stopped()) return;
    if (choice.kind !== 'segment') {
      // Decoding runs ahead of the clock: what is in the queue is shown before the gap is.
      while (
        !drive.stopped() &&
        queue.firstUs !== null &&
        us(drive.nowMs()) > queue.firstUs &&
        drive.nowMs() * 1000 > beforeUs + 1000
      )
        await drive.pulse();
      await waitOut(drive, choice, beforeUs / 1000);
      beforeUs = us(drive.nowMs());
      continue;
    }
    drive.from(choice);
    const { index, asked, format } = choice;
    const run = runOf(index.fragments, fragmentAt(index.fragments, beforeUs / 1000));
    const samples = await reader.samples(asked, index, run.from, run.to, signal);
    if (drive.stopped()) return;
    // What is shown next is read while this is decoded.
    if (run.from > 0) {
      const before = runOf(index.fragments, run.from - 1);
      reader.samples(asked, index, before.from, before.to, signal).catch(() => undefined); // asked again when needed
    }
    const software = await canDecode(format, true);
    const fits = holdFor(format.width, format.height, passBudgetBytes);
    const hold = software ? fits : Math.min(fits, maxHardwareHold);
    const decoder = drive.decoder(format, software);
    for (;;) {
      const pass = reversePass(samples, beforeUs, hold);
      if (!pass) break;
      // Half of what was decoded before must be shown first.
      while (queue.size - queue.after(us(drive.nowMs())) > hold / 2) {
        await drive.pulse();
        if (drive.stopped()) return;
      }
      const now = us(drive.nowMs());
      if (now < pass.keepFromUs) {
        beforeUs = now; // the clock is already beyond this pass
        if (!reversePass(samples, beforeUs, hold)) break;
        continue;
      }
      drive.settled(false);
      drive.accept((p) => p.atUs >= pass.keepFromUs && p.atUs <= pass.keepToUs);
      for (const sample of samples.slice(pass.from, pass.to)) {
        while (decoder.pending > 12 && !drive.stopped()) await drive.pulse();
        if (drive.stopped()) return;
        decoder.decode(sample);
      }
      await decoder.flush();
      if (drive.stopped()) return;
      drive.settled(true);
      beforeUs = pass.keepFromUs - 1;
    }
    // Rows are in whole ms, pictures in µs: before a segment's start is before both.
    const startUs = Math.min(...samples.map((s) => s.atUs), run.from === 0 ? us(index.segment.startMs) : Infinity);
    beforeUs = Math.min(beforeUs - 1, startUs - 1);
  }
}
