/** Compares files on a disk with the index: both in order of their starts, each looked at once. */
import type { FileOnDisk, IndexedFile } from '../integrity.ts';

export type Presence = {
  /** In the index and not on the disk. */
  noFile: IndexedFile[];
  /** On the disk and not in the index. */
  noRow: FileOnDisk[];
  /** In both, but to be looked into: of another size, or not closed. */
  unsure: { file: FileOnDisk; row: IndexedFile }[];
  /** In both and as they should be. */
  agreeing: number;
};

/** After a crash the beginning of a fragment may follow what is indexed: that is how it should be. */
const agrees = (file: FileOnDisk, row: IndexedFile): boolean =>
  row.state === 'sealed' ? file.bytes === row.bytes : row.state === 'recovered' && file.bytes >= row.bytes;

/** Both ascending by start, without doubles. */
export function comparePresence(files: readonly FileOnDisk[], rows: readonly IndexedFile[]): Presence {
  const out: Presence = { noFile: [], noRow: [], unsure: [], agreeing: 0 };
  let at = 0;
  for (const row of rows) {
    let file = files[at];
    while (file !== undefined && file.startMs < row.startMs) {
      out.noRow.push(file);
      at += 1;
      file = files[at];
    }
    if (file?.startMs !== row.startMs) {
      out.noFile.push(row);
      continue;
    }
    at += 1;
    if (agrees(file, row)) out.agreeing += 1;
    else out.unsure.push({ file, row });
  }
  out.noRow.push(...files.slice(at));
  return out;
}
