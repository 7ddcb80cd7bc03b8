import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StreamId } from '#domain/id.ts';
import { endChain, followChain, inOrder, startOfChain } from '#domain/decide/verify-chain.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { createUlids } from '#lib/ulid.ts';
import { cameraRow } from '../../../../tests/support/camera-row.ts';
import { sha256Text } from './chain-rows.ts';
import { openWriteStore } from './index.ts';

const newId = createUlids(() => systemClock.nowMs());
const gate = { folder: 'gate', kind: 'main' as const };
const t0 = Date.UTC(2026, 10, 22, 10);
const format = { codecs: 'avc1.640028', width: 1920, height: 1080, initBytes: 700 };

let dir: string;
let store: ReturnType<typeof openWriteStore>;
let main: StreamId;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vigie-chain-'));
  store = openWriteStore(join(dir, 'vigie.db'), {
    clock: systemClock,
    log: quietLog,
    newStation: () => ({ id: newId(), name: 'Test' }),
  });
  main = store.camera.add(cameraRow({ createdMs: t0 })).streamIds.main;
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const startOf = (n: number): number => t0 + n * 60_000;
const file = (n: number, text = String(n)) => ({
  startMs: startOf(n),
  endMs: startOf(n + 1),
  bytes: 1000 + n,
  sha256: sha256Text(text),
});
const segment = (n: number): void =>
  store.segment.adopt({
    streamId: main,
    startMs: startOf(n),
    endMs: startOf(n + 1),
    bytes: 1000 + n,
    state: 'sealed',
    format,
  });
const link = (n: number, text?: string) => store.chain.link(main, gate, file(n, text));

function faults() {
  let walk = startOfChain;
  const out = [];
  for (const item of inOrder(store.chain.links(main, 1, 1000), store.chain.seams(main))) {
    const [next, found] = followChain(walk, item, gate, sha256Text);
    walk = next;
    out.push(...found);
  }
  return [...out, ...endChain(walk, store.chain.head(main))];
}

describe('the chain of a stream in the index', () => {
  it('links what the index has, once, in the order of linking', () => {
    for (const n of [0, 1, 3]) segment(n);
    expect(link(2)).toBeNull();
    expect([link(0), link(3), link(1)].map((l) => l?.link)).toEqual([1, 2, 3]);
    expect(link(1)).toBeNull();
    expect(store.chain.of(main, startOf(1))).toMatchObject({ link: 3, sha256: sha256Text('1') });
    expect(store.chain.head(main)).toEqual({ link: 3, chain: store.chain.of(main, startOf(1))?.chain });
    expect(faults()).toEqual([]);
  });

  it('tells a segment that goes as a seam, and one whose file was changed as linked anew', () => {
    for (const n of [0, 1, 2, 3]) segment(n);
    for (const n of [0, 1, 2, 3]) link(n);
    store.segment.drop(main, startOf(1));
    store.segment.drop(main, startOf(2));
    expect(store.chain.seams(main)).toMatchObject([{ fromLink: 2, toLink: 3, cause: 'lost' }]);
    expect(link(0, 'written again')?.link).toBe(5);
    expect(store.chain.seams(main)).toMatchObject([
      { fromLink: 1, toLink: 1, cause: 'replaced' },
      { fromLink: 2, toLink: 3, cause: 'lost' },
    ]);
    expect(faults()).toEqual([]);
  });

  it('finds closed segments without a hash, page by page', () => {
    for (let n = 0; n < 10; n += 1) segment(n);
    for (const n of [0, 1, 2, 5, 9]) link(n);
    store.segment.open({ streamId: main, startMs: startOf(20), endMs: startOf(20), bytes: 0, state: 'open', format });
    const found: number[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const page = store.chain.unhashed(main, from, 4);
      found.push(...page.startsMs);
      from = page.nextMs;
    }
    expect(found).toEqual([3, 4, 6, 7, 8].map(startOf));
  });

  it('is whole again after an older index was put back and the links beside the video were joined', () => {
    for (let n = 0; n < 6; n += 1) segment(n);
    for (let n = 0; n < 6; n += 1) link(n);
    store.segment.drop(main, startOf(4));
    const kept = inOrder(store.chain.links(main, 1, 100), store.chain.seams(main));
    store.chain.clear();
    for (const n of [0, 1]) link(n);
    store.chain.join(main, kept);
    expect(store.chain.head(main).link).toBe(6);
    expect(store.chain.listedTo(main)).toBe(6);
    expect(faults()).toEqual([]);
    expect(store.chain.links(main, 1, 100).map((l) => l.link)).toEqual([1, 2, 3, 4, 6]);
  });

  it('knows what is to be noted beside the video', () => {
    segment(0);
    expect(store.chain.toNote(10)).toEqual([]);
    link(0);
    expect(store.chain.toNote(10)).toEqual([main]);
    store.chain.noted(main, 0); // the chain had grown while it was written
    expect(store.chain.toNote(10)).toEqual([main]);
    store.chain.noted(main, 1);
    expect(store.chain.toNote(10)).toEqual([]);
    store.segment.drop(main, startOf(0));
    expect(store.chain.toNote(10)).toEqual([main]);
  });

  it('goes with its camera', () => {
    segment(0);
    link(0);
    for (const { cameraId } of store.streams()) store.camera.erase(cameraId);
    expect(store.chain.head(main).link).toBe(0);
  });
});
