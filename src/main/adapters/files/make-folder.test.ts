import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { makeFolder } from './make-folder.ts';

it('makes all folders of a path, and is content with one that is there', async () => {
  const { path, remove } = tempFolder();
  const deep = join(path, 'a', 'b', 'c');
  await makeFolder(deep, 0o750);
  await makeFolder(deep, 0o750);
  expect(statSync(deep).isDirectory()).toBe(true);
  writeFileSync(join(path, 'file'), '');
  await expect(makeFolder(join(path, 'file', 'x'), 0o750)).rejects.toMatchObject({ code: 'ENOTDIR' });
  remove();
});

it.runIf(process.platform === 'linux')('gives up where the system makes no folders', async () => {
  await expect(makeFolder('/proc/vigie/data', 0o750)).rejects.toMatchObject({ code: 'ENOENT' });
});
