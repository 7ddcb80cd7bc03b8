/** The recorded files of one volume. */
import { opendir, readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hourFolders, parseSegmentPath, segmentPath } from '#domain/segment.ts';
import type { StreamKind } from '#domain/stream.ts';
import { writeWhole } from '#lib/durable-file.ts';
import type { SegmentFiles } from '../../engine/segment-file-port.ts';
import { createChainFiles } from './chain-files.ts';
import { errnoOf } from './data-folder-error.ts';
import { eraseTree } from './erase-tree.ts';
import { accountName, descriptionName, monthOfAccount, isFolderName, keptName } from './folder-names.ts';
import { glanceAtFile, type Inspection, inspectFile, inspectSource, type SegmentSelf } from './inspect.ts';
import { removeSegments } from './remove-segments.ts';
import { createSegmentViews, noKeys, type VolumeKeyLookup } from './segment-view.ts';
import { readMark, spaceOf, tryWriting, volumeSpace } from './volume.ts';

/** Names in a folder, sorted; none when it is not there. */
async function names(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

export type FoundFile = {
  /** Under the volume's `video` folder, with `/`. */
  path: string;
  /** What the name says; null: the name is none of ours. */
  place: { folder: string; kind: StreamKind; startMs: number } | null;
  /** null: the file could not be read (its error is in `error`), or its name is none of ours. */
  inspection: Inspection | null;
  error: string | null;
};

/** `SegmentFiles` of the engine, and what `check` and `rebuild-index` need beyond it. */
export type VolumeFiles = SegmentFiles & {
  /**
   * What the list beside the video does not tell of a file of that size; null: it is to be looked into (`found`).
   */
  glance(path: string, bytes: number): Promise<SegmentSelf | null>;
  /** One file by its path below the root. */
  found(path: string): Promise<FoundFile>;
  /** Texts of what `keepAccount` wrote, oldest month first. */
  accountsBeside(folder: string): Promise<string[]>;
};

/**
 * Opens the recorded files below `root` (`openVolume(…).root`). Does nothing by itself. `keys` open what is encrypted; `mark`: the id of the
 * volume, by which a missing file is told from a missing volume; null: any volume is right.
 */
export function createSegmentFiles(
  root: string,
  keys: VolumeKeyLookup = noKeys,
  mark: string | null = null,
): VolumeFiles {
  const views = createSegmentViews(keys);
  const safe = (folder: string): string => {
    if (!isFolderName(folder)) throw new Error(`${JSON.stringify(folder)} is not the name of a camera's folder`);
    return join(root, folder);
  };

  const folders = async (): Promise<string[]> => {
    const out: string[] = [];
    for await (const entry of await opendir(root))
      if (entry.isDirectory() && isFolderName(entry.name)) out.push(entry.name);
    return out.sort();
  };

  const found = async (path: string): Promise<FoundFile> => {
    const place = parseSegmentPath(path);
    if (place === null) return { path, place, inspection: null, error: null };
    try {
      return { path, place, inspection: await inspectFile(join(root, path), keys), error: null };
    } catch (error) {
      return { path, place, inspection: null, error: error instanceof Error ? error.message : String(error) };
    }
  };

  const size = async (path: string): Promise<number | null> => {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  };

  const needThis = async (): Promise<void> => {
    // Where the volume is not mounted, an empty folder or another one may be in its place: nothing is written into it.
    if (mark !== null && (await readMark(root))?.id !== mark)
      throw Object.assign(new Error(`ENODEV: ${root} is not the volume that it should be`), { code: 'ENODEV' });
  };
  const readBeside = async (folder: string, name: string): Promise<string | null> => {
    try {
      return await readFile(join(safe(folder), name), 'utf8');
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null;
      throw error;
    }
  };

  const writeBeside = async (folder: string, name: string, json: string): Promise<boolean> => {
    const home = safe(folder);
    await needThis();
    try {
      await writeWhole(join(home, name), json);
      return true;
    } catch (error) {
      // An empty folder in the place of one with video would look as if the video were lost.
      if (errnoOf(error) === 'ENOENT') return false;
      throw error;
    }
  };

  return {
    root,
    path: (folder, kind, startMs) => {
      safe(folder);
      return join(root, segmentPath(folder, kind, startMs));
    },
    async tryFolder(folder, atMs) {
      safe(folder);
      await needThis();
      for (let at = dirname(join(root, segmentPath(folder, 'main', atMs))); ; at = dirname(at)) {
        try {
          if (!(await stat(at)).isDirectory()) return 'ENOTDIR';
          return await tryWriting(at);
        } catch (error) {
          const code = errnoOf(error) ?? 'EIO';
          if ((code !== 'ENOENT' && code !== 'ENOTDIR') || at.length <= root.length) return code;
        }
      }
    },
    folders,
    async list(folder, fromMs, toMs) {
      const home = safe(folder);
      const out: { kind: StreamKind; startMs: number; bytes: number }[] = [];
      for (const hour of hourFolders(fromMs, toMs)) {
        for (const name of await names(join(home, hour))) {
          const place = parseSegmentPath(`${folder}/${hour}/${name}`);
          if (place === null || place.startMs < fromMs || place.startMs > toMs) continue;
          const bytes = await size(join(home, hour, name));
          if (bytes !== null) out.push({ kind: place.kind, startMs: place.startMs, bytes });
        }
      }
      return out.sort((a, b) => a.startMs - b.startMs);
    },
    async inspect(path) {
      return (await inspectFile(path, keys))?.content ?? null;
    },
    open: views.open,
    inspectFrom: async (source) => (await inspectSource(source, keys)).content,
    openFrom: views.openFrom,
    async eraseFolder(folder) {
      await eraseTree(safe(folder)).finally(() => {
        views.forget();
      });
    },
    describe: (folder, json) => writeBeside(folder, descriptionName, json),
    described: (folder) => readBeside(folder, descriptionName),
    keepBeside: (folder, json) => writeBeside(folder, keptName, json),
    keptBeside: (folder) => readBeside(folder, keptName),
    keepAccount: (folder, month, json) => writeBeside(folder, accountName(month), json),
    async accountMonths(folder) {
      try {
        return (await readdir(safe(folder))).flatMap((name) => monthOfAccount(name) ?? []);
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
    async accountsBeside(folder) {
      const own = (await names(safe(folder))).filter((name) => monthOfAccount(name) !== null);
      return (await Promise.all(own.map((name) => readBeside(folder, name)))).filter((text) => text !== null);
    },
    async remove(folder, segments, spared) {
      const isThere = async (): Promise<boolean> => mark === null || (await readMark(root))?.id === mark;
      const done = await removeSegments(root, safe(folder), segments, spared, isThere);
      views.forget();
      return done;
    },
    chain: createChainFiles(root),
    async space() {
      const there = (await readMark(root))?.id ?? null;
      if (mark !== null && there !== mark) return { ...(await spaceOf(root)), writable: false, mark: there };
      return { ...(await volumeSpace(root)), mark: there };
    },
    glance: (path, bytes) => glanceAtFile(join(root, path), bytes),
    found,
  };
}
