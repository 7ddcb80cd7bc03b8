/** Frames of recorded sound as samples of 16 kHz, each in its place of a span; where there are none it is silent. */
import type { AudioTrack } from '#media/format.ts';
import type { SoundDecoders } from '../../main/adapters/ffmpeg/index.ts';
import { lawOf, openG711, soundRate } from './decoder.ts';

export type SoundFrame = { atMs: number; data: Uint8Array };
type Piece = { atMs: number; samples: Float32Array };

const perMs = soundRate / 1_000;
/** Times of pieces tremble; one that is further off than this does not follow the one before, ms. */
const seamMs = 250;

/** Rejects where ffmpeg is needed and is not there, or gives nothing. `toMs` − `fromMs`: ten minutes at most. */
export async function decodeSpan(
  deps: { decoders: SoundDecoders | null },
  { track, frames, fromMs, toMs }: { track: AudioTrack; frames: readonly SoundFrame[]; fromMs: number; toMs: number },
): Promise<Float32Array<ArrayBuffer>> {
  const out = new Float32Array(Math.max(0, Math.min(600_000, Math.ceil(toMs - fromMs))) * perMs);
  let next: number | null = null;
  for (const { atMs, samples } of await piecesOf(deps.decoders, track, frames)) {
    const own = Math.round((atMs - fromMs) * perMs);
    const at: number = next !== null && Math.abs(own - next) <= seamMs * perMs ? next : own;
    const skip = Math.max(0, -at);
    if (at < out.length && skip < samples.length)
      out.set(samples.subarray(skip, skip + out.length - at - skip), at + skip);
    next = at + samples.length;
  }
  return out;
}

async function piecesOf(
  decoders: SoundDecoders | null,
  track: AudioTrack,
  frames: readonly SoundFrame[],
): Promise<Piece[]> {
  const law = lawOf(track);
  if (law === null) {
    if (decoders === null) throw new Error(`${track.codec} is decoded by ffmpeg, and there is none`);
    return decoders.decode(track, frames);
  }
  const pieces: Piece[] = [];
  const decoder = openG711(track, law, (atMs, samples) => pieces.push({ atMs, samples }));
  for (const { atMs, data } of frames) decoder.push(atMs, data);
  return pieces;
}
