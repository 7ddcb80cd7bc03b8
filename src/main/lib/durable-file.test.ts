import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tempFolder } from '../../../tests/support/temp.ts';
import { syncFolder, writeWhole } from './durable-file.ts';

let temp: ReturnType<typeof tempFolder>;
beforeEach(() => {
  temp = tempFolder();
});
afterEach(() => {
  temp.remove();
});

describe('a small file that is written whole', () => {
  it('is there with what was written, not to be read by strangers, and nothing else is', async () => {
    const path = join(temp.path, 'note.json');
    await writeWhole(path, 'first');
    await writeWhole(path, 'second');
    expect(readFileSync(path, 'utf8')).toBe('second');
    expect(readdirSync(temp.path)).toEqual(['note.json']);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o007).toBe(0);
  });

  it('takes the place of the old one at once, whoever reads meanwhile', async () => {
    const path = join(temp.path, 'note.json');
    const texts = ['a', 'b'].map((letter) => letter.repeat(200_000));
    await writeWhole(path, texts[0] ?? '');
    let over = false;
    const writing = (async () => {
      for (let i = 0; i < 40; i += 1) await writeWhole(path, texts[i % 2] ?? '');
      over = true;
    })();
    let looks = 0;
    while (!over) {
      expect(texts).toContain(readFileSync(path, 'utf8'));
      looks += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    expect(looks).toBeGreaterThan(0);
  });

  it('leaves what was there, and no draft, where it cannot be written', async () => {
    const taken = join(temp.path, 'taken');
    mkdirSync(taken);
    writeFileSync(join(taken, 'inside'), 'stays');
    await expect(writeWhole(taken, 'new')).rejects.toMatchObject({ code: expect.any(String) as string });
    expect(readdirSync(temp.path)).toEqual(['taken']);
    expect(readFileSync(join(taken, 'inside'), 'utf8')).toBe('stays');
    await expect(writeWhole(join(temp.path, 'none', 'note'), 'new')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it.runIf(process.platform !== 'win32')('syncs a folder, and says where there is none', async () => {
  await syncFolder(temp.path);
  await expect(syncFolder(join(temp.path, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});

// The kernel's process folder is a file system that answers EINVAL to it, as some shares do.
it.runIf(process.platform === 'linux')('is content where a file system knows no such sync', async () => {
  await syncFolder('/proc/self');
});
