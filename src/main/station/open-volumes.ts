/** All volumes of a data folder, for the commands that work without a running station. */
import { ownVolume } from '#domain/volume.ts';
import {
  createSegmentFiles,
  readMark,
  readVolumeList,
  videoOf,
  type VolumeFiles,
  type VolumeKeyLookup,
} from '../adapters/files/index.ts';
import { createSpreadFiles, type SpreadFiles } from '../engine/spread-files.ts';
import type { VolumeRow } from '../engine/volume-port.ts';
import type { Store } from './open-data.ts';

export type OpenedVolume = { volume: number; mark: string; files: VolumeFiles };
export type OpenedVolumes = {
  /** The own one first. */
  here: OpenedVolume[];
  away: { volume: number; path: string; why: string }[];
  spread: SpreadFiles;
  /** Of a camera's folder, from the first volume that has it. */
  described(folder: string): Promise<string | null>;
  /** The one that was written last. */
  keptBeside(folder: string): Promise<string | null>;
  /** Of all volumes. */
  accountsBeside(folder: string): Promise<string[]>;
};

/** A volume that does not answer within this time is not here. */
const patienceMs = 10_000;

/** Opens those that are here. `own`: the data folder's, opened before. */
export async function openVolumes(
  store: Pick<Store, 'volume' | 'setting'>,
  own: { files: VolumeFiles; mark: string },
  keys: VolumeKeyLookup,
): Promise<OpenedVolumes> {
  const here: OpenedVolume[] = [{ volume: ownVolume, ...own }];
  const away: OpenedVolumes['away'] = [];
  for (const row of store.volume.all()) {
    if (row.volume === ownVolume || row.mark === null) continue;
    const root = videoOf(row.path);
    const why = await whyAway(root, row.mark);
    if (why === null)
      here.push({ volume: row.volume, mark: row.mark, files: createSegmentFiles(root, keys, row.mark) });
    else away.push({ volume: row.volume, path: row.path, why });
  }
  const texts = async (read: (files: VolumeFiles) => Promise<string | null>): Promise<string[]> =>
    (await Promise.all(here.map((v) => read(v.files)))).filter((text) => text !== null);
  return {
    here,
    away,
    spread: createSpreadFiles(
      () => here,
      () => undefined,
    ),
    described: async (folder) => (await texts((files) => files.described(folder)))[0] ?? null,
    async keptBeside(folder) {
      const all = await texts((files) => files.keptBeside(folder));
      return all.toSorted((a, b) => savedMs(b) - savedMs(a))[0] ?? null;
    },
    accountsBeside: async (folder) => (await Promise.all(here.map((v) => v.files.accountsBeside(folder)))).flat(),
  };
}

/** What stands beside the own volume's video of other volumes, and the index does not know, is known again. */
export async function adoptVolumeList(store: Pick<Store, 'volume'>, ownRoot: string): Promise<VolumeRow[]> {
  const known = new Map(store.volume.all().map((row) => [row.volume, row]));
  const marks = new Set([...known.values()].map((row) => row.mark));
  const listed = (await readVolumeList(ownRoot)).filter(
    (row) => row.volume !== ownVolume && !marks.has(row.mark) && known.get(row.volume) === undefined,
  );
  for (const row of listed) store.volume.put(row);
  return listed;
}

/** The id of the own volume stands in its row too. */
export function noteOwnMark(store: Pick<Store, 'volume'>, mark: string | null): void {
  const own = store.volume.all().find((row) => row.volume === ownVolume);
  if (own !== undefined && own.mark !== mark) store.volume.put({ ...own, mark });
}

async function whyAway(root: string, mark: string): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<'silent'>((resolve) => {
    timer = setTimeout(() => {
      resolve('silent');
    }, patienceMs);
  });
  try {
    const found = await Promise.race([readMark(root), silence]);
    if (found === 'silent') return 'it does not answer';
    if (found === null) return 'it is not mounted, or unplugged';
    return found.id === mark ? null : 'another volume is in its place';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

const savedMs = (kept: string): number => {
  try {
    const { savedMs: at } = JSON.parse(kept) as { savedMs?: unknown };
    return typeof at === 'number' ? at : 0;
  } catch {
    return 0;
  }
};
