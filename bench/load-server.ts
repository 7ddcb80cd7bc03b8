/** Process that serves the load cameras; its cost is measured apart from what is measured. Started by `load.ts`. */
import { readFileSync } from 'node:fs';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { readClip } from '../src/main/demo/clip.ts';
import { createMount } from '../src/main/demo/mount.ts';
import type { Mount } from '../src/main/demo/mount.ts';
import { packetize } from '../src/main/demo/packetize.ts';
import { createRtspServer } from '../src/main/demo/rtsp-server.ts';
import type { SessionFigures } from '../src/main/demo/session.ts';
import type { LoadAnswer, LoadRequest, LoadSetup } from './load.ts';

const setup = JSON.parse(process.argv[2] ?? '') as LoadSetup;
const startMs = systemClock.monoMs();

/** One mount per camera. Real cameras do not have their key pictures at the same time: these are spread over the GOP. */
function mountsOf(kind: 'main' | 'sub', file: string): Mount[] {
  const clip = readClip(readFileSync(file));
  const packets = packetize(clip);
  const key = clip.pictures.findIndex((p, i) => i > 0 && p.key);
  const gopMs = ((key < 0 ? clip.pictures.length : key) * 1000) / clip.fps;
  return Array.from({ length: setup.cameras }, (_, i) =>
    createMount({
      path: `/cam/${i + 1}/${kind}`,
      clip,
      packets,
      clock: systemClock,
      // Both streams of a camera have the same numbers at the same time.
      startMs: startMs - Math.round((i * gopMs) / setup.cameras),
      keepFrames: setup.keepFrames,
    }),
  );
}

const main = mountsOf('main', setup.clip);
const mounts = [...main, ...(setup.sub === null ? [] : mountsOf('sub', setup.sub))];
const { user, port } = setup;
let ended: SessionFigures[] = [];
const server = createRtspServer({
  clock: systemClock,
  log: quietLog,
  mounts,
  user,
  port,
  maxConnections: 4000,
  onSessionEnd: (figures) => ended.push(figures),
});

const answer = (message: LoadAnswer): void => {
  process.send?.(message);
};

process.on('message', (request: LoadRequest) => {
  switch (request.op) {
    case 'sessions':
      answer({ op: 'sessions', sessions: server.sessions() });
      return;
    case 'ended':
      answer({ op: 'sessions', sessions: ended });
      ended = [];
      return;
    case 'sent':
      answer({ op: 'sent', frames: main[request.camera - 1]?.sent() ?? [] });
      return;
    case 'drop':
      for (const kind of ['main', 'sub']) server.drop(`/cam/${request.camera}/${kind}`);
      answer({ op: 'dropped' });
      return;
    case 'pause':
      for (const mount of mounts) mount.stop();
      answer({ op: 'paused' });
  }
});
process.on('disconnect', () => process.exit(0));

void server.start().then((listening) => {
  for (const mount of mounts) mount.start();
  answer({ op: 'ready', port: listening });
});
