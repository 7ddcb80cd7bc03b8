/**
 * The way pictures get to the screen, chosen once per page. Measured in Chromium 156 without a GPU (CPU of all its
 * processes per picture shown, decoding included: 0.99 ms at 640×360, 4.1 ms at 1080p):
 *
 * | path | 640×360 × 9 | 1080p × 4 |
 * |---|---|---|
 * | track generator → `<video>` | 1.8 ms | 10 ms |
 * | `VideoFrame.copyTo` RGBA + `putImageData` | 2.9 ms | 14 ms |
 * | 2D canvas `drawImage` | 5.1 ms | 22 ms |
 * | `bitmaprenderer` | 5.2 ms | |
 * | WebGL (software) | 6.9 ms | |
 *
 * A `<video>` hands the decoder's picture to the compositor as it is, with or without a GPU, so it is taken wherever there
 * is a track generator. Without one: WebGL where the GPU is real, else copying. Without WebCodecs: Media Source Extensions.
 */
export type SurfaceKind = 'track' | 'webgl' | 'copy' | 'coded';

type TrackGenerator = MediaStreamTrack & { writable: WritableStream<VideoFrame> };
type TrackGeneratorMaker = new (options: { kind: 'video' }) => TrackGenerator;

/** Chromium's; not in the DOM declarations, for it is no standard. */
const trackGenerator = (): TrackGeneratorMaker | null => {
  const maker: unknown = Reflect.get(globalThis, 'MediaStreamTrackGenerator');
  return typeof maker === 'function' ? (maker as TrackGeneratorMaker) : null;
};

function hasGpu(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return gl !== null;
}

export function chooseSurface(): SurfaceKind {
  if (typeof VideoDecoder === 'undefined') return 'coded';
  if (trackGenerator()) return 'track';
  return hasGpu() ? 'webgl' : 'copy';
}

export type Surface =
  | { kind: 'track'; element: HTMLVideoElement; writable: WritableStream<VideoFrame>; end(): void }
  | { kind: 'webgl' | 'copy'; element: HTMLCanvasElement; canvas: OffscreenCanvas; end(): void }
  | { kind: 'coded'; element: HTMLVideoElement; end(): void };

function videoElement(): HTMLVideoElement {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  video.disableRemotePlayback = true;
  video.setAttribute('aria-hidden', 'true');
  video.tabIndex = -1;
  return video;
}

export function createSurface(kind: SurfaceKind): Surface {
  if (kind === 'coded') {
    const element = videoElement();
    return {
      kind,
      element,
      end() {
        element.removeAttribute('src');
        element.load();
      },
    };
  }
  const Maker = kind === 'track' ? trackGenerator() : null;
  if (Maker) {
    const element = videoElement();
    const track = new Maker({ kind: 'video' });
    element.srcObject = new MediaStream([track]);
    return {
      kind: 'track',
      element,
      writable: track.writable,
      end() {
        element.srcObject = null;
        track.stop();
      },
    };
  }
  const element = document.createElement('canvas');
  element.setAttribute('aria-hidden', 'true');
  return { kind: kind === 'webgl' ? 'webgl' : 'copy', element, canvas: element.transferControlToOffscreen(), end() {} };
}
