/** What is heard of one stream: sound of 16 kHz in, levels and what begins and ends out. Knows no thread and no port. */
import { freshSilence, silence, wasHeard, type Silence } from '#domain/decide/sound-silence.ts';
import { freshSudden, knownBackground, sudden, type Sudden } from '#domain/decide/sound-sudden.ts';
import { loud, notLoud, type LevelOutput, type Loud } from '#domain/decide/sound-loud.ts';
import { floorDb, levelMs, type SoundLevel } from '#domain/sound.ts';
import { createAWeighting } from '#media/a-weighting.ts';
import { meanSquareDb, meanSquareOf, peakDbOf, peakOf } from '#media/sound-level.ts';
import { soundRate } from './decoder.ts';
import type { HeardEvent, ListenOrder } from './port.ts';

const perMs = soundRate / 1_000;
const windowSamples = levelMs * perMs;
/** Times of pieces tremble; one that is further off than this begins anew, ms. */
const seamMs = 250;

type Wanted = Pick<ListenOrder, 'weighting' | 'loud' | 'sudden' | 'silence'>;

export type Ear = {
  /** Wants to know other things from now on. */
  want(wanted: Wanted): void;
  /** The next sound; `atMs`: of its first sample. Answers whether it follows the one before without a hole. */
  take(atMs: number, samples: Float32Array): boolean;
  /** No sound came up to now. */
  nothing(atMs: number): void;
  /** What was heard since the last time. */
  told(): { atMs: number; levels: SoundLevel[]; events: HeardEvent[] };
  waitingLevels(): number;
  waitingEvents(): number;
  backgroundDb(): number | null;
  heard(): boolean;
};

/** `heard`: its microphone was heard in an earlier run. */
export function createEar(heard: boolean, first: Wanted): Ear {
  let wanted = first;
  let weigh = createAWeighting(soundRate);
  let rest = new Float32Array(0);
  /** When the first of `rest` was. null: nothing came yet. */
  let restMs: number | null = null;
  const is: { loud: Loud; sudden: Sudden; silence: Silence } = {
    loud: notLoud,
    sudden: freshSudden,
    silence: freshSilence(heard),
  };
  let quietFromMs: number | null = null;
  let levels: SoundLevel[] = [];
  let levelsMs = 0;
  let events: HeardEvent[] = [];

  const note = (matter: 'loud' | 'sudden', outputs: readonly LevelOutput[]): void => {
    for (const output of outputs) events.push({ matter, ...output });
  };
  const mute = (atMs: number, forMs: number, levelDb: number | null): void => {
    const { silence: want } = wanted;
    // Whether it was heard is learned also while nobody wants to be told.
    const minMs = want?.minMs ?? Number.POSITIVE_INFINITY;
    const [next, outputs] = silence(is.silence, { atMs, forMs, levelDb, minMs });
    is.silence = next;
    for (const output of outputs) events.push({ matter: 'silence', ...output, peakDb: null });
  };
  const close = (matter: 'loud' | 'sudden', atMs: number): void => {
    if (matter === 'loud') {
      if (is.loud.told) events.push({ matter, is: 'end', atMs: is.loud.lastMs, peakDb: is.loud.peakDb });
      is.loud = notLoud;
      return;
    }
    const { open } = is.sudden;
    if (open !== null) events.push({ matter, is: 'end', atMs: Math.min(atMs, open.lastMs), peakDb: open.peakDb });
    is.sudden = { ...is.sudden, open: null };
  };
  const window = (atMs: number, samples: Float32Array): void => {
    const flatDb = meanSquareDb(meanSquareOf(samples), floorDb);
    const peakDb = peakDbOf(peakOf(samples), floorDb);
    const weighted = weigh(samples);
    const rmsDb = wanted.weighting === 'a' ? meanSquareDb(meanSquareOf(weighted), floorDb) : flatDb;
    if (levels.length === 0) levelsMs = atMs;
    levels.push({ rmsDb, peakDb });
    const step = { atMs, forMs: levelMs, levelDb: rmsDb };
    if (wanted.loud !== null) {
      const [next, outputs] = loud(is.loud, { ...step, ...wanted.loud });
      is.loud = next;
      note('loud', outputs);
    }
    // Its background is shown also where nobody wants to be told.
    const [next, outputs] = sudden(is.sudden, { ...step, riseDb: wanted.sudden?.riseDb ?? Number.POSITIVE_INFINITY });
    is.sudden = next;
    note('sudden', outputs);
    mute(atMs, levelMs, flatDb);
  };

  return {
    want(next) {
      const { weighting, silence: before } = wanted;
      wanted = next;
      const nowMs = restMs ?? 0;
      if (next.loud === null) close('loud', nowMs);
      if (next.sudden === null) close('sudden', nowMs);
      if (next.silence === null && before !== null && is.silence.told)
        events.push({ matter: 'silence', is: 'end', atMs: nowMs, peakDb: null });
      if (next.silence === null) is.silence = { ...is.silence, told: false, fromMs: null };
      if (weighting === next.weighting) return;
      weigh = createAWeighting(soundRate);
      is.sudden = { ...freshSudden, open: is.sudden.open };
    },
    take(atMs, samples) {
      quietFromMs = null;
      const due = restMs === null ? null : restMs + rest.length / perMs;
      const follows = due !== null && Math.abs(atMs - due) <= seamMs;
      if (!follows) rest = new Float32Array(0);
      const all = new Float32Array(rest.length + samples.length);
      all.set(rest);
      all.set(samples, rest.length);
      let from = atMs - rest.length / perMs;
      let at = 0;
      for (; at + windowSamples <= all.length; at += windowSamples) {
        window(Math.round(from), all.subarray(at, at + windowSamples));
        from += levelMs;
      }
      rest = all.slice(at);
      restMs = from;
      return follows;
    },
    nothing(atMs) {
      const from = quietFromMs ?? (restMs === null ? atMs : restMs + rest.length / perMs);
      quietFromMs = Math.max(from, atMs);
      if (atMs > from) mute(from, atMs - from, null);
    },
    told() {
      const told = { atMs: levelsMs, levels, events };
      levels = [];
      events = [];
      return told;
    },
    waitingLevels: () => levels.length,
    waitingEvents: () => events.length,
    backgroundDb: () => knownBackground(is.sudden),
    heard: () => wasHeard(is.silence),
  };
}
