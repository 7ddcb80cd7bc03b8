/** Shows key frames only: while a hand drags, and at rates where every picture would be too many. */
import { waitOut, type Drive } from './drive.ts';
import { keyFragment } from './gop-plan.ts';

export async function playByKey(drive: Drive): Promise<void> {
  const { queue, signal, reader } = drive;
  let shown = '';
  while (!drive.stopped()) {
    const atMs = drive.nowMs();
    const choice = await drive.choose(atMs);
    if (drive.stopped()) return;
    if (choice.kind !== 'segment') {
      drive.without(choice);
      if (drive.scrubbing()) {
        while (!drive.stopped() && drive.nowMs() === atMs) await drive.pulse();
      } else await waitOut(drive, choice, atMs);
      continue;
    }
    const { asked, index, format } = choice;
    const at = keyFragment(index.fragments, atMs, drive.scrubbing());
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
