/**
 * The binary form of live pictures, from the ingest worker to the screen without being repacked. All numbers big-endian:
 *
 * | at | bytes | what |
 * |---|---|---|
 * | 0 | 1 | version, 1 |
 * | 1 | 1 | kind: 0 format (payload: JSON of `LiveFormat`), 1 video, 2 audio |
 * | 2 | 1 | flags: bit 0 key frame, bit 1 from the cache (older than now, shown at once) |
 * | 3 | 1 | zero |
 * | 4 | 4 | live number |
 * | 8 | 8 | presentation time, microseconds of UTC on the station's clock, IEEE 754 double holding an integer |
 * | 16 | 8 | station time at which the last packet of the unit arrived, microseconds of UTC, likewise |
 * | 24 | … | payload: length-prefixed NAL units, a JPEG, or one audio frame |
 *
 * A format frame precedes the first unit and every change of parameter sets.
 */
export const liveHeaderBytes = 24;
const version = 1;

export type LiveFrameKind = 'format' | 'video' | 'audio';
const kinds: LiveFrameKind[] = ['format', 'video', 'audio'];

export type LiveFrame = {
  kind: LiveFrameKind;
  key: boolean;
  cached: boolean;
  live: number;
  ptsUs: number;
  arrivedUs: number;
  payload: Uint8Array;
};

/** Payload of a format frame. `config` is base64 of `VideoTrack.config` / `AudioTrack.config`. */
export type LiveFormat = {
  video: { codec: 'h264' | 'h265' | 'mjpeg'; codecString: string; config: string; width: number; height: number };
  audio: {
    codec: 'aac' | 'opus' | 'pcmu' | 'pcma';
    codecString: string;
    config: string;
    sampleRate: number;
    channels: number;
  } | null;
};

/** Makes a frame in one new buffer of exactly its size, so that it can be transferred between threads. */
export function encodeLiveFrame(
  head: Omit<LiveFrame, 'payload'>,
  pieces: readonly Uint8Array[],
  bytes: number,
): ArrayBuffer {
  const buffer = new ArrayBuffer(liveHeaderBytes + bytes);
  const view = new DataView(buffer);
  view.setUint8(0, version);
  view.setUint8(1, kinds.indexOf(head.kind));
  view.setUint8(2, (head.key ? 1 : 0) | (head.cached ? 2 : 0));
  view.setUint32(4, head.live);
  view.setFloat64(8, head.ptsUs);
  view.setFloat64(16, head.arrivedUs);
  const out = new Uint8Array(buffer);
  let at = liveHeaderBytes;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return buffer;
}

/** Reads a frame; the payload is a view on the same bytes. Null for anything that is not one. */
export function decodeLiveFrame(buffer: ArrayBuffer): LiveFrame | null {
  if (buffer.byteLength < liveHeaderBytes) return null;
  const view = new DataView(buffer);
  const kind = kinds[view.getUint8(1)];
  if (view.getUint8(0) !== version || kind === undefined) return null;
  const flags = view.getUint8(2);
  return {
    kind,
    key: (flags & 1) !== 0,
    cached: (flags & 2) !== 0,
    live: view.getUint32(4),
    ptsUs: view.getFloat64(8),
    arrivedUs: view.getFloat64(16),
    payload: new Uint8Array(buffer, liveHeaderBytes),
  };
}
