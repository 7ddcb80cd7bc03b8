/** Which other volumes a station has, and what it is set to, written beside the own volume's video: a new index finds them by it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SyncPolicy, VolumeNumber } from '#domain/volume.ts';
import { writeWhole } from '#lib/durable-file.ts';
import type { VolumeRow } from '../../engine/volume-port.ts';
import { errnoOf } from './data-folder-error.ts';

const name = 'volumes.json';
const Row = z.object({
  volume: VolumeNumber,
  mark: z.string().nullable(),
  name: z.string(),
  path: z.string(),
  weight: z.number(),
  reserveBytes: z.number().nullable(),
  sync: SyncPolicy,
  addedMs: z.number(),
  pausedMs: z.number().nullable(),
});
const List = z.object({ vigie: z.literal('volumes'), format: z.literal(1), volumes: z.array(Row) });

/** `root`: the own volume's `video` folder. Rejects with the system's error. */
export const writeVolumeList = (root: string, volumes: readonly VolumeRow[]): Promise<void> =>
  writeWhole(join(root, name), `${JSON.stringify({ vigie: 'volumes', format: 1, volumes }, null, 2)}\n`);

/** None where there is no list, or one that cannot be read. */
export async function readVolumeList(root: string): Promise<VolumeRow[]> {
  try {
    return List.parse(JSON.parse(await readFile(join(root, name), 'utf8'))).volumes;
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError || errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

const stationName = 'station.json';

/** `root`: the own volume's `video` folder. Rejects with the system's error. */
export const writeStationNote = (root: string, json: string): Promise<void> =>
  writeWhole(join(root, stationName), json);

/** null: there is none. */
export async function readStationNote(root: string): Promise<string | null> {
  try {
    return await readFile(join(root, stationName), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
