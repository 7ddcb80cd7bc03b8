/**
 * Live pictures through Media Source Extensions, for browsers without WebCodecs: every picture becomes a fragment of its own,
 * and playing is kept close to the newest one. Sound is not played this way.
 */
import { decodeLiveFrame, type LiveFormat } from '#contract/live-frame.ts';
import type { VideoTrack } from '#media/format.ts';
import { writeFragmentHead } from '#media/mp4/write-fragment.ts';
import { writeInit } from '#media/mp4/write-init.ts';

export type CodedPlayer = { take(frame: ArrayBuffer): void; end(): void };

const usualFrameUs = 40_000;
/** Farther behind than this: jump to the newest picture. */
const mostBehindS = 0.6;
const keepS = 10;
/** Pieces that wait for the source buffer; beyond, all are dropped up to the next key frame. */
const mostQueued = 250;

export function createCodedPlayer(video: HTMLVideoElement): CodedPlayer {
  let source: MediaSource | null = null;
  let buffer: SourceBuffer | null = null;
  let url: string | null = null;
  let track: VideoTrack | null = null;
  let originUs: number | null = null;
  let lastUs = 0;
  let sequence = 0;
  let queue: Uint8Array<ArrayBuffer>[] = [];

  function close(): void {
    if (url !== null) URL.revokeObjectURL(url);
    source = buffer = url = originUs = null;
    queue = [];
  }

  function pump(): void {
    if (!buffer || buffer.updating || source?.readyState !== 'open') return;
    const buffered = buffer.buffered;
    if (buffered.length > 0) {
      const newest = buffered.end(buffered.length - 1);
      if (newest - video.currentTime > mostBehindS) video.currentTime = newest - 0.05;
      if (video.currentTime - buffered.start(0) > 2 * keepS) {
        buffer.remove(0, video.currentTime - keepS);
        return;
      }
    }
    const next = queue.shift();
    if (!next) return;
    try {
      buffer.appendBuffer(next);
    } catch {
      close(); // full or refused: begins anew at the next key frame
    }
  }

  function open(of: VideoTrack, atUs: number): void {
    close();
    const media = new MediaSource();
    source = media;
    url = URL.createObjectURL(media);
    originUs = atUs;
    lastUs = atUs - usualFrameUs;
    sequence = 0;
    queue = [writeInit(of, null, atUs) as Uint8Array<ArrayBuffer>];
    media.addEventListener('sourceopen', () => {
      if (source !== media) return;
      try {
        buffer = media.addSourceBuffer(`video/mp4; codecs="${of.codecString}"`);
      } catch {
        close(); // a codec that this browser does not take
        return;
      }
      buffer.addEventListener('updateend', pump);
      pump();
    });
    video.src = url;
    video.play().catch(() => undefined); // muted: only refused when the element is gone
  }

  return {
    take(bytes) {
      const frame = decodeLiveFrame(bytes);
      if (!frame || frame.kind === 'audio') return;
      if (frame.kind === 'format') {
        const format = JSON.parse(new TextDecoder().decode(frame.payload)) as LiveFormat;
        const config = Uint8Array.from(atob(format.video.config), (c) => c.charCodeAt(0));
        track = { kind: 'video', ...format.video, config };
        close();
        return;
      }
      if (!track) return;
      if (queue.length > mostQueued) close();
      if (originUs === null) {
        if (!frame.key) return;
        open(track, frame.ptsUs);
      }
      const dtsUs = Math.max(frame.ptsUs, lastUs + 1);
      const stepUs = Math.min(500_000, Math.max(1000, dtsUs - lastUs));
      lastUs = dtsUs;
      const data = frame.payload;
      const head = writeFragmentHead({
        sequence: ++sequence,
        originUs: originUs ?? frame.ptsUs,
        delayUs: 0,
        video: [{ track: 'video', key: frame.key, ptsUs: frame.ptsUs, dtsUs, data: [data], bytes: data.length }],
        videoEndUs: dtsUs + stepUs,
        audio: [],
        audioEndUs: 0,
      });
      const piece = new Uint8Array(head.length + data.length);
      piece.set(head);
      piece.set(data, head.length);
      queue.push(piece);
      pump();
    },
    end() {
      close();
      video.removeAttribute('src');
    },
  };
}
