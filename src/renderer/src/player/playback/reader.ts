/** Reads recorded samples by byte range: index from the page, bytes from the station, both cached within a budget. */
import type { MomentAsk, MomentHead } from '#contract/moment.ts';
import type { CameraId } from '#domain/id.ts';
import type { StreamKind } from '#domain/stream.ts';
import { gapToleranceMs } from '#domain/gap.ts';
import type { Segment } from '#domain/segment.ts';
import { readFormat, readSamples, type PictureFormat, type Sample } from './demux.ts';
import { fragmentAt, keyFragment, runOf } from './gop-plan.ts';
import { createLru } from './lru.ts';
import type { Place, SegmentIndex } from './port.ts';
import { refusedRecording } from './refused-recording.ts';

const sampleBudgetBytes = 48 << 20;
const formatCount = 256;
/** Segments kept per stream. */
const recentCount = 24;
/** A stream known to have nothing at a moment is not asked for again this near to it. */
const absentMs = 250;

export type Asked = { cameraId: CameraId; stream: StreamKind };
export type Reader = {
  /** What there is at a moment. Segments found lately are kept. */
  place(asked: Asked, atMs: number): Promise<Place>;
  format(asked: Asked, index: SegmentIndex): Promise<PictureFormat>;
  /** Video samples of fragments [from, to), in decoding order. Rejects when aborted, missing or damaged. */
  samples(asked: Asked, index: SegmentIndex, from: number, to: number, signal?: AbortSignal): Promise<Sample[]>;
  /** Takes in what was read for a moment; views on `init` and `bytes` are kept. Throws for what cannot be read. */
  learn(ask: MomentAsk, head: NonNullable<MomentHead>, init: Bytes, bytes: Bytes): void;
  /** Whether all of a moment is at hand; else the start of its segment when index and format are, else null. */
  knows(ask: Omit<MomentAsk, 'known'>): 'all' | number | null;
  /** Forgets what there is at which moment: another recording of it is wanted. Bytes stay. */
  forget(): void;
};
type Bytes = Uint8Array<ArrayBuffer>;

const fileOf = (asked: Asked, segment: Segment): string =>
  `/media/segments/${asked.cameraId}/${asked.stream}/${String(segment.startMs)}.mp4`;

async function readRange(
  url: string,
  from: number,
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await fetch(url, {
    headers: { range: `bytes=${String(from)}-${String(from + bytes - 1)}` },
    credentials: 'same-origin',
    ...(signal ? { signal } : {}),
  });
  if (answer.status !== 206 && answer.status !== 200) throw await refusedRecording(answer);
  const body = new Uint8Array(await answer.arrayBuffer());
  const found = answer.status === 200 ? body.subarray(from, from + bytes) : body;
  if (found.length !== bytes) throw new Error('the recording is shorter than its index says');
  return found;
}

export function createReader(ask: (asked: Asked, atMs: number) => Promise<Place>): Reader {
  const formats = createLru<Promise<PictureFormat>>(formatCount);
  /** Those of them that are at hand. */
  const known = createLru<PictureFormat>(formatCount);
  const cached = createLru<Sample[]>(sampleBudgetBytes);
  const flights = new Map<string, Promise<Sample[]>>();
  const recent = new Map<string, SegmentIndex[]>();
  /** Where a stream had nothing while the camera's other one had, as last heard. */
  const absent = new Map<string, number>();
  /** Counts how often it was forgotten: what was asked before is not kept. */
  let age = 0;

  const keyOf = (asked: Asked, segment: Segment): string =>
    `${asked.cameraId}/${asked.stream}/${String(segment.startMs)}`;

  const keep = (asked: Asked, index: SegmentIndex): void => {
    const lane = `${asked.cameraId}/${asked.stream}`;
    const list = (recent.get(lane) ?? []).filter((i) => i.segment.startMs !== index.segment.startMs);
    recent.set(lane, [index, ...list].slice(0, recentCount));
  };

  const laneOf = (asked: Asked): string => `${asked.cameraId}/${asked.stream}`;
  // Of a segment that is still being written, what was listed once stays true.
  const listed = (asked: Asked, atMs: number): SegmentIndex | undefined =>
    recent.get(laneOf(asked))?.find((i) => i.segment.startMs <= atMs && atMs < knownTo(i));
  const isAbsent = (asked: Asked, atMs: number): boolean =>
    Math.abs((absent.get(laneOf(asked)) ?? Number.NEGATIVE_INFINITY) - atMs) < absentMs;

  return {
    async place(asked, atMs) {
      const near = listed(asked, atMs);
      if (near) return { kind: 'segment', index: near };
      if (isAbsent(asked, atMs)) return { kind: 'gap', prevMs: null, nextMs: null };
      const asOf = age;
      const place = await ask(asked, atMs);
      if (place.kind === 'segment' && asOf === age) keep(asked, place.index);
      return place;
    },
    async format(asked, index) {
      const key = keyOf(asked, index.segment);
      const known = formats.get(key);
      if (known) return known;
      const reading = readRange(fileOf(asked, index.segment), 0, index.segment.initBytes, undefined).then((bytes) =>
        readFormat(bytes),
      );
      formats.set(key, reading, 1);
      reading.catch(() => {
        formats.delete(key);
      });
      return reading;
    },
    async samples(asked, index, from, to, signal) {
      const base = keyOf(asked, index.segment);
      const nameOf = (i: number): string => `${base}/${String(index.fragments[i]?.[0] ?? -1)}`;
      const format = this.format(asked, index);
      format.catch(() => undefined); // told where it is waited for
      const whole = Array.from({ length: Math.max(0, to - from) }, (_, k) => from + k);
      const missing = whole.filter((i) => !cached.has(nameOf(i)) && !flights.has(nameOf(i)));
      const [first, last] = [missing[0], missing.at(-1)];
      if (first !== undefined && last !== undefined) {
        // One request for all that is missing; who asks for the same meanwhile shares it.
        const flight = readFragments(asked, index, first, last, format, signal);
        flight.catch(() => undefined);
        for (let i = first; i <= last; i++) {
          const name = nameOf(i);
          const one = flight.then((read) => read.get(i) ?? []);
          flights.set(name, one);
          one.then(
            (samples) => {
              cached.set(name, samples, (index.fragments[i]?.[1] ?? 0) + 512);
              if (flights.get(name) === one) flights.delete(name);
            },
            () => {
              if (flights.get(name) === one) flights.delete(name);
            },
          );
        }
      }
      const parts = whole.map(async (i) => cached.get(nameOf(i)) ?? (await flights.get(nameOf(i))) ?? []);
      try {
        return (await Promise.all(parts)).flat();
      } catch (error) {
        // Shared with somebody who gave up: asked again for ourselves.
        if (missing.length < whole.length && isAbort(error) && signal?.aborted !== true)
          return this.samples(asked, index, from, to, signal);
        throw error;
      }
    },
    learn(ask, head, init, bytes) {
      const asked = { cameraId: ask.cameraId, stream: head.stream };
      const fragments = head.fragments ?? listed(asked, ask.atMs)?.fragments;
      if (!fragments) return;
      const index: SegmentIndex = { segment: head.segment, fragments };
      const key = keyOf(asked, head.segment);
      let format = known.get(key);
      if (init.length > 0) {
        format = readFormat(init);
        known.set(key, format, 1);
        formats.set(key, Promise.resolve(format), 1);
      }
      if (!format) return;
      const start = fragments[head.first]?.[0] ?? 0;
      for (const row of fragments.slice(head.first, head.first + head.count)) {
        const name = `${key}/${String(row[0])}`;
        if (cached.has(name)) continue;
        const own = bytes.slice(row[0] - start, row[0] - start + row[1]);
        cached.set(name, readSamples(own, format), row[1] + 512);
      }
      keep(asked, index);
      for (const stream of ask.streams) {
        if (stream === head.stream) break;
        absent.set(laneOf({ cameraId: ask.cameraId, stream }), ask.atMs);
      }
    },
    knows({ cameraId, streams, atMs, what }) {
      for (const stream of streams) {
        const asked = { cameraId, stream };
        const index = listed(asked, atMs);
        if (!index) {
          if (isAbsent(asked, atMs)) continue;
          return null;
        }
        const key = keyOf(asked, index.segment);
        if (!known.has(key) || index.segment.state === 'open') return null;
        const { fragments } = index;
        const at = fragmentAt(fragments, atMs);
        const first = what === 'key' ? keyFragment(fragments, atMs, true) : runOf(fragments, at).from;
        const last = what === 'key' ? first : at;
        const all = fragments.slice(first, last + 1).every((row) => cached.has(`${key}/${String(row[0])}`));
        return all ? 'all' : index.segment.startMs;
      }
      return null;
    },
    forget() {
      age += 1;
      recent.clear();
      absent.clear();
    },
  };
}

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';

/** Fragments [first, last] by one request, by their index. */
async function readFragments(
  asked: Asked,
  index: SegmentIndex,
  first: number,
  last: number,
  format: Promise<PictureFormat>,
  signal: AbortSignal | undefined,
): Promise<Map<number, Sample[]>> {
  const start = index.fragments[first]?.[0] ?? 0;
  const end = (index.fragments[last]?.[0] ?? 0) + (index.fragments[last]?.[1] ?? 0);
  const bytes = await readRange(fileOf(asked, index.segment), start, end - start, signal);
  const read = new Map<number, Sample[]>();
  for (let i = first; i <= last; i++) {
    const row = index.fragments[i];
    if (!row) continue;
    // A copy, so that a kept fragment does not keep its neighbours' bytes alive.
    const own = first === last ? bytes : bytes.slice(row[0] - start, row[0] - start + row[1]);
    read.set(i, readSamples(own, await format));
  }
  return read;
}

/** End of a segment's video as its fragments tell it, ms. */
export function endOf(index: SegmentIndex): number {
  const last = index.fragments.at(-1);
  return last ? last[2] + last[3] : index.segment.startMs;
}

/** A key frame after a moment may be nearer than the one before it: groups of pictures are seldom longer than twice this. */
const lookAheadMs = 2_000;

/** Up to where a listing tells all that is needed: an open segment's has grown since. */
export const knownTo = (index: SegmentIndex): number =>
  index.segment.state === 'open' ? endOf(index) - lookAheadMs : index.segment.endMs;

/** A moment just inside what follows a segment, holes of the camera's own grain left out. */
export const afterOf = (index: SegmentIndex): number =>
  Math.max(index.segment.endMs, endOf(index)) + gapToleranceMs / 10;
