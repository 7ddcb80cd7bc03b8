/** Compares what a load camera sent with what lies on disk, picture by picture, byte by byte. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseSegmentPath } from '#domain/segment.ts';
import { unitBytes } from '#media/access-unit.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { readInit } from '#media/mp4/read-init.ts';
import { readerOf, scanFragments } from '#media/mp4/scan.ts';
import type { Clip } from '../src/main/demo/clip.ts';
import type { SessionFigures } from '../src/main/demo/session.ts';

/** A name is moved by so much at most where a file of that name is there already, ms. */
const movedMs = 20;

/** What a segment's file has before then is there so that the rest can be decoded, and is not shown, µs of UTC. */
export const shownFromUs = (path: string): number =>
  ((parseSegmentPath(path.split(sep).slice(-4).join('/'))?.startMs ?? 0) - movedMs) * 1000;

/**
 * Video samples of one file up to its last whole fragment, in order, as far as they are shown; none of one that was made and never written.
 */
export async function samplesOf(path: string): Promise<{ bytes: Uint8Array; ptsUs: number }[]> {
  const file = new Uint8Array(readFileSync(path));
  if (file.length === 0) return [];
  const read = readerOf(file);
  const init = await readInit(read);
  const { fragments } = await scanFragments(read, file.length, init);
  const fromUs = shownFromUs(path);
  return fragments.flatMap((f) =>
    parseFragment(file.subarray(f.offset, f.offset + f.bytes), init)
      .units.filter((u) => u.track === 'video' && u.ptsUs >= fromUs)
      .map((u) => ({ bytes: unitBytes(u), ptsUs: u.ptsUs })),
  );
}

/** All files of one stream of a camera under the `video` folder, oldest first. */
export function segmentFiles(video: string, folder: string, kind: 'main' | 'sub'): string[] {
  return readdirSync(join(video, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mp4') && name.includes(`${kind}_`))
    .sort()
    .map((name) => join(video, folder, name));
}

/** A picture as it lies in a sample: NAL units with their lengths before them (ISO/IEC 14496-15). */
export function asSample(nals: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    nals.flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}

/** What was sent in a session: running numbers of pictures, without those that the server itself skipped. */
export type Sent = { first: number; last: number } & Pick<SessionFigures, 'skipped' | 'dropped'>;

/** What a camera sent. A probe or an earlier attempt may have a session of its own; the recorded one is the longest. Throws where it was never played. */
export function sentBy(sessions: readonly SessionFigures[], camera: number, kind: 'main' | 'sub'): Sent {
  const session = sessions
    .filter((s) => s.path === `/cam/${camera}/${kind}`)
    .sort((a, b) => b.pictures - a.pictures)[0];
  if (session?.firstPicture == null || session.lastPicture === null)
    throw new Error(`the ${kind} stream of camera ${camera} was never played`);
  const { firstPicture: first, lastPicture: last, skipped, dropped } = session;
  return { first, last, skipped, dropped };
}

/**
 * The pictures of a looped clip that were sent against the samples kept. A picture that is not there in its turn is lost with all
 * its bytes; a sample that was never sent counts as foreign.
 */
export function compare(
  clip: Clip,
  { first, last, skipped }: Sent,
  kept: readonly Uint8Array[],
): { sentBytes: number; lostBytes: number; lostPictures: number; foreign: number; lostRuns: string[] } {
  const samples = clip.pictures.map((p) => asSample(p.nals));
  let at = 0;
  let sentBytes = 0;
  let lostBytes = 0;
  let lostPictures = 0;
  const runs: { from: number; to: number }[] = [];
  let skip = 0;
  for (let n = first; n <= last; n++) {
    while ((skipped[skip]?.to ?? last) < n) skip++;
    if ((skipped[skip]?.from ?? last + 1) <= n) continue;
    const sample = samples[n % samples.length];
    if (!sample) continue;
    sentBytes += sample.length;
    const here = kept[at];
    if (here && sample.equals(here)) at++;
    else {
      lostBytes += sample.length;
      lostPictures++;
      const run = runs.at(-1);
      if (run?.to === n - 1) run.to = n;
      else runs.push({ from: n, to: n });
    }
  }
  return {
    sentBytes,
    lostBytes,
    lostPictures,
    foreign: kept.length - at,
    lostRuns: runs.map(({ from, to }) => `${from - first} to ${to - first}`),
  };
}

/** Bytes sent to load cameras 1 … N, and those of them that are not on disk; `folders`: of the cameras, under `video`. */
export async function compareStreams(of: {
  clip: Clip;
  kind: 'main' | 'sub';
  video: string;
  folders: readonly string[];
  sessions: readonly SessionFigures[];
  say: (text: string) => void;
}): Promise<{ lost: number; sent: number }> {
  const { clip, kind, video, folders, sessions, say } = of;
  let lost = 0;
  let sent = 0;
  let skipped = 0;
  for (const [i, folder] of folders.entries()) {
    const kept: Uint8Array[] = [];
    for (const file of segmentFiles(video, folder, kind)) for (const s of await samplesOf(file)) kept.push(s.bytes);
    const played = sentBy(sessions, i + 1, kind);
    const c = compare(clip, played, kept);
    sent += c.sentBytes;
    lost += c.lostBytes;
    skipped += played.skipped.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    if (c.lostPictures === 0 && c.foreign === 0) continue;
    const where = c.lostRuns.slice(0, 5).join(', ');
    say(
      `  camera ${i + 1} ${kind}: ${c.lostPictures} pictures lost of ${played.last - played.first + 1} (from the first on: ${where}), ${c.foreign} that were not sent, ${played.dropped} not taken in time`,
    );
  }
  if (skipped > 0) say(`  ${skipped} pictures were never sent: the server of the cameras was held`);
  return { lost, sent };
}
