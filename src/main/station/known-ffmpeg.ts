/** Remembers which ffmpeg was found, so that a start need not run it to know that it works. */
import { statSync } from 'node:fs';
import { z } from 'zod';
import type { Ffmpeg } from '../engine/ffmpeg-port.ts';

type Found = NonNullable<Ffmpeg['found']>;
const settingKey = 'ffmpeg-found';
const Kept = z.object({
  found: z.object({ path: z.string(), version: z.string(), source: z.string() }),
  /** What it was looked for with, and which file it was. */
  mark: z.string(),
});

type Setting = { get(key: string): string | null; set(key: string, value: string): void };
type Wanted = { given: string | null; searchPath: string };

/** Changes when the file, FFMPEG_BIN or PATH does; null: there is no such file any more. */
function markOf(path: string, { given, searchPath }: Wanted): string | null {
  const file = statSync(path, { throwIfNoEntry: false });
  if (file === undefined) return null;
  return JSON.stringify([given, searchPath, file.size, Math.round(file.mtimeMs), file.ino]);
}

/** The one found at an earlier start, if it is still that file and would be looked for in the same places. */
export function knownFfmpeg(setting: Setting, wanted: Wanted): Found | null {
  try {
    const kept = Kept.parse(JSON.parse(setting.get(settingKey) ?? ''));
    return markOf(kept.found.path, wanted) === kept.mark ? kept.found : null;
  } catch {
    return null; // nothing was remembered, or nothing that can be read: it is looked for
  }
}

export function rememberFfmpeg(setting: Setting, wanted: Wanted, found: Found | null): void {
  const mark = found === null ? null : markOf(found.path, wanted);
  const text = found === null || mark === null ? '' : JSON.stringify({ found, mark });
  if ((setting.get(settingKey) ?? '') !== text) setting.set(settingKey, text);
}
