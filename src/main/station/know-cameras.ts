/** Cameras as the station noted them beside the video of its data folder: those without video too, with their passwords. */
import type { KeptStation } from '#domain/station-kept.ts';
import type { Store } from './open-data.ts';

const bytesOf = (sealed: string | null): Uint8Array | null => (sealed === null ? null : Buffer.from(sealed, 'base64'));

/** After `knowFolders`, whose descriptions are the newer ones. Answers what was done, in words. */
export function knowCameras(store: Store, note: KeptStation): string[] {
  const said: string[] = [];
  const known = new Map(store.cameras().map((c) => [c.id, c]));
  const ever = new Set(store.streams().map((s) => s.cameraId));
  const folders = new Set(store.streams().map((s) => s.folder));
  const numbers = new Set([...known.values()].map((c) => c.number));
  let passwords = 0;
  store.together(() => {
    for (const { camera, sealed } of note.cameras) {
      const is = known.get(camera.id);
      if (is !== undefined) {
        if (sealed === null || Buffer.from(is.sealedPassword ?? []).toString('base64') === sealed) continue;
        store.camera.save({ ...is, hasPassword: true, sealedPassword: bytesOf(sealed) });
        passwords += 1;
      } else if (!ever.has(camera.id) && !folders.has(camera.folder)) {
        let { number } = camera;
        while (numbers.has(number)) number += 1;
        numbers.add(number);
        store.camera.add({ ...camera, number, sealedPassword: bytesOf(sealed) });
        said.push(`${camera.folder}: camera ${number}, which has no video, is known again.`);
      }
    }
    const noted = new Set(note.cameras.map((c) => c.camera.id));
    for (const { id, number, folder, createdMs } of known.values()) {
      // One of later than the note is none that was removed.
      if (noted.has(id) || createdMs >= note.savedMs) continue;
      store.camera.remove(id, note.savedMs);
      said.push(`${folder}: camera ${number} had been removed from the station; its video stays.`);
    }
  });
  if (passwords > 0)
    said.push(
      `Passwords of ${passwords} ${passwords === 1 ? 'camera' : 'cameras'}, as far as this computer can still open them.`,
    );
  return said;
}
