/** Compares the index with the disk, and says in words what does not agree. Changes nothing. */
import { segmentPath } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { SegmentRow } from '../../engine/ports.ts';
import type { FoundFile, VolumeFiles } from './segment-files.ts';

export type Finding = {
  code:
    | 'no-row' // a segment on disk that the index does not know: rebuild-index or check --repair takes it in
    | 'no-file' // the index names a file that is not there
    | 'too-short' // the file has fewer bytes than the index says: video was lost outside Vigie
    | 'tail' // bytes beyond what the index says, after a crash: harmless, players stop before them
    | 'end-differs' // index and file tell different ends
    | 'damaged' // the file cannot be read as far as the index says
    | 'unreadable' // an error of the disk while reading it
    | 'unknown-file'; // a name that Vigie did not give
  /** Under the volume's `video` folder. */
  path: string;
  /** One sentence for a person. */
  text: string;
  /** What was found, for a repair. */
  file: FoundFile | null;
};

/** The index as `checkVolume` asks it. */
export type IndexedSegments = {
  find(folder: string, kind: StreamKind, startMs: number): SegmentRow | null;
  all():
    | Iterable<{ folder: string; kind: StreamKind; row: SegmentRow }>
    | AsyncIterable<{ folder: string; kind: StreamKind; row: SegmentRow }>;
};

/** Ends may differ this much: the index closes a segment at the next picture, the file at the expected end of its last. */
const endToleranceMs = 1000;
const sameEndMs = 100;

/** What is wrong with one file, given its row (null: there is none). */
export function compareFile(file: FoundFile, row: SegmentRow | null): Finding[] {
  const say = (code: Finding['code'], text: string): Finding[] => [{ code, path: file.path, text, file }];
  if (file.place === null) return say('unknown-file', 'Vigie did not give this name; the file is left alone.');
  if (file.error !== null) return say('unreadable', `The disk could not read it: ${file.error}`);
  const { inspection } = file;
  if (inspection === null) return []; // gone since it was listed
  const { content, defect } = inspection;
  if (row === null) {
    if (defect?.code === 'no-fragment') return []; // made right before a crash: nothing was in it, nothing is lost
    if (content === null)
      return say('no-row', `It is not in the index and holds nothing to play: ${defect?.text ?? 'it is empty'}.`);
    return say('no-row', 'It is not in the index; its video can be taken in.');
  }
  if (content === null)
    return say(
      'damaged',
      `The index has ${row.bytes} bytes of video here, but ${defect?.text ?? 'the file is empty'}.`,
    );
  if (inspection.bytes < row.bytes)
    return say('too-short', `The file has ${inspection.bytes} bytes where the index says ${row.bytes}.`);
  if (row.state === 'open') return [];
  // All pictures are there when the ends meet: then only the index at the end of the file is missing or hidden.
  if (content.bytes < row.bytes && content.endMs < row.endMs - sameEndMs)
    return say(
      'damaged',
      `Only the first ${content.bytes} of ${row.bytes} bytes can be read: ${defect?.text ?? 'the rest is damaged'}.`,
    );
  const out: Finding[] = [];
  // After a crash the beginning of a fragment may follow what is indexed: that is how it should be.
  if (row.state === 'sealed' && inspection.bytes > row.bytes)
    out.push(...say('tail', `The file has ${inspection.bytes - row.bytes} bytes more than the index says.`));
  if (Math.abs(content.endMs - row.endMs) > endToleranceMs) {
    out.push(
      ...say(
        'end-differs',
        `The index ends at ${new Date(row.endMs).toISOString()}, the file at ${new Date(content.endMs).toISOString()}.`,
      ),
    );
  }
  return out;
}

/** Walks the disk, then the index. Yields what does not agree; nothing when all is well. */
export async function* checkVolume(files: VolumeFiles, index: IndexedSegments): AsyncGenerator<Finding> {
  for await (const file of files.scanAll()) {
    const { place } = file;
    yield* compareFile(file, place === null ? null : index.find(place.folder, place.kind, place.startMs));
  }
  for await (const { folder, kind, row } of index.all()) {
    if ((await files.size(files.path(folder, kind, row.startMs))) !== null) continue;
    yield {
      code: 'no-file',
      path: segmentPath(folder, kind, row.startMs),
      text: 'The index names this file and it is not there.',
      file: null,
    };
  }
}
