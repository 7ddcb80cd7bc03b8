/** The playback worker: reads, decodes and draws all tiles from one clock, off the page's thread. */
import type { Motion, FromWorker, Place, ToWorker } from './port.ts';
import { createLane, type Lane } from './lane.ts';
import { createMoments } from './moments.ts';
import { createReader } from './reader.ts';
import { stepFrom } from './step.ts';
import { createThumbs } from './thumbs.ts';

type Scope = {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (e: MessageEvent<ToWorker>) => void): void;
  requestAnimationFrame(callback: () => void): number;
};
const scope = globalThis as unknown as Scope;

function startWorker(): void {
  const lanes = new Map<number, Lane>();
  const asked = new Map<number, { resolve: (place: Place) => void; reject: (error: Error) => void }>();
  let nextRef = 1;
  let motion: Motion = { clock: { atMs: 0, tMs: 0, speed: 0 }, rate: 1, scrubbing: false };
  let waiting: (() => void)[] = [];
  let ticking = false;

  const reader = createReader(
    (of, atMs) =>
      new Promise<Place>((resolve, reject) => {
        const ref = nextRef++;
        asked.set(ref, { resolve, reject });
        scope.postMessage({ op: 'place', ref, cameraId: of.cameraId, stream: of.stream, atMs });
      }),
  );
  const moments = createMoments(reader);
  const thumbs = createThumbs(reader, moments, (ref, answer) => {
    scope.postMessage({ op: 'thumbed', ref, ...answer }, answer.picture ? [answer.picture] : []);
  });

  const wakeAll = (): void => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  const tick = (): void => {
    for (const lane of lanes.values()) lane.draw();
    wakeAll();
    ticking = lanes.size > 0 || waiting.length > 0;
    if (ticking) scope.requestAnimationFrame(tick);
  };
  const pulse = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (!ticking) {
        ticking = true;
        scope.requestAnimationFrame(tick);
      }
    });

  scope.addEventListener('message', ({ data }) => {
    switch (data.op) {
      case 'open': {
        const { tile, cameraId, canvas, prefer, width, height } = data;
        lanes.get(tile)?.close();
        const onState: Parameters<typeof createLane>[0]['onState'] = (state) => {
          scope.postMessage({ op: 'state', tile, state });
        };
        lanes.set(
          tile,
          createLane({ cameraId, canvas, prefer, width, height, reader, moments, motion, pulse, onState }),
        );
        void pulse();
        break;
      }
      case 'size':
        lanes.get(data.tile)?.size(data.prefer, data.width, data.height);
        break;
      case 'close':
        lanes.get(data.tile)?.close();
        lanes.delete(data.tile);
        break;
      case 'motion':
        motion = data.motion;
        for (const lane of lanes.values()) lane.motion(motion);
        wakeAll(); // what a hand does waits for no drawing of the screen
        break;
      case 'take':
        moments.prefer(data.run);
        reader.forget();
        for (const lane of lanes.values()) lane.again();
        wakeAll();
        break;
      case 'step':
        stepFrom(reader, data.cameraId, data.prefer, data.atMs, data.by).then(
          (atMs) => {
            scope.postMessage({ op: 'stepped', ref: data.ref, atMs });
          },
          () => {
            scope.postMessage({ op: 'stepped', ref: data.ref, atMs: null });
          },
        );
        break;
      case 'snapshot': {
        const answer = (picture: ImageBitmap | null, atMs: number): void => {
          scope.postMessage({ op: 'snapped', ref: data.ref, picture, atMs }, picture ? [picture] : []);
        };
        Promise.resolve(lanes.get(data.tile)?.snapshot() ?? null).then(
          (shot) => {
            answer(shot?.picture ?? null, shot?.atMs ?? 0);
          },
          () => {
            answer(null, 0);
          },
        );
        break;
      }
      case 'thumb':
        thumbs.ask(data);
        break;
      case 'placed':
        asked.get(data.ref)?.resolve(data.place);
        asked.delete(data.ref);
        break;
      case 'place-failed':
        asked.get(data.ref)?.reject(new Error(data.message));
        asked.delete(data.ref);
        break;
    }
  });
}

startWorker();
