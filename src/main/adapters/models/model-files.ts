/** The files of a model on the disk: their sums, what the ONNX file says of itself, and the system's errors in our words. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkManifest, checkModel } from '#domain/decide/check-model.ts';
import type { ModelManifest } from '#domain/model.ts';
import { ModelError } from '#lib/model-error.ts';
import { MediaError } from '#media/media-error.ts';
import { readOnnx, type OnnxFace } from '#media/onnx/read-onnx.ts';

const errnoOf = (error: unknown): string | null =>
  error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? null) : null;

/** An error of the disk in our words; a `ModelError` stays one. */
export function diskFault(error: unknown, what: string): ModelError {
  if (error instanceof ModelError) return error;
  const code = errnoOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ModelError('no-space', `There is no room for ${what}.`, { cause: error });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new ModelError('missing', `${what} is not there.`, { cause: error });
  const said = error instanceof Error ? error.message : String(error);
  return new ModelError('disk', `${what}: ${said}`, { cause: error });
}

/** null: there is no such file. */
export async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** SHA-256 of a file in hex, read in pieces so that other work goes on. */
export async function sumOf(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 18 })) {
    signal?.throwIfAborted();
    hash.update(piece as Buffer);
  }
  return hash.digest('hex');
}

/** Throws `ModelError`: no ONNX file, or a truncated one. Reads little: it passes over the weights. */
function faceOf(path: string, name: string): OnnxFace {
  const fd = openSync(path, 'r');
  try {
    return readOnnx({
      bytes: fstatSync(fd).size,
      read(offset, length) {
        const piece = Buffer.allocUnsafe(length);
        return piece.subarray(0, readSync(fd, piece, 0, length, offset));
      },
    });
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    if (error.code === 'truncated') throw new ModelError('truncated', `${name} is not whole: ${error.message}.`);
    throw new ModelError('not-onnx', `${name}: ${error.message}.`);
  } finally {
    closeSync(fd);
  }
}

/** Whether the first file is the model that the manifest says. Throws `ModelError`. */
export function checkFace(manifest: Omit<ModelManifest, 'files'>, path: string, name: string): void {
  possible(manifest);
  fits(manifest, faceOf(path, name), name);
}

function possible(manifest: Omit<ModelManifest, 'files'>): void {
  const impossible = checkManifest(manifest);
  if (impossible !== null) throw new ModelError('bad-manifest', impossible);
}

function fits(manifest: Omit<ModelManifest, 'files'>, face: OnnxFace, name: string): void {
  const other = checkModel(manifest, face);
  if (other !== null) throw new ModelError('other-shape', `${name}: ${other}`);
}

/** All files of a model against its manifest. Rejects with `ModelError`. */
export async function verifyModel(manifest: ModelManifest, folder: string): Promise<void> {
  possible(manifest);
  for (const [n, file] of manifest.files.entries()) {
    const path = join(folder, file.name);
    try {
      const size = await sizeOf(path);
      if (size === null) throw new ModelError('missing', `${file.name} is not there.`);
      // A file that was cut is told as that, rather than by its sum.
      const face = n === 0 ? faceOf(path, file.name) : null;
      if (size !== file.bytes)
        throw new ModelError('wrong-size', `${file.name} has ${size} bytes; its manifest says ${file.bytes}.`);
      const sum = await sumOf(path);
      if (sum !== file.sha256)
        throw new ModelError(
          'wrong-checksum',
          `${file.name} has the SHA-256 ${sum}; its manifest says ${file.sha256}.`,
        );
      // What another file would have for a shape does not matter.
      if (face !== null) fits(manifest, face, file.name);
    } catch (error) {
      throw diskFault(error, file.name);
    }
  }
}
