/** N cameras served by a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { SentFrame } from '../src/main/demo/mount.ts';
import type { SessionFigures } from '../src/main/demo/session.ts';

export type LoadUser = { username: string; password: string };
export type LoadSetup = { clip: string; cameras: number; user: LoadUser | null; keepFrames: number; port: number };
export type LoadRequest = { op: 'sessions' } | { op: 'ended' } | { op: 'pause' } | { op: 'sent'; camera: number };
export type LoadAnswer =
  | { op: 'ready'; port: number }
  | { op: 'sessions'; sessions: SessionFigures[] }
  | { op: 'sent'; frames: SentFrame[] }
  | { op: 'paused' };

export type Load = {
  pid: number;
  port: number;
  /** Address of camera 1 … N. */
  url(camera: number): string;
  sessions(): Promise<SessionFigures[]>;
  /** Sessions that have ended since this was last asked. */
  ended(): Promise<SessionFigures[]>;
  /** The last pictures of a camera and when they were sent. */
  sent(camera: number): Promise<SentFrame[]>;
  /** No camera sends any more; connections stay. */
  pause(): Promise<void>;
  stop(): Promise<void>;
};

export async function startLoad(options: {
  clip: string;
  cameras: number;
  user?: LoadUser;
  keepFrames?: number;
  port?: number;
}): Promise<Load> {
  const { clip, cameras, user = null, keepFrames = 200, port = 0 } = options;
  const setup: LoadSetup = { clip, cameras, user, keepFrames, port };
  const child = fork(new URL('load-server.ts', import.meta.url), [JSON.stringify(setup)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const next = async (): Promise<LoadAnswer> => {
    const gone = once(child, 'exit').then(() => {
      throw new Error('The load server ended by itself; the lines above may say why.');
    });
    gone.catch(() => {
      // Told by the race; at the end of the bench nobody waits for it.
    });
    const [message] = (await Promise.race([once(child, 'message'), gone])) as [LoadAnswer];
    return message;
  };
  const ask = async (request: LoadRequest): Promise<LoadAnswer> => {
    child.send(request);
    return next();
  };
  const ready = await next();
  if (ready.op !== 'ready' || child.pid === undefined) throw new Error('The load server did not start.');
  const listening = ready.port;
  return {
    pid: child.pid,
    port: listening,
    url: (camera) => `rtsp://127.0.0.1:${listening}/cam/${camera}/main`,
    async sessions() {
      const a = await ask({ op: 'sessions' });
      return a.op === 'sessions' ? a.sessions : [];
    },
    async ended() {
      const a = await ask({ op: 'ended' });
      return a.op === 'sessions' ? a.sessions : [];
    },
    async sent(camera) {
      const a = await ask({ op: 'sent', camera });
      return a.op === 'sent' ? a.frames : [];
    },
    async pause() {
      await ask({ op: 'pause' });
    },
    async stop() {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
}
