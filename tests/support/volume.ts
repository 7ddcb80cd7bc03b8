import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { volumeMarkName } from '#domain/volume.ts';
import { tempFolder } from './temp.ts';

/** Marks a folder as a volume, so that segments are written into it. */
export const markVolume = (root: string): void =>
  writeFileSync(join(root, volumeMarkName), '{"vigie":"volume","format":1,"id":"test"}\n');

/** A new folder that is a volume; `remove` deletes it with all that is in it. */
export function tempVolume(): { path: string; remove(): void } {
  const folder = tempFolder();
  markVolume(folder.path);
  return folder;
}
