/**
 * What a screen needs at once to show recorded moments, of all its tiles in one answer: the segment, the list of its
 * fragments, its start (`ftyp moov`), and the bytes from the key frame on, as they lie in the file.
 *
 * Asked by `GET /media/moments?of=…&of=…`; the answer is a 32-bit big-endian length, that many bytes of JSON
 * (`MomentHead[]`, in the order asked), then for each head its `initBytes` and its `bytes`.
 */
import { z } from 'zod';
import type { FragmentSpan } from '#domain/fragment.ts';
import { CameraId } from '#domain/id.ts';
import type { Segment } from '#domain/segment.ts';
import { StreamKind } from '#domain/stream.ts';
import { TimeMs } from '#domain/time.ts';

/** Asks of one request. */
export const maxMoments = 64;

export const MomentAsk = z.object({
  cameraId: CameraId,
  /** The first of them that has video at the moment is taken. */
  streams: z.array(StreamKind).min(1).max(2),
  atMs: TimeMs,
  /** `key`: the key frame nearest to the moment · `run`: all from the key frame before it up to what is shown at it. */
  what: z.enum(['key', 'run']),
  /** Start of the segment that the asker has index and start of. */
  known: TimeMs.nullable(),
  /** Where more than one clock recorded it: prefer what was recorded after this seam. */
  clock: z.number().int().min(0).optional(),
});
export type MomentAsk = z.infer<typeof MomentAsk>;

/** Null: no video at the moment, or more than fits into one answer. */
export type MomentHead = {
  stream: StreamKind;
  segment: Segment;
  /** Null: the asker knows them. */
  fragments: FragmentSpan[] | null;
  /** Which fragments `bytes` holds. */
  first: number;
  count: number;
  initBytes: number;
  bytes: number;
} | null;

/** `01J…~sub+main~1795305612345~key` or with `~1795305600000` at its end; `key@3`: prefers what was recorded after seam 3. */
export const momentText = (ask: MomentAsk): string =>
  [ask.cameraId, ask.streams.join('+'), ask.atMs, whatText(ask), ...(ask.known === null ? [] : [ask.known])].join('~');

const whatText = ({ what, clock }: MomentAsk): string => (clock === undefined ? what : `${what}@${clock}`);

/** Null for a text that is no ask. */
export function readMomentText(text: string): MomentAsk | null {
  const parts = text.split('~', 6);
  if (parts.length > 5) return null;
  const [cameraId, streams = '', atMs, asked = '', known] = parts;
  const [what, clock, more] = asked.split('@', 3);
  if (more !== undefined) return null;
  const number = (digits: string | undefined): number =>
    /^\d{1,15}$/.test(digits ?? '') ? Number(digits) : Number.NaN;
  const parsed = MomentAsk.safeParse({
    cameraId,
    streams: streams.split('+', 3),
    atMs: number(atMs),
    what,
    known: known === undefined ? null : number(known),
    ...(clock !== undefined && { clock: number(clock) }),
  });
  return parsed.success ? parsed.data : null;
}

/** An answer, ready to send. */
export function encodeMoments(heads: readonly MomentHead[], bodies: readonly Uint8Array[]): Uint8Array[] {
  // Numbers and names of codecs: nothing beyond ASCII is in them, and what a file claims beyond it is escaped.
  const json = JSON.stringify(heads).replace(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const start = new Uint8Array(4 + json.length);
  new DataView(start.buffer).setUint32(0, json.length);
  for (let i = 0; i < json.length; i++) start[4 + i] = json.charCodeAt(i);
  return [start, ...bodies];
}

const ascii = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join('');
};

/** Heads with views on their bytes. Throws for an answer that is cut off. */
export function decodeMoments(
  answer: Uint8Array<ArrayBuffer>,
): { head: MomentHead; init: Uint8Array<ArrayBuffer>; bytes: Uint8Array<ArrayBuffer> }[] {
  if (answer.length < 4) throw new RangeError('an answer about moments is too short');
  const length = new DataView(answer.buffer, answer.byteOffset).getUint32(0);
  const heads = JSON.parse(ascii(answer.subarray(4, 4 + length))) as MomentHead[];
  let at = 4 + length;
  const next = (bytes: number): Uint8Array<ArrayBuffer> => {
    at += bytes;
    if (at > answer.length) throw new RangeError('an answer about moments is cut off');
    return answer.subarray(at - bytes, at);
  };
  return heads.map((head) => ({ head, init: next(head?.initBytes ?? 0), bytes: next(head?.bytes ?? 0) }));
}
