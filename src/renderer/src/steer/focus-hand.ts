/** The lens held near or far: renewed while held, as steering is. */
import type { CameraId } from '#domain/id.ts';
import { moveFocus } from '../stores/device.ts';
import { createDeadMan } from './dead-man.ts';

/** `hold` moves the lens until its answer is called. */
export const focusOf = (id: CameraId): { hold(speed: number): () => void } => ({
  hold(speed) {
    const deadMan = createDeadMan<number>({
      go: (v) => moveFocus(id, v),
      stop: () => moveFocus(id, 0),
      same: (a, b) => a === b,
    });
    deadMan.hold(speed);
    return deadMan.end;
  },
});
