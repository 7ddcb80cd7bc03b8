/**
 * When somebody speaks, from the chances that a voice activity detector gives: the two thresholds and shortest times are those that the
 * authors of Silero VAD use (github.com/snakers4/silero-vad, `get_speech_timestamps`); pauses of a talk are bridged. Pure.
 */

/** Somebody speaks from this chance on, and still does down to the other. */
export const onChance = 0.5;
const offChance = onChance - 0.15;
/** A shorter pause is within a word, ms. */
const pauseMs = 100;
/** A shorter utterance is a noise, ms. */
export const speechLeastMs = 250;
/** A longer pause ends the talk, ms. */
export const talkOverMs = 3_000;

export type Speech = {
  /** The utterance that goes on: when it began, when it was sure last, what of it was sure, ms. */
  now: { fromMs: number; lastMs: number; sureMs: number } | null;
  /** The talk that was told. */
  talk: { lastMs: number } | null;
};
export const noSpeech: Speech = { now: null, talk: null };
export type SpeechOutput = { is: 'begin'; fromMs: number } | { is: 'end'; atMs: number };

/** `chance`: of the piece from `atMs` on, `forMs` long. */
export function speechPresent(
  state: Speech,
  { atMs, forMs, chance }: { atMs: number; forMs: number; chance: number },
): [Speech, SpeechOutput[]] {
  const endMs = atMs + forMs;
  const now = utterance(state.now, atMs, endMs, chance);
  if (now !== null && now.sureMs >= speechLeastMs) {
    const talk = { lastMs: now.lastMs };
    return [{ now, talk }, state.talk === null ? [{ is: 'begin', fromMs: now.fromMs }] : []];
  }
  // What may become an utterance of the same talk keeps it open.
  const quietMs = (now?.fromMs ?? endMs) - (state.talk?.lastMs ?? 0);
  if (state.talk === null || quietMs < talkOverMs) return [{ ...state, now }, []];
  return [{ now, talk: null }, [{ is: 'end', atMs: state.talk.lastMs }]];
}

function utterance(now: Speech['now'], atMs: number, endMs: number, chance: number): Speech['now'] {
  if (now === null) return chance < onChance ? null : { fromMs: atMs, lastMs: endMs, sureMs: endMs - atMs };
  if (chance >= offChance) return { ...now, lastMs: endMs, sureMs: now.sureMs + (endMs - atMs) };
  return endMs - now.lastMs >= pauseMs ? null : now;
}
