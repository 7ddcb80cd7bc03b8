/** Compares one file with what the index says of it, in words. Changes nothing. */
import type { FindingCode } from '#domain/integrity.ts';
import type { SegmentRow } from '../../engine/index-port.ts';
import type { FoundFile } from './segment-files.ts';

export type FileFinding = {
  code: Extract<
    FindingCode,
    'no-row' | 'too-short' | 'tail' | 'end-differs' | 'damaged' | 'unreadable' | 'unknown-file'
  >;
  /** Under the volume's `video` folder. */
  path: string;
  /** One sentence for a person. */
  text: string;
  /** What was found, for a repair. */
  file: FoundFile;
};

/** Ends may differ this much: the index closes a segment at the next picture, the file at the expected end of its last. */
const endToleranceMs = 1000;
const sameEndMs = 100;

/** What is wrong with one file, given its row (null: there is none). */
export function compareFile(file: FoundFile, row: Pick<SegmentRow, 'endMs' | 'bytes' | 'state'> | null): FileFinding[] {
  const say = (code: FileFinding['code'], text: string): FileFinding[] => [{ code, path: file.path, text, file }];
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
  // All pictures are there when the ends meet: then only the index at the end of the file is missing or hidden.
  if (content.bytes < row.bytes && content.endMs < row.endMs - sameEndMs)
    return say(
      'damaged',
      `Only the first ${content.bytes} of ${row.bytes} bytes can be read: ${defect?.text ?? 'the rest is damaged'}.`,
    );
  if (row.state === 'open') return []; // its end is not known yet
  const out: FileFinding[] = [];
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
