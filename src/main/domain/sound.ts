/** What this station hears at a camera. Levels are dBFS: 0 is a sine of full scale (IEC 61606-3, AES17), as in most tools of sound. */
import { z } from 'zod';
import { StreamKind } from './stream.ts';
import { TimeMs } from './time.ts';

/** The quietest that is told, dBFS: digital silence and everything below it. */
export const floorDb = -96;
/** Levels are told of pieces of so long, ms. */
export const levelMs = 100;

const Db = z.number().min(floorDb).max(10);

/** What a person sets for one camera. Off until somebody turns it on: listening is regulated. */
export const SoundSettings = z.object({
  on: z.boolean().default(false),
  /** flat: all frequencies count alike · a: as an ear hears quiet sounds (IEC 61672-1). */
  weighting: z.enum(['flat', 'a']).default('flat'),
  /** Louder than a threshold for some time. */
  tellLoud: z.boolean().default(true),
  /** dBFS. */
  loudDb: z.number().min(-80).max(0).default(-20),
  /** It must go on for so long, ms. */
  loudMs: z.number().int().min(0).max(60_000).default(500),
  /** Louder than what is usual there, all at once. */
  tellSudden: z.boolean().default(false),
  /** Above the running background, dB. */
  suddenDb: z.number().min(6).max(60).default(20),
  tellSpeech: z.boolean().default(false),
  /** What is said is written down, where there is a model for it. */
  transcribe: z.boolean().default(false),
  /** A microphone that was heard before gives nothing any more. */
  tellSilence: z.boolean().default(false),
  /** After so long, s. */
  silenceS: z.number().int().min(5).max(3_600).default(60),
});
export type SoundSettings = z.infer<typeof SoundSettings>;

/** `rmsDb` over `levelMs`, weighted as is set; `peakDb`: the largest sample, never weighted (0: full scale). */
export const SoundLevel = z.object({ rmsDb: Db, peakDb: Db });
export type SoundLevel = z.infer<typeof SoundLevel>;

/** What goes on: `silence` is about the microphone, the others about what it hears. */
export const SoundMatter = z.enum(['loud', 'sudden', 'speech', 'silence']);
export type SoundMatter = z.infer<typeof SoundMatter>;

/** What a screen draws: pushed a few times a second while somebody looks. */
export const SoundLook = z.object({
  /** When the first of the levels begins; station time. */
  atMs: TimeMs,
  /** One for each `levelMs`, in order. */
  levels: z.array(SoundLevel).max(100),
  /** What is usual there, dBFS; null: it is being learned. */
  backgroundDb: Db.nullable(),
  /** Chance that somebody speaks, of the newest sound; null: nobody wants to know, or there is no model. */
  speech: z.number().min(0).max(1).nullable(),
  goingOn: z.array(SoundMatter).max(4),
});
export type SoundLook = z.infer<typeof SoundLook>;

/** Why a camera is not, or not wholly, listened to. */
export const SoundTrouble = z.enum([
  'audio-off', // its sound is not recorded, so it is not listened to either
  'no-stream', // no stream runs
  'no-audio', // the stream has no sound
  'no-sound-comes', // it has, and none comes
  'no-ffmpeg', // its codec needs ffmpeg
  'undecodable',
  'no-model', // speech is wanted and there is no model for it
  'model-failed',
  'busy', // the PC does not manage
]);
export type SoundTrouble = z.infer<typeof SoundTrouble>;

/** How listening goes. Counts are since the station started. */
export const SoundState = z.object({
  listening: z.boolean(),
  trouble: SoundTrouble.nullable(),
  stream: StreamKind.nullable(),
  /** RFC 6381, as of the stream. */
  codec: z.string().max(64).nullable(),
  /** Sound that was listened to, and that was left out because nobody had time, s. */
  heardS: z.number().min(0),
  droppedS: z.number().min(0),
  lastMs: TimeMs.nullable(),
});
export type SoundState = z.infer<typeof SoundState>;
