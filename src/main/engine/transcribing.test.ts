import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Event } from '#domain/event.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { ModelId } from '#domain/model.ts';
import { systemClock } from '#lib/clock.ts';
import { quietLog } from '#lib/log.ts';
import { g711Track } from '#media/audio-track.ts';
import { waitingWork } from '../../../tests/support/waiting-work.ts';
import { createTranscribing } from './transcribing.ts';

const t0 = Date.UTC(2026, 10, 30, 14);
const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV' as EventId;
const camera = 'camera' as CameraId;

beforeEach(() => void vi.useFakeTimers({ now: t0 }));
afterEach(() => void vi.useRealTimers());

/** Three seconds of speech that have just ended, of whose recording `state.seconds` are on disk. */
function rig() {
  const state = { seconds: 1, behind: true };
  let event = { id, cameraId: camera, fromMs: t0 - 3_000, toMs: t0, look: { text: null } } as unknown as Event;
  const work = waitingWork();
  const transcribing = createTranscribing({
    ...{ clock: { ...systemClock, nowMs: () => Date.now() }, log: quietLog, wanted: () => true },
    store: {
      eventById: () => event,
      work,
    },
    events: { look: (_, look) => void (event = { ...event, look }) },
    sound: () => Promise.resolve({ track: g711Track('pcmu'), frames: [] }),
    behind: () => state.behind,
    models: () => ({ choose: () => 'm' as ModelId }),
    pool: () => ({
      submit: () => Promise.resolve({ ok: true, value: { text: `${state.seconds} s` } } as never),
      now: () => ({ givesWay: false }) as never,
    }),
    decode: () => Promise.resolve(new Float32Array(16_000)),
  });
  transcribing.start();
  transcribing.spoken(id, camera, t0);
  return { transcribing, state, text: () => event.look?.text };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('waits until all that was said is on disk, which a busy PC or a slow disk may take long for', async () => {
  const { transcribing, state, text } = rig();
  await pass(60_000);
  expect([text(), transcribing.now().waiting]).toEqual([null, 1]);
  Object.assign(state, { seconds: 3, behind: false });
  await pass(6_000);
  expect(text()).toBe('3 s');
  expect(transcribing.now()).toMatchObject({ waiting: 0, done: 1, retried: 0, failed: 0, fault: null });
  await transcribing.stop();
});

it('writes down what there is of a recording that does not come on', async () => {
  const { transcribing, text } = rig();
  await pass(4 * 60_000);
  expect(text()).toBeNull();
  await pass(70_000);
  expect(text()).toBe('1 s');
  await transcribing.stop();
});
