/**
 * `vigie rebuild-index`: makes the index again from the recorded files. Cameras, users and settings come from the old index
 * where it can be read, else cameras from the descriptions beside their video. The old index is kept beside the new one.
 */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { Camera } from '#domain/camera.ts';
import { CameraId } from '#domain/id.ts';
import { recordAlways, recordNever } from '#domain/recording-plan.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { type DataFolder, noKeys, putAside, type VolumeFiles, walkHours } from '../adapters/files/index.ts';
import type { StreamRecord } from '../engine/ports.ts';
import type { Environment } from './config.ts';
import { openFiles, openIndex, takeExisting, volumeKey, type Store } from './open-data.ts';
import { adoptVolumeList, noteOwnMark, openVolumes, type OpenedVolumes } from './open-volumes.ts';
import type { Options } from './options.ts';
import { createProgress } from './progress.ts';
import { StationError } from './stop-with.ts';
import { restoreKept } from './restore-kept.ts';
import { takeIn } from './take-in.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

export async function rebuildIndex(options: Options, environment: Environment): Promise<number> {
  const folder = await takeExisting(options.data ?? environment.dataFolder, systemClock);
  try {
    const store = await openOrReplace(folder);
    try {
      const files = await openFiles(folder, store.setting, true);
      await makeAgain(store, files, folder.database);
    } finally {
      store.close();
    }
    return 0;
  } finally {
    await folder.release();
  }
}

/** The old index when it is sound; else it is put aside and an empty one is begun. A newer one is refused. */
async function openOrReplace(folder: DataFolder): Promise<Store> {
  const open = (): Store => openIndex(folder.database, { clock: systemClock, log: quietLog });
  if (!existsSync(folder.database)) return open();
  try {
    const store = open();
    const bad = store.faults().filter((f) => f.what !== 'coverage' && f.what !== 'stored' && f.what !== 'event-days');
    if (bad.length === 0) return store;
    store.close();
    say(`The old index is damaged (${bad[0]?.detail ?? ''}).`);
  } catch (error) {
    const reason =
      error instanceof StationError && error.cause instanceof Error && 'reason' in error.cause
        ? error.cause.reason
        : null;
    if (reason !== 'corrupt' && reason !== 'other') throw error;
    say('The old index cannot be read.');
  }
  const aside = await putAside(folder.database, 'before', systemClock.nowMs());
  say(
    `It is kept as ${aside ?? 'nothing'}. Users are made anew at the next start; cameras need their passwords again.`,
  );
  return open();
}

async function makeAgain(store: Store, own: VolumeFiles, database: string): Promise<void> {
  const mark = store.setting.get(volumeKey) ?? '';
  noteOwnMark(store, mark);
  await adoptVolumeList(store, own.root);
  const volumes = await openVolumes(store, { files: own, mark }, noKeys);
  for (const { path, why } of volumes.away)
    say(`${path} is not here (${why}): what the index knows of it stays, and nothing of it is taken in.`);
  const streams = await knowFolders(store, volumes);
  const back = await restoreKept(store, { folders: volumes.spread.folders, keptBeside: volumes.keptBeside });
  if (Object.values(back).some((count) => count > 0))
    say(
      `From beside the video: ${back.holds} holds, ${back.bookmarks} bookmarks, rules of retention of ${back.rules} cameras, ${back.zones} zones, ${back.lines} lines.`,
    );
  // Rows of files that are taken in again keep nothing of what they were; what is known of the chains stays, lists add to it.
  store.segment.clear(volumes.away.map((v) => v.volume));
  store.rebuildEventDays();
  const taken = await takeIn({ store, volumes, database, progress: createProgress() });
  for (const { path, why } of taken.refused) say(`${path}: nothing in it can be played (${why}); left as it is.`);
  const cameras = new Set([...streams.values()].map((s) => s.cameraId)).size;
  say(
    `The index was made again: ${taken.segments} segments of ${cameras} cameras taken in, ${taken.refusedCount} files left out.`,
  );
}

/** Every folder of the volumes belongs to a camera: a known one, or one made from its description. */
async function knowFolders(store: Store, volumes: OpenedVolumes): Promise<Map<string, StreamRecord>> {
  const newId = createUlids(() => systemClock.nowMs());
  const known = (): Map<string, StreamRecord> => new Map(store.streams().map((s) => [`${s.folder} ${s.kind}`, s]));
  const before = new Set(store.streams().map((s) => s.folder));
  const cameras = store.cameras();
  const numbers = new Set(cameras.map((c) => c.number));
  const ids = new Set(store.streams().map((s) => s.cameraId));
  for (const folder of await volumes.spread.folders()) {
    if (before.has(folder)) continue;
    const described = describe(await volumes.described(folder));
    let number = described?.number ?? 1;
    while (numbers.has(number)) number += 1;
    numbers.add(number);
    const idTaken = described === null || ids.has(described.id);
    const subs = hasSub(volumes, folder);
    const nowhere = { url: `rtsp://${folder}.invalid/`, transport: 'auto' as const, plan: recordAlways };
    const camera: Camera = {
      ...(described ?? {
        name: folder,
        group: null,
        enabled: false,
        main: nowhere,
        sub: subs ? nowhere : null,
        username: null,
        createdMs: systemClock.nowMs(),
        tags: [],
        notes: '',
        link: null,
      }),
      id: idTaken ? CameraId.parse(newId()) : described.id,
      number,
      folder,
      hasPassword: false,
    };
    store.camera.add({ ...camera, sealedPassword: null });
    say(
      `${folder}: camera ${number} made from ${described === null ? 'its folder; give it an address' : 'its description'}.`,
    );
  }
  return known();
}

function describe(text: string | null): Camera | null {
  if (text === null) return null;
  try {
    return Camera.parse(withPlans(JSON.parse(text) as unknown));
  } catch {
    return null; // an unreadable description is none: the folder's name is enough
  }
}

/** Descriptions of older versions say whether a stream is recorded, not when. */
function withPlans(described: unknown): unknown {
  const old = z.looseObject({ record: z.boolean(), plan: z.undefined() }).transform(({ record, ...stream }) => ({
    ...stream,
    plan: record ? recordAlways : recordNever,
  }));
  return z.looseObject({ main: z.union([old, z.unknown()]), sub: z.union([old, z.unknown()]) }).parse(described);
}

/** Whether a folder without a description holds sub streams. */
function hasSub(volumes: OpenedVolumes, folder: string): boolean {
  for (const { files } of volumes.here)
    for (const hour of walkHours(files.root, folder)) if (hour.sub.length > 0) return true;
  return false;
}
