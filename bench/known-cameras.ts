/** A data folder that knows N load cameras, as a station leaves it that was stopped in order. */
import type { Camera } from '#domain/camera.ts';
import type { Load } from './load.ts';
import { startStation, until } from './station-process.ts';

export async function prepareStation(options: {
  root: string;
  dir: string;
  load: Load;
  cameras: number;
}): Promise<{ cameras: Camera[]; token: string }> {
  const { root, dir, load } = options;
  const station = await startStation({ root, dir });
  try {
    const cameras = await station.addCameras(
      Array.from({ length: options.cameras }, (_, i) => ({ main: load.url(i + 1) })),
    );
    await until('all cameras live', async () =>
      (await station.cameras()).every((c) => c.streams.some((s) => s.kind === 'main' && s.state === 'live')),
    );
    return { cameras, token: station.token() };
  } finally {
    await station.stop();
  }
}
