/**
 * RTSP servers that others wrote, recorded by the real engine; the files are judged by ffprobe and ffmpeg. A busy machine loses
 * datagrams, and its servers stumble: then Vigie must have said so, and accounted for every moment all the same.
 */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gapToleranceMs } from '#domain/gap.ts';
import type { CameraId } from '#domain/id.ts';
import { recordAlways } from '#domain/recording-plan.ts';
import { segmentPath } from '#domain/segment.ts';
import type { Transport } from '#domain/stream.ts';
import {
  freePort,
  hasFfmpeg,
  hasGst,
  hasVlc,
  makeClips,
  probeFile,
  startGst,
  startVlc,
  user,
  type ForeignServer,
} from '../support/foreign.ts';
import { tempFolder, until as untilWithin } from './engine-rig.ts';
import { engineStage, type StageRig } from './engine-stage.ts';

/** Servers and station may share two busy cores with all other tests. */
const limitMs = 60_000;
const testMs = 4 * limitMs;
const until = <T>(what: string, look: () => T | null | undefined | false): Promise<T> =>
  untilWithin(what, look, limitMs);

let clips: ReturnType<typeof tempFolder>;
const clipDir = (): string => join(clips.path, 'clips');

beforeAll(() => {
  clips = tempFolder();
  chmodSync(clips.path, 0o755); // VLC reads as another user
  if (hasFfmpeg && (hasGst || hasVlc)) makeClips(clipDir(), ['h264-aac', 'h265-pcmu', 'mjpeg']);
}, testMs);
afterAll(() => {
  clips.remove();
});
const { open, ends } = engineStage();

const add = async (rig: StageRig, name: string, url: string, transport: Transport, password = user.password) =>
  rig.engine.cameras.add({
    name,
    enabled: true,
    main: { url, transport, plan: recordAlways },
    sub: null,
    ...user,
    password,
  });

const stateOf = (rig: StageRig, id: CameraId) => rig.engine.cameras.get(id)?.streams.find((s) => s.kind === 'main');

/** Newest segment, once it holds `ms`. */
async function recorded(rig: StageRig, id: CameraId, ms: number, sinceMs = 0) {
  const stream = rig.engine.cameras.streamId(id, 'main');
  if (stream === null) throw new Error('no stream');
  return until(`${String(ms)} ms of ${rig.engine.cameras.get(id)?.name ?? ''}`, () => {
    const segment = rig.store.lastSegment(stream);
    return segment !== null && segment.startMs > sinceMs && segment.endMs - segment.startMs >= ms && segment;
  });
}

/** What is known of a camera's main stream at the end. */
function knownOf(rig: StageRig, id: CameraId) {
  const stream = rig.engine.cameras.streamId(id, 'main');
  const of = rig.engine.cameras.get(id)?.folder;
  if (stream === null || of === undefined) throw new Error('no camera');
  const segments = rig.store.segmentsFrom(stream, 0, Number.MAX_SAFE_INTEGER, 100);
  const files = segments.map((s) => join(rig.files.root, segmentPath(of, 'main', s.startMs)));
  const gaps = rig.store.endedGaps(stream, segments[0]?.startMs ?? 0, 100);
  return { segments, files, gaps, lost: stateOf(rig, id)?.packetsLost ?? 0 };
}

/** Recorded before and after a loss of power, with that gap between, and nothing unaccounted for. */
function expectAccounted({ segments, files, gaps, lost }: ReturnType<typeof knownOf>, codecs: readonly string[]): void {
  expect(gaps.map((g) => g.cause)).toContain('camera-lost');
  const spans = [...segments.map((s) => ({ fromMs: s.startMs, toMs: s.endMs })), ...gaps];
  spans.sort((a, b) => a.fromMs - b.fromMs);
  for (const [i, span] of spans.entries()) {
    const before = spans[i - 1];
    if (before !== undefined) expect(span.fromMs - before.toMs).toBeLessThan(gapToleranceMs);
  }
  // Nothing else happened: one file before and one after, whole to the last picture.
  const smooth = lost === 0 && gaps.length === 1;
  if (smooth) expect(files.length).toBe(2);
  for (const file of files) {
    const { streams, pictures, errors } = probeFile(file);
    expect(streams.map((s) => s.codec)).toEqual(codecs);
    expect(streams[0]?.width).toBe(320);
    if (!smooth) continue;
    expect(errors, file).toBe('');
    expect(pictures, file).toBeGreaterThan(15);
  }
}

/** Comes to be live; where packets were lost on the way, and counted, it may be degraded. */
async function expectTaken(rig: StageRig, id: CameraId, transport: 'tcp' | 'udp'): Promise<void> {
  // A server that stumbles on a busy machine is lost for a while, or its pictures are damaged, and that is told.
  await until('live', () => {
    const seen = stateOf(rig, id);
    return seen?.recording === true && (seen.state === 'live' || (seen.state === 'degraded' && seen.packetsLost > 0));
  });
  expect(stateOf(rig, id)).toMatchObject({ recording: true, transport, via: 'native' });
}

describe('RTSP servers of others', () => {
  it.skipIf(!hasGst || !hasFfmpeg)(
    'gst-rtsp-server: Digest, H.264 and H.265 and Motion JPEG, sound, TCP and UDP, through a loss of power',
    async () => {
      const port = await freePort();
      let server: ForeignServer = await startGst(port, clipDir());
      ends(() => server.stop());
      const rig = await open();
      const url = (clip: string): string => `rtsp://127.0.0.1:${port}/${clip}`;
      const cameras = [
        { id: (await add(rig, 'TCP', url('h264-aac'), 'tcp')).id, transport: 'tcp', codecs: ['h264', 'aac'] },
        { id: (await add(rig, 'UDP', url('h264-aac'), 'udp')).id, transport: 'udp', codecs: ['h264', 'aac'] },
        { id: (await add(rig, 'HEVC', url('h265-pcmu'), 'udp')).id, transport: 'udp', codecs: ['hevc', 'pcm_mulaw'] },
        { id: (await add(rig, 'JPEG', url('mjpeg'), 'tcp')).id, transport: 'tcp', codecs: ['mjpeg'] },
      ] as const;
      const wrong = await add(rig, 'Wrong', url('h264-aac'), 'tcp', 'not this one');

      const first = new Map<CameraId, number>();
      for (const { id } of cameras) first.set(id, (await recorded(rig, id, 2_000)).startMs);
      for (const { id, transport } of cameras) await expectTaken(rig, id, transport);
      expect(stateOf(rig, wrong.id)).toMatchObject({ state: 'refused', trouble: 'credentials-refused' });

      await server.stop();
      for (const { id } of cameras) await until('lost', () => stateOf(rig, id)?.state === 'lost');
      server = await startGst(port, clipDir());
      for (const { id } of cameras) await recorded(rig, id, 1_500, first.get(id));

      const known = cameras.map(({ id, codecs }) => ({ codecs, ...knownOf(rig, id) }));
      await rig.close();
      for (const one of known) expectAccounted(one, one.codecs);
    },
    testMs,
  );

  it.skipIf(!hasVlc || !hasFfmpeg)(
    'VLC: a password, UDP alone, through a loss of power',
    async () => {
      const port = await freePort();
      const start = () => startVlc(port, join(clipDir(), 'h264-aac.mkv'), join(clips.path, 'home'));
      let server: ForeignServer = await start();
      ends(() => server.stop());
      const rig = await open();
      const url = `rtsp://127.0.0.1:${port}/vlc`;
      // It refuses TCP with 461: who leaves the choice to Vigie gets UDP.
      const { id } = await add(rig, 'VLC', url, 'auto');
      const wrong = await add(rig, 'Wrong', url, 'auto', 'not this one');
      const { startMs } = await recorded(rig, id, 2_000);
      // Who comes to VLC comes into the middle of a picture: that is no loss.
      await expectTaken(rig, id, 'udp');
      await until('refused', () => stateOf(rig, wrong.id)?.state === 'refused');
      await server.stop();
      await until('lost', () => stateOf(rig, id)?.state === 'lost');
      server = await start();
      await recorded(rig, id, 1_500, startMs);
      const known = knownOf(rig, id);
      await rig.close();
      expectAccounted(known, ['h264', 'aac']);
    },
    testMs,
  );
});
