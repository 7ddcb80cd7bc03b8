import { z } from 'zod';
import { StreamKind } from './stream.ts';
import { TimeMs, dayMs, hourMs } from './time.ts';

/** open: being written · sealed: closed in order · recovered: cut short by a crash, taken in up to its last whole fragment. */
export const SegmentState = z.enum(['open', 'sealed', 'recovered']);
export type SegmentState = z.infer<typeof SegmentState>;

/** live: recorded as it came · back-fill: fetched later from the camera's own card. */
export const SegmentOrigin = z.enum(['live', 'back-fill']);
export type SegmentOrigin = z.infer<typeof SegmentOrigin>;

/** A segment closes at the first key frame after this long. */
export const segmentTargetMs = 60_000;
/** … and without a key frame at the latest after this long. */
export const segmentMaxMs = 300_000;
/**
 * How long the first segment of a stream lasts, that continues none, in ms: 15 to 60 s, evenly spread over streams. Many begin at once
 * (a start, a network that comes back, another disk), and would go on to begin all their files at the same moment once a minute.
 */
export function firstSegmentMs(streamId: number): number {
  // Multiples of the golden ratio fall evenly, however many there are (Weyl).
  const part = (streamId * 0.618_033_988_749_895) % 1;
  return Math.round(segmentTargetMs * (1 - 0.75 * part));
}
/** No sample waits in memory, that of the system included, longer than this before its fragment is written. */
export const fragmentMaxMs = 900;

/** One recorded file of one stream, as clients see it. */
export const Segment = z.object({
  startMs: TimeMs,
  endMs: TimeMs,
  bytes: z.number().int().min(0),
  state: SegmentState,
  /** Number of the clock seam after which it was recorded; absent: before any. */
  seam: z.number().int().min(1).optional(),
  /** Number of the archive that it is fetched from; absent: it is on a disk of the station. */
  archive: z.number().int().optional(),
  /** Bytes of `ftyp` + `moov` at the start of the file. */
  initBytes: z.number().int().min(0),
  /** RFC 6381, video first, as in a MIME type's `codecs`. */
  codecs: z.string(),
  width: z.number().int(),
  height: z.number().int(),
});
export type Segment = z.infer<typeof Segment>;

const two = (n: number): string => String(n).padStart(2, '0');

/**
 * Where a segment lies under a volume's `video` folder, in UTC, readable by a person, with `/` between parts:
 * `gate/2026-11-22/14/main_2026-11-22_14-03-12.345Z.mp4`.
 */
export function segmentPath(folder: string, kind: StreamKind, startMs: number): string {
  const iso = new Date(startMs).toISOString();
  const day = iso.slice(0, 10);
  return `${folder}/${day}/${iso.slice(11, 13)}/${kind}_${day}_${iso.slice(11, 19).replaceAll(':', '-')}.${iso.slice(20, 23)}Z.mp4`;
}

/** The reverse of `segmentPath`; null for a path that is none. */
export function parseSegmentPath(path: string): { folder: string; kind: StreamKind; startMs: number } | null {
  const m =
    /^([a-z0-9][a-z0-9-]*)\/(\d{4}-\d\d-\d\d)\/(\d\d)\/(main|sub)_(\d{4}-\d\d-\d\d)_(\d\d)-(\d\d)-(\d\d)\.(\d{3})Z\.mp4$/.exec(
      path,
    );
  if (!m) return null;
  const startMs = Date.parse(`${m[5] ?? ''}T${m[6] ?? ''}:${m[7] ?? ''}:${m[8] ?? ''}.${m[9] ?? ''}Z`);
  if (!Number.isFinite(startMs)) return null;
  const back = { folder: m[1] ?? '', kind: StreamKind.parse(m[4]), startMs };
  return segmentPath(back.folder, back.kind, startMs) === path ? back : null;
}

/** The hour folders (`2026-11-22/14`) that can hold segments starting in [fromMs, toMs], oldest first. */
export function hourFolders(fromMs: number, toMs: number): string[] {
  const out: string[] = [];
  for (let t = Math.floor(fromMs / hourMs) * hourMs; t <= toMs; t += hourMs) {
    const d = new Date(t);
    out.push(`${d.toISOString().slice(0, 10)}/${two(d.getUTCHours())}`);
  }
  return out;
}

/** The UTC midnight at or before a time. */
export const utcDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs;
