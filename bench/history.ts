/** Footage of the demo site's cameras at moments known beforehand, written with the product's own writer of segments. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { StreamKind } from '#domain/stream.ts';
import { parseSegmentPath, segmentPath } from '#domain/segment.ts';
import type { AccessUnit } from '#media/format.ts';
import { parseInit } from '#media/mp4/read-init.ts';
import type { Mp4Init } from '#media/mp4/read-init.ts';
import { bytesBeforeMoof, writeFragmentHead, writeIndex } from '#media/mp4/write-fragment.ts';
import type { KeyEntry } from '#media/mp4/write-fragment.ts';
import { writeInit } from '#media/mp4/write-init.ts';
import { aacFrameSamples, readClip } from '../src/main/demo/clip.ts';
import type { Clip } from '../src/main/demo/clip.ts';

/** Where the pictures of a recorded stream lie in time: picture n is at `originMs + n * frameMs`, its number is `n % loop`. */
export type Grid = {
  folder: string;
  kind: StreamKind;
  originMs: number;
  frameMs: number;
  loop: number;
  /** Pictures from one key frame to the next. */
  gop: number;
};

/** Pictures of a fragment: the rest of a group of pictures is another one, as the recorder cuts them. */
const fragmentPictures = 12;
const segmentMs = 60_000;

type Source = { folder: string; kind: StreamKind; init: Mp4Init; clip: Clip };

/** Streams that a demo site has begun to record under `video`, with the clips that it sends. */
function sourcesIn(video: string, clips: string): Source[] {
  const found = new Map<string, Source>();
  for (const file of readdirSync(video, { recursive: true, encoding: 'utf8' }).sort()) {
    const place = parseSegmentPath(relative(video, join(video, file)).split(sep).join('/'));
    if (place === null || found.has(`${place.folder} ${place.kind}`)) continue;
    const { folder, kind } = place;
    const init = parseInit(readFileSync(join(video, file)));
    const clip = readClip(readFileSync(join(clips, `${folder}-${kind}.mp4`)));
    found.set(`${folder} ${kind}`, { folder, kind, init, clip });
  }
  return [...found.values()];
}

const lengthPrefixed = (nals: Uint8Array[]): Uint8Array[] =>
  nals.flatMap((nal) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, nal.length);
    return [length, nal];
  });

const unit = (track: AccessUnit['track'], key: boolean, atUs: number, data: Uint8Array[]): AccessUnit => ({
  track,
  key,
  ptsUs: atUs,
  dtsUs: atUs,
  data,
  bytes: data.reduce((sum, piece) => sum + piece.length, 0),
});

/** One sealed segment: pictures [first, first + count) of a stream and the sound beside them. */
function segmentOf({ init, clip }: Source, grid: Grid, first: number, count: number): Uint8Array[] {
  const usOf = (n: number): number => Math.round((grid.originMs + n * grid.frameMs) * 1000);
  const soundUs = (aacFrameSamples * 1e6) / (clip.audio?.sampleRate ?? 1);
  const originUs = usOf(first);
  const pieces: Uint8Array[] = [writeInit(init.video.track, init.audio?.track ?? null, originUs)];
  let at = pieces[0]?.length ?? 0;
  let sequence = 0;
  const keys: KeyEntry[] = [];
  for (let n = first; n < first + count; ) {
    const group = n + grid.gop - (n % grid.gop);
    const end = Math.min(n + fragmentPictures, group, first + count);
    const video = Array.from({ length: end - n }, (_, i) => {
      const picture = clip.pictures[(n + i) % clip.pictures.length];
      return unit('video', picture?.key === true, usOf(n + i), lengthPrefixed(picture?.nals ?? []));
    });
    const frames = clip.audio?.frames ?? [];
    const from = Math.ceil((n * grid.frameMs * 1000) / soundUs);
    const to = frames.length === 0 ? from : Math.ceil((end * grid.frameMs * 1000) / soundUs);
    const audio = Array.from({ length: to - from }, (_, i) =>
      unit('audio', true, Math.round(grid.originMs * 1000 + (from + i) * soundUs), [
        frames[(from + i) % frames.length] ?? new Uint8Array(0),
      ]),
    );
    const head = writeFragmentHead({
      sequence: ++sequence,
      originUs,
      delayUs: 0,
      video,
      videoEndUs: usOf(end),
      audio,
      audioEndUs: Math.round(grid.originMs * 1000 + to * soundUs),
    });
    if (video[0]?.key === true) keys.push({ moofOffset: at + bytesBeforeMoof, timeUs: usOf(n) - originUs });
    for (const piece of [head, ...video.flatMap((u) => u.data), ...audio.flatMap((u) => u.data)]) {
      pieces.push(piece);
      at += piece.length;
    }
    n = end;
  }
  pieces.push(writeIndex(keys, 0));
  return pieces;
}

/**
 * Writes `minutes` of footage from `fromMs` on for every stream that lies under `video`; the index is to be made again after
 * it. The cameras' pictures are a quarter of a picture apart, as no two cameras' are at the same time.
 */
export function writeHistory(o: { video: string; clips: string; fromMs: number; minutes: number }): Grid[] {
  const sources = sourcesIn(o.video, o.clips);
  const folders = [...new Set(sources.map((s) => s.folder))].sort();
  return sources.map((source) => {
    const { folder, kind, clip } = source;
    const frameMs = 1000 / clip.fps;
    const gop = clip.pictures.findIndex((p, i) => i > 0 && p.key);
    const originMs = o.fromMs + (folders.indexOf(folder) * frameMs) / 4;
    const grid: Grid = { folder, kind, originMs, frameMs, loop: clip.pictures.length, gop };
    const count = Math.round(segmentMs / frameMs);
    for (let minute = 0; minute < o.minutes; minute++) {
      const startMs = Math.floor(originMs + minute * segmentMs);
      const path = join(o.video, segmentPath(folder, kind, startMs));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, Buffer.concat(segmentOf(source, grid, minute * count, count)));
    }
    return grid;
  });
}
