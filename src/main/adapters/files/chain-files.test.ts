import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ChainHead, type ChainLink, emptyChain, nextLink } from '#domain/segment-chain.ts';
import { segmentPath } from '#domain/segment.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import { createChainFiles } from './chain-files.ts';

let root: string;
let remove: () => void;
beforeEach(() => {
  ({ path: root, remove } = tempFolder());
});
afterEach(() => remove());

const stream = { folder: 'gate', kind: 'main' as const };
const t0 = Date.UTC(2026, 10, 22, 23, 59, 0);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Writes files and links them. */
function links(startsMs: readonly number[]): ChainLink[] {
  let head: ChainHead = emptyChain;
  return startsMs.map((startMs) => {
    const path = join(root, segmentPath('gate', 'main', startMs));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `video of ${startMs}`);
    const file = { startMs, endMs: startMs + 60_000, bytes: 22, sha256: sha256(`video of ${startMs}`) };
    const made = nextLink(head, stream, file, sha256);
    head = made;
    return made;
  });
}

describe('lists beside the video', () => {
  it('are read as they were written, over midnight and in the order of links', async () => {
    const chain = createChainFiles(root);
    const all = links([t0 + 60_000, t0 + 120_000, t0, t0 + 180_000]);
    await chain.append(stream, all.slice(0, 2));
    await chain.append(stream, all.slice(2));
    expect(await chain.read(stream)).toEqual(all);
    expect(await chain.newest(stream)).toBe(4);
    expect(await chain.read({ folder: 'gate', kind: 'sub' })).toEqual([]);
    expect(await chain.newest({ folder: 'yard', kind: 'main' })).toBe(0);
  });

  it('lose no more than the torn end of a crash, and go on behind it', async () => {
    const chain = createChainFiles(root);
    const all = links([t0, t0 + 1000, t0 + 2000]);
    await chain.append(stream, all.slice(0, 1));
    const path = join(root, 'gate', '2026-11-22', 'main.sha256');
    appendFileSync(path, '# 2 179535');
    await chain.append(stream, all.slice(1));
    await chain.append(stream, all.slice(1));
    expect(await chain.read(stream)).toEqual(all);
  });

  it.skipIf(process.platform !== 'linux')('are understood by sha256sum', async () => {
    const chain = createChainFiles(root);
    const all = links([t0, t0 + 1000]);
    await chain.append(stream, all);
    const cwd = join(root, 'gate', '2026-11-22');
    const out = execFileSync('sha256sum', ['--strict', '-c', 'main.sha256'], { cwd, encoding: 'utf8' });
    expect(out.match(/: OK$/gm)).toHaveLength(2);
    writeFileSync(join(root, segmentPath('gate', 'main', t0)), 'another video');
    expect(() => execFileSync('sha256sum', ['-c', 'main.sha256'], { cwd, stdio: 'pipe' })).toThrow(
      '1 computed checksum',
    );
  });

  it('need no folder of a day that is gone, but their volume', async () => {
    const chain = createChainFiles(root);
    const all = links([t0]);
    rmSync(join(root, 'gate', '2026-11-22'), { recursive: true });
    await chain.append(stream, all);
    expect(await chain.read(stream)).toEqual([]);
    rmSync(join(root, 'gate'), { recursive: true });
    await expect(chain.append(stream, all)).rejects.toThrow('ENOENT');
  });
});

describe('the note of a camera', () => {
  it('tells head and seams; one that cannot be read is none', async () => {
    const chain = createChainFiles(root);
    links([t0]);
    const head = { link: 9, chain: sha256('9') };
    const seams = [{ fromLink: 1, toLink: 4, chain: sha256('4'), cause: 'retention' as const }];
    await chain.note('gate', { main: { head, seams } });
    expect(await chain.noted('gate')).toEqual({ main: { head, seams } });
    expect(await chain.newest(stream)).toBe(9);
    expect(readFileSync(join(root, 'gate', 'chain.json'), 'utf8')).toContain('"format":1');
    writeFileSync(join(root, 'gate', 'chain.json'), '{"half');
    expect(await chain.noted('gate')).toBeNull();
  });
});
