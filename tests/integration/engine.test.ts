import { describe, expect, it } from 'vitest';
import { gapToleranceMs } from '#domain/gap.ts';
import { EventId, type StreamId } from '#domain/id.ts';
import { draftOf, until } from './engine-rig.ts';
import { engineStage, type StageRig } from './engine-stage.ts';
import { recordNever } from '#domain/recording-plan.ts';

const { open, cameras } = engineStage();

/** Every moment since the first is covered or in one gap, never both. */
async function expectTiled({ queries }: StageRig, streamId: StreamId): Promise<void> {
  const [row] = await queries.coverage({ streamIds: [streamId], fromMs: 0, toMs: 4e12, grainMs: 0 });
  const parts = [...(row?.spans ?? []), ...(row?.gaps ?? []).map((g): [number, number] => [g.fromMs, g.toMs ?? 4e12])];
  parts.sort((a, b) => a[0] - b[0]);
  expect(parts.length).toBeGreaterThan(0);
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1];
    if (next === undefined) continue;
    expect(next[0], 'covered and missing at once').toBeGreaterThanOrEqual(part[1]);
    expect(next[0] - part[1], 'neither covered nor missing').toBeLessThan(gapToleranceMs);
  }
}

const segmentsOf = (rig: StageRig, streamId: StreamId) =>
  rig.store.segmentsFrom(streamId, 0, Number.MAX_SAFE_INTEGER, 1000);

describe('the engine with real cameras', () => {
  it('records, shows it on the timeline, serves its fragments, and survives a worker and the cameras going away', async () => {
    const site = await cameras();
    const rig = await open();
    const { engine, store } = rig;
    const [first, , third] = site.cameras;
    if (first === undefined || third === undefined) throw new Error('no demo cameras');
    const gate = await engine.cameras.add(draftOf(first));
    const corridor = await engine.cameras.add(draftOf(third));
    const wrong = await engine.cameras.add(draftOf(first, { name: 'Gate', password: 'not this one' }));
    expect([gate.number, corridor.number, gate.folder, wrong.folder]).toEqual([1, 2, 'gate', 'gate-2']);
    await expect(engine.cameras.update(wrong.id, { number: 1 })).rejects.toMatchObject({ code: 'CONFLICT' });
    const main = engine.cameras.streamId(gate.id, 'main');
    if (main === null) throw new Error('no stream');

    // Recording is seen in the state, in the index and in the file.
    await until('live', () => engine.cameras.get(gate.id)?.streams.every((s) => s.state === 'live' && s.recording));
    expect(engine.recording.streams()).toBeGreaterThanOrEqual(2);
    await until('refused', () => engine.cameras.get(wrong.id)?.streams[0]?.state === 'refused');
    const segment = await until(
      'grown',
      () => store.lastSegment(main)?.endMs !== store.lastSegment(main)?.startMs && store.lastSegment(main),
    );
    expect(segment.state).toBe('open');
    const row = (
      await engine.timeline.coverage({
        fromMs: segment.startMs,
        toMs: segment.startMs + 60_000,
        stream: 'main',
        grainMs: 0,
      })
    ).rows.find((r) => r.cameraId === gate.id);
    expect(row?.spans[0]?.[0]).toBe(segment.startMs);
    const list = await engine.playback.fragments({ id: gate.id, stream: 'main', startMs: segment.startMs });
    const file = await engine.playback.file(gate.id, 'main', segment.startMs);
    const reader = await file?.open();
    const bytes = Buffer.from((await reader?.read(0, file?.bytes ?? 0)) ?? []);
    await reader?.close();
    expect(list.fragments.length).toBeGreaterThan(0);
    for (const [offset] of list.fragments)
      expect(bytes.toString('latin1', offset + 4, offset + 8)).toMatch(/prft|moof/);
    await expect(engine.playback.fragments({ id: gate.id, stream: 'main', startMs: 1 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const gaps = await rig.queries.coverage({
      streamIds: [engine.cameras.streamId(wrong.id, 'main') ?? main],
      fromMs: 0,
      toMs: 4e12,
      grainMs: 0,
    });
    expect(gaps[0]?.gaps.map((g) => g.cause)).toEqual(['credentials']);

    // A worker that dies takes nothing with it but a second.
    const before = segmentsOf(rig, main).length;
    const killed = performance.now();
    await Promise.all(rig.ingestThreads.slice(0, 2).map((t) => t.kill()));
    await until(
      'taken back',
      () => segmentsOf(rig, main).length > before && segmentsOf(rig, main).at(-1)?.state === 'open',
    );
    expect(performance.now() - killed).toBeLessThan(8_000);
    expect(segmentsOf(rig, main)[before - 1]?.state).toBe('recovered');
    const seen = await engine.events.list({ limit: 100 });
    expect(seen.events.map((e) => e.kind)).toContain('worker-restarted');
    expect((await engine.health.report()).workers.some((w) => w.kind === 'ingest' && w.restarts > 0)).toBe(true);

    // Cameras that go away are missed, with a cause, and taken again when they come back.
    const port = Number(/:(\d+)\//.exec(first.main.url)?.[1]);
    await site.stop();
    await until(
      'lost event',
      async () => (await engine.events.list({ limit: 100, kind: ['camera-lost'], cameraId: [gate.id] })).events[0],
      30_000,
    );
    await until(
      'gap',
      async () =>
        (await rig.queries.coverage({ streamIds: [main], fromMs: 0, toMs: 4e12, grainMs: 0 }))[0]?.gaps.at(-1)
          ?.cause === 'camera-lost',
    );
    await expectTiled(rig, main);
    const back = await cameras(port);
    expect(back.cameras[0]?.main.url).toBe(first.main.url);
    const returned = await until(
      'back',
      async () => (await engine.events.list({ limit: 100, kind: ['camera-back'], cameraId: [gate.id] })).events[0],
      40_000,
    );
    expect(returned.fromMs).toBeGreaterThan(segment.endMs);
    expect(
      (await engine.events.list({ limit: 9, kind: ['camera-lost'], cameraId: [gate.id] })).events[0]?.toMs,
    ).not.toBeNull();
    await until('covered again', async () =>
      (await rig.queries.coverage({ streamIds: [main], fromMs: 0, toMs: 4e12, grainMs: 0 }))[0]?.gaps.every(
        (g) => g.toMs !== null,
      ),
    );
    await expectTiled(rig, main);

    // An end in order seals everything, quickly; erasing takes exactly one camera.
    await engine.cameras.erase(wrong.id);
    const stopping = performance.now();
    await engine.stop();
    expect(performance.now() - stopping).toBeLessThan(3_000);
    expect(store.openSegments()).toEqual([]);
    expect(segmentsOf(rig, main).at(-1)?.state).toBe('sealed');
    expect(await rig.files.folders()).toEqual(['corridor', 'gate']);
    expect(store.faults()).toEqual([]);
  });

  it('keeps a recording going while its camera is renamed, and ends it when it is removed', async () => {
    const site = await cameras();
    const { engine, store } = await open();
    const camera = await engine.cameras.add(draftOf(site.cameras[2]!));
    const main = engine.cameras.streamId(camera.id, 'main')!;
    await until('recorded', () => store.lastSegment(main));
    const pushes: string[] = [];
    const following = new AbortController();
    const followed = (async () => {
      for await (const { value } of engine.cameras.watch(following.signal)) pushes.push(value.type);
    })();
    await engine.cameras.update(camera.id, { name: 'Hall', group: null });
    expect(store.segmentsFrom(main, 0, 4e12, 10)).toHaveLength(1);
    await engine.cameras.update(camera.id, { main: { ...camera.main, plan: recordNever } });
    await until('sealed', () => store.lastSegment(main)?.state === 'sealed');
    const asked = store.wantedRuns(main, 0, 4e12);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.fromMs).toBeLessThanOrEqual(store.segmentsFrom(main, 0, 4e12, 1)[0]?.startMs ?? 0);
    expect(asked[0]?.toMs).not.toBeNull();
    await until('still live', () => engine.cameras.get(camera.id)?.streams[0]?.state === 'live');
    await engine.cameras.remove(camera.id);
    expect(engine.cameras.list()).toEqual([]);
    expect(store.openGap(main)).toBeNull();
    expect(store.lastSegment(main)).not.toBeNull();
    await until('told', () => pushes.includes('removed'));
    expect(pushes[0]).toBe('all');
    expect(pushes).toContain('camera');
    following.abort();
    await followed;
    const tried = await engine.cameras.probe({ ...site.cameras[2]!.main, username: 'demo', password: 'a secret word' });
    expect(tried).toMatchObject({ ok: true, via: 'native' });
  });
});

it('says under Health that who is given whole video cannot be read, until it is chosen anew', async () => {
  const before = await open();
  before.store.setting.set('privacy', '{"wholeFor":');
  await before.close();
  const { engine } = await open();
  const codes = async () => (await engine.health.report()).problems.map((p) => p.code);
  expect(await codes()).toContain('privacy-unreadable');
  expect((await engine.health.report()).state).toBe('degraded');
  engine.privacy.set({ wholeFor: 'administrator' }, 'ada');
  expect(await codes()).not.toContain('privacy-unreadable');
});

it('goes on through pages of events, and not from one that is gone: that would be the newest page again and again', async () => {
  const { engine } = await open();
  for (let n = 1; n <= 4; n++) engine.events.add({ kind: 'external', severity: 'info', data: { n }, fromMs: n });
  const page = async (before?: EventId) =>
    engine.events.list({ kind: ['external'], limit: 2, ...(before === undefined ? {} : { before }) });
  const first = await page();
  const second = await page(first.events[1]?.id);
  expect([...first.events, ...second.events].map((e) => e.data['n'])).toEqual([4, 3, 2, 1]);
  await expect(page(EventId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV'))).rejects.toMatchObject({
    code: 'INVALID',
    data: { issues: [{ path: 'before' }] },
  });
});

describe('following events', () => {
  it('loses and doubles nothing, resumed or overrun', async () => {
    const { engine } = await open();
    const note = (n: number) => engine.events.add({ kind: 'external', severity: 'info', data: { n } });
    const first = note(0);
    for (let n = 1; n <= 20; n++) note(n);
    const signal = new AbortController();
    const got: number[] = [];
    const followed = (async () => {
      for await (const { value } of engine.events.watch(first.id, signal.signal)) {
        got.push(Number(value.data['n']));
        if (got.length === 5) for (let n = 21; n <= 700; n++) note(n); // far more than one follower may have waiting
      }
    })();
    await until('all', () => got.length >= 700);
    expect(got).toEqual(Array.from({ length: 700 }, (_, i) => i + 1));
    signal.abort();
    await followed;
  });
});
