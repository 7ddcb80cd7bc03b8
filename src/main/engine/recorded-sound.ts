/** The sound of a span of a camera's recordings, as frames of its codec. */
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import type { AudioTrack } from '#media/format.ts';
import { MediaError } from '#media/media-error.ts';
import { parseFragmentHead } from '#media/mp4/read-fragment.ts';
import { readInit } from '#media/mp4/read-init.ts';
import type { Playback } from './rooms.ts';

export type RecordedSound = { track: AudioTrack; frames: { atMs: number; data: Uint8Array }[] };

/** Segments of a span that are looked at: a minute each, as a rule. */
const mostSegments = 12;
/** A fragment larger than this is not read for its sound. */
const mostBytes = 32 << 20;
const streams: readonly StreamKind[] = ['main', 'sub'];

const sameTrack = (a: AudioTrack, b: AudioTrack): boolean =>
  a.codec === b.codec &&
  a.sampleRate === b.sampleRate &&
  a.channels === b.channels &&
  a.config.length === b.config.length &&
  a.config.every((v, i) => v === b.config[i]);

/**
 * Of the first stream that has sound there. null: none has. What is in another codec than what came first is left out. Rejects as
 * `Playback.fragments` does, where the index has a segment that cannot be read.
 */
export async function recordedSound(
  playback: Pick<Playback, 'segments' | 'fragments' | 'file'>,
  { id, fromMs, toMs }: { id: CameraId; fromMs: number; toMs: number },
): Promise<RecordedSound | null> {
  for (const stream of streams) {
    const found: RecordedSound[] = [];
    for (const { startMs } of await segmentsOf(playback, id, stream, fromMs, toMs)) {
      const sound = await soundOf(playback, { id, stream, startMs, fromMs, toMs });
      if (sound !== null) found.push(sound);
    }
    const [first] = found;
    if (first === undefined) continue;
    const frames = found.filter((f) => sameTrack(f.track, first.track)).flatMap((f) => f.frames);
    // Some seconds may lie on two disks.
    let lastMs = -Infinity;
    const once = frames.filter(({ atMs }) => {
      const isNew = atMs > lastMs;
      if (isNew) lastMs = atMs;
      return isNew;
    });
    return { track: first.track, frames: once };
  }
  return null;
}

async function segmentsOf(
  playback: Pick<Playback, 'segments'>,
  id: CameraId,
  stream: StreamKind,
  fromMs: number,
  toMs: number,
): Promise<{ startMs: number }[]> {
  try {
    return await playback.segments({ id, stream, fromMs, toMs, limit: mostSegments });
  } catch (error) {
    // A camera may have no small stream.
    if (stream === 'sub') return [];
    throw error;
  }
}

async function soundOf(
  playback: Pick<Playback, 'fragments' | 'file'>,
  ask: { id: CameraId; stream: StreamKind; startMs: number; fromMs: number; toMs: number },
): Promise<RecordedSound | null> {
  const { id, stream, startMs, fromMs, toMs } = ask;
  const { fragments } = await playback.fragments({ id, stream, startMs });
  const wanted = fragments.filter(
    ([, bytes, atMs, forMs]) => bytes <= mostBytes && atMs < toMs && atMs + forMs > fromMs,
  );
  const place = wanted.length === 0 ? null : await playback.file(id, stream, startMs);
  const file = place === null ? null : await place.open();
  if (file === null) return null;
  try {
    const init = await readInit((at, length) => file.read(at, length));
    if (init.audio === null) return null;
    const frames: RecordedSound['frames'] = [];
    for (const [offset, bytes] of wanted) {
      const whole = await file.read(offset, bytes);
      const { samples, moofStart } = parseFragmentHead(whole, init);
      for (const sample of samples) {
        const atMs = sample.ptsUs / 1_000;
        const at = moofStart + sample.offset;
        if (sample.track !== 'audio' || atMs >= toMs || atMs < fromMs || at + sample.bytes > whole.length) continue;
        frames.push({ atMs, data: whole.slice(at, at + sample.bytes) });
      }
    }
    return frames.length === 0 ? null : { track: init.audio.track, frames };
  } catch (error) {
    if (error instanceof MediaError) return null;
    throw error;
  } finally {
    await file.close();
  }
}
