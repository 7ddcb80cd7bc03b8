/** Whether somebody speaks: sound of a camera to the speech model, piece by piece in order, and its chances to what begins and ends. */
import { noSpeech, speechPresent, type Speech, type SpeechOutput } from '#domain/decide/speech-present.ts';
import type { CameraId } from '#domain/id.ts';
import type { SpeechState } from '#workers/inference/port.ts';
import type { InferencePool } from './inference.ts';
import type { SoundGiven } from './listening.ts';
import type { Models } from './model-rooms.ts';
import type { CameraRecord } from './index-port.ts';

/** A window of the model, ms, and samples of a millisecond. */
const windowMs = 32;
const perMs = 16;
/** Pieces of half a second that wait for one camera; beyond, the oldest is left out, and the model begins anew. */
const mostWaiting = 8;
/** A piece that waits for longer is of no use, ms. */
const lateMs = 4_000;

export type SpeechTrouble = 'no-model' | 'model-failed' | 'busy';
export type SpeechRoom = {
  sound(camera: CameraRecord, sound: SoundGiven): void;
  /** Chance of the newest window; null: nobody listened for speech lately. */
  chance(id: CameraId): number | null;
  trouble(id: CameraId): SpeechTrouble | null;
  /** Not listened to any more; what goes on is not told again. */
  unheard(id: CameraId): void;
};

type Heard = {
  waiting: SoundGiven[];
  asking: boolean;
  memory: SpeechState | null;
  speech: Speech;
  chance: number | null;
  trouble: SpeechTrouble | null;
};

export function createSpeech(deps: {
  pool: () => Pick<InferencePool, 'submit'>;
  models: () => Pick<Models, 'choose'>;
  told: (camera: CameraRecord, outputs: readonly SpeechOutput[]) => void;
}): SpeechRoom {
  const cameras = new Map<CameraId, Heard>();

  async function ask(camera: CameraRecord, mine: Heard): Promise<void> {
    mine.asking = true;
    for (;;) {
      const next = mine.waiting.shift();
      if (next === undefined || cameras.get(camera.id) !== mine) break;
      const modelId = deps.models().choose('speech', null);
      if (modelId === null) {
        Object.assign(mine, { trouble: 'no-model', memory: null, chance: null });
        continue;
      }
      if (!next.after) mine.memory = null;
      // Windows begin before this piece where something was left of the one before.
      const restMs = mine.memory === null ? 0 : Math.max(0, mine.memory.rest.length - 64) / perMs;
      const answer = await deps.pool().submit({
        ...{ from: camera.id, lane: null, urgency: 'usual', waitMs: lateMs, job: 'speech' },
        ask: { modelId, samples: next.samples, state: mine.memory },
      });
      if (cameras.get(camera.id) !== mine) return;
      if (!answer.ok) {
        mine.memory = null;
        mine.trouble = answer.why === 'model' || answer.why === 'model-rests' ? 'model-failed' : 'busy';
        if (answer.why === 'no-model') mine.trouble = 'no-model';
        continue;
      }
      mine.trouble = null;
      const { chances, state } = answer.value;
      mine.memory = state;
      mine.chance = chances.at(-1) ?? mine.chance;
      const outputs = chances.flatMap((chance, i) => {
        const atMs = Math.round(next.atMs - restMs + i * windowMs);
        const [speech, told] = speechPresent(mine.speech, { atMs, forMs: windowMs, chance });
        mine.speech = speech;
        return told;
      });
      if (outputs.length > 0) deps.told(camera, outputs);
    }
    mine.asking = false;
  }

  return {
    sound(camera, sound) {
      let mine = cameras.get(camera.id);
      if (mine === undefined) {
        mine = { waiting: [], asking: false, memory: null, speech: noSpeech, chance: null, trouble: null };
        cameras.set(camera.id, mine);
      }
      mine.waiting.push(sound);
      if (mine.waiting.length > mostWaiting) {
        mine.waiting.shift();
        const [first] = mine.waiting;
        // It does not follow what was asked last any more.
        if (first !== undefined) mine.waiting[0] = { ...first, after: false };
        mine.trouble = 'busy';
      }
      if (!mine.asking) void ask(camera, mine);
    },
    chance: (id) => cameras.get(id)?.chance ?? null,
    trouble: (id) => cameras.get(id)?.trouble ?? null,
    unheard(id) {
      cameras.delete(id);
    },
  };
}
