/** Holes filled from a camera's own card: a whole engine, the real ONVIF adapter, the demo camera Gate and its card. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { gapToleranceMs } from '#domain/gap.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import { createDevices } from '../../src/main/adapters/onvif/index.ts';
import { loadClip } from '../../src/main/demo/index.ts';
import type { Event } from '../../src/main/domain/event.ts';
import { systemClock } from '../../src/main/lib/clock.ts';
import { quietLog } from '../../src/main/lib/log.ts';
import { openCameras, openEngine, root, tempFolder, until } from './engine-rig.ts';
import { foundDraftOf } from './engine-stage.ts';

const digest = (pieces: Uint8Array[]): string => {
  const hash = createHash('sha1');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('base64');
};

/** The number in the clip of each picture, by what is in it. */
async function pictureNumbers(): Promise<Map<string, number>> {
  const clip = await loadClip(join(root, 'resources', 'demo'), 'gate-main.mp4');
  return new Map(
    clip.pictures.map((picture, i) => [
      digest(
        picture.nals.flatMap((nal) => [
          Uint8Array.of(nal.length >>> 24, nal.length >>> 16, nal.length >>> 8, nal.length),
          nal,
        ]),
      ),
      i,
    ]),
  );
}

/** A group of pictures (1 s), and by how much live times waver when a camera has just come back. */
const mostLeftMs = 1_500;

type Rig = Awaited<ReturnType<typeof openEngine>>;

/** A station with Gate, on its device; all of it is gone at the end of the test. */
async function open(test: TestContext, fillBytesPerSecond?: number) {
  const folder = tempFolder();
  const stops: (() => unknown)[] = [folder.remove];
  test.onTestFinished(async () => {
    for (const stop of stops.reverse()) await stop();
  });
  const { site, cameras } = await openCameras();
  stops.push(() => site.stop());
  const real = createDevices({ clock: systemClock, log: quietLog, net: { interfaces: () => [], port: 3702 } });
  let rig = await openEngine(folder.path, () => false, real, undefined, fillBytesPerSecond);
  stops.push(() => rig.close());
  const demo = cameras.find((c) => c.name === 'Gate')!;
  const [camera] = await rig.engine.finding.add([foundDraftOf(demo, null)]);
  const { main } = rig.store.cameras()[0]!.streamIds;
  const segments = () => rig.store.segmentsFrom(main, 0, Number.MAX_SAFE_INTEGER, 1_000);
  const covered = async () => {
    const { rows } = await rig.engine.timeline.coverage({
      fromMs: Date.now() - 3_600_000,
      toMs: Date.now() + 1_000,
      cameraId: [camera!.id],
      stream: 'main',
      grainMs: 0,
    });
    const row = rows[0]!;
    // How long the very first picture takes is not what is tried; what is missing before it may be on the card too.
    const firstMs = segments().find((r) => r.origin !== 'back-fill')?.startMs ?? 0;
    const from = (ms: number): boolean => ms >= firstMs;
    return {
      ...row,
      gaps: row.gaps.filter((g) => from(g.fromMs)),
      backFilled: row.backFilled.filter(([fromMs]) => from(fromMs)),
    };
  };
  return {
    rig: (): Rig => rig,
    async restart() {
      await rig.close();
      rig = await openEngine(folder.path, () => false, real, undefined, fillBytesPerSecond);
    },
    site,
    device: site.device('Gate')!,
    camera: camera!,
    main,
    covered,
    async cutFor(ms: number) {
      await site.cut('Gate');
      await until('the gap', () => rig.store.openGap(main)?.cause === 'camera-lost');
      await sleep(ms); // the length of the hole is what is tried
      await site.restore('Gate');
      await until('live again', () => rig.store.openGap(main) === null, 40_000);
    },
    events: async (): Promise<Event[]> =>
      (await rig.engine.events.list({ kind: ['back-filled'], limit: 100 })).events.reverse(),
    recorded: (ms: number) =>
      until('recorded', async () => {
        const { spans } = await covered();
        return spans.length > 0 && spans.at(-1)![1] - spans.at(-1)![0] >= ms;
      }),
    gone: () => until('the gap', () => rig.store.openGap(main)?.cause === 'camera-lost'),
    back: () => until('live again', () => rig.store.openGap(main) === null, 40_000),
  };
}

/** All pictures that are recorded, by the segments of the index in order. */
function pictures(rig: Rig, main: number, cameraFolder: string) {
  const out: { hash: string; ptsUs: number; segment: number }[] = [];
  const rows = rig.store.segmentsFrom(main as never, 0, Number.MAX_SAFE_INTEGER, 1_000);
  for (const row of rows) {
    const bytes = readFileSync(rig.files.path(cameraFolder, 'main', row.startMs)).subarray(0, row.bytes);
    const init = parseInit(bytes);
    expect(init.backFilledFrom).toBe(row.origin === 'back-fill' ? 'recording-1' : null);
    for (let at = init.bytes; at < bytes.length; ) {
      // prft, moof, mdat
      let end = at;
      for (let boxes = 0; boxes < 3 && end < bytes.length; boxes++) end += bytes.readUInt32BE(end);
      if (bytes.toString('latin1', at + 4, at + 8) !== 'prft') break;
      for (const unit of parseFragment(bytes.subarray(at, end), init).units)
        out.push({ hash: digest(unit.data), ptsUs: unit.ptsUs, segment: row.startMs });
      at = end;
    }
  }
  return { rows, out };
}

/** Every picture once and in its place, but for holes that are told as gaps. */
async function checkContent(of: Awaited<ReturnType<typeof open>>) {
  const numbers = await pictureNumbers();
  const { rows, out } = pictures(of.rig(), of.main, of.camera.folder);
  for (const [i, row] of rows.entries()) {
    const next = rows[i + 1];
    if (next !== undefined) expect(row.endMs, 'segments overlap').toBeLessThanOrEqual(next.startMs);
  }
  const periodUs = 1_000_000 / 15;
  let missing = 0;
  for (const [i, picture] of out.entries()) {
    const number = numbers.get(picture.hash);
    expect(number).toBeDefined();
    const last = out[i - 1];
    if (last === undefined || number === undefined) continue;
    const steps = (number - numbers.get(last.hash)! + 360) % 360;
    const place = `picture ${number} of ${picture.segment} comes ${picture.ptsUs - last.ptsUs} us and ${steps} pictures after the one before, of ${last.segment}, among ${JSON.stringify(rows.map((r) => [r.startMs, r.endMs, r.origin]))}`;
    expect(steps, `twice: ${place}`).toBeGreaterThan(0);
    // What is between two pictures of the clip is between them on disk; live times waver after a return, by less than a gap.
    expect(Math.abs(picture.ptsUs - last.ptsUs - steps * periodUs), place).toBeLessThan(gapToleranceMs * 1_000);
    missing += steps - 1;
  }
  return { rows, missing, pictures: out.length };
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

// Each has a station and a camera of its own, and waits for most of its time.
describe.concurrent('back-fill', () => {
  it('fetches what the card recorded while the camera was cut off: once, in its place, told with its source', async (test) => {
    const gate = await open(test);
    await gate.recorded(4_000);
    await gate.cutFor(9_000);
    const [event] = await until(
      'filled',
      async () => {
        const all = await gate.events();
        return all.length > 0 && all;
      },
      60_000,
    );
    expect(event).toMatchObject({ kind: 'back-filled', cameraId: gate.camera.id, severity: 'info' });
    expect(event!.data).toMatchObject({ recording: 'recording-1', matched: true });
    const row = await gate.covered();
    expect(row.backFilled).toHaveLength(1);
    const [from, to] = row.backFilled[0]!;
    expect(to - from).toBeGreaterThan(8_000);
    // What is left is less than a group of pictures.
    for (const gap of row.gaps) expect((gap.toMs ?? Infinity) - gap.fromMs).toBeLessThan(mostLeftMs);
    const content = await checkContent(gate);
    expect(content.rows.filter((r) => r.origin === 'back-fill').length).toBeGreaterThan(0);
    expect(content.missing).toBeLessThan((mostLeftMs * 15) / 1000);
  });

  it('goes on where a second cut interrupted it', async (test) => {
    const gate = await open(test, 120_000);
    await gate.recorded(3_000);
    await gate.cutFor(8_000);
    const [hole] = gate
      .rig()
      .store.endedGaps(gate.main, Date.now() - 60_000, 10)
      .slice(-1);
    await until(
      'a part of it is on disk',
      async () =>
        (await gate.rig().files.list(gate.camera.folder, hole!.fromMs, hole!.toMs - 1)).some(
          (f) => f.kind === 'main' && f.bytes > 60_000,
        ),
      40_000,
    );
    await gate.cutFor(6_000);
    const first = await gate.covered();
    expect(first.backFilled).toHaveLength(1);
    expect(
      first.gaps.some((g) => g.toMs === hole!.toMs && g.toMs - g.fromMs > 2_000),
      'interrupted',
    ).toBe(true);
    await until(
      'the rest',
      async () => (await gate.covered()).gaps.every((g) => g.toMs !== null && g.toMs - g.fromMs < mostLeftMs),
      120_000,
    );
    const content = await checkContent(gate);
    expect(content.rows.filter((r) => r.origin === 'back-fill').length).toBeGreaterThan(2);
  }, 300_000);

  it('takes what the card has, and leaves the rest a gap', async (test) => {
    const gate = await open(test);
    await gate.recorded(3_000);
    await gate.site.cut('Gate');
    await gate.gone();
    await sleep(4_000);
    gate.device.card!.stop();
    await sleep(4_000);
    await gate.site.restore('Gate');
    await gate.back();
    await until('filled', async () => (await gate.events()).length > 0, 60_000);
    const row = await gate.covered();
    const left = row.gaps.filter((g) => g.toMs! - g.fromMs > 2_000);
    expect(left).toHaveLength(1);
    expect(left[0]).toMatchObject({ cause: 'camera-lost' });
    expect(left[0]!.toMs! - left[0]!.fromMs).toBeGreaterThan(3_500);
    await checkContent(gate);
  });

  it('finds the place by the pictures where the camera has its clock wrong', async (test) => {
    const gate = await open(test);
    await gate.recorded(3_000);
    // Minutes off, and by parts of a second that no SOAP answer tells.
    gate.device.deviceClock.set(Date.now() - 421_337);
    await gate.recorded(8_000);
    await gate.cutFor(6_000);
    const [event] = await until(
      'filled',
      async () => {
        const all = await gate.events();
        return all.length > 0 && all;
      },
      60_000,
    );
    expect(event!.data['matched']).toBe(true);
    await checkContent(gate);
  });

  it('takes in what was fetched before a crash, and asks for the rest alone', async (test) => {
    const gate = await open(test);
    await gate.recorded(3_000);
    await gate.cutFor(6_000);
    await until('filled', async () => (await gate.events()).length > 0, 60_000);
    // As a crash leaves it that came before the index heard of it: the file is there, its row and its cut gap are not.
    const { rig } = gate;
    const was = rig()
      .store.segmentsFrom(gate.main, 0, Number.MAX_SAFE_INTEGER, 100)
      .find((r) => r.origin === 'back-fill')!;
    rig().store.segment.drop(gate.main, was.startMs);
    rig().store.gap.add({ streamId: gate.main, fromMs: was.startMs - 600, toMs: was.endMs, cause: 'camera-lost' });
    await gate.restart();
    await until('taken in', async () => (await gate.covered()).backFilled.length > 0, 60_000);
    await checkContent(gate);
    expect(await gate.events()).toHaveLength(1);
  });
});
