import type { Track } from '#media/format.ts';

/** Whether two tracks can share one segment: the same codec, configuration and size. */
export function sameTrack(a: Track | null, b: Track | null): boolean {
  if (a === b) return true;
  if (a === null || b === null || a.codecString !== b.codecString || a.config.length !== b.config.length) return false;
  if (!a.config.every((byte, i) => byte === b.config[i])) return false;
  if (a.kind === 'video') return b.kind === 'video' && a.width === b.width && a.height === b.height;
  return b.kind === 'audio' && a.sampleRate === b.sampleRate && a.channels === b.channels;
}
