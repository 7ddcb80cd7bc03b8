/** The volumes as the disk has them: what is at a path, and one look at a volume. Any of it may hang where a mount does. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { FoundPlace, VolumeDoor } from '../../engine/volume-door-port.ts';
import { errnoOf } from './data-folder-error.ts';
import { folderTrouble, makeVolume, readMark, spaceOf, tryWriting } from './volume.ts';

/** File systems that come over the network, as Linux and macOS name them. */
const overNetwork =
  /^(nfs|nfs4|cifs|smb|smb2|smb3|smbfs|afpfs|webdav|davfs|9p|ceph|glusterfs|fuse\.(sshfs|smbnetfs|nfs|rclone|davfs.*|s3fs|gvfsd-fuse|glusterfs))$/;

/** Which file system a device number is; empty where the system has no list of them. */
async function fileSystemOf(path: string): Promise<string> {
  let table: string;
  try {
    table = await readFile('/proc/self/mountinfo', 'utf8');
  } catch {
    return ''; // not Linux
  }
  let best = { length: -1, type: '' };
  for (const line of table.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const at = (left.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const holds = at === '/' || path === at || path.startsWith(`${at}/`);
    // The last of several at one place hides the others.
    if (holds && at.length >= best.length) best = { length: at.length, type: right.split(' ')[0] ?? '' };
  }
  return best.type;
}

/** The path with links resolved, as far as it exists, and the part of it that does. */
async function settled(path: string): Promise<{ path: string; above: string; exists: boolean }> {
  try {
    const real = await realpath(path);
    return { path: real, above: real, exists: true };
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
    const parent = await settled(dirname(path));
    return { path: join(parent.path, basename(path)), above: parent.above, exists: false };
  }
}

async function deviceOf(path: string): ReturnType<VolumeDoor['deviceOf']> {
  const { above } = await settled(path);
  const [{ dev }, fileSystem] = await Promise.all([stat(above), fileSystemOf(above)]);
  return { device: String(dev), fileSystem, network: overNetwork.test(fileSystem) };
}

/** The `video` folder of a volume. */
export const videoOf = (path: string): string => join(path, 'video');

async function survey(asked: string): Promise<FoundPlace> {
  const none = { mark: null, device: '', fileSystem: '', network: false, totalBytes: 0, freeBytes: 0 };
  if (!isAbsolute(asked))
    return {
      ...none,
      path: asked,
      exists: false,
      refusal: { code: 'not-whole', message: 'Give the whole path, from the root of the disk on.' },
    };
  const whole = resolve(asked);
  try {
    const { path, above, exists } = await settled(whole);
    if (!(await stat(above)).isDirectory())
      return { ...none, path, exists, refusal: { code: 'ENOTDIR', message: `${above} is a file. Choose a folder.` } };
    const place = { path, exists, ...(await deviceOf(path)), ...(await spaceOf(above)) };
    const mark = exists ? await readMark(videoOf(path)) : null;
    const refusal = await tryWriting(above);
    return {
      ...place,
      mark,
      refusal: refusal === null ? null : refusalOf(above, Object.assign(new Error(refusal), { code: refusal })),
    };
  } catch (error) {
    return { ...none, path: whole, exists: false, refusal: refusalOf(whole, error) };
  }
}

const refusalOf = (path: string, error: unknown): FoundPlace['refusal'] => ({
  code: errnoOf(error) ?? 'EIO',
  message: folderTrouble('The folder', path, error).message,
});

async function oldestDayMs(root: string): Promise<number | null> {
  let oldest: string | null = null;
  for (const folder of await readdir(root, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    for (const day of await readdir(join(root, folder.name)))
      if (/^\d{4}-\d{2}-\d{2}$/.test(day) && (oldest === null || day < oldest)) oldest = day;
  }
  const ms = oldest === null ? Number.NaN : Date.parse(oldest);
  return Number.isNaN(ms) ? null : ms;
}

export function createVolumeDoor(open: Pick<VolumeDoor, 'files' | 'keys' | 'note' | 'noteStation'>): VolumeDoor {
  return {
    ...open,
    rootOf: videoOf,
    deviceOf,
    survey,
    make: makeVolume,
    oldestDayMs,
    async look(root, known) {
      const mark = await readMark(root);
      const space = await spaceOf(root);
      if (mark === null || (known !== null && mark.id !== known))
        return { mark: mark?.id ?? null, ...space, refusal: null, writeMs: 0 };
      const started = performance.now();
      const refusal = await tryWriting(root);
      return { mark: mark.id, ...space, refusal, writeMs: performance.now() - started };
    },
  };
}
