/** Tries the common RTSP paths of the usual makers at a host: few tries, and none after a refused password. */
import { invalid } from '#contract/error.ts';
import type { Clock } from '#lib/clock.ts';
import type { IngestPool } from './ingest-pool.ts';

/** Main and sub paths as printed in the makers' manuals, the most common first. */
const paths: { main: string; sub: string | null }[] = [
  { main: '/Streaming/Channels/101', sub: '/Streaming/Channels/102' },
  { main: '/cam/realmonitor?channel=1&subtype=0', sub: '/cam/realmonitor?channel=1&subtype=1' },
  { main: '/axis-media/media.amp', sub: '/axis-media/media.amp?resolution=640x360' },
  { main: '/profile1/media.smp', sub: '/profile2/media.smp' },
  { main: '/h264Preview_01_main', sub: '/h264Preview_01_sub' },
  { main: '/stream1', sub: '/stream2' },
  { main: '/live/ch00_0', sub: '/live/ch00_1' },
  { main: '/media/video1', sub: '/media/video2' },
  { main: '/11', sub: '/12' },
  { main: '/live', sub: null },
  { main: '/', sub: null },
];
const limitMs = 30_000;
const mostAtOnce = 2;

export type Guess = {
  streams: { url: string; codec: string; width: number; height: number }[];
  refused: boolean;
};

/** `host`: a name or an address, with or without a port. Throws INVALID. */
export function createGuess(deps: { pool: () => Pick<IngestPool, 'probe'>; clock: Clock }) {
  return async (input: { host: string; username: string | null; password: string | null }): Promise<Guess> => {
    const { host, username, password } = input;
    if (!/^(\[[0-9a-f:.]{2,45}\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)(:\d{1,5})?$/i.test(host))
      throw invalid('host', 'form', 'Give a host name or an address, with or without a port.');
    const untilMs = deps.clock.monoMs() + limitMs;
    const streams: Guess['streams'] = [];
    let refused = false;
    let over = false;
    const tryOne = async (path: string): Promise<boolean> => {
      const url = `rtsp://${host}${path}`;
      const outcome = await withLimit(deps.pool().probe({ url, transport: 'auto', username, password }), untilMs);
      if (outcome === null) over = true;
      else if (outcome.ok) {
        const { codec, width, height } = outcome.video;
        streams.push({ url, codec, width, height });
        return true;
      } else if (outcome.trouble === 'credentials-refused' || outcome.trouble === 'credentials-missing') {
        refused = true;
        over = true;
      } else if (['unreachable', 'timeout', 'not-rtsp', 'busy', 'tls'].includes(outcome.trouble)) over = true;
      return false;
    };
    const withLimit = async <T>(work: Promise<T>, endMs: number): Promise<T | null> => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), Math.max(0, endMs - deps.clock.monoMs()));
      });
      return Promise.race([work, end]).finally(() => clearTimeout(timer));
    };
    const waiting = [...paths];
    const work = async (): Promise<void> => {
      while (!over) {
        const next = waiting.shift();
        if (next === undefined) return;
        if (!(await tryOne(next.main))) continue;
        over = true; // the maker is known: only its small stream is left to find
        if (next.sub !== null) await tryOne(next.sub);
      }
    };
    // The first alone: a refused password or a silent host ends it after a single try.
    const first = waiting.splice(0, 1)[0];
    if (first !== undefined && (await tryOne(first.main))) {
      if (first.sub !== null) await tryOne(first.sub);
      return { streams, refused };
    }
    await Promise.all(Array.from({ length: mostAtOnce }, work));
    return { streams, refused };
  };
}
