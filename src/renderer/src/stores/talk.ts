/** Talking through a camera's loudspeaker: frames go up one socket while somebody holds the button. */
import { create } from 'zustand';
import type { Outputs } from '#contract/call.ts';
import type { CameraId } from '#domain/id.ts';
import { forEver } from '../client/index.ts';
import { station } from './line.ts';

export type TalkTrouble = 'busy' | 'line' | 'camera' | 'taken' | 'forbidden' | 'refused' | 'none' | 'insecure';

type TalkState = {
  camera: CameraId | null;
  /** asking: for the microphone · opening: the way to the camera · on: it is heard */
  phase: 'asking' | 'opening' | 'on' | null;
  /** 0 … 1 of the last 20 ms. */
  level: number;
  trouble: { camera: CameraId; is: TalkTrouble } | null;
};
export const silentTalk: TalkState = { camera: null, phase: null, level: 0, trouble: null };
export const useTalk = create<TalkState>(() => silentTalk);

export type TalkLine = { send(frame: Uint8Array<ArrayBuffer>): void; close(): void };

/** More than this waiting to be sent (a second) would come out late: it is left out. */
const mostWaitingBytes = 8000;
/** Close codes of the socket; what else ends it is the line. */
const troubles: Readonly<Record<number, TalkTrouble>> = {
  4401: 'forbidden',
  4403: 'forbidden',
  4404: 'camera',
  4409: 'taken',
  4502: 'camera',
  4503: 'camera',
};

/** The way to a camera's loudspeaker: `WS /media/talk`, frames of 160 bytes µ-law each 20 ms. `opened`: it is heard. */
export function openTalk(camera: CameraId, on: { opened(): void; failed(trouble: TalkTrouble): void }): TalkLine {
  const url = new URL(`/media/talk?camera=${camera}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(url);
  let closed = false;
  // The one notice that comes: the loudspeaker takes the sound.
  socket.onmessage = () => {
    if (!closed) on.opened();
  };
  socket.onclose = (event) => {
    if (closed) return;
    closed = true;
    on.failed(troubles[event.code] ?? 'line');
  };
  return {
    send(frame) {
      if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < mostWaitingBytes) socket.send(frame);
    },
    close() {
      closed = true;
      socket.close();
    },
  };
}

export type Talker = (Outputs['device']['talkers'] extends AsyncIteratorObject<infer T> ? T : never)[number];
/** Who talks where, on all screens. */
export const useTalkers = create<{ list: readonly Talker[] }>(() => ({ list: [] }));

/** Until `signal` aborts. Ends by a refusal with its error. */
export async function followTalkers(signal: AbortSignal): Promise<void> {
  const pushes = await station().device.talkers({}, { signal, context: forEver });
  for await (const list of pushes) useTalkers.setState({ list });
}
