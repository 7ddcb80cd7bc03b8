/** The footage worker as who looks at recordings sees it (a search, a closer look): started when it is needed, ended when it is not. */
import type { Measured } from '#domain/decide/measure-colours.ts';
import type { Box, Polygon } from '#domain/place.ts';
import type { Log } from '#lib/log.ts';
import type { VideoTrack } from '#media/format.ts';
import type { I420 } from '#media/i420.ts';
import type { FootageReport } from '#workers/footage/port.ts';
import type { FootageWorker, StartFootageWorker } from './footage-port.ts';

const stopMs = 1_000;
/** It answers within the time that a decoder has for one picture, times what may wait before it. */
const patienceMs = 30_000;

export type FootageDecoder = {
  /** null: no picture came of it, or the worker ended. */
  decode(track: VideoTrack, key: Uint8Array, privacy: readonly Polygon[]): Promise<I420 | null>;
  /** JPEG, `width` at most (absent: 960); null: none could be made. */
  encode(picture: I420, width?: number): Promise<Uint8Array | null>;
  /** Colours of what is in the box; null: the worker ended. */
  measure(picture: I420, box: Box, of: Measured['of']): Promise<Measured | null>;
  /** Nobody needs it: the thread and its decoder end. */
  rest(): Promise<void>;
};

export function createFootageDecoder(deps: {
  log: Log;
  ffmpeg: { path: string; version: string } | null;
  startWorker: StartFootageWorker;
}): FootageDecoder {
  const { log } = deps;
  let worker: FootageWorker | null = null;
  let next = 1;
  const waiting = new Map<number, (report: FootageReport | null) => void>();

  const settle = (id: number, report: FootageReport | null): void => {
    const done = waiting.get(id);
    waiting.delete(id);
    done?.(report);
  };
  const settleAll = (): void => {
    for (const id of [...waiting.keys()]) settle(id, null);
  };
  const take = (report: FootageReport): void => {
    if (report.op === 'log') log[report.level](report.text, report.fields);
    if (report.op === 'picture' || report.op === 'jpeg' || report.op === 'measured') settle(report.id, report);
  };
  const running = (): FootageWorker | null => {
    if (worker !== null || deps.ffmpeg === null) return worker;
    worker = deps.startWorker(
      { ffmpeg: { path: deps.ffmpeg.path, version: deps.ffmpeg.version } },
      {
        message: take,
        down(why, delayMs) {
          settleAll();
          log.error('the footage worker stopped and is restarted', { why, delayMs });
        },
      },
    );
    return worker;
  };
  const ask = (post: (to: FootageWorker, id: number) => boolean): Promise<FootageReport | null> =>
    new Promise((resolve) => {
      const id = next++;
      const to = running();
      const late = setTimeout(() => {
        settle(id, null);
      }, patienceMs);
      waiting.set(id, (report) => {
        clearTimeout(late);
        resolve(report);
      });
      if (to === null || !post(to, id)) settle(id, null);
    });

  return {
    async decode(track, key, privacy) {
      const report = await ask((to, id) => to.post({ op: 'decode', id, track, key, privacy }));
      return report?.op === 'picture' ? report.picture : null;
    },
    async encode(picture, width) {
      const report = await ask((to, id) =>
        to.post({ op: 'encode', id, picture, ...(width !== undefined && { width }) }),
      );
      return report?.op === 'jpeg' ? report.jpeg : null;
    },
    async measure(picture, box, of) {
      const report = await ask((to, id) => to.post({ op: 'measure', id, picture, box, of }));
      return report?.op === 'measured' ? report.measured : null;
    },
    async rest() {
      const ending = worker;
      worker = null;
      settleAll();
      await ending?.stop({ op: 'stop' }, stopMs);
    },
  };
}
