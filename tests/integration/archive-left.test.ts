/** Files on a disk whose footage is at an archive: all that may go does. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { ArchiveSettings } from '#domain/archive.ts';
import { tempFolder } from '../support/temp.ts';
import { until } from '../support/until.ts';
import { openArchiving } from './archive-rig.ts';
import { ana } from './retention-rig.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it('removes all that may go although one file is refused, and says so until it goes', async () => {
  const { path: dir, remove } = tempFolder();
  closing.push(remove);
  const rig = await openArchiving(dir);
  closing.push(() => rig.close());
  const nas: ArchiveSettings = {
    ...{ name: 'NAS', place: { kind: 'folder', path: join(dir, 'nas') } },
    pace: { hours: null, within: null, outside: null },
  };
  const { archive } = await rig.archives.add(nas, null, ana);
  const gate = rig.addCamera('Gate');
  const all = rig.record(gate.main, { count: 4, daysAgo: 3 });
  const [first = 0, ...others] = all;
  rig.archives.setStation(rig.main(archive, { mode: 'copy' }), ana);
  rig.start();
  await until('they are copied', () => all.every((ms) => rig.store.archive.of(gate.main, ms) !== null));
  const stream = rig.store.streams().find((s) => s.id === gate.main);
  if (stream === undefined) throw new Error('no stream');
  // In its place is something that no file is.
  const path = rig.files.path('gate', 'main', first);
  rmSync(path);
  mkdirSync(path);
  expect(await rig.release(stream, all)).toHaveLength(4);
  expect(rig.store.archive.leaving(9).map((l) => l.startMs)).toEqual([first]);
  expect(rig.onDisk(gate.main, others)).toEqual([]);
  expect(rig.undeleted()).toContain(path);
  expect(rig.store.archive.leaving(9, { volume: 1, streamId: gate.main, startMs: first })).toEqual([]);
  rmSync(path, { recursive: true });
  expect(await rig.release(stream, all)).toEqual([]);
});
