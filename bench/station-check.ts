/** `vigie check` on a stopped station's data folder. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export type CheckFinding = { code: string; path: string | null; text: string };

/** What it finds; `hashes`: every byte is read. Throws where it could not look. */
export function checkStation(root: string, data: string, hashes = false): CheckFinding[] {
  const station = join(root, 'out', 'main', 'station.cjs');
  const args = ['check', '--json', ...(hashes ? ['--hashes'] : []), '--data', data];
  const { status, stdout, stderr } = spawnSync(process.execPath, [station, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0 && status !== 3) throw new Error(`vigie check: ${stderr}`);
  return (JSON.parse(stdout) as { findings: CheckFinding[] }).findings;
}
