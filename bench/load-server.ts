/** Process that serves the load cameras; its cost is measured apart from what is measured. Started by `load.ts`. */
import { readFileSync } from 'node:fs';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { readClip } from '../src/main/demo/clip.ts';
import { createMount } from '../src/main/demo/mount.ts';
import type { Mount } from '../src/main/demo/mount.ts';
import { packetize } from '../src/main/demo/packetize.ts';
import type { Packets } from '../src/main/demo/packetize.ts';
import { createRtspServer } from '../src/main/demo/rtsp-server.ts';
import type { SessionFigures } from '../src/main/demo/session.ts';
import type { LoadAnswer, LoadRequest, LoadSetup } from './load.ts';
import { aheadMs, passOf } from './watch-schedule.ts';

const setup = JSON.parse(process.argv[2] ?? '') as LoadSetup;
const startMs = systemClock.monoMs();

let stirs = false;

/** Other clips that the small stream of a camera shows at times. */
function viewsOf(camera: number, length: number): { packets: Packets[]; wanted: (n: number) => number } | undefined {
  if (setup.passes === null) return undefined;
  const { clips } = setup.passes;
  return {
    packets: passing,
    wanted(n) {
      if (stirs) return 1 + clips.length;
      const pass = passOf(camera, Math.floor(n / length));
      return pass === null ? 0 : 1 + pass;
    },
  };
}

/**
 * One mount per camera. Real cameras do not have their key pictures at the same time: these are spread over the GOP, or, where
 * people pass, over the loop.
 */
function mountsOf(kind: 'main' | 'sub', file: string): Mount[] {
  const clip = readClip(readFileSync(file));
  const packets = packetize(clip);
  const key = clip.pictures.findIndex((p, i) => i > 0 && p.key);
  const gopMs = ((key < 0 ? clip.pictures.length : key) * 1000) / clip.fps;
  return Array.from({ length: setup.cameras }, (_, i) => {
    const views = kind === 'sub' ? viewsOf(i + 1, clip.pictures.length) : undefined;
    const ahead = setup.passes === null ? Math.round((i * gopMs) / setup.cameras) : aheadMs(i + 1);
    return createMount({
      path: `/cam/${i + 1}/${kind}`,
      clip,
      packets,
      clock: systemClock,
      // Both streams of a camera have the same numbers at the same time.
      startMs: startMs - ahead,
      keepFrames: setup.keepFrames,
      ...(views !== undefined && { views }),
    });
  });
}

const packetsOf = (file: string): Packets => packetize(readClip(readFileSync(file)));
const passing = setup.passes === null ? [] : [...setup.passes.clips, setup.passes.stir].map(packetsOf);
const of = { main: mountsOf('main', setup.clip), sub: setup.sub === null ? [] : mountsOf('sub', setup.sub) };
const mounts = [...of.main, ...of.sub];
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
      answer({ op: 'sent', frames: of[request.kind][request.camera - 1]?.sent() ?? [] });
      return;
    case 'stir':
      stirs = true;
      answer({ op: 'stirred' });
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
