/** Models on the disk: a folder each below `models` in the data folder. `docs/models.md` describes it. */
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ModelManifest, OwnManifest, type FoundModel, type ModelFault, type ModelId } from '#domain/model.ts';
import { ModelError } from '#lib/model-error.ts';
import type { KnownModels, ModelStore } from '../../engine/model-port.ts';
import { downloadFile, partOf, usualTiming, type DownloadTiming } from './download.ts';
import { checkFace, diskFault, sizeOf, sumOf, verifyModel } from './model-files.ts';

export const manifestName = 'manifest.json';
/** A longer text is no manifest; more files are no folder of models. */
const mostManifestBytes = 64 * 1024;
const mostEntries = 500;

export function createModelStore(root: string, timing: DownloadTiming = usualTiming): ModelStore {
  const folder = (id: ModelId): string => join(root, id);

  return {
    folder,
    async glance(manifest, at) {
      let haveBytes = 0;
      let whole = true;
      for (const file of manifest.files) {
        const size = await sizeOf(join(at, file.name));
        whole &&= size === file.bytes;
        haveBytes +=
          size === file.bytes ? size : Math.min(file.bytes, (await sizeOf(partOf(join(at, file.name)))) ?? 0);
      }
      return { whole, haveBytes };
    },
    verify: verifyModel,

    async download(manifest, { mirror, signal, progress }) {
      const at = folder(manifest.id);
      let before = 0;
      try {
        await mkdir(at, { recursive: true, mode: 0o750 });
        for (const file of manifest.files) {
          const path = join(at, file.name);
          const size = await sizeOf(path);
          // One that is there with another sum is not kept: it is got anew.
          const good = size === file.bytes && (await sumOf(path, signal)) === file.sha256;
          if (!good) {
            if (size !== null) await rm(path);
            await downloadFile({
              ...{ file, path, signal, timing },
              urls: [...(mirror === null ? [] : [`${mirror.replace(/\/*$/, '/')}${file.name}`]), ...file.urls],
              progress: (bytes) => {
                progress(before + bytes);
              },
            });
          }
          before += file.bytes;
          progress(before);
        }
        const [first] = manifest.files;
        if (first !== undefined) checkFace(manifest, join(at, first.name), first.name);
      } catch (error) {
        signal.throwIfAborted();
        throw diskFault(error, manifest.name);
      }
    },

    async remove(id) {
      try {
        await rm(folder(id), { recursive: true, force: true });
      } catch (error) {
        throw diskFault(error, id);
      }
    },

    async own() {
      const manifests: ModelManifest[] = [];
      const faults: { folder: string; fault: ModelFault }[] = [];
      for (const name of await entriesOf(root).catch(() => [])) {
        const path = join(root, name, manifestName);
        try {
          if ((await sizeOf(path)) === null) continue; // of the catalogue
          const manifest = ModelManifest.parse(JSON.parse(await readFile(path, 'utf8')));
          if (manifest.id !== name) throw new ModelError('bad-manifest', `It is of “${manifest.id}”.`);
          manifests.push(manifest);
        } catch (error) {
          faults.push({ folder: name, fault: faultOf(error, 'bad-manifest') });
        }
      }
      return { manifests, faults };
    },

    look: (at, known) => lookInFolder(at, known),

    async takeIn(found, at) {
      const { manifest } = found;
      const to = folder(manifest.id);
      try {
        await mkdir(to, { recursive: true, mode: 0o750 });
        for (const file of manifest.files) {
          const part = partOf(join(to, file.name));
          await rm(part, { force: true });
          await copyFile(join(at, await nameIn(at, file)), part);
          const sum = await sumOf(part);
          if (sum !== file.sha256) {
            await rm(part, { force: true });
            throw new ModelError('wrong-checksum', `${file.name} was copied as another file (${sum}).`);
          }
          await rename(part, join(to, file.name));
        }
        if (found.origin !== 'own') return;
        // Last: without it there is no such model.
        const path = join(to, manifestName);
        await writeFile(partOf(path), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o640 });
        await rename(partOf(path), path);
      } catch (error) {
        throw diskFault(error, manifest.name);
      }
    },
  };
}

async function entriesOf(at: string): Promise<string[]> {
  return (await readdir(at)).sort().slice(0, mostEntries);
}

/** A file of this size and sum in a folder, by its own name first. Rejects with `missing`. */
async function nameIn(at: string, file: { name: string; bytes: number; sha256: string }): Promise<string> {
  const names = await entriesOf(at);
  for (const name of [file.name, ...names.filter((n) => n !== file.name)]) {
    if ((await sizeOf(join(at, name))) !== file.bytes) continue;
    if ((await sumOf(join(at, name))) === file.sha256) return name;
  }
  throw new ModelError('missing', `${file.name} is not there.`);
}

async function lookInFolder(at: string, known: KnownModels): Promise<FoundModel[]> {
  let names: string[];
  try {
    names = await entriesOf(at);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') throw new ModelError('missing', `${at} is no folder.`);
    throw diskFault(error, at);
  }
  const found: FoundModel[] = [];
  for (const manifest of known.catalogue) {
    const one = await findKnown(at, names, manifest);
    if (one !== null) found.push(one);
  }
  for (const name of names) {
    if (!/\.json$/i.test(name)) continue;
    const one = await findOwn(at, name, known);
    if (one !== null) found.push(one);
  }
  return found;
}

/** A model of the catalogue: all its files are there, whatever they are called. null: none of them is. */
async function findKnown(at: string, names: readonly string[], manifest: ModelManifest): Promise<FoundModel | null> {
  const [first] = manifest.files;
  if (first === undefined) return null;
  const origin = 'catalogue';
  try {
    for (const file of manifest.files) await nameIn(at, file);
    return { file: await nameIn(at, first), manifest, origin, fault: null };
  } catch (error) {
    const named = manifest.files.find((file) => names.includes(file.name));
    if (named === undefined) return null;
    try {
      // It has the name: what is there instead?
      await verifyModel(manifest, at);
    } catch (told) {
      return { file: named.name, manifest, origin, fault: faultOf(told, 'disk') };
    }
    return { file: named.name, manifest, origin, fault: faultOf(error, 'disk') };
  }
}

/** A model of one's own by its manifest. null: the file is something else. */
async function findOwn(at: string, name: string, known: KnownModels): Promise<FoundModel | null> {
  const path = join(at, name);
  const origin = 'own';
  let manifest: ModelManifest | null = null;
  try {
    const size = await sizeOf(path);
    if (size === null || size > mostManifestBytes) return null;
    const text = await readFile(path, 'utf8');
    const json = readJson(text);
    if (json instanceof SyntaxError) {
      if (!/"(?:reader|files)"\s*:/.test(text)) return null;
      throw new ModelError('bad-manifest', `${name} is no JSON: ${json.message}`);
    }
    if (!meansModel(json)) return null;
    const parsed = OwnManifest.safeParse(json);
    if (!parsed.success) {
      const said = parsed.error.issues
        .map((i) => `${i.path.join('.')}: ${i.message}`)
        .slice(0, 5)
        .join('; ');
      throw new ModelError('bad-manifest', `${name}: ${said}`);
    }
    const files: ModelManifest['files'] = [];
    for (const file of parsed.data.files) {
      const there = await sizeOf(join(at, file.name));
      if (there === null) throw new ModelError('missing', `${file.name} is not there.`);
      files.push({ ...file, bytes: file.bytes ?? there, sha256: file.sha256 ?? (await sumOf(join(at, file.name))) });
    }
    manifest = ModelManifest.parse({ ...parsed.data, files });
    const { id } = manifest;
    if (known.taken.has(id)) throw new ModelError('taken', `Another model has the id “${id}”.`);
    await verifyModel(manifest, at);
    return { file: name, manifest, origin, fault: null };
  } catch (error) {
    return { file: name, manifest, origin, fault: faultOf(diskFault(error, name), 'disk') };
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}
/** Somebody wrote it as a manifest, however well. Others in the folder are of other programs. */
const meansModel = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && ('reader' in json || ('files' in json && 'id' in json));

function faultOf(error: unknown, otherwise: ModelFault['trouble']): ModelFault {
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, 600);
  return { trouble: error instanceof ModelError ? error.trouble : otherwise, detail };
}

/** The manifests in a folder of the program, by file name; none where it is not there. A bad one is the program's own fault and throws. */
export async function readManifests(at: string): Promise<ModelManifest[]> {
  const names = (await readdir(at).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => {
      const manifest = ModelManifest.parse(JSON.parse(await readFile(join(at, name), 'utf8')));
      if (manifest.id !== basename(name, '.json')) throw new Error(`${name} is of the model “${manifest.id}”`);
      return manifest;
    }),
  );
}
