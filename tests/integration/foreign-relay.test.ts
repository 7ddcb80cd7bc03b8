/** A third RTSP server that others wrote: it knows UDP alone, tells no password, and relays what another program shows it. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { segmentPath } from '#domain/segment.ts';
import { recordAlways } from '#domain/recording-plan.ts';
import {
  freePort,
  hasFfmpeg,
  hasRelay,
  makeClips,
  probeFile,
  startRelay,
  type ForeignServer,
} from '../support/foreign.ts';
import { openEngine, tempFolder, until } from './engine-rig.ts';

let folder: ReturnType<typeof tempFolder>;
const stops: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = tempFolder();
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  folder.remove();
});

it.skipIf(!hasRelay || !hasFfmpeg)(
  'RTSP::Server: taken over UDP by who leaves the choice, through a loss of power',
  {
    timeout: 120_000,
  },
  async () => {
    const clips = join(folder.path, 'clips');
    makeClips(clips, ['h264-aac']);
    const port = await freePort();
    const start = (): Promise<ForeignServer> => startRelay(port, join(clips, 'h264-aac.mkv'));
    let server = await start();
    stops.push(() => server.stop());
    const rig = await openEngine(folder.path);
    let open = true;
    const close = async (): Promise<void> => {
      if (open) await rig.close();
      open = false;
    };
    stops.push(close);

    const { engine, store } = rig;
    const url = `rtsp://127.0.0.1:${port}/cam`;
    const camera = await engine.cameras.add({
      name: 'Relayed',
      enabled: true,
      main: { url, transport: 'auto', plan: recordAlways },
      sub: null,
      username: null,
      password: null,
    });
    const stream = engine.cameras.streamId(camera.id, 'main');
    if (stream === null) throw new Error('no stream');
    const main = () => engine.cameras.get(camera.id)?.streams.find((s) => s.kind === 'main');
    const recorded = (sinceMs: number) =>
      until(
        'two seconds on disk',
        () => {
          const segment = store.lastSegment(stream);
          return segment !== null && segment.startMs > sinceMs && segment.endMs - segment.startMs >= 2_000 && segment;
        },
        40_000,
      );

    const first = await recorded(0);
    await until('live', () => main()?.state === 'live', 30_000);
    expect(main()).toMatchObject({ transport: 'udp', via: 'native' });

    await server.stop();
    await until('lost', () => main()?.state === 'lost', 30_000);
    server = await start();
    await recorded(first.startMs);

    const files = store
      .segmentsFrom(stream, 0, Number.MAX_SAFE_INTEGER, 100)
      .map((s) => join(rig.files.root, segmentPath(camera.folder, 'main', s.startMs)));
    await close();
    expect(files.length).toBeGreaterThanOrEqual(2);
    for (const file of files) {
      const { streams, pictures, errors } = probeFile(file);
      expect(errors, file).toBe('');
      expect(streams).toEqual([{ codec: 'h264', width: 320 }]);
      expect(pictures, file).toBeGreaterThan(15);
    }
  },
);
