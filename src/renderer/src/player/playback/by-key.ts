/** Shows key frames only: while a hand drags, and at rates where every picture would be too many. */
import { waitOut, type Drive } from './drive.ts';
import { keyFragment } from './gop-plan.ts';
import type { SegmentIndex } from './port.ts';
import { afterOf, type Asked } from './reader.ts';
import type { Choice } from './source.ts';

/** Where the key frame for a moment lies; its bytes are on their way when this answers. */
async function chooseKey(drive: Drive, atMs: number, near: boolean): Promise<Choice> {
  const read = (asked: Asked, index: SegmentIndex): void => {
    const at = keyFragment(index.fragments, atMs, near);
    if (at >= 0) drive.reader.samples(asked, index, at, at + 1, drive.signal).catch(() => undefined); // asked for below
  };
  if (near) await drive.prime(atMs, 'key');
  const choice = await drive.choose(atMs, read);
  if (!near || choice.kind !== 'segment' || choice.index.segment.state === 'open') return choice;
  // What follows a closed segment begins with a key frame: it may be the nearer one.
  const { fragments } = choice.index;
  const before = fragments[keyFragment(fragments, atMs, true)];
  const afterMs = afterOf(choice.index);
  if (!before || before[2] > atMs || afterMs - atMs > atMs - before[2]) return choice;
  await drive.prime(afterMs, 'key');
  const next = await drive.choose(afterMs, read);
  const follows = next.kind === 'segment' && (next.index.fragments[0]?.[2] ?? 0) - atMs < atMs - before[2];
  return follows ? next : choice;
}

export async function playByKey(drive: Drive): Promise<void> {
  const { queue, signal, reader } = drive;
  let shown = '';
  while (!drive.stopped()) {
    const atMs = drive.nowMs();
    const near = drive.scrubbing();
    const choice = await chooseKey(drive, atMs, near);
    if (drive.stopped()) return;
    if (choice.kind !== 'segment') {
      drive.without(choice);
      if (drive.scrubbing()) {
        while (!drive.stopped() && drive.nowMs() === atMs) await drive.pulse();
      } else await waitOut(drive, choice, atMs);
      continue;
    }
    const { asked, index, format } = choice;
    const at = keyFragment(index.fragments, atMs, near);
    const name = `${asked.stream} ${String(index.segment.startMs)} ${String(index.fragments[at]?.[0] ?? -1)}`;
    if (at < 0 || name === shown) {
      drive.settled(true);
      await drive.pulse();
      continue;
    }
    const samples = await reader.samples(asked, index, at, at + 1, signal);
    if (drive.stopped()) return;
    const key = samples.find((s) => s.key);
    if (!key) throw new Error('a fragment that should begin with a key frame does not');
    const decoder = drive.decoder(format, false);
    drive.accept((picture) => {
      queue.clear();
      return picture.atUs === key.atUs;
    });
    decoder.decode(key);
    await decoder.flush();
    shown = name;
    drive.from(choice);
    drive.settled(true);
  }
}
