import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { segmentPath } from '#domain/segment.ts';
import { writeSegment } from '../../../../tests/support/recorded.ts';
import { tempFolder } from '../../../../tests/support/temp.ts';
import type { SegmentRow } from '../../engine/index-port.ts';
import { compareFile } from './compare-file.ts';
import { inspectFile, trimTail } from './inspect.ts';
import { createSegmentFiles } from './segment-files.ts';
import { openVolume, volumeSpace } from './volume.ts';
import { walkFolders, walkHours } from './walk.ts';

let path: string;
let remove: () => void;
beforeEach(() => {
  ({ path, remove } = tempFolder());
});
afterEach(() => remove());

const t0 = Date.UTC(2026, 10, 22, 23, 59, 30);
const segment = (startMs: number, options?: Parameters<typeof writeSegment>[2]): SegmentRow =>
  writeSegment(join(path, 'video'), startMs, options);

const open = () => createSegmentFiles(join(path, 'video'));
const pathOf = (startMs: number): string => open().path('gate', 'main', startMs);

describe('inspect', () => {
  it('tells of a sealed segment what was written into it', async () => {
    const row = segment(t0);
    const content = await open().inspect(pathOf(t0));
    expect(content).toMatchObject({ endMs: row.endMs, bytes: row.bytes, sealed: true, format: row.format });
    expect(
      content?.fragments.map(([, bytes, fromMs, durationMs, key]) => [bytes > 2000, fromMs, durationMs, key]),
    ).toEqual([
      [true, t0, 1000, true],
      [true, t0 + 1000, 1000, true],
      [true, t0 + 2000, 1000, true],
    ]);
    expect(content?.fragments[0]?.[0]).toBe(row.format.initBytes);
  });

  it('takes an open one up to its last whole fragment, and leaves the file as it is', async () => {
    const row = segment(t0, { sealed: false });
    const whole = await open().inspect(pathOf(t0));
    expect(whole).toMatchObject({ sealed: false, bytes: row.bytes, endMs: t0 + 3000 });
    truncateSync(pathOf(t0), row.bytes - 1);
    const cut = await inspectFile(pathOf(t0));
    expect(cut).toMatchObject({
      bytes: row.bytes - 1,
      content: { endMs: t0 + 2000, sealed: false },
      defect: { code: 'cut-tail' },
    });
    expect(readFileSync(pathOf(t0)).length).toBe(row.bytes - 1);
    await trimTail(pathOf(t0), cut?.content?.bytes ?? 0);
    expect(await inspectFile(pathOf(t0))).toMatchObject({ defect: null, content: { endMs: t0 + 2000 } });
  });

  it('does not take zeros that a power cut left for pictures', async () => {
    const row = segment(t0, { sealed: false });
    const bytes = readFileSync(pathOf(t0));
    bytes.fill(0, bytes.length - 1500); // the head of the last fragment and some pictures got to the disk, the rest did not
    writeFileSync(pathOf(t0), Buffer.concat([bytes, Buffer.alloc(5000)]));
    expect(await inspectFile(pathOf(t0))).toMatchObject({
      content: { endMs: t0 + 2000 },
      defect: { code: 'damaged-tail' },
    });
    expect((await inspectFile(pathOf(t0)))?.content?.bytes).toBeLessThan(row.bytes);
  });

  it('finds nothing in what holds nothing', async () => {
    expect(await open().inspect(pathOf(t0))).toBeNull();
    segment(t0, { seconds: 0, sealed: false });
    expect(await inspectFile(pathOf(t0))).toMatchObject({ content: null, defect: { code: 'no-fragment' } });
    writeFileSync(pathOf(t0), 'not a film');
    expect(await inspectFile(pathOf(t0))).toMatchObject({ content: null, defect: { code: 'not-a-segment' } });
    writeFileSync(pathOf(t0), '');
    expect(await open().inspect(pathOf(t0))).toBeNull();
  });
});

describe('files of a volume', () => {
  it('lists a camera across midnight, by start, and nothing else', async () => {
    segment(t0);
    segment(t0 + 60_000);
    segment(t0 + 60_000, { kind: 'sub' });
    segment(t0, { folder: 'yard' });
    writeFileSync(join(dirname(pathOf(t0)), 'notes.txt'), 'x');
    const files = open();
    expect(await files.folders()).toEqual(['gate', 'yard']);
    const all = await files.list('gate', t0, t0 + 3_600_000);
    expect(all.map((f) => [f.startMs - t0, f.kind])).toEqual([
      [0, 'main'],
      [60_000, 'main'],
      [60_000, 'sub'],
    ]);
    expect(await files.list('gate', t0 + 1, t0 + 59_999)).toEqual([]);
    expect(await files.list('nobody', t0, t0 + 1)).toEqual([]);
  });

  it('keeps a description beside the video, and erases one camera alone', async () => {
    segment(t0);
    segment(t0, { folder: 'yard' });
    const files = open();
    expect(await files.described('gate')).toBeNull();
    expect(await files.describe('gate', '{"a":1}')).toBe(true);
    expect(await files.describe('gate', '{"a":2}')).toBe(true);
    expect(await files.described('gate')).toBe('{"a":2}');
    // A camera that has no video here gets no folder.
    expect(await files.describe('new-one', '{}')).toBe(false);
    expect(await files.described('new-one')).toBeNull();
    expect(await files.folders()).toEqual(['gate', 'yard']);
    await files.eraseFolder('gate');
    expect(await files.folders()).toEqual(['yard']);
    await expect(files.eraseFolder('../yard')).rejects.toThrow('not the name of a camera');
    expect(() => files.path('..', 'main', t0)).toThrow('not the name of a camera');
  });

  it('erases a folder around what is refused, says what that is, and the rest when it is let', async ({ skip }) => {
    segment(t0);
    segment(t0 + 60_000);
    const kept = pathOf(t0);
    const protect = (how: '+i' | '-i'): boolean => spawnSync('chattr', [how, kept]).status === 0;
    if (!protect('+i')) skip('this machine lets nobody protect a file');
    try {
      await expect(open().eraseFolder('gate')).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringContaining(kept) as string,
      });
      expect(existsSync(pathOf(t0 + 60_000))).toBe(false);
      expect(existsSync(kept)).toBe(true);
    } finally {
      protect('-i');
    }
    await open().eraseFolder('gate');
    expect(await open().folders()).toEqual([]);
  });

  it('walks everything hour by hour, and tells what is none of ours', async () => {
    segment(t0);
    segment(t0, { kind: 'sub' });
    segment(t0 + 60_000);
    segment(t0 + 60_000, { folder: 'yard' });
    await open().describe('gate', '{}');
    await open().chain.note('gate', {});
    writeFileSync(join(dirname(pathOf(t0)), 'notes.txt'), 'x');
    writeFileSync(join(path, 'video', 'gate', 'notes.txt'), 'x');
    const root = join(path, 'video');
    expect(walkFolders(root)).toEqual(['gate', 'yard']);
    const hours = [...walkHours(root, 'gate')];
    expect(hours.map((h) => [h.main.map((f) => f.startMs), h.sub.map((f) => f.startMs), h.unknown])).toEqual([
      [[t0], [t0], ['gate/2026-11-22/23/notes.txt']],
      [[t0 + 60_000], [], []],
      [[], [], ['gate/notes.txt']],
    ]);
    expect(hours[0]?.main[0]?.bytes).toBe(readFileSync(pathOf(t0)).length);
  });

  it('tells by a glance what a list does not, of sealed files of their size only', async () => {
    const row = segment(t0);
    const open1 = segment(t0 + 60_000, { sealed: false });
    const name = (startMs: number): string => segmentPath('gate', 'main', startMs);
    expect(await open().glance(name(t0), row.bytes)).toEqual({ origin: 'live', clocks: null, format: row.format });
    expect(await open().glance(name(t0), row.bytes - 1)).toBeNull();
    expect(await open().glance(name(open1.startMs), open1.bytes)).toBeNull();
    expect(await open().glance(name(t0 + 1), 1)).toBeNull();
  });

  it('tells whether video of a camera can be written, and makes no folder for that', async () => {
    segment(t0);
    const video = join(path, 'video');
    expect(await open().tryFolder('gate', t0)).toBeNull();
    expect(await open().tryFolder('gate', t0 + 86_400_000)).toBeNull();
    expect(await open().tryFolder('yard', t0)).toBeNull();
    expect(existsSync(join(video, 'yard'))).toBe(false);
    writeFileSync(join(video, 'yard'), '');
    expect(await open().tryFolder('yard', t0)).toBe('ENOTDIR');
    writeFileSync(join(video, 'gate', '2026-11-25'), '');
    expect(await open().tryFolder('gate', t0 + 3 * 86_400_000)).toBe('ENOTDIR');
    expect(await open().tryFolder('gate', t0)).toBeNull();
    await expect(open().tryFolder('../gate', t0)).rejects.toThrow('not the name');
    await expect(createSegmentFiles(video, undefined, 'another').tryFolder('gate', t0)).rejects.toThrow('ENODEV');
  });
});

describe('check', () => {
  const check = async (rows: SegmentRow[]): Promise<[string, string][]> => {
    const out: [string, string][] = [];
    for (const hour of walkHours(join(path, 'video'), 'gate'))
      for (const { startMs } of hour.main) {
        const file = await open().found(segmentPath('gate', 'main', startMs));
        const row = rows.find((r) => r.startMs === startMs) ?? null;
        for (const f of compareFile(file, row)) out.push([f.code, f.path.slice(-17)]);
      }
    return out;
  };

  it('finds nothing where index and disk agree', async () => {
    expect(await check([segment(t0), segment(t0 + 3000)])).toEqual([]);
  });

  it('finds nothing wrong with what a crash leaves', async () => {
    const row = segment(t0, { sealed: false });
    truncateSync(pathOf(t0), row.bytes - 1);
    const whole = await inspectFile(pathOf(t0));
    const recovered: SegmentRow = { ...row, state: 'recovered', bytes: whole?.content?.bytes ?? 0, endMs: t0 + 2000 };
    segment(t0 + 60_000, { seconds: 0, sealed: false });
    writeFileSync(pathOf(t0 + 61_000), '');
    expect(await check([recovered])).toEqual([]);
  });

  it('finds of what was not closed how much less there is than was known', async () => {
    const row = segment(t0, { seconds: 8, sealed: false });
    expect(await check([row])).toEqual([]);
    const bytes = readFileSync(pathOf(t0));
    writeFileSync(pathOf(t0), bytes.fill(0, Math.floor(bytes.length / 2)));
    expect(await check([row])).toEqual([['damaged', segmentPath('gate', 'main', t0).slice(-17)]]);
  });

  it('finds each way in which they do not', async () => {
    const name = (startMs: number): string => segmentPath('gate', 'main', startMs).slice(-17);
    const rows = Array.from({ length: 6 }, (_, i) => segment(t0 - 20_000 + i * 3000));
    const [missing, short, longer, damaged, other] = rows;
    if (!missing || !short || !longer || !damaged || !other) throw new Error('six were made');
    renameSync(pathOf(missing.startMs), pathOf(missing.startMs - 1));
    truncateSync(pathOf(short.startMs), short.bytes - 10);
    appendFileSync(pathOf(longer.startMs), 'tail');
    const bytes = readFileSync(pathOf(damaged.startMs));
    bytes.fill(7, 3000, 3600);
    writeFileSync(pathOf(damaged.startMs), bytes);
    other.endMs += 5000;
    const found = await check(rows);
    expect(found).toEqual([
      ['no-row', name(missing.startMs - 1)],
      ['too-short', name(short.startMs)],
      ['tail', name(longer.startMs)],
      ['damaged', name(damaged.startMs)],
      ['end-differs', name(other.startMs)],
    ]);
    const foreign = compareFile({ path: 'a/b', place: null, inspection: null, error: null }, null);
    expect(foreign.map((f) => f.code)).toEqual(['unknown-file']);
  });
});

describe('volume', () => {
  it('is made once, known again, and never made in the place of a missing one', async () => {
    const first = await openVolume(path, null);
    expect(await openVolume(path, first.id)).toEqual(first);
    await expect(openVolume(path, 'another')).rejects.toThrow('another station');
    rmSync(first.root, { recursive: true });
    await expect(openVolume(path, first.id)).rejects.toThrow(/is missing or empty. Plug it in/);
    writeFileSync(join(path, 'video'), '');
    await expect(openVolume(path, null)).rejects.toThrow('cannot be used');
  });

  it('tells its space', async () => {
    const { root } = await openVolume(path, null);
    const space = await volumeSpace(root);
    expect(space.writable).toBe(true);
    expect(space.freeBytes).toBeGreaterThan(0);
    expect(space.totalBytes).toBeGreaterThanOrEqual(space.freeBytes);
    await expect(volumeSpace(join(path, 'gone'))).rejects.toThrow('ENOENT');
  });
});

describe('deleting segments', () => {
  const place = (startMs: number) => ({ kind: 'main' as const, startMs });
  const list = (files: ReturnType<typeof createSegmentFiles>) => files.list('gate', t0 - 3_600_000, t0 + 7_200_000);

  it('takes the files, and the folders of hours and days that are empty then, with the lists of their hashes', async () => {
    const files = createSegmentFiles(join(path, 'video'));
    const later = t0 + 60_000; // the next day
    for (const startMs of [t0, t0 + 10_000, later]) segment(startMs, { seconds: 1 });
    const day = dirname(dirname(files.path('gate', 'main', t0)));
    writeFileSync(join(day, 'main.sha256'), '# list\n');
    expect(await files.remove('gate', [place(t0), place(t0 + 5)], () => false)).toEqual({
      gone: [place(t0), place(t0 + 5)],
      refused: [],
      trouble: null,
    });
    expect((await list(files)).map((f) => f.startMs)).toEqual([t0 + 10_000, later]);
    expect(existsSync(join(day, 'main.sha256'))).toBe(true);
    await files.remove('gate', [place(t0 + 10_000)], () => false);
    expect(existsSync(day)).toBe(false);
    expect(existsSync(files.path('gate', 'main', later))).toBe(true);
  });

  it('spares what it is told to spare, right before it would go', async () => {
    const files = createSegmentFiles(join(path, 'video'));
    for (const startMs of [t0, t0 + 10_000]) segment(startMs, { seconds: 1 });
    const { gone } = await files.remove('gate', [place(t0), place(t0 + 10_000)], ({ startMs }) => startMs === t0);
    expect(gone).toEqual([place(t0 + 10_000)]);
    expect((await list(files)).map((f) => f.startMs)).toEqual([t0]);
  });

  it('goes on behind one that is refused, and says which and why', async () => {
    const files = createSegmentFiles(join(path, 'video'));
    for (const startMs of [t0, t0 + 20_000]) segment(startMs, { seconds: 1 });
    mkdirSync(files.path('gate', 'main', t0 + 10_000)); // no file: it cannot be deleted as one
    const removed = await files.remove('gate', [t0, t0 + 10_000, t0 + 20_000].map(place), () => false);
    expect(removed).toEqual({
      gone: [place(t0), place(t0 + 20_000)],
      refused: [{ segment: place(t0 + 10_000), why: expect.stringMatching(/EISDIR|EPERM|EACCES/) as string }],
      trouble: null,
    });
  });
});
