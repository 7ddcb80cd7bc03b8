/** N cameras served by a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { SentFrame } from '../src/main/demo/mount.ts';
import type { SessionFigures } from '../src/main/demo/session.ts';

export type LoadUser = { username: string; password: string };
/** Clips as long as the small one's, to be seen in its place: who passes now and then (`watch-schedule.ts`), and who is there always. */
export type LoadPasses = { clips: string[]; stir: string };
export type LoadSetup = {
  clip: string;
  sub: string | null;
  passes: LoadPasses | null;
  cameras: number;
  user: LoadUser | null;
  keepFrames: number;
  port: number;
};
export type LoadRequest =
  | { op: 'sessions' }
  | { op: 'ended' }
  | { op: 'pause' }
  | { op: 'sent'; camera: number; kind: 'main' | 'sub' }
  | { op: 'stir' }
  | { op: 'drop'; camera: number };
export type LoadAnswer =
  | { op: 'ready'; port: number }
  | { op: 'sessions'; sessions: SessionFigures[] }
  | { op: 'sent'; frames: SentFrame[] }
  | { op: 'paused' }
  | { op: 'stirred' }
  | { op: 'dropped' };

export type Load = {
  pid: number;
  port: number;
  /** Address of camera 1 … N. */
  url(camera: number, kind?: 'main' | 'sub'): string;
  sessions(): Promise<SessionFigures[]>;
  /** Sessions that have ended since this was last asked. */
  ended(): Promise<SessionFigures[]>;
  /** The last pictures of a camera and when they were sent. */
  sent(camera: number, kind?: 'main' | 'sub'): Promise<SentFrame[]>;
  /** From now on somebody moves before every camera (`passes.stir`). */
  stir(): Promise<void>;
  /** Ends the connections of a camera at once, without a word. */
  drop(camera: number): Promise<void>;
  /** No camera sends any more; connections stay. */
  pause(): Promise<void>;
  stop(): Promise<void>;
};

export async function startLoad(options: {
  /** Clip of the main stream, and of the sub stream where the cameras have one. */
  clip: string;
  sub?: string;
  passes?: LoadPasses;
  cameras: number;
  user?: LoadUser;
  keepFrames?: number;
  port?: number;
}): Promise<Load> {
  const { clip, cameras, user = null, keepFrames = 200, port = 0 } = options;
  const { sub = null, passes = null } = options;
  const setup: LoadSetup = { clip, sub, passes, cameras, user, keepFrames, port };
  const child = fork(new URL('load-server.ts', import.meta.url), [JSON.stringify(setup)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let told: ((answer: LoadAnswer) => void) | null = null;
  let failed: ((error: Error) => void) | null = null;
  child.on('message', (message) => told?.(message as LoadAnswer));
  child.once('exit', () => failed?.(new Error('The load server ended by itself; the lines above may say why.')));
  /** One question at a time. */
  const next = (): Promise<LoadAnswer> =>
    new Promise((resolve, reject) => {
      told = resolve;
      failed = reject;
    });
  const ask = async (request: LoadRequest): Promise<LoadAnswer> => {
    const answer = next();
    child.send(request);
    return answer;
  };
  const ready = await next();
  if (ready.op !== 'ready' || child.pid === undefined) throw new Error('The load server did not start.');
  const listening = ready.port;
  return {
    pid: child.pid,
    port: listening,
    url: (camera, kind = 'main') => `rtsp://127.0.0.1:${listening}/cam/${camera}/${kind}`,
    async sessions() {
      const a = await ask({ op: 'sessions' });
      return a.op === 'sessions' ? a.sessions : [];
    },
    async ended() {
      const a = await ask({ op: 'ended' });
      return a.op === 'sessions' ? a.sessions : [];
    },
    async sent(camera, kind = 'main') {
      const a = await ask({ op: 'sent', camera, kind });
      return a.op === 'sent' ? a.frames : [];
    },
    async stir() {
      await ask({ op: 'stir' });
    },
    async drop(camera) {
      await ask({ op: 'drop', camera });
    },
    async pause() {
      await ask({ op: 'pause' });
    },
    async stop() {
      failed = null;
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
