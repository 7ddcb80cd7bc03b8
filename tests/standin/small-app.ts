import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const project = join(import.meta.dirname, '../..');

/** An app folder with the built shell and preload as they are, and the small station in place of the real one. */
export function smallApp(folder: string): string {
  const root = join(folder, 'app');
  const built = join(project, 'out');
  mkdirSync(join(root, 'out/main'), { recursive: true });
  const { name, productName, version, main } = JSON.parse(
    readFileSync(join(project, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name, productName, version, main }));
  for (const entry of readdirSync(join(built, 'main')))
    if (entry !== 'station.cjs') symlinkSync(join(built, 'main', entry), join(root, 'out/main', entry));
  symlinkSync(join(built, 'preload'), join(root, 'out/preload'));
  symlinkSync(join(project, 'resources'), join(root, 'resources'));
  copyFileSync(join(import.meta.dirname, 'small-station.cjs'), join(root, 'out/main/station.cjs'));
  return root;
}
