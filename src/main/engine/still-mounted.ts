import type { Clock } from '#lib/clock.ts';
import type { SegmentFiles } from './segment-file-port.ts';
import type { VolumeRoom } from './volumes.ts';

/** What was seen holds for a moment: many files are asked for one after the other. */
const holdsMs = 2_000;

/** Whether a volume's own mark is in its place right now: what is missing on it is lost then, and not away. Rejects with the system's error. */
export function createStillMounted({ volumes, clock }: { volumes: Pick<VolumeRoom, 'seen'>; clock: Clock }) {
  const seen = new Map<number, { is: boolean; atMs: number }>();
  return async (volume: number, files: Pick<SegmentFiles, 'space'>): Promise<boolean> => {
    const last = seen.get(volume);
    if (last !== undefined && clock.monoMs() - last.atMs < holdsMs) return last.is;
    const known = volumes.seen().find((v) => v.row.volume === volume)?.row.mark ?? null;
    const { mark } = await files.space();
    const is = mark !== null && (known === null || mark === known);
    seen.set(volume, { is, atMs: clock.monoMs() });
    return is;
  };
}
