/** Cameras by the folders beside whose video they are described (`camera.json`). */
import { z } from 'zod';
import { Camera } from '#domain/camera.ts';
import { CameraId } from '#domain/id.ts';
import { recordAlways, recordNever } from '#domain/recording-plan.ts';
import { systemClock } from '#lib/clock.ts';
import { createUlids } from '#lib/ulid.ts';
import { walkHours } from '../adapters/files/index.ts';
import type { CameraRecord } from '../engine/index-port.ts';
import type { Store } from './open-data.ts';
import type { OpenedVolumes } from './open-volumes.ts';

/**
 * Every folder of the volumes belongs to a camera: a known one, or one made from its description. `renew`: descriptions are newer than the
 * index, so known cameras are what they say. Answers what was made or changed, in words.
 */
export async function knowFolders(store: Store, volumes: OpenedVolumes, renew: boolean): Promise<string[]> {
  const newId = createUlids(() => systemClock.nowMs());
  const said: string[] = [];
  const before = new Set(store.streams().map((s) => s.folder));
  const cameras = store.cameras();
  const numbers = new Set(cameras.map((c) => c.number));
  const ids = new Set(store.streams().map((s) => s.cameraId));
  for (const folder of await volumes.spread.folders()) {
    const described = describe(await volumes.described(folder));
    if (before.has(folder)) {
      const known = cameras.find((c) => c.folder === folder);
      if (renew && known !== undefined && described?.id === known.id && renewed(store, known, described))
        said.push(`${folder}: what was changed of camera ${known.number} since is taken over.`);
      continue;
    }
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
    said.push(
      `${folder}: camera ${number} made from ${described === null ? 'its folder; give it an address' : 'its description'}.`,
    );
  }
  return said;
}

/** Takes over what a description says otherwise; false: nothing. */
function renewed(store: Store, known: CameraRecord, described: Camera): boolean {
  const { id, folder, number, hasPassword, sealedPassword, streamIds } = known;
  const next: CameraRecord = { ...described, id, folder, number, hasPassword, sealedPassword, streamIds };
  const text = ({ streamIds: _, sealedPassword: __, ...camera }: CameraRecord): string =>
    JSON.stringify(Camera.parse(camera));
  if (text(next) === text(known)) return false;
  store.camera.save(next);
  return true;
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
