import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nextLink } from '#domain/segment-chain.ts';
import { draftOf, until } from './engine-rig.ts';
import { engineStage } from './engine-stage.ts';

const { open, cameras } = engineStage();

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

it('links the hash of what is on disk, in the index and beside the video, over a restart and an older index', async () => {
  const [camera] = (await cameras()).cameras;
  if (camera === undefined) throw new Error('no demo camera');
  let rig = await open();
  const gate = await rig.engine.cameras.add(draftOf(camera));
  const id = rig.engine.cameras.streamId(gate.id, 'main');
  if (id === null) throw new Error('no stream');
  const stream = { folder: 'gate', kind: 'main' as const };

  const recordSome = async (): Promise<void> => {
    const before = rig.store.lastSegment(id)?.startMs ?? 0;
    await rig.engine.cameras.update(gate.id, { enabled: true });
    await until('video', () => {
      const last = rig.store.lastSegment(id);
      return last !== null && last.startMs > before && last.endMs - last.startMs > 500;
    });
    await rig.engine.cameras.update(gate.id, { enabled: false });
  };
  const linked = (count: number) =>
    until(`${String(count)} links beside the video`, () => {
      const links = rig.store.chain.links(id, 1, 100);
      return links.length === count && rig.store.chain.listedTo(id) === count && links;
    });

  await recordSome();
  const [first] = await linked(1);
  const path = rig.files.path('gate', 'main', first?.startMs ?? 0);
  expect(first?.sha256).toBe(sha256(readFileSync(path)));
  expect(first?.bytes).toBe(readFileSync(path).length);
  expect(await rig.files.chain.read(stream)).toEqual([first]);

  await rig.close();
  rig = await open();
  await recordSome();
  const [, second] = await linked(2);
  if (first === undefined || second === undefined) throw new Error('two links');
  expect(second).toEqual(nextLink(first, stream, second, sha256));

  // An index that knows neither link: what is beside the video comes first, and the chain goes on behind it.
  rig.store.chain.clear();
  await rig.close();
  rig = await open();
  await recordSome();
  const three = await linked(3);
  expect(three.slice(0, 2)).toEqual([first, second]);
  expect(three[2]).toEqual(nextLink(second, stream, three[2] ?? second, sha256));
  expect(await rig.files.chain.read(stream)).toEqual(three);
});

it('has linked all that was recorded when it ends, also of a camera that was new', async () => {
  const [camera] = (await cameras()).cameras;
  if (camera === undefined) throw new Error('no demo camera');
  const rig = await open();
  const gate = await rig.engine.cameras.add(draftOf(camera));
  const ids = (['main', 'sub'] as const).map((kind) => rig.engine.cameras.streamId(gate.id, kind));
  await until('both streams are on disk', () =>
    ids.every((id) => {
      const last = id === null ? null : rig.store.lastSegment(id);
      return last !== null && last.endMs - last.startMs > 500;
    }),
  );
  const database = rig.store;
  await rig.engine.stop();
  for (const id of ids) {
    if (id === null) throw new Error('no stream');
    const rows = database.segmentsFrom(id, 0, Number.MAX_SAFE_INTEGER, 100);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.state).toBe('sealed');
      const path = rig.files.path('gate', id === ids[0] ? 'main' : 'sub', row.startMs);
      expect(database.chain.of(id, row.startMs)?.sha256).toBe(sha256(readFileSync(path)));
    }
  }
});
