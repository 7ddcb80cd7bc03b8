import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeysFile } from '#domain/encryption.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import type { KeysFileStore, VolumeKeys } from '../../engine/keys-port.ts';
import { createKeysFile } from '../files/keys-file.ts';
import { createSecrets, openVolumeKeys } from './index.ts';
import type { VolumeKeysDeps } from './volume-keys.ts';

let path: string;
let remove: () => void;
let nowMs: number;
beforeEach(() => {
  ({ path, remove } = tempFolder());
  mkdirSync(join(path, 'video'));
  nowMs = Date.UTC(2026, 10, 28);
});
afterEach(() => remove());

const passphrase = 'seven herons over the harbour';
const cost = { memoryKiB: 64, passes: 1 };
const volumeFile = (): string => join(path, 'video', 'keys.json');
const copyFile = (): string => join(path, 'keys', 'volume.json');
const open = (more: Partial<VolumeKeysDeps> = {}): Promise<VolumeKeys> =>
  openVolumeKeys({
    file: createKeysFile(join(path, 'video'), copyFile()),
    volume: 'the-volume',
    station: { id: 'station-1', secrets: createSecrets(join(path, 'station')) },
    nowMs: () => nowMs,
    cost,
    ...more,
  });
/** As on another computer: other secrets, no copy. */
const elsewhere = (): Promise<VolumeKeys> =>
  open({
    file: createKeysFile(join(path, 'video'), null),
    station: { id: 'station-2', secrets: createSecrets(join(path, 'other')) },
  });
const raw = (keys: VolumeKeys, id: string): string => keys.find(id)?.export().toString('hex') ?? 'none';
const states = (keys: VolumeKeys): string[] => keys.view().keys.map((k) => k.state);
const onDisk = (file = volumeFile()): KeysFile => KeysFile.parse(JSON.parse(readFileSync(file, 'utf8')));

describe('the keys of a volume', () => {
  it('are none, and no file, until encryption is turned on', async () => {
    const keys = await open();
    expect(keys.view()).toEqual({
      on: false,
      passphrase: false,
      recoveryKeyMs: null,
      unlockBy: { passphrase: false, recoveryKey: false },
      keys: [],
    });
    expect(keys.writing()).toBeNull();
    expect(readdirSync(join(path, 'video'))).toEqual([]);
  });

  it('are the same at the next start on this station, and never in clear on the disk', async () => {
    const keys = await open();
    await keys.turnOn();
    const id = keys.writing() ?? '';
    expect(states(keys)).toEqual(['writing']);
    const again = await open();
    expect(again.begunAnew).toBe(false);
    expect(again.writing()).toBe(id);
    expect(raw(again, id)).toBe(raw(keys, id));
    const text = readFileSync(volumeFile(), 'utf8');
    expect(text).toBe(readFileSync(copyFile(), 'utf8'));
    const secret = keys.find(id)?.export() ?? Buffer.alloc(0);
    for (const form of [secret.toString('hex'), secret.toString('base64')]) expect(text).not.toContain(form);
    expect(JSON.stringify(keys.usable())).not.toContain(secret.toString('base64'));
  });

  it('are of a volume: a file of another one opens nothing and is kept', async () => {
    await (await open()).turnOn();
    const other = await open({ volume: 'another-volume' });
    expect(other.view().keys).toEqual([]);
    expect(readdirSync(join(path, 'video')).join()).toMatch(/^keys\.json\.unreadable-/);
  });

  it('go on after turning off and on again with a new key, and open what was written before', async () => {
    const keys = await open();
    await keys.turnOn();
    const first = keys.writing() ?? '';
    nowMs += 1000;
    await keys.turnOff();
    expect(keys.writing()).toBeNull();
    expect(states(await open())).toEqual(['open']);
    nowMs += 1000;
    await keys.turnOn();
    expect(states(keys)).toEqual(['writing', 'open']);
    expect(keys.view().keys[1]).toMatchObject({ id: first, fromMs: nowMs - 2000, toMs: nowMs - 1000 });
    expect(raw(keys, first)).not.toBe('none');
  });

  it('are rotated: new segments take a new key, the old one stays readable, also by passphrase', async () => {
    const keys = await open();
    await keys.turnOn();
    await keys.setPassphrase(passphrase);
    const first = keys.writing() ?? '';
    await keys.rotate();
    const second = keys.writing() ?? '';
    expect(second).not.toBe(first);
    expect(states(await open())).toEqual(['writing', 'open']);
    const there = await open({ station: { id: 'x', secrets: null }, readOnly: true });
    expect(await there.unlock({ passphrase })).toBe(2);
    expect([raw(there, first), raw(there, second)]).toEqual([raw(keys, first), raw(keys, second)]);
  });
});

describe('a passphrase', () => {
  it('opens the volume on another computer, which opens it by itself from then on', async () => {
    const keys = await open();
    await keys.turnOn();
    await keys.setPassphrase(passphrase);
    const id = keys.writing() ?? '';
    const there = await elsewhere();
    expect(there.find(id)).toBeNull();
    expect(await there.unlock({ passphrase: 'seven herons over the harbor' })).toBe(0);
    expect(await there.unlock({ passphrase })).toBe(1);
    expect(raw(there, id)).toBe(raw(keys, id));
    expect(raw(await elsewhere(), id)).toBe(raw(keys, id));
    // The first station still opens it, and what was begun meanwhile by its passphrase.
    const back = await open();
    expect(raw(back, id)).toBe(raw(keys, id));
    expect(await back.unlock({ passphrase })).toBe(1);
    expect(states(back)).toEqual(['writing', 'open', 'open']);
  });

  it('is the same typed with a combining accent, is changed, and taken away', async () => {
    const keys = await open();
    await keys.turnOn();
    await keys.setPassphrase('caf\u00e9 au lait noir');
    const there = (): Promise<VolumeKeys> => open({ station: { id: 'x', secrets: null }, readOnly: true });
    expect(await (await there()).unlock({ passphrase: 'cafe\u0301 au lait noir' })).toBe(1);
    await keys.setPassphrase(passphrase);
    expect(await (await there()).unlock({ passphrase: 'caf\u00e9 au lait noir' })).toBe(0);
    expect(await (await there()).unlock({ passphrase })).toBe(1);
    await keys.setPassphrase(null);
    expect((await there()).view().unlockBy).toEqual({ passphrase: false, recoveryKey: false });
  });
});

describe('a recovery key', () => {
  it('opens nothing before it is confirmed, and everything afterwards', async () => {
    const keys = await open();
    await keys.turnOn();
    const text = keys.makeRecoveryKey();
    expect(keys.view().recoveryKeyMs).toBeNull();
    expect(await keys.confirmRecoveryKey('0000 0000')).toBe(false);
    expect(await keys.confirmRecoveryKey(text.slice(-9).toLowerCase())).toBe(true);
    expect(await keys.confirmRecoveryKey(text.slice(-9))).toBe(false); // once
    expect(keys.view().recoveryKeyMs).toBe(nowMs);
    expect(readFileSync(volumeFile(), 'utf8')).not.toContain(text.slice(0, 9));
    const there = await elsewhere();
    expect(there.view().unlockBy).toEqual({ passphrase: false, recoveryKey: true });
    expect(await there.unlock({ recoveryKey: 'nonsense' })).toBe(0);
    expect(await there.unlock({ recoveryKey: text.replaceAll('-', '') })).toBe(1);
  });
});

describe('a lost key', () => {
  it('locks what was recorded, and recording goes on with a new one that is on disk', async () => {
    const keys = await open();
    await keys.turnOn();
    await keys.setPassphrase(passphrase);
    const lost = keys.writing() ?? '';
    rmSync(join(path, 'station'), { recursive: true }); // the keychain was made anew
    nowMs += 5000;
    const after = await open();
    expect(after.begunAnew).toBe(true);
    expect(states(after)).toEqual(['writing', 'locked']);
    expect(after.find(lost)).toBeNull();
    expect(after.view().passphrase).toBe(false);
    expect((await open()).writing()).toBe(after.writing());
    expect(await after.unlock({ passphrase })).toBe(1);
    expect(states(after)).toEqual(['writing', 'open']);
    // The passphrase that people know opens the new key too.
    const there = await open({ station: { id: 'x', secrets: null }, readOnly: true });
    expect(await there.unlock({ passphrase })).toBe(2);
  });

  it('is not a lost file: the copy in the data folder stands in, the newer of two holds', async () => {
    const keys = await open();
    await keys.turnOn();
    const old = readFileSync(volumeFile(), 'utf8');
    await keys.rotate();
    const second = keys.writing();
    rmSync(volumeFile());
    expect((await open()).writing()).toBe(second);
    expect(readFileSync(volumeFile(), 'utf8')).toBe(readFileSync(copyFile(), 'utf8'));
    writeFileSync(volumeFile(), old); // put back from a backup
    expect((await open()).writing()).toBe(second);
    writeFileSync(volumeFile(), old.slice(0, 100)); // cut off
    expect((await open()).writing()).toBe(second);
    expect(onDisk().rings[0]?.keys).toHaveLength(2);
  });
});

describe('destroying a key', () => {
  it('takes every wrapped form of it off the disk, and only of it', async () => {
    const keys = await open();
    await keys.turnOn();
    await keys.setPassphrase(passphrase);
    const first = keys.writing() ?? '';
    expect(await keys.destroy(first)).toBe(false); // it is written with
    await keys.rotate();
    const second = keys.writing() ?? '';
    const before = onDisk().rings[0]?.keys[0]?.wrapped ?? '';
    nowMs += 9000;
    expect(await keys.destroy(first)).toBe(true);
    expect(await keys.destroy(first)).toBe(false);
    expect(keys.find(first)).toBeNull();
    expect(keys.isDestroyed(first)).toBe(true);
    for (const file of [volumeFile(), copyFile()]) expect(readFileSync(file, 'utf8')).not.toContain(before);
    const again = await open();
    expect(states(again)).toEqual(['writing', 'destroyed']);
    expect(again.view().keys[1]?.destroyedMs).toBe(nowMs);
    expect(raw(again, second)).toBe(raw(keys, second));
    expect(await (await elsewhere()).unlock({ passphrase })).toBe(1);
  });

  it('can be asked for a locked one too', async () => {
    const keys = await open();
    await keys.turnOn();
    const first = keys.writing() ?? '';
    rmSync(join(path, 'station'), { recursive: true });
    const after = await open();
    expect(await after.destroy(first)).toBe(true);
    expect(states(after)).toEqual(['writing', 'destroyed']);
    expect(after.view().unlockBy.passphrase).toBe(false);
  });
});

describe('a disk that refuses', () => {
  it('gives no key that is not on it', async () => {
    const real = createKeysFile(join(path, 'video'), null);
    let full = false;
    const file: KeysFileStore = {
      ...real,
      write: (text, needed) => (full ? Promise.reject(new Error('ENOSPC')) : real.write(text, needed)),
    };
    const keys = await open({ file });
    full = true;
    await expect(keys.turnOn()).rejects.toThrow('ENOSPC');
    expect([keys.writing(), keys.usable()]).toEqual([null, []]);
    full = false;
    await keys.turnOn();
    const first = keys.writing();
    full = true;
    await expect(keys.rotate()).rejects.toThrow('ENOSPC');
    await expect(keys.destroy(first ?? '')).resolves.toBe(false);
    expect(keys.writing()).toBe(first);
    expect(keys.usable()).toHaveLength(1);
    // At a start with a lost key: it is said, and made good when the disk works again.
    const station = { id: 'station-2', secrets: createSecrets(join(path, 'other')) };
    const after = await open({ file, station });
    expect([after.writing(), after.begunAnew, after.trouble]).toEqual([null, false, 'ENOSPC']);
    full = false;
    await after.turnOn();
    expect(states(after)).toEqual(['writing', 'locked']);
  });
});
