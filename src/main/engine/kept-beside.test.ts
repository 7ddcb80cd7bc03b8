import { afterEach, expect, it, vi } from 'vitest';
import type { CameraId } from '#domain/id.ts';
import { asStation, untouched } from '#domain/retention.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createKeptBeside } from './kept-beside.ts';

const [gate, yard] = ['01JZZZZZZZZZZZZZZZZZZZZZZA', '01JZZZZZZZZZZZZZZZZZZZZZZB'] as CameraId[] as [CameraId, CameraId];
const nameOf = (id: CameraId): string => (id === gate ? 'gate' : 'yard');

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  vi.useRealTimers();
});

/** Volumes as maps from a camera's folder to what stands in it; `begin` makes a folder as recording does. */
function open(volumes = 2) {
  const disks = Array.from({ length: volumes }, () => new Map<string, Map<string, string>>());
  const asked: string[] = [];
  let waiting: CameraId[] = [];
  let refuses = false;
  let description = 'first';
  let tries = 0;
  const write = (name: string) => (folder: string, json: string) => {
    tries += 1;
    if (refuses) return Promise.reject(new Error('EROFS'));
    const there = disks.flatMap((d) => d.get(folder) ?? []);
    for (const files of there) files.set(name, json);
    return Promise.resolve(there.length > 0);
  };
  const start = () =>
    createKeptBeside({
      files: { describe: write('camera.json'), keepBeside: write('kept.json') },
      filesOf: (volume) => ({
        described(folder) {
          asked.push(`${folder} ${volume}`);
          return Promise.resolve(disks[volume - 1]?.get(folder)?.get('camera.json') ?? null);
        },
      }),
      clock: systemClock,
      log: quietLog,
      folderOf: nameOf,
      descriptionOf: () => description,
      keptOf: (cameraId) => ({
        ...{ cameraId, holds: [], bookmarks: [], retention: asStation },
        ...{ station: untouched, watching: { settings: null, zones: [], lines: [] } },
      }),
      waiting: {
        get: () => waiting,
        set(ids) {
          waiting = ids;
        },
      },
    });
  const restart = () => {
    const kept = start();
    stops.push(kept.stop);
    return kept;
  };
  const kept = restart();
  const files = (volume: number, id: CameraId) => [...(disks[volume - 1]?.get(nameOf(id))?.keys() ?? [])].sort();
  return {
    kept,
    restart,
    /** How often writing was tried. */
    tries: () => tries,
    asked,
    files,
    waiting: () => waiting,
    text: (volume: number, id: CameraId) => disks[volume - 1]?.get(nameOf(id))?.get('camera.json') ?? null,
    begin(id: CameraId, volume: number) {
      const disk = disks[volume - 1];
      if (disk !== undefined && !disk.has(nameOf(id))) disk.set(nameOf(id), new Map());
      kept.begun(id, volume);
    },
    describe(as: string, id: CameraId) {
      description = as;
      kept.changed([id]);
    },
    refuse(now: boolean) {
      refuses = now;
    },
  };
}

it('writes beside the video of the volumes that a camera was recorded on, as soon as it is, and looks once', async () => {
  const { kept, begin, files, asked, text, describe, waiting } = open();
  kept.changed([gate, yard]);
  begin(gate, 1);
  await vi.waitFor(() => expect(files(1, gate)).toEqual(['camera.json', 'kept.json']));
  expect([files(2, gate), files(1, yard), files(2, yard)]).toEqual([[], [], []]);
  await vi.waitFor(() => expect(waiting()).toEqual([yard]));
  for (let n = 0; n < 5; n++) begin(gate, 1);
  describe('second', gate);
  await vi.waitFor(() => expect(text(1, gate)).toBe('second'));
  expect(text(2, gate)).toBeNull();
  begin(gate, 2);
  await vi.waitFor(() => expect(files(2, gate)).toEqual(['camera.json', 'kept.json']));
  expect(text(2, gate)).toBe('second');
  expect(asked).toEqual(['gate 1', 'gate 2']);
});

it('writes nothing anew where a camera is described already', async () => {
  const { kept, begin, files, asked, tries, restart } = open(1);
  begin(gate, 1);
  await vi.waitFor(() => expect(files(1, gate)).toHaveLength(2));
  await kept.stop();
  const before = tries();
  expect(before).toBeGreaterThan(0);
  const next = restart();
  next.begun(gate, 1);
  await next.stop();
  expect(asked).toEqual(['gate 1', 'gate 1']);
  expect(tries()).toBe(before);
});

it('tries a camera without a folder again less and less often, and one that is refused after half a minute', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { kept, refuse, waiting, files, begin, tries } = open(1);
  kept.changed([yard]);
  kept.changed([yard]);
  await vi.advanceTimersByTimeAsync(60_000);
  const early = tries();
  expect(early).toBeGreaterThan(4);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(tries() - early).toBeGreaterThanOrEqual(9);
  expect(tries() - early).toBeLessThanOrEqual(21);
  expect(waiting()).toEqual([yard]);

  refuse(true);
  begin(gate, 1);
  await vi.advanceTimersByTimeAsync(0);
  expect(files(1, gate)).toEqual([]);
  expect([...waiting()].sort()).toEqual([gate, yard]);
  refuse(false);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(files(1, gate)).toEqual(['camera.json', 'kept.json']);
  expect(waiting()).toEqual([yard]);
});
