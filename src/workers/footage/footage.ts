/** The worker's mind without its thread: key pictures in, pictures out, one after the other. */
import { blackenPicture, blackRuns, type BlackRuns } from '#domain/blacken.ts';
import { measureColours } from '#domain/decide/measure-colours.ts';
import type { Polygon } from '#domain/place.ts';
import type { I420 } from '#media/i420.ts';
import { writeJpeg } from '#media/jpeg-write.ts';
import { shrink } from '#media/shrink.ts';
import type { WatchDecoders } from '../../main/adapters/ffmpeg/index.ts';
import type { FootageCommand, FootageReport } from './port.ts';

const usageMs = 10_000;
const stillWidth = 960;
const quality = 75;

export function createFootage(deps: {
  decoders: Pick<WatchDecoders, 'native' | 'stop'>;
  post(report: FootageReport, transfer?: ArrayBuffer[]): void;
  /** Seconds of CPU of this thread so far. */
  cpuSeconds(): number;
}): { command(command: FootageCommand): void } {
  const { decoders, post } = deps;
  let stopped = false;
  /** Of the zones and the size that came last: a camera's pictures come in a row. */
  let black: { of: string; runs: BlackRuns } = { of: '', runs: new Uint16Array(0) };

  const blacken = (picture: I420, privacy: readonly Polygon[]): void => {
    if (privacy.length === 0) return;
    const { width, height } = picture;
    const of = JSON.stringify([width, height, privacy]);
    if (black.of !== of) black = { of, runs: blackRuns(privacy, width, height) };
    blackenPicture(picture, black.runs);
  };

  const decode = async ({ id, track, key, privacy }: Extract<FootageCommand, { op: 'decode' }>): Promise<void> => {
    try {
      const picture = await decoders.native(track, [key]);
      blacken(picture, privacy);
      if (!stopped) post({ op: 'picture', id, picture: shared(picture), message: '' });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!stopped) post({ op: 'picture', id, picture: null, message });
    }
  };

  const usage = setInterval(() => {
    post({ op: 'usage', cpuSeconds: deps.cpuSeconds() });
  }, usageMs);
  post({ op: 'ready' });

  return {
    command(command) {
      if (stopped) return;
      switch (command.op) {
        case 'decode':
          void decode(command);
          return;
        case 'encode': {
          const jpeg = writeJpeg(shrink(command.picture, command.width ?? stillWidth), quality);
          post({ op: 'jpeg', id: command.id, jpeg }, [jpeg.buffer]);
          return;
        }
        case 'measure': {
          const { id, picture, box, of } = command;
          post({ op: 'measured', id, measured: measureColours(picture, box, of) });
          return;
        }
        case 'stop':
          stopped = true;
          clearInterval(usage);
          decoders.stop();
          return;
      }
    },
  };
}

/** On memory that passes between threads without a copy. */
function shared(picture: I420): I420 {
  const data = new Uint8Array(new SharedArrayBuffer(picture.data.length));
  data.set(picture.data);
  return { ...picture, data };
}
