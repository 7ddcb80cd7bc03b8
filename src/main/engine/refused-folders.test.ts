import { expect, it, vi } from 'vitest';
import { EventId, type StreamId } from '#domain/id.ts';
import { quietLog } from '#lib/log.ts';
import { createRefusedFolders, refusedWords } from './refused-folders.ts';

const [main, sub, other] = [1, 2, 3] as StreamId[] as [StreamId, StreamId, StreamId];

function rig(openEvents: string[] = []) {
  let monoMs = 0;
  const events: { data: unknown; ended: boolean }[] = [];
  const finished: string[] = [];
  const refuses = new Map<string, string>();
  const places = new Map<StreamId, number>();
  const idle = new Set<StreamId>();
  const tried: string[] = [];
  const idOf = (n: number): EventId => EventId.parse(`01HZZZZZZZZZZZZZZZZZZZZZ${String(n).padStart(2, '0')}`);
  const changed = vi.fn();
  const folders = createRefusedFolders({
    clock: { monoMs: () => monoMs, nowMs: () => monoMs, nowUs: () => monoMs * 1000 },
    log: quietLog,
    store: { openEvents: () => openEvents.map((kind, n) => ({ kind, id: idOf(90 + n) })) },
    events: {
      note(event) {
        expect(event).toMatchObject({ kind: 'folder-refused', severity: 'alarm' });
        events.push({ data: event.data, ended: false });
        return { id: idOf(events.length - 1) } as never;
      },
      finish(id) {
        finished.push(id);
        const event = events[Number(id.slice(-2))];
        if (event !== undefined) event.ended = true;
      },
    },
    folderOf: (id) => ({ folder: id === other ? 'yard' : 'gate', camera: id === other ? 'Yard' : 'Gate' }),
    filesOf: (volume) =>
      volume === 9
        ? null
        : {
            root: `/disk${String(volume)}/video`,
            tryFolder: (folder) => {
              tried.push(folder);
              return Promise.resolve(refuses.get(folder) ?? null);
            },
          },
    placeOf: (id) => places.get(id) ?? 1,
    records: (id) => !idle.has(id),
    changed,
  });
  return {
    folders,
    events,
    finished,
    idOf,
    refuses,
    places,
    idle,
    tried,
    changed,
    /** A look after so long, with what it leads to. */
    async pass(ms: number) {
      monoMs += ms;
      folders.look();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

it('bars both streams of a camera from one volume with one alarm, until its folder takes a file', async () => {
  const { folders, events, refuses, places, tried, changed, pass } = rig();
  refuses.set('gate', 'EPERM');
  folders.bar(main, 1, 'EACCES');
  folders.bar(sub, 1, 'EACCES');
  for (const id of [main, sub]) places.set(id, 2);
  expect(changed).toHaveBeenCalledTimes(2);
  expect([folders.barred(main), folders.barred(sub), folders.barred(other)]).toEqual([
    new Set([1]),
    new Set([1]),
    undefined,
  ]);
  const data = { path: '/disk1/video/gate', camera: 'Gate', code: 'EACCES', volume: 1 };
  expect(events).toEqual([{ data, ended: false }]);
  await pass(9_000);
  expect(tried).toEqual([]);
  await pass(1_000);
  expect(tried).toEqual(['gate', 'gate']);
  expect(folders.list()).toEqual([{ ...data, code: 'EPERM', elsewhere: true }]);
  refuses.clear();
  await pass(10_000);
  expect(folders.list()).toEqual([]);
  expect(folders.barred(main)).toBeUndefined();
  expect(events).toEqual([{ data, ended: true }]);
  expect(changed).toHaveBeenCalledTimes(4);
  // Again within the hour: it rests for longer.
  folders.bar(main, 1, 'EIO');
  tried.length = 0;
  await pass(10_000);
  expect(tried).toEqual([]);
  await pass(10_000);
  expect(tried).toEqual(['gate']);
});

it('leaves the only place of a stream to its recorder, which tries it every second and tells', async () => {
  const { folders, events, tried, pass } = rig();
  folders.bar(other, 1, 'ENOTDIR');
  await pass(60_000);
  expect(tried).toEqual([]);
  expect(folders.list()).toMatchObject([{ camera: 'Yard', elsewhere: false }]);
  folders.taken(other, 1);
  expect(folders.list()).toEqual([]);
  expect(events).toMatchObject([{ ended: true }]);
  folders.bar(other, 1, 'ENOTDIR');
  folders.forget(other);
  expect(events).toMatchObject([{ ended: true }, { ended: true }]);
  folders.taken(other, 1);
  // Of a volume that is away nothing is said.
  folders.bar(other, 9, 'ENOENT');
  expect(folders.list()).toEqual([]);
});

it('tries the only place of a stream that has nothing to write, and ends the alarm when it takes a file', async () => {
  const { folders, events, idle, refuses, tried, pass } = rig();
  refuses.set('yard', 'EACCES');
  folders.bar(other, 1, 'EACCES');
  await pass(10_000);
  expect(tried).toEqual([]);
  idle.add(other); // its camera is lost
  await pass(10_000);
  expect(tried).toEqual(['yard']);
  expect(events).toMatchObject([{ ended: false }]);
  refuses.clear();
  await pass(10_000);
  expect(folders.list()).toEqual([]);
  expect(events).toMatchObject([{ ended: true }]);
});

it('ends what the last run said, and nothing else', () => {
  const { folders, finished, idOf } = rig(['disk-error', 'folder-refused']);
  folders.start();
  expect(finished).toEqual([idOf(91)]);
});

it('says in words which folder it is and what to do', () => {
  const of = { volume: 1, path: '/disk/video/gate', camera: 'Gate', elsewhere: false };
  expect(refusedWords({ ...of, code: 'EPERM' })).toBe(
    'Video of Gate cannot be written to /disk/video/gate (EPERM). It is not recorded. Let this station write there: its owner, its permissions, or a protection (immutable).',
  );
  expect(refusedWords({ ...of, elsewhere: true, code: 'ENOTDIR' })).toContain(
    'It is recorded on another disk meanwhile. Something else is in the place of /disk/video/gate',
  );
  expect(refusedWords({ ...of, code: 'EROFS' })).toContain('read-only');
  expect(refusedWords({ ...of, code: 'EUCLEAN' })).toContain('check the disk');
});
