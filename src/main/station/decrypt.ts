/**
 * `vigie decrypt`: writes encrypted segments as plain MP4 files, for a player or somebody else. Needs no running station and no index:
 * the files, the volume's keys.json and a passphrase or recovery key suffice. Changes nothing that is there.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { AppError } from '#contract/error.ts';
import { KeysFile } from '#domain/encryption.ts';
import { parseSegmentPath } from '#domain/segment.ts';
import { systemClock } from '#lib/clock.ts';
import { createSecrets, openVolumeKeys } from '../adapters/auth/index.ts';
import { createKeysFile, createSegmentViews, keysFileName } from '../adapters/files/index.ts';
import type { SegmentReader } from '../engine/segment-file-port.ts';
import type { VolumeKeys } from '../engine/keys-port.ts';
import { openSecrets, type SecretSource } from './ask-secret.ts';
import type { Options } from './options.ts';
import { StationError } from './stop-with.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** 0: all are written · 3: some are not, and it was said why. Throws `StationError`. */
export async function decrypt(asked: NonNullable<Options['decrypt']>, dataFolder: string): Promise<number> {
  const { segments, out, keysFile, passphraseFile } = asked;
  await mkdir(out, { recursive: true });
  const opened = new Map<string, VolumeKeys>();
  const source = openSecrets(passphraseFile);
  /** Those that were given so far: volumes may have the same one. */
  const given: string[] = [];
  let left = 0;
  for (const segment of segments) {
    const path = resolve(segment);
    const keysPath = keysFile === null ? findKeys(path) : resolve(keysFile);
    let keys = keysPath === null ? null : (opened.get(keysPath) ?? null);
    if (keysPath !== null && keys === null) {
      keys = await openKeys(keysPath, dataFolder);
      const { passphrase, recoveryKey } = keys.view().unlockBy;
      if ((passphrase || recoveryKey) && !(await unlock(keys, keysPath, given, source))) {
        await source.close();
        throw new StationError(`This passphrase or recovery key opens nothing of ${keysPath}.`);
      }
      opened.set(keysPath, keys);
    }
    const trouble = await write(path, join(resolve(out), nameOf(path, keysPath)), keys);
    if (trouble === null) continue;
    left += 1;
    say(`${segment}: ${trouble}`);
  }
  await source.close();
  return left === 0 ? 0 : 3;
}

/** By a secret that was given for another volume, or the next one. false: it opens nothing. */
async function unlock(keys: VolumeKeys, path: string, given: string[], source: SecretSource): Promise<boolean> {
  const opens = async (secret: string): Promise<boolean> => {
    const isKey = /^([0-9a-z]{4}[\s-]?){8}$/i.test(secret.trim());
    return (await keys.unlock(isKey ? { recoveryKey: secret } : { passphrase: secret })) > 0;
  };
  for (const secret of given) if (await opens(secret)) return true;
  const secret = await source.next(`Passphrase or recovery key of ${dirname(path)}: `);
  if (secret === null) return false;
  given.push(secret);
  return opens(secret);
}

/** The keys.json in one of the folders above a segment; null: there is none. */
function findKeys(path: string): string | null {
  for (let at = dirname(path); ; at = dirname(at)) {
    const file = join(at, keysFileName);
    if (existsSync(file)) return file;
    if (dirname(at) === at) return null;
  }
}

/** With its camera's folder in front, where it lies in one: two cameras have segments of the same name. */
function nameOf(path: string, keysPath: string | null): string {
  const below = keysPath === null ? '' : relative(dirname(keysPath), path).split(sep).join('/');
  const place = parseSegmentPath(below);
  return place === null ? basename(path) : `${place.folder}_${basename(path)}`;
}

/** Opens what this computer can open by itself: of a data folder whose key lies in a file, or of another volume of this station's. */
async function openKeys(path: string, dataFolder: string): Promise<VolumeKeys> {
  let volume: string;
  try {
    ({ volume } = KeysFile.parse(JSON.parse(await readFile(path, 'utf8'))));
  } catch (error) {
    throw new StationError(`${path} cannot be read, or is not the keys of a volume of this version of Vigie.`, 1, {
      cause: error,
    });
  }
  const beside = join(dirname(dirname(path)), 'keys');
  const keysDir = existsSync(join(beside, 'secrets.key')) ? beside : join(dataFolder, 'keys');
  return openVolumeKeys({
    file: createKeysFile(dirname(path), null),
    volume,
    station: { id: '', secrets: existsSync(join(keysDir, 'secrets.key')) ? createSecrets(keysDir) : null },
    nowMs: () => systemClock.nowMs(),
    readOnly: true,
  });
}

/** Null: it is written. Else why not; nothing is left of it then. */
async function write(path: string, to: string, keys: VolumeKeys | null): Promise<string | null> {
  const views = createSegmentViews(keys ?? { find: () => null, isDestroyed: () => false });
  if (existsSync(to)) return `${to} is there already; it is left alone.`;
  const draft = `${to}.part`;
  let reader: SegmentReader | null;
  try {
    reader = await views.open(path);
  } catch (error) {
    return wordsOf(error, keys);
  }
  if (reader === null) return 'there is no such file.';
  if (!reader.encrypted && !(await isRecording(path))) return 'it is no recording of Vigie; nothing was written of it.';
  try {
    const { size } = await stat(path);
    const file = await open(draft, 'w', 0o640);
    let bytes = 0;
    try {
      for await (const part of reader.chunks(0, size - 1)) {
        await file.write(part);
        bytes += part.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, to);
    say(`${to}: ${bytes} bytes${reader.encrypted ? '' : '; it was not encrypted'}`);
    return null;
  } catch (error) {
    await rm(draft, { force: true });
    return wordsOf(error, keys);
  }
}

/** Every segment begins with a box `ftyp`. */
async function isRecording(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return bytesRead === 8 && buffer.toString('latin1', 4) === 'ftyp';
  } finally {
    await file.close();
  }
}

function wordsOf(error: unknown, keys: VolumeKeys | null): string {
  if (!(error instanceof AppError)) return error instanceof Error ? error.message : String(error);
  const reason = (error.data as { reason?: string } | undefined)?.reason;
  if (reason === 'locked')
    return keys === null
      ? 'it is encrypted, and no keys.json lies in a folder above it. Name one with --keys.'
      : 'it is encrypted with a key that this passphrase or recovery key does not open.';
  return error.message;
}
