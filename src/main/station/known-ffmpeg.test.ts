import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { knownFfmpeg, rememberFfmpeg } from './known-ffmpeg.ts';

let dir: string;
let path: string;
const kept = new Map<string, string>();
const setting = {
  get: (key: string) => kept.get(key) ?? null,
  set: (key: string, value: string) => kept.set(key, value),
};
const wanted = { given: null, searchPath: '/usr/bin' };
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-ffmpeg-'));
  path = join(dir, 'ffmpeg');
  writeFileSync(path, 'one');
  kept.clear();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the ffmpeg that was found', () => {
  it('is known again while it is the same file, looked for in the same places', () => {
    const found = { path, version: '7.1', source: 'PATH' };
    expect(knownFfmpeg(setting, wanted)).toBeNull();
    rememberFfmpeg(setting, wanted, found);
    expect(knownFfmpeg(setting, wanted)).toEqual(found);
    expect(knownFfmpeg(setting, { ...wanted, given: '/opt/ffmpeg' })).toBeNull();
    expect(knownFfmpeg(setting, { ...wanted, searchPath: '/opt' })).toBeNull();
    writeFileSync(path, 'another');
    expect(knownFfmpeg(setting, wanted)).toBeNull();
    rememberFfmpeg(setting, wanted, found);
    rmSync(path);
    expect(knownFfmpeg(setting, wanted)).toBeNull();
  });

  it('is looked for again when nothing was found or the note cannot be read', () => {
    rememberFfmpeg(setting, wanted, { path, version: '7.1', source: 'PATH' });
    rememberFfmpeg(setting, wanted, null);
    expect(knownFfmpeg(setting, wanted)).toBeNull();
    kept.set('ffmpeg-found', '{"found":3}');
    expect(knownFfmpeg(setting, wanted)).toBeNull();
  });
});
