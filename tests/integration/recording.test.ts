/** When streams are recorded, with real cameras: what is asked for is on disk picture by picture, and nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Camera } from '#domain/camera.ts';
import type { StreamId } from '#domain/id.ts';
import { RecordingPlan } from '#domain/recording-plan.ts';
import { systemClock } from '#lib/clock.ts';
import { unitBytes } from '#media/access-unit.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { readerOf, scanFragments } from '#media/mp4/scan.ts';
import { loadClip } from '../../src/main/demo/index.ts';
import { draftOf, root, until } from './engine-rig.ts';
import { engineStage, type StageRig } from './engine-stage.ts';

const { open, cameras } = engineStage();

/** What the cameras of the site say beside their pictures is no trigger here: a test says when something happens. */
const plan = (mode: 'off' | 'continuous' | 'motion' | 'events', more: Partial<RecordingPlan> = {}): RecordingPlan =>
  RecordingPlan.parse({ when: { by: 'mode', mode }, kinds: ['external'], preRollS: 2, postRollS: 1, ...more });

/** Pictures of a stream on disk, each by its number in the camera's clip, with the moment at which it is shown. */
async function pictures(rig: StageRig, camera: Camera, streamId: StreamId, clip: string) {
  const known = new Map<string, number>();
  const { pictures: all } = await loadClip(join(root, 'resources', 'demo'), `${clip}.mp4`);
  const digest = (parts: readonly Uint8Array[]): string => {
    const hash = createHash('sha1');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  for (const [n, picture] of all.entries()) {
    const parts = picture.nals.flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    });
    known.set(digest(parts), n);
  }
  const out: { n: number; atMs: number; segment: number; audio: boolean }[] = [];
  for (const row of rig.store.segmentsFrom(streamId, 0, Number.MAX_SAFE_INTEGER, 1000)) {
    const bytes = new Uint8Array(readFileSync(rig.files.path(camera.folder, 'main', row.startMs)));
    const init = parseInit(bytes);
    const { fragments } = await scanFragments(readerOf(bytes), bytes.length, init);
    for (const f of fragments)
      for (const u of parseFragment(bytes.subarray(f.offset, f.offset + f.bytes), init).units) {
        if (u.track !== 'video') continue;
        const n = known.get(digest([unitBytes(u)]));
        if (n === undefined) throw new Error('a picture that the camera never sent');
        out.push({ n, atMs: u.ptsUs / 1000, segment: row.startMs, audio: row.format.codecs.includes(',') });
      }
  }
  return { list: out, loop: all.length };
}

describe('when a stream is recorded', () => {
  it('writes nothing while armed, then the seconds before, what follows, and every change of plan without losing a picture', async () => {
    const site = await cameras();
    const rig = await open();
    const { engine, store } = rig;
    const draft = draftOf(site.cameras[2]!); // it has sound
    // The seconds after are many at first: the first change of plan must come within them on any machine.
    const camera = await engine.cameras.add({
      ...draft,
      main: { ...draft.main, plan: plan('events', { postRollS: 60 }) },
      sub: null,
    });
    const main = engine.cameras.streamId(camera.id, 'main')!;
    const status = () => engine.cameras.get(camera.id)?.streams[0];
    const now = () => engine.cameras.get(camera.id)?.recording;
    await until('armed with its seconds held ready', () => (status()?.preRoll?.heldMs ?? 0) >= 2000);
    expect(now()?.main).toMatchObject({ mode: 'events', wanted: false, why: 'armed' });
    expect(status()?.recording).toBe(false);
    expect(store.lastSegment(main)).toBeNull();

    const triggeredMs = systemClock.nowMs();
    engine.events.post(
      { title: 'The door opens', severity: 'info', cameraId: camera.id, fromMs: triggeredMs, toMs: triggeredMs },
      'test',
    );
    expect(now()?.main).toMatchObject({ wanted: true, why: 'post-roll', kind: 'external' });
    await until('recorded', () => status()?.recording === true && store.lastSegment(main));
    // Again within the seconds after: it goes on.
    engine.events.post({ title: 'Again', severity: 'info', cameraId: camera.id }, 'test');
    const change = (next: RecordingPlan) => engine.cameras.update(camera.id, { main: { ...camera.main, plan: next } });
    await change(plan('continuous'));
    expect(now()?.main.why).toBe('continuous');
    const count = () => store.segmentsFrom(main, 0, Number.MAX_SAFE_INTEGER, 100).length;
    await change(plan('continuous', { audio: false }));
    await until('a segment without sound', () => count() === 2);
    await change(plan('events'));
    engine.recordings.startManual(camera.id, { by: 'test', seconds: 60 });
    await until('a segment with sound again', () => count() === 3);
    expect(now()?.manual).toMatchObject({ by: 'test' });
    engine.recordings.stopManual(camera.id, 'ann');
    await until('armed again', () => status()?.recording === false && store.lastSegment(main)?.state === 'sealed');
    const endedMs = store.wantedRuns(main, 0, Number.MAX_SAFE_INTEGER).at(-1)?.toMs ?? 0;

    const { list, loop } = await pictures(rig, camera, main, 'corridor-main');
    expect(list[0]?.atMs).toBeLessThanOrEqual(triggeredMs - 2000);
    expect(list[0]?.atMs).toBeGreaterThan(triggeredMs - 2000 - 5000);
    expect(list.at(-1)?.atMs).toBeGreaterThan(endedMs - 100);
    for (const [i, p] of list.entries()) {
      const before = list[i - 1];
      if (before !== undefined) expect(p.n, `after picture ${before.n}`).toBe((before.n + 1) % loop);
    }
    expect([...new Map(list.map((p) => [p.segment, p.audio])).values()]).toEqual([true, false, true]);

    // What was asked for is one run, and all of it is covered.
    const runs = store.wantedRuns(main, 0, Number.MAX_SAFE_INTEGER);
    expect(runs).toHaveLength(1);
    expect(Math.abs((runs[0]?.fromMs ?? 0) - (triggeredMs - 2000))).toBeLessThan(500);
    const [row] = await rig.queries.coverage({ streamIds: [main], fromMs: 0, toMs: 4e12, grainMs: 0 });
    expect(row?.gaps).toEqual([]);
    expect(row?.spans).toHaveLength(1);
    const seen = await engine.events.list({ kind: ['manual-recording'], limit: 10 });
    expect(seen.events[0]?.toMs).not.toBeNull();
  });

  it('leaves no gap where what was asked for is let go before a picture of it is heard of', async () => {
    const site = await cameras();
    const rig = await open();
    const { engine, store } = rig;
    const draft = draftOf(site.cameras[0]!);
    const camera = await engine.cameras.add({ ...draft, main: { ...draft.main, plan: plan('events') }, sub: null });
    const main = engine.cameras.streamId(camera.id, 'main')!;
    const held = () => engine.cameras.get(camera.id)?.streams[0]?.preRoll?.heldMs ?? 0;
    await until('armed with its seconds held ready', () => held() >= 2000);
    engine.recordings.startManual(camera.id, { by: 'test', seconds: 60 });
    engine.recordings.stopManual(camera.id, 'ann');
    await until('what was held ready is written', () => store.lastSegment(main)?.state === 'sealed');
    const [run] = store.wantedRuns(main, 0, Number.MAX_SAFE_INTEGER);
    expect((run?.toMs ?? 0) - (run?.fromMs ?? 0)).toBeGreaterThanOrEqual(2000);
    const [row] = await rig.queries.coverage({ streamIds: [main], fromMs: 0, toMs: 4e12, grainMs: 0 });
    expect(row?.spans).toHaveLength(1);
    expect(row?.gaps).toEqual([]);
  });

  it('asks for a new camera from its first picture on, and for one that never answers from when it was added', async () => {
    const site = await cameras();
    const rig = await open();
    const { engine, store } = rig;
    const draft = draftOf(site.cameras[0]!);
    const always = { ...draft.main, plan: plan('continuous') };
    const beforeMs = systemClock.nowMs();
    const [camera, dead] = await engine.cameras.addAll([
      { ...draft, main: always, sub: null },
      { ...draft, name: 'Dead', main: { ...always, url: 'rtsp://127.0.0.1:9/none' }, sub: null },
    ]);
    const afterMs = systemClock.nowMs();
    const [main, none] = [camera!, dead!].map((c) => engine.cameras.streamId(c.id, 'main')!);
    const runs = (id: StreamId) => store.wantedRuns(id, 0, Number.MAX_SAFE_INTEGER);
    const gaps = (id: StreamId) => store.gapsWithin(id, 0, Number.MAX_SAFE_INTEGER);
    const first = await until('recorded', () => store.segmentsFrom(main!, 0, Number.MAX_SAFE_INTEGER, 1)[0]);
    await until('known to be refused', () => store.openGap(none!)?.cause === 'camera-lost');
    expect(first.startMs).toBeGreaterThan(afterMs);
    expect(runs(main!)).toEqual([{ fromMs: first.startMs, toMs: null }]);
    expect(gaps(main!)).toEqual([]);
    const [run] = runs(none!);
    expect(run?.fromMs).toBeGreaterThanOrEqual(beforeMs);
    expect(run?.fromMs).toBeLessThanOrEqual(afterMs);
    expect(gaps(none!)).toMatchObject([{ fromMs: run?.fromMs, toMs: null, cause: 'camera-lost' }]);
  });

  it('gives pictures the times at which they were sent, from the first on, of cameras that nobody watches', async () => {
    const site = await cameras();
    const rig = await open();
    const { engine, store } = rig;
    const clips = ['gate-main', 'yard-main', 'corridor-main'];
    const added = [];
    for (const camera of site.cameras.slice(0, clips.length)) {
      const draft = draftOf(camera);
      added.push(await engine.cameras.add({ ...draft, main: { ...draft.main, plan: plan('continuous') }, sub: null }));
    }
    for (const [i, camera] of added.entries()) {
      const main = engine.cameras.streamId(camera.id, 'main')!;
      await until('recorded', () => {
        const last = store.lastSegment(main);
        return last !== null && last.endMs - last.startMs > 3_000;
      });
      const sent = () => site.site.frames(camera.name, 'main');
      const offMs = async (): Promise<number[]> =>
        (await pictures(rig, camera, main, clips[i]!)).list.map(({ n, atMs }) => {
          const of = sent()
            .filter((f) => f.frame === n)
            .map((f) => atMs - f.sentMs);
          return Math.abs(of.sort((x, y) => Math.abs(x) - Math.abs(y))[0] ?? Infinity);
        });
      const median = (list: number[]): number => list.toSorted((x, y) => x - y)[list.length >> 1] ?? Infinity;
      // Where the first packets had to wait for this machine, the times find their place within seconds.
      expect(median(await offMs()), camera.name).toBeLessThan(200);
      // Less than a picture: what two cameras saw at one moment is shown as one moment.
      await until(`${camera.name} in step`, async () => median((await offMs()).slice(-30)) < 1000 / 15);
    }
  });

  it('counts the time in which the station was off as wanted where recording was to go on, and else not', async () => {
    const site = await cameras();
    const first = await open();
    const [a, b] = [draftOf(site.cameras[0]!), draftOf(site.cameras[1]!)];
    const always = await first.engine.cameras.add({ ...a, main: { ...a.main, plan: plan('continuous') }, sub: null });
    const armed = await first.engine.cameras.add({ ...b, main: { ...b.main, plan: plan('events') }, sub: null });
    const of = (rig: StageRig, camera: Camera) => rig.engine.cameras.streamId(camera.id, 'main')!;
    const [mainA, mainB] = [of(first, always), of(first, armed)];
    await until('recorded', () => first.store.lastSegment(mainA));
    await until('held ready', () => (first.engine.cameras.get(armed.id)?.streams[0]?.preRoll?.heldMs ?? 0) >= 2000);
    first.engine.events.post({ title: 'x', severity: 'info', cameraId: armed.id }, 'test');
    await until('recorded too', () => first.store.lastSegment(mainB));
    await first.close();
    const second = await open();
    await until(
      'recorded again',
      () =>
        (second.store.segmentsFrom(mainA, 0, 4e12, 10).at(-1)?.startMs ?? 0) > 0 &&
        second.engine.cameras.get(always.id)?.streams[0]?.recording,
    );
    await until('armed again', () => second.engine.cameras.get(armed.id)?.streams[0]?.state === 'live');
    const runs = (streamId: StreamId) => second.store.wantedRuns(streamId, 0, Number.MAX_SAFE_INTEGER);
    await until('one run goes on', () => runs(mainA).length === 1 && runs(mainA)[0]?.toMs === null);
    expect(runs(mainB)).toHaveLength(1);
    expect(runs(mainB)[0]?.toMs).not.toBeNull();
    const rows = await until('the hole is told', async () => {
      const all = await second.queries.coverage({ streamIds: [mainA, mainB], fromMs: 0, toMs: 4e12, grainMs: 0 });
      return all.find((r) => r.streamId === mainA)?.gaps.every((g) => g.toMs !== null) === true && all;
    });
    const gaps = rows.find((r) => r.streamId === mainA)?.gaps ?? [];
    expect(gaps.at(-1)?.cause).toBe('station-off');
    expect(gaps.filter((g) => g.cause === 'station-off')).toHaveLength(1);
    expect(rows.find((r) => r.streamId === mainB)?.gaps ?? []).toEqual([]);
  });

  it('goes by a shared schedule, and by its change at once; one that is in use stays', async () => {
    const site = await cameras();
    const rig = await open();
    const { engine, store } = rig;
    const all = (mode: 'continuous' | 'events') => ({
      spans: [0, 1, 2, 3, 4, 5, 6].map((day) => ({ day, fromMin: 0, toMin: 1440, mode })),
      exceptions: [],
    });
    const schedule = engine.recordings.saveSchedule({ name: 'Shop hours', week: all('events') }, 'ann');
    const draft = draftOf(site.cameras[0]!);
    const camera = await engine.cameras.add({ ...draft, sub: null });
    const byWeek = RecordingPlan.parse({ when: { by: 'schedule', scheduleId: schedule.id }, kinds: ['external'] });
    expect(await engine.recordings.apply({ cameraId: [camera.id], main: byWeek, sub: byWeek }, 'ann')).toEqual({
      changed: 1,
    });
    const main = engine.cameras.streamId(camera.id, 'main')!;
    await until('armed', () => engine.cameras.get(camera.id)?.streams[0]?.preRoll != null);
    expect(engine.cameras.get(camera.id)?.recording.main).toMatchObject({ mode: 'events', why: 'armed' });
    expect(engine.recordings.scheduleUsers(schedule.id)).toEqual({ cameras: [camera.id], watched: [] });
    expect(() => engine.recordings.removeSchedule(schedule.id, 'ann')).toThrow(/Gate/);
    engine.recordings.saveSchedule({ ...schedule, week: all('continuous') }, 'ben');
    expect(engine.cameras.get(camera.id)?.recording.main).toMatchObject({ why: 'continuous', untilMs: null });
    await until('recorded', () => store.lastSegment(main) && engine.cameras.get(camera.id)?.streams[0]?.recording);
    expect(() => engine.recordings.setZone('Europe/Nowhere', 'ann')).toThrow(/no time zone/);
    await engine.cameras.update(camera.id, { main: { ...camera.main, plan: plan('off') } });
    engine.recordings.removeSchedule(schedule.id, 'cas');
    expect(engine.recordings.settings().schedules).toEqual([]);
    // Who changed what is told.
    const { events } = await engine.events.list({ kind: ['schedule-changed', 'camera-changed'], limit: 10 });
    expect(events.map((e) => e.data)).toMatchObject([
      { schedule: 'Shop hours', change: 'removed', by: 'cas', 'was.name': 'Shop hours' },
      { 'was.main.when': 'schedule:Shop hours', 'is.main.when': 'off' },
      { schedule: 'Shop hours', change: 'changed', by: 'ben', 'was.day0': '0-1440e', 'is.day0': '0-1440c' },
      { by: 'ann', 'was.main.when': 'continuous', 'is.main.when': 'schedule:Shop hours' },
      { schedule: 'Shop hours', change: 'added', by: 'ann', 'is.name': 'Shop hours', 'is.day6': '0-1440e' },
    ]);
  });
});
