import { expect, it } from 'vitest';
import type { AnalysisTrouble } from '#domain/analysis-trouble.ts';
import type { VolumeEncryption } from '#domain/encryption.ts';
import type { CameraId } from '#domain/id.ts';
import type { RefusedFolder } from '#domain/refused-folder.ts';
import type { ShortVolume } from '#domain/short-volume.ts';
import { systemClock } from '#lib/clock.ts';
import { createHealth } from './health.ts';

const key = (state: VolumeEncryption['keys'][number]['state']): VolumeEncryption['keys'][number] => ({
  id: '0123456789abcdef',
  state,
  fromMs: 0,
  toMs: null,
  destroyedMs: null,
});
const volume = (keys: VolumeEncryption['keys'], on: boolean): VolumeEncryption => ({
  volume: 1,
  on,
  passphrase: false,
  recoveryKeyMs: null,
  unlockBy: { passphrase: true, recoveryKey: false },
  keys,
});

/** A station that is well but for what is said. */
const reportOf = (
  of: {
    encrypted?: VolumeEncryption[];
    undeleted?: string;
    left?: string;
    archives?: string[];
    short?: ShortVolume[];
    folders?: RefusedFolder[];
    analysis?: AnalysisTrouble[];
    cameras?: { id: CameraId; name: string; enabled: boolean; streams: [] }[];
    /** Names by volume. */
    named?: Record<number, string>;
  } = {},
) => {
  const health = createHealth({
    clock: systemClock,
    startedMs: 0,
    store: { counts: () => ({ bytes: 0, segments: 0, events: 0 }) },
    files: { root: '/data/video' },
    integrity: { found: () => 0 },
    privacy: { settings: () => ({ wholeFor: 'operator', unreadable: false }) },
    encryption: { list: () => of.encrypted ?? [] },
    backups: { state: () => ({ trouble: null, list: [], nextMs: 0, running: false }) as never },
    ffmpeg: { found: { version: '7', source: 'PATH' } as never },
    volumes: {
      seen: () =>
        Object.entries(of.named ?? {}).map(
          ([n, name]) =>
            ({ row: { volume: Number(n), name }, path: `/disk${n}`, state: 'silent', trouble: null }) as never,
        ),
      refusedFolders: () => of.folders ?? [],
    },
    watch: { space: () => null, diskState: () => 'low', refusal: () => null },
    journal: { trouble: () => null },
    keeping: {
      retention: { stuck: () => [], trouble: () => of.undeleted ?? null },
      archiving: { troubles: () => of.archives ?? [], undeleted: () => of.left ?? null },
      guarantees: { short: () => of.short ?? [] },
    },
    pressure: { slow: () => [] },
    analysis: () => of.analysis ?? [],
    pool: () => ({ workers: () => [] }),
    watchWorkers: () => [],
    queryWorkers: () => ({ restarts: 0 }),
    cameras: { list: () => (of.cameras ?? []) as never },
  });
  return health.report();
};
const problemsOf = async (of: Parameters<typeof reportOf>[0] = {}): Promise<string[]> =>
  (await reportOf(of)).problems.map((p) => p.code).filter((code) => code !== 'disk-low');

it('tells of recordings that are locked, and of new ones that are plain against what was said', async () => {
  expect(await problemsOf({ encrypted: [volume([key('writing'), key('open')], true), volume([], false)] })).toEqual([]);
  expect(await problemsOf({ encrypted: [volume([key('writing'), key('locked')], true)] })).toEqual(['footage-locked']);
  expect(await problemsOf({ encrypted: [volume([key('open')], true)] })).toEqual(['footage-plain']);
  expect(await problemsOf({ encrypted: [volume([key('open'), key('destroyed')], false)] })).toEqual([]);
});

it('tells of a disk that does not delete, and of archives that do not work', async () => {
  expect(await problemsOf({ undeleted: 'EPERM: operation not permitted' })).toEqual(['deleting-stuck']);
  expect(await problemsOf({ left: 'EPERM: operation not permitted' })).toEqual(['deleting-stuck']);
  expect(await problemsOf({ archives: ['Old: it does not answer', 'Cloud: it refuses'] })).toEqual([
    'archive-trouble',
    'archive-trouble',
  ]);
});

it('tells of volumes that are too small for what is guaranteed, louder where it goes already', async () => {
  const small = (volume: number, is: ShortVolume['is']): ShortVolume => ({
    ...{ volume, is, path: `/disk${String(volume)}`, atMs: 0, of: [], streams: 0, heldBytes: 0 },
  });
  expect(await problemsOf({ short: [small(1, 'ahead'), small(2, 'going')] })).toEqual([
    'minimum-ahead',
    'minimum-broken',
  ]);
});

it('tells of folders of cameras that are refused', async () => {
  const folder = { volume: 1, path: '/data/video/gate', camera: 'Gate', code: 'EPERM', elsewhere: true };
  expect(await problemsOf({ folders: [folder] })).toEqual(['folder-refused']);
});

it('tells of pictures that are not analysed, with the cameras and the reason, and is not well then', async () => {
  const [gate, yard] = ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01BX5ZZKBKACTAV9WEVGEMMVRZ'] as CameraId[] as [
    CameraId,
    CameraId,
  ];
  const cameras = [
    { id: gate, name: 'Gate', enabled: true, streams: [] as [] },
    { id: yard, name: 'Yard', enabled: true, streams: [] as [] },
  ];
  const noModel: AnalysisTrouble = { reason: 'no-model', cameras: [gate, yard], count: 2, part: null };
  const busy: AnalysisTrouble = { reason: 'busy', cameras: [gate], count: 1, part: 0.25 };
  const unread: AnalysisTrouble = { reason: 'plates-no-model', cameras: [yard], count: 1, part: null };
  const { state, problems } = await reportOf({ cameras, analysis: [noModel, unread, busy] });
  expect(state).toBe('degraded');
  expect(problems.filter((p) => p.code === 'analysis-trouble')).toEqual([
    {
      code: 'analysis-trouble',
      detail: 'Pictures of 2 cameras (Gate, Yard) are not analysed: there is no model that can be used.',
      analysis: noModel,
    },
    {
      code: 'analysis-trouble',
      detail: 'Number plates of Yard are not read: there is no model that reads plates.',
      analysis: unread,
    },
    {
      code: 'analysis-trouble',
      detail: 'Pictures of Gate are looked at less often than asked for, because this PC is too busy.',
      analysis: busy,
    },
  ]);
});

it('names disks as an administrator called them, and by their paths where they have no name', async () => {
  const short: ShortVolume = {
    ...{ volume: 2, is: 'going', path: '/disk2', atMs: 0, of: [], streams: 0, heldBytes: 0 },
  };
  const folder = { volume: 2, path: '/disk2/video/gate', camera: 'Gate', code: 'EPERM', elsewhere: true };
  const { problems, volume: own } = await reportOf({
    ...{ named: { 1: 'Inside', 2: 'Attic', 3: '' }, short: [short], folders: [folder] },
    encrypted: [volume([key('locked')], false)],
  });
  expect(own).toMatchObject({ name: 'Inside', path: '/data/video' });
  expect(problems.map(({ code, disk }) => [code, disk])).toEqual(
    expect.arrayContaining([
      ['volume-trouble', 'Attic'],
      ['volume-trouble', '/disk3'],
      ['folder-refused', 'Attic'],
      ['minimum-broken', 'Attic'],
      ['footage-locked', 'Inside'],
      ['disk-low', 'Inside'],
    ]),
  );
  expect(problems.find((p) => p.code === 'minimum-broken')?.detail).toMatch(/^Attic \(\/disk2\) is too small/);
  expect(problems.find((p) => p.code === 'disk-low')?.detail).toMatch(/on the disk of Inside \(\/data\/video\)\.$/);
});
