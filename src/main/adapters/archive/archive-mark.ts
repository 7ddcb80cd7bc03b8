/** The id file of an archive: tells it from an empty mount point, and from the archive of another station. */
import { z } from 'zod';
import { ArchivedNote } from '#domain/archive.ts';
import { ArchiveError } from '#lib/archive-error.ts';

export const markName = 'vigie-archive.json';
const Mark = z.object({
  vigie: z.literal('archive'),
  format: z.literal(1),
  id: z.string().min(1).max(64),
  station: z.string().min(1).max(64),
});
export type ArchiveMark = { id: string; station: string };

export const markText = ({ id, station }: ArchiveMark): string =>
  `${JSON.stringify({ vigie: 'archive', format: 1, id, station })}\n`;

export function readMarkText(text: string): ArchiveMark {
  let json: unknown = null;
  try {
    json = JSON.parse(text);
  } catch {
    // told below
  }
  const mark = Mark.safeParse(json);
  if (!mark.success)
    throw new ArchiveError(
      'swapped',
      `Its file ${markName} was not made by this version of Vigie. Choose another place.`,
    );
  return { id: mark.data.id, station: mark.data.station };
}

/** Throws where what is there is not what should be. */
export function expectMark(found: ArchiveMark | null, expectedId: string | null): void {
  if (found === null)
    throw new ArchiveError(
      'missing',
      `Its id (${markName}) is not there: the disk or share is not mounted, or it was emptied. Nothing is written until it is back.`,
    );
  if (expectedId === null || found.id !== expectedId)
    throw new ArchiveError('swapped', 'Another archive is in its place. Mount the right one, or correct the address.');
}

/** Notes as they travel: a few short ASCII texts. */
export const noteFields = (note: ArchivedNote): Record<string, string> => ({
  'vigie-camera': note.cameraId,
  'vigie-folder': note.folder,
  'vigie-stream': note.kind,
  'vigie-start-ms': String(note.startMs),
  'vigie-end-ms': String(note.endMs),
  'vigie-sha256': note.sha256,
  'vigie-codecs': note.codecs,
  'vigie-width': String(note.width),
  'vigie-height': String(note.height),
  'vigie-init-bytes': String(note.initBytes),
});
export function readNoteFields(fields: Record<string, string | undefined>): ArchivedNote | null {
  const read = ArchivedNote.safeParse({
    cameraId: fields['vigie-camera'],
    folder: fields['vigie-folder'],
    kind: fields['vigie-stream'],
    startMs: Number(fields['vigie-start-ms']),
    endMs: Number(fields['vigie-end-ms']),
    sha256: fields['vigie-sha256'],
    codecs: fields['vigie-codecs'],
    width: Number(fields['vigie-width']),
    height: Number(fields['vigie-height']),
    initBytes: Number(fields['vigie-init-bytes']),
  });
  return read.success ? read.data : null;
}
