/** Pictures of clips as the analysis sees them: 320 × 180 grey levels, decoded by an ffmpeg of the test's own. */
import { spawnSync } from 'node:child_process';

export const ffmpegBin = process.env['FFMPEG_BIN'] ?? 'ffmpeg';
export const noFfmpeg = spawnSync(ffmpegBin, ['-version']).status !== 0;

const size = 320 * 180;

/** One picture a second. */
export function greysOf(path: string, filter = ''): Uint8Array[] {
  const chain = `fps=1,${filter === '' ? '' : `${filter},`}scale=320:180:flags=fast_bilinear,format=gray`;
  const { stdout, status } = spawnSync(
    ffmpegBin,
    ['-v', 'error', '-i', path, '-vf', chain, '-f', 'rawvideo', 'pipe:1'],
    { maxBuffer: 256 * size },
  );
  if (status !== 0) throw new Error(`ffmpeg could not read ${path}`);
  return Array.from({ length: Math.floor(stdout.length / size) }, (_, i) =>
    Uint8Array.from(stdout.subarray(i * size, (i + 1) * size)),
  );
}
