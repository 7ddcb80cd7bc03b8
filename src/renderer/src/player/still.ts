/** Draws one key frame, as the station gives it with a tried camera. */
import type { ProbeAnswer } from '../stores/cameras.ts';

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** Decodes into the canvas, which takes the picture's size. False: this machine cannot decode it. */
export async function drawStill(
  answer: Extract<ProbeAnswer, { ok: true }>,
  canvas: HTMLCanvasElement,
): Promise<boolean> {
  const { video, picture } = answer;
  const data = bytesOf(picture.data);
  const draw = (source: CanvasImageSource, width: number, height: number): void => {
    canvas.width = width;
    canvas.height = height;
    canvas.getContext('2d', { alpha: false })?.drawImage(source, 0, 0, width, height);
  };
  if (video.codec.startsWith('mp4v') || video.codec === 'mjpeg') {
    const bitmap = await createImageBitmap(new Blob([data], { type: 'image/jpeg' }));
    draw(bitmap, bitmap.width, bitmap.height);
    bitmap.close();
    return true;
  }
  if (typeof VideoDecoder === 'undefined') return false;
  const description = bytesOf(picture.config);
  const config: VideoDecoderConfig = { codec: video.codec, ...(description.length > 0 ? { description } : {}) };
  const support = await VideoDecoder.isConfigSupported(config).catch(() => null);
  if (support?.supported !== true) return false;
  let drawn = false;
  const decoder = new VideoDecoder({
    output(frame) {
      if (!drawn) draw(frame, frame.displayWidth, frame.displayHeight);
      drawn = true;
      frame.close();
    },
    error() {
      drawn = false;
    },
  });
  try {
    decoder.configure(config);
    decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: 0, data }));
    await decoder.flush();
  } catch {
    return drawn;
  }
  decoder.close();
  return drawn;
}
