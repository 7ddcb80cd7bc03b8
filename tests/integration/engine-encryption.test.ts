import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CameraId } from '#domain/id.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { splitLengthPrefixed } from '#media/nal.ts';
import { draftOf, openCameras, openEngine, tempFolder, until } from './engine-rig.ts';

type Rig = Awaited<ReturnType<typeof openEngine>>;

let folder: ReturnType<typeof tempFolder>;
let site: Awaited<ReturnType<typeof openCameras>>;
let rig: Rig | null = null;
beforeEach(async () => {
  folder = tempFolder();
  site = await openCameras();
});
afterEach(async () => {
  await rig?.close();
  rig = null;
  await site.site.stop();
  folder.remove();
});

const volume = 1;
const passphrase = 'seven herons over the harbour';

/** Segments of a camera's main stream as the index has them, oldest first. */
const segmentsOf = (of: Rig, id: CameraId) =>
  of.engine.playback.segments({ id, stream: 'main', fromMs: 0, toMs: Date.now() + 60_000, limit: 100 });

/** The raw file of a segment. */
async function rawOf(of: Rig, id: CameraId, startMs: number): Promise<Buffer> {
  const camera = of.engine.cameras.get(id);
  return readFileSync(of.files.path(camera?.folder ?? '', 'main', startMs));
}
const isEncrypted = async (of: Rig, id: CameraId, startMs: number): Promise<boolean> =>
  parseInit(new Uint8Array(await rawOf(of, id, startMs))).encryption !== null;

/** How many pictures of a segment are whole when it is read as a player reads it. Rejects as playback does. */
async function pictures(of: Rig, id: CameraId, startMs: number): Promise<number> {
  const { segment, fragments } = await of.engine.playback.fragments({ id, stream: 'main', startMs });
  const file = await of.engine.playback.file(id, 'main', startMs);
  const reader = await file?.open();
  if (reader == null) throw new Error('there is no such file');
  try {
    const init = parseInit(await reader.read(0, segment.initBytes));
    let whole = 0;
    for (const [offset, bytes] of fragments) {
      for (const unit of parseFragment(await reader.read(offset, bytes), init).units) {
        const nals = unit.track === 'video' ? splitLengthPrefixed(unit.data[0] ?? new Uint8Array(0)) : [];
        if (nals.length > 0 && nals.every((nal) => ((nal[0] ?? 0x80) & 0x80) === 0)) whole += 1;
      }
    }
    return whole;
  } finally {
    await reader.close();
  }
}

/** The newest segment with something in it that began after a moment. */
const newestSince = (of: Rig, id: CameraId, sinceMs: number) =>
  until('a segment begun since', async () => {
    const last = (await segmentsOf(of, id)).at(-1);
    return last !== undefined && last.startMs >= sinceMs && last.endMs - last.startMs > 1500 ? last : null;
  });

describe('the engine with encryption', () => {
  it('records encrypted from the next segment on, also in a worker that comes back, and plays what it recorded', async () => {
    const open = await openEngine(folder.path);
    rig = open;
    const [gate] = site.cameras;
    if (gate === undefined) throw new Error('no camera');
    const { id } = await open.engine.cameras.add(draftOf(gate));
    const plain = await newestSince(open, id, 0);
    expect(await isEncrypted(open, id, plain.startMs)).toBe(false);

    expect(open.engine.encryption.list()).toMatchObject([{ volume, on: false, keys: [] }]);
    const on = await open.engine.encryption.turnOn(volume, 'ann');
    expect(on).toMatchObject({ on: true, keys: [{ state: 'writing' }] });
    // The segment that is open stays plain; a worker that dies begins others.
    const crashedMs = Date.now();
    for (const thread of open.ingestThreads.splice(0)) void thread.kill();
    const first = await newestSince(open, id, crashedMs);
    expect(await isEncrypted(open, id, plain.startMs)).toBe(false);
    expect(await isEncrypted(open, id, first.startMs)).toBe(true);
    expect(await pictures(open, id, first.startMs)).toBeGreaterThan(10);
    const moment = await open.engine.playback.moment({
      cameraId: id,
      streams: ['main'],
      atMs: first.startMs + 500,
      what: 'key',
    });
    const reader = await moment?.open();
    expect(reader?.encrypted).toBe(true);
    await reader?.close();

    // A crash in the middle of an encrypted segment: taken in up to its last whole fragment, and played.
    const again = Date.now();
    for (const thread of open.ingestThreads.splice(0)) void thread.kill();
    await newestSince(open, id, again);
    const recovered = (await segmentsOf(open, id)).find((s) => s.startMs === first.startMs);
    expect(recovered?.state).toBe('recovered');
    expect(await pictures(open, id, first.startMs)).toBeGreaterThan(10);

    const told = (await open.engine.events.list({ kind: ['encryption-changed'], limit: 10 })).events;
    expect(told.map((e) => e.data)).toEqual([{ volume, change: 'on', by: 'ann' }]);
  });

  it('locks what it cannot open and records on with a new key; a passphrase opens the old, a destroyed key nothing', async () => {
    const first = await openEngine(folder.path);
    rig = first;
    const [gate] = site.cameras;
    if (gate === undefined) throw new Error('no camera');
    await first.engine.encryption.turnOn(volume, 'ann');
    await first.engine.encryption.setPassphrase(volume, passphrase, 'ann');
    const { id } = await first.engine.cameras.add(draftOf(gate));
    const old = await newestSince(first, id, 0);
    await first.close();
    rig = null;

    // The keychain was made anew; recovery and structure need no key.
    rmSync(join(folder.path, 'keys'), { recursive: true });
    const lostMs = Date.now();
    const second = await openEngine(folder.path);
    rig = second;
    expect(second.engine.encryption.list()[0]?.keys.map((k) => k.state)).toEqual(['writing', 'locked']);
    const events = await second.engine.events.list({ kind: ['footage-locked'], limit: 10 });
    expect(events.events).toHaveLength(1);
    const problems = async () => (await second.engine.health.report()).problems.map((p) => p.code);
    expect(await problems()).toContain('footage-locked');
    await expect(pictures(second, id, old.startMs)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      data: { reason: 'locked' },
    });
    // Its camera's password went with the keychain: it is given again, and recording goes on.
    await second.engine.cameras.update(id, { password: gate.password });
    const now = await newestSince(second, id, lostMs);
    expect(await isEncrypted(second, id, now.startMs)).toBe(true);
    expect(await pictures(second, id, now.startMs)).toBeGreaterThan(10);

    const { encryption } = second.engine;
    await expect(encryption.unlock(volume, { passphrase: 'something else' }, 'ann')).rejects.toMatchObject({
      code: 'INVALID',
    });
    const unlocked = await encryption.unlock(volume, { passphrase }, 'ann');
    expect(unlocked.keys.map((k) => k.state)).toEqual(['writing', 'open']);
    expect(await problems()).not.toContain('footage-locked');
    expect(await pictures(second, id, old.startMs)).toBeGreaterThan(10);

    const keyId = unlocked.keys[1]?.id ?? '';
    await expect(encryption.destroyKey(volume, keyId, 'no', 'ann')).rejects.toMatchObject({ code: 'INVALID' });
    await expect(
      encryption.destroyKey(volume, unlocked.keys[0]?.id ?? '', unlocked.keys[0]?.id ?? '', 'ann'),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    for (const atMs of [old.startMs + 1_000, now.startMs + 60_000])
      second.thumbnails.put(id, atMs, new Uint8Array(100));
    await encryption.destroyKey(volume, keyId, keyId, 'ann');
    // What was made of its footage is to be seen no more either; the rest is.
    expect(second.thumbnails.near(id, old.startMs + 1_000, 0)).toBeNull();
    expect(second.thumbnails.near(id, now.startMs + 60_000, 0)).not.toBeNull();
    await expect(pictures(second, id, old.startMs)).rejects.toMatchObject({ data: { reason: 'key-destroyed' } });
    expect(await pictures(second, id, now.startMs)).toBeGreaterThan(10);
    await expect(encryption.turnOn(9, 'ann')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
