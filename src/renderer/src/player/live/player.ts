/** Live pictures for the page: one worker for all tiles, one view per tile. */
import { stationNowMs } from '../../client/index.ts';
import type { Aim, Beat, FromWorker, ToWorker, VideoCodec } from './protocol.ts';
import { createCodedPlayer, type CodedPlayer } from './coded-player.ts';
import { createSpeaker } from './speaker.ts';
import { chooseSurface, createSurface, type SurfaceKind } from './surface.ts';
import LiveWorker from './worker.ts?worker';

/** The newest beat of a view and when it came, on the page's monotonic clock. */
export type Reading = { beat: Beat; atMs: number; lineUp: boolean };

export type LiveView = {
  element: HTMLElement;
  aim(aim: Aim | null): void;
  reading(): Reading | null;
  /** Told at every beat (about 4 a second). Returns the stop. */
  onBeat(listener: () => void): () => void;
  /** What is on the screen now, as JPEG; null before the first picture. */
  snapshot(): Promise<Blob | null>;
  dispose(): void;
};

export type LivePlayer = { surface: SurfaceKind; view(): LiveView; revive(): void; stop(): void };

const clockEveryMs = 10_000;
/** A short look at another tab does not stop pictures. */
const hideAfterMs = 3000;

async function whatDecodes(): Promise<VideoCodec[]> {
  if (typeof VideoDecoder === 'undefined') {
    const h265 = 'MediaSource' in globalThis && MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L120.B0"');
    return h265 ? ['h264', 'h265'] : ['h264'];
  }
  const h265 = await VideoDecoder.isConfigSupported({
    codec: 'hvc1.1.6.L120.B0',
    codedWidth: 1920,
    codedHeight: 1080,
  }).then(
    (answer) => answer.supported === true,
    () => false,
  );
  return h265 ? ['h264', 'h265', 'mjpeg'] : ['h264', 'mjpeg'];
}

function streamUrl(): string {
  const url = new URL('/api/stream', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

async function snapshotOf(element: HTMLElement): Promise<Blob | null> {
  const [source, width, height] =
    element instanceof HTMLVideoElement
      ? [element, element.videoWidth, element.videoHeight]
      : element instanceof HTMLCanvasElement
        ? [element, element.width, element.height]
        : [null, 0, 0];
  if (!source || width === 0 || height === 0) return null;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.drawImage(source, 0, 0);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.92 });
}

/** Starts the worker; `stop` ends it and all views. `onSignIn`: the station gives pictures only after a log-in. */
export function createLivePlayer(onSignIn: () => void): LivePlayer {
  const worker = new LiveWorker();
  const surface = chooseSurface();
  const post = (message: ToWorker, transfer: Transferable[] = []): void => {
    worker.postMessage(message, transfer);
  };
  const views = new Map<
    number,
    {
      heard(beat: Beat, lineUp: boolean): void;
      sound(m: Extract<FromWorker, { op: 'sound' }>): void;
      coded(f: ArrayBuffer): void;
    }
  >();
  let lastView = 0;
  let hideTimer: ReturnType<typeof setTimeout> | undefined;

  worker.addEventListener('message', (event: MessageEvent<FromWorker>) => {
    const message = event.data;
    switch (message.op) {
      case 'beats':
        for (const beat of message.beats) views.get(beat.view)?.heard(beat, message.lineUp);
        return;
      case 'sound':
        views.get(message.view)?.sound(message);
        return;
      case 'coded':
        views.get(message.view)?.coded(message.frame);
        return;
      case 'sign-in':
        onSignIn();
        return;
    }
  });

  const tellClock = (): void => {
    post({ op: 'clock', offsetMs: stationNowMs() - (performance.timeOrigin + performance.now()) });
  };
  const clockTimer = setInterval(tellClock, clockEveryMs);
  tellClock();

  const onVisibility = (): void => {
    clearTimeout(hideTimer);
    if (!document.hidden) post({ op: 'hidden', hidden: false });
    else
      hideTimer = setTimeout(() => {
        post({ op: 'hidden', hidden: true });
      }, hideAfterMs);
  };
  document.addEventListener('visibilitychange', onVisibility);

  // Views may be made at once; they reach the worker after it knows what to ask for.
  const started = whatDecodes().then((decodes) => {
    post({ op: 'start', url: streamUrl(), decodes });
  });

  return {
    surface,
    view() {
      const id = ++lastView;
      const made = createSurface(surface);
      let reading: Reading | null = null;
      let disposed = false;
      const listeners = new Set<() => void>();
      const speaker = createSpeaker();
      let listening = false;
      const player: CodedPlayer | null = made.kind === 'coded' ? createCodedPlayer(made.element) : null;
      views.set(id, {
        heard(beat, lineUp) {
          reading = { beat, atMs: performance.now(), lineUp };
          for (const listener of listeners) listener();
        },
        sound(message) {
          // What was under way when somebody muted is not played.
          if (listening) speaker.play(message.rate, message.channels);
        },
        coded(frame) {
          player?.take(frame);
        },
      });
      void started.then(() => {
        if (disposed) return;
        if (made.kind === 'track')
          post({ op: 'view', view: id, surface: 'track', writable: made.writable }, [made.writable]);
        else if (made.kind === 'coded') post({ op: 'view', view: id, surface: 'coded' });
        else post({ op: 'view', view: id, surface: made.kind, canvas: made.canvas }, [made.canvas]);
      });
      return {
        element: made.element,
        aim(aim) {
          void started.then(() => {
            if (disposed) return;
            listening = aim?.audio === true;
            if (!listening) speaker.end();
            post({ op: 'aim', view: id, aim });
          });
        },
        reading: () => reading,
        onBeat(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        snapshot: () => snapshotOf(made.element),
        dispose() {
          disposed = true;
          views.delete(id);
          listeners.clear();
          post({ op: 'drop', view: id });
          listening = false;
          speaker.end();
          player?.end();
          made.end();
        },
      };
    },
    revive() {
      post({ op: 'revive' });
    },
    stop() {
      clearInterval(clockTimer);
      clearTimeout(hideTimer);
      document.removeEventListener('visibilitychange', onVisibility);
      post({ op: 'stop' });
    },
  };
}
