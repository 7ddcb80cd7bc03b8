/** `vigie decrypt` as its own process: what the police are given is the plain recording, or nothing and why. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamId } from '#domain/id.ts';
import { segmentPath } from '#domain/segment.ts';
import { systemClock } from '#lib/clock.ts';
import { mjpegTrack } from '#media/jpeg.ts';
import { createSecrets, openVolumeKeys } from '../../src/main/adapters/auth/index.ts';
import { createKeysFile, openVolume } from '../../src/main/adapters/files/index.ts';
import { createRecordDisk } from '../../src/workers/ingest/record/disk.ts';
import { createRecorder } from '../../src/workers/ingest/record/recorder.ts';
import { tempFolder } from '../support/temp.ts';

const passphrase = 'seven herons over the harbour';
const t0 = Date.UTC(2026, 10, 28, 16);
const program = join(import.meta.dirname, '../../src/main/station/index.ts');

let folder: ReturnType<typeof tempFolder>;
let recoveryKey: string;
let segment: string;
let plain: string;
let out: string;

/** Three seconds of always the same pictures. */
async function record(root: string, camera: string, key: Parameters<typeof createRecorder>[0]['encryption']) {
  let monoMs = 0;
  const recorder = createRecorder({
    streamId: StreamId.parse(1),
    kind: 'main',
    target: { volume: 1, root, folder: camera },
    notBeforeMs: 0,
    maxPendingBytes: 16 << 20,
    clock: { ...systemClock, monoMs: () => monoMs },
    disk: createRecordDisk(),
    report: () => undefined,
    ...(key !== undefined && { encryption: key }),
  });
  recorder.format(mjpegTrack(640, 360), null);
  for (let at = 0; at < 3000; at += 100) {
    const picture = Uint8Array.from({ length: 3000 }, (_, i) => [0xff, 0xd8][i] ?? at & 255);
    const us = (t0 + at) * 1000;
    recorder.unit({ track: 'video', key: true, ptsUs: us, dtsUs: us, data: [picture], bytes: 3000 }, us);
    monoMs += 100;
  }
  await recorder.stop();
  return join(root, segmentPath(camera, 'main', t0));
}

beforeEach(async () => {
  folder = tempFolder();
  out = join(folder.path, 'out');
  const volume = await openVolume(folder.path, null);
  const keys = await openVolumeKeys({
    file: createKeysFile(volume.root, null),
    volume: volume.id,
    station: { id: 'x', secrets: createSecrets(join(folder.path, 'keys')) },
    nowMs: () => t0,
    cost: { memoryKiB: 64, passes: 1 },
  });
  await keys.turnOn();
  await keys.setPassphrase(passphrase);
  recoveryKey = keys.makeRecoveryKey();
  await keys.confirmRecoveryKey(recoveryKey.slice(-9));
  const [key] = keys.usable();
  if (key === undefined) throw new Error('no key');
  segment = await record(volume.root, 'gate', () => key);
  plain = await record(volume.root, 'plain', undefined);
});
afterEach(() => folder.remove());

function decrypt(args: string[], input = ''): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, 'decrypt', ...args]);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (b: Buffer) => (text += b.toString()));
    child.stdin.on('error', () => undefined); // it may end without asking
    child.stdin.end(input);
    child.on('close', (code) => resolve({ code, text }));
  });
}
/** As on a computer that has only the disk. */
const withoutStation = (): void => {
  rmSync(join(folder.path, 'keys'), { recursive: true });
};
const written = (): Buffer => readFileSync(join(out, `gate_${basename(segment)}`));

describe('vigie decrypt', () => {
  it('writes the plain recording, with the passphrase piped in, from a file, or with the recovery key', async () => {
    withoutStation();
    const wanted = readFileSync(plain);
    const file = join(folder.path, 'passphrase.txt');
    writeFileSync(file, `${passphrase}\n`);
    for (const [args, input] of [
      [[], `${passphrase}\n`],
      [['--passphrase-file', file], ''],
      [[], recoveryKey.toLowerCase()],
    ] as const) {
      const { code, text } = await decrypt([segment, '--out', out, ...args], input);
      expect(text).toMatch(/gate_main_.*\.mp4: \d+ bytes/);
      expect(code).toBe(0);
      expect(written().equals(wanted)).toBe(true);
      expect(text).not.toContain(passphrase);
      rmSync(out, { recursive: true });
    }
  });

  it('asks nothing where the station opens its own, and takes a file that was copied elsewhere', async () => {
    const copy = join(folder.path, 'elsewhere', basename(segment));
    mkdirSync(join(folder.path, 'elsewhere'));
    copyFileSync(segment, copy);
    expect((await decrypt([segment, plain, '--out', out])).code).toBe(0);
    expect(written().equals(readFileSync(plain))).toBe(true);
    const far = join(folder.path, 'far');
    const { code } = await decrypt([copy, '--out', far, '--keys', join(folder.path, 'video', 'keys.json')]);
    expect(code).toBe(0);
    expect(readFileSync(join(far, basename(segment))).equals(readFileSync(plain))).toBe(true);
    // What is there is left alone.
    expect((await decrypt([segment, '--out', out])).text).toContain('is there already');
  });

  it('writes nothing of what it cannot open or what was changed, and says so', async () => {
    withoutStation();
    const wrong = await decrypt([segment, '--out', out], 'another passphrase\n');
    expect(wrong).toMatchObject({ code: 1 });
    expect(wrong.text).toContain('opens nothing');
    const changed = readFileSync(segment);
    const at = changed.length - 5000;
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(segment, changed);
    const { code, text } = await decrypt([segment, '--out', out], passphrase);
    expect(code).toBe(3);
    expect(text).toMatch(/changed or damaged at byte \d+/);
    expect(readdirSync(out)).toEqual([]);
    // What is no recording is not copied under the name of one.
    const notes = join(folder.path, 'notes.txt');
    writeFileSync(notes, 'call the insurance');
    const none = await decrypt([notes, '--out', out]);
    expect(none).toMatchObject({ code: 3 });
    expect(none.text).toContain('notes.txt: it is no recording of Vigie');
    expect(readdirSync(out)).toEqual([]);
    rmSync(join(folder.path, 'video', 'keys.json'));
    expect((await decrypt([segment, '--out', out])).text).toContain('no keys.json');
    expect(existsSync(join(out, `gate_${basename(segment)}`))).toBe(false);
  });
});
