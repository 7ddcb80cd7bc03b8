/**
 * Writes down what was said in events of speech: their sound from the recordings, a model that turns it into text, and the text kept
 * with the event, where it is found by a search. Work that nobody waits for.
 */
import { cutSpeech } from '#domain/decide/cut-speech.ts';
import type { CameraId, EventId } from '#domain/id.ts';
import type { WorkItem, WorkQueueNow } from '#domain/work.ts';
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import type { EventRoom } from './events.ts';
import type { InferencePool } from './inference.ts';
import type { Models } from './model-rooms.ts';
import type { ReadStore } from './index-port.ts';
import type { RecordedSound } from './recorded-sound.ts';
import type { WorkStore } from './work-port.ts';
import { createWorkQueue, type WorkOutcome } from './work-queue.ts';

/** A day of a busy site. */
const bound = 2_000;
/** What was said last is on disk by then as a rule, ms. */
const settledMs = 10_000;
/** Where it is not (a slow disk, a busy PC), it is looked for so often, and waited for so long after it was said, ms. */
const behindAgainMs = 2_000;
const mostBehindMs = 5 * 60_000;
/** A little of what is around it, ms. */
const aroundMs = 300;
/** Of a talk that goes on for longer, its beginning, ms. */
const longestMs = 5 * 60_000;
/** The model hears so much at once, and pauses are looked for in pieces of so much; samples of 16 kHz. */
const atOnce = 20 * 16_000;
const pause = 1_600;
/** As much as an event keeps. */
const mostText = 2_000;

export type Transcribing = {
  /** Somebody spoke in an event that has ended. */
  spoken(eventId: EventId, cameraId: CameraId, toMs: number): void;
  now(): WorkQueueNow;
  start(): void;
  stop(): Promise<void>;
};

export function createTranscribing(deps: {
  clock: Clock;
  log: Log;
  store: Pick<ReadStore, 'eventById'> & { work: WorkStore };
  events: Pick<EventRoom, 'look'>;
  /** What was recorded of the sound of a span; null: nothing. */
  sound: (span: { id: CameraId; fromMs: number; toMs: number }) => Promise<RecordedSound | null>;
  /** Whether a camera is recorded, and its recordings do not reach to this moment yet. */
  behind: (id: CameraId, toMs: number) => boolean;
  /** Whether what is said at a camera is to be written down. */
  wanted: (id: CameraId) => boolean;
  models: () => Pick<Models, 'choose'>;
  pool: () => Pick<InferencePool, 'submit' | 'now'>;
  /** Frames of a span as sound of 16 kHz; null: they cannot be decoded. */
  decode: (sound: RecordedSound, fromMs: number, toMs: number) => Promise<Float32Array | null>;
}): Transcribing {
  const { clock, store } = deps;
  const model = () => deps.models().choose('transcribe', null);

  const run = async ({ eventId, cameraId }: WorkItem): Promise<WorkOutcome> => {
    const event = store.eventById(eventId);
    if (event?.look === undefined || !deps.wanted(cameraId)) return { is: 'never', why: 'it is not wanted any more' };
    if (event.toMs === null) return { is: 'yet', againMs: settledMs };
    const modelId = model();
    if (modelId === null) return { is: 'yet', againMs: settledMs };
    const fromMs = event.fromMs - aroundMs;
    const toMs = Math.min(event.toMs + aroundMs, fromMs + longestMs);
    // Half of a sentence would be kept as if it were all that was said.
    if (clock.nowMs() - toMs < mostBehindMs && deps.behind(cameraId, toMs))
      return { is: 'yet', againMs: behindAgainMs };
    const recorded = await deps.sound({ id: cameraId, fromMs, toMs });
    if (recorded === null) return { is: 'never', why: 'its sound was not recorded, or is gone' };
    const samples = await deps.decode(recorded, fromMs, toMs);
    if (samples === null) return { is: 'failed', why: 'its sound could not be decoded' };
    const texts: string[] = [];
    for (const { from, to } of cutSpeech(samples, atOnce, pause)) {
      const answer = await deps.pool().submit({
        ...{ from: cameraId, lane: null, urgency: 'idle', waitMs: null, job: 'transcribe' },
        ask: { modelId, samples: samples.slice(from, to) },
      });
      if (!answer.ok) return answer.why === 'stopping' ? { is: 'stopped' } : { is: 'failed', why: answer.detail };
      if (answer.value.text !== '') texts.push(answer.value.text);
    }
    // What else is known of it may be more by now: its picture.
    const look = store.eventById(eventId)?.look;
    if (look !== undefined && texts.length > 0)
      deps.events.look(eventId, { ...look, text: texts.join(' ').slice(0, mostText) });
    return { is: 'done' };
  };
  const queue = createWorkQueue({
    ...{ kind: 'transcription', clock, log: deps.log, store: store.work, bound, run },
    hold: () => (model() === null ? 'no-model' : deps.pool().now().givesWay ? 'strained' : null),
  });

  return {
    spoken(eventId, cameraId, toMs) {
      if (deps.wanted(cameraId)) queue.add(eventId, cameraId, Math.max(toMs, clock.nowMs()) + settledMs);
    },
    now: queue.now,
    start: queue.start,
    stop: queue.stop,
  };
}
