/** The live worker: the socket, the decoders and the drawing of all tiles, away from the page's thread. */
import { createLine, type Line } from './line.ts';
import { copyPainter, trackPainter, webglPainter, type Painter } from './painter.ts';
import type { Aim, FromWorker, ToWorker } from './protocol.ts';
import { createView, type View } from './view.ts';

type Scope = {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
  close(): void;
};
const scope = self as unknown as Scope;

const beatEveryMs = 250;

let line: Line | null = null;
let offsetMs = 0;
let hidden = false;
let beating: ReturnType<typeof setInterval> | undefined;
const views = new Map<number, { view: View; aim: Aim | null }>();

function addView(id: number, painter: Painter | null): void {
  if (!line) return;
  const view = createView(id, {
    line,
    painter,
    coded(frame) {
      scope.postMessage({ op: 'coded', view: id, frame }); // copied: others may show the same stream
    },
    sound(sound) {
      scope.postMessage(
        { op: 'sound', view: id, ...sound },
        sound.channels.map((c) => c.buffer),
      );
    },
    stationNowMs: () => performance.timeOrigin + performance.now() + offsetMs,
  });
  views.set(id, { view, aim: null });
}

function take(message: ToWorker): void {
  switch (message.op) {
    case 'start':
      line = createLine(message.url, message.decodes, () => {
        scope.postMessage({ op: 'sign-in' });
      });
      beating = setInterval(() => {
        if (views.size === 0) return;
        scope.postMessage({
          op: 'beats',
          lineUp: line?.isUp() ?? false,
          beats: [...views.values()].map((v) => v.view.beat()),
        });
      }, beatEveryMs);
      return;
    case 'view':
      if (message.surface === 'track') addView(message.view, trackPainter(message.writable));
      else if (message.surface === 'coded') addView(message.view, null);
      else {
        const gl = message.surface === 'webgl' ? webglPainter(message.canvas) : null;
        addView(message.view, gl ?? copyPainter(message.canvas));
      }
      return;
    case 'aim': {
      const v = views.get(message.view);
      if (!v) return;
      v.aim = message.aim;
      if (!hidden) v.view.aim(message.aim);
      return;
    }
    case 'drop':
      views.get(message.view)?.view.end();
      views.delete(message.view);
      return;
    case 'hidden':
      hidden = message.hidden;
      for (const v of views.values()) v.view.aim(hidden ? null : v.aim);
      return;
    case 'revive':
      line?.revive();
      return;
    case 'clock':
      offsetMs = message.offsetMs;
      return;
    case 'stop':
      clearInterval(beating);
      for (const v of views.values()) v.view.end();
      views.clear();
      line?.stop();
      scope.close();
  }
}

scope.addEventListener('message', (event) => {
  take(event.data);
});
