/** Pictures, sounds and models that lie beside the project where they are (docs/models.md); tests that need them are skipped elsewhere. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureModels } from '../../scripts/prepare/models.mjs';
import { ModelManifest } from '../../src/main/domain/model.ts';
import { bytesOfI420, type I420 } from '../../src/main/media/i420.ts';
import type { ModelToLoad } from '../../src/workers/inference/port.ts';
import { ffmpegBin } from './grey.ts';

const root = join(import.meta.dirname, '../..');
const shared = process.env['VIGIE_TEST_SHARED'] ?? join(root, '..', 'shared');
export const mediaDir = join(shared, 'media');
export const mirrorDir = join(shared, 'models');
export const hasMedia = existsSync(join(mediaDir, 'reference_detections.json'));
export const hasMirror = existsSync(join(mirrorDir, 'yolox_nano_416.onnx'));

const manifestOf = (where: 'built-in' | 'catalogue', id: string): ModelManifest =>
  ModelManifest.parse(JSON.parse(readFileSync(join(root, 'resources', 'models', where, `${id}.json`), 'utf8')));

/** A model that comes with Vigie; made where it is not yet. */
export function builtIn(id: string): ModelToLoad {
  ensureModels(root, () => undefined);
  return { manifest: manifestOf('built-in', id), folder: join(root, 'out', 'models', id) };
}

/** One of the catalogue, from the folder beside the project. */
export const mirrored = (id: string): ModelToLoad => ({ manifest: manifestOf('catalogue', id), folder: mirrorDir });

/** A file's pictures as planes; `filter` and further arguments as ffmpeg has them. */
export function pictures(path: string, width: number, height: number, args: string[] = []): I420[] {
  const size = bytesOfI420(width, height);
  const { stdout, stderr, status } = spawnSync(
    ffmpegBin,
    ['-v', 'error', '-i', path, ...args, '-pix_fmt', 'yuv420p', '-vsync', 'passthrough', '-f', 'rawvideo', 'pipe:1'],
    { maxBuffer: 2 ** 31 },
  );
  if (status !== 0 || stdout.length % size !== 0) throw new Error(`ffmpeg could not read ${path}: ${String(stderr)}`);
  return Array.from({ length: stdout.length / size }, (_, i) => ({
    width,
    height,
    data: new Uint8Array(stdout.subarray(i * size, (i + 1) * size)),
  }));
}

/** A picture of one colour. */
export const blank = (width: number, height: number, luma = 128): I420 => ({
  width,
  height,
  data: new Uint8Array(bytesOfI420(width, height)).fill(luma, 0, width * height).fill(128, width * height),
});
