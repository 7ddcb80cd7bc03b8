/** The worker's socket to `/api/stream`: dials again by itself, numbers requests, hands frames to who asked for them. */
import { decodeLiveFrame, type LiveFrame } from '#contract/live-frame.ts';
import { LiveNotice, type LiveRequest } from '#contract/live.ts';
import type { Aim, EndReason, VideoCodec } from './protocol.ts';

export type Watch = {
  watching(as: { transcoded: boolean; blackened: boolean }): void;
  frame(frame: LiveFrame, buffer: ArrayBuffer): void;
  /** The station slows this viewer down, or no longer. */
  dropping(keysOnly: boolean): void;
  ended(reason: EndReason): void;
};

type Open = { ref: number; aim: Aim; watch: Watch; live: number | null };

const firstDelayMs = 250;
const mostDelayMs = 3000;
const silentMs = 2000;

/** The station closes with this code when there is no session, or it ended: docs/api.md. */
const signInCode = 4401;

export function createLine(url: string, decodes: VideoCodec[], onSignIn: () => void) {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delayMs = firstDelayMs;
  let stopped = false;
  let lastRef = 0;
  let heardAtMs = performance.now();
  const open = new Map<number, Open>();
  const byLive = new Map<number, Open[]>();

  const send = (request: LiveRequest): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(request));
  };
  const ask = (o: Open): void => {
    send({ op: 'watch', ref: o.ref, cameraId: o.aim.cameraId, stream: o.aim.kind, decodes, audio: o.aim.audio });
  };
  function unlist(o: Open): void {
    if (o.live === null) return;
    const rest = (byLive.get(o.live) ?? []).filter((x) => x !== o);
    if (rest.length > 0) byLive.set(o.live, rest);
    else byLive.delete(o.live);
    o.live = null;
  }

  function notice(text: string): void {
    const parsed = LiveNotice.safeParse(JSON.parse(text));
    if (!parsed.success) return; // a newer station's notice: nothing that this page knows
    const o = open.get(parsed.data.ref);
    if (!o) return;
    switch (parsed.data.op) {
      case 'watching':
        unlist(o);
        o.live = parsed.data.live;
        byLive.set(o.live, [...(byLive.get(o.live) ?? []), o]);
        o.watch.watching(parsed.data);
        return;
      case 'dropping':
        o.watch.dropping(parsed.data.keysOnly);
        return;
      case 'ended':
        unlist(o);
        open.delete(o.ref);
        o.watch.ended(parsed.data.reason);
        return;
    }
  }

  function dial(): void {
    clearTimeout(timer);
    const ws = new WebSocket(url);
    ws.binaryType = 'arraybuffer';
    socket = ws;
    ws.addEventListener('open', () => {
      heardAtMs = performance.now();
      delayMs = firstDelayMs;
      for (const o of open.values()) ask(o);
    });
    ws.addEventListener('message', (event: MessageEvent<unknown>) => {
      heardAtMs = performance.now();
      if (typeof event.data === 'string') {
        notice(event.data);
        return;
      }
      if (!(event.data instanceof ArrayBuffer)) return;
      const frame = decodeLiveFrame(event.data);
      if (!frame) return;
      for (const o of byLive.get(frame.live) ?? []) o.watch.frame(frame, event.data);
    });
    ws.addEventListener('close', (event) => {
      if (socket !== ws) return;
      if (event.code === signInCode) onSignIn();
      socket = null;
      byLive.clear();
      for (const o of open.values()) o.live = null;
      if (stopped) return;
      timer = setTimeout(dial, delayMs * (0.5 + Math.random() / 2));
      delayMs = Math.min(mostDelayMs, delayMs * 2);
    });
  }
  dial();

  return {
    isUp: (): boolean => socket?.readyState === WebSocket.OPEN,
    /** Asks for a stream until `unwatch`; asked again by itself after every break. */
    watch(aim: Aim, watch: Watch): { pace(keysOnly: boolean): void; unwatch(): void } {
      do lastRef = (lastRef % 65_535) + 1;
      while (open.has(lastRef));
      const o: Open = { ref: lastRef, aim, watch, live: null };
      open.set(o.ref, o);
      ask(o);
      return {
        pace(keysOnly) {
          send({ op: 'pace', ref: o.ref, keysOnly });
        },
        unwatch() {
          if (!open.delete(o.ref)) return;
          unlist(o);
          send({ op: 'unwatch', ref: o.ref });
        },
      };
    },
    /** The station was away: a connection that brought nothing since may be dead without saying so. */
    revive() {
      if (stopped || performance.now() - heardAtMs < silentMs) return;
      delayMs = firstDelayMs;
      const old = socket;
      socket = null;
      old?.close();
      byLive.clear();
      for (const o of open.values()) o.live = null;
      dial();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      socket?.close();
      socket = null;
    },
  };
}
export type Line = ReturnType<typeof createLine>;
