/** Turns samples into pictures: WebCodecs for H.264 and H.265, the browser's own JPEG reader for Motion JPEG. */
import type { PictureFormat, Sample } from './demux.ts';

/** A picture and the moment it belongs to (µs of UTC). Whoever takes it closes it. */
export type Picture = { image: VideoFrame | ImageBitmap; atUs: number; endUs: number };

export type PictureDecoder = {
  /** Samples in decoding order, the first one a key. */
  decode(sample: Sample): void;
  /** Resolves when all pictures of what was given are out; the next sample must be a key. */
  flush(): Promise<void>;
  /** Drops what is under way; the next sample must be a key. */
  reset(): void;
  /** Samples given and not yet out. */
  readonly pending: number;
  close(): void;
};

const answers = new Map<string, Promise<boolean>>();

const configOf = (format: PictureFormat, software: boolean): VideoDecoderConfig => ({
  codec: format.codec,
  codedWidth: format.width,
  codedHeight: format.height,
  ...(format.config.length > 0 ? { description: format.config } : {}),
  optimizeForLatency: true,
  ...(software ? { hardwareAcceleration: 'prefer-software' as const } : {}),
});

/** Whether this machine decodes a format (with `software`: without its graphics hardware); asked once per codec and size. */
export function canDecode(format: PictureFormat, software = false): Promise<boolean> {
  if (format.kind === 'jpeg') return Promise.resolve(true);
  const key = `${format.codec} ${String(format.width)}x${String(format.height)} ${String(software)}`;
  let known = answers.get(key);
  if (!known) {
    known =
      typeof VideoDecoder === 'undefined'
        ? Promise.resolve(false)
        : VideoDecoder.isConfigSupported(configOf(format, software)).then(
            (answer) => answer.supported === true,
            () => false,
          );
    answers.set(key, known);
  }
  return known;
}

/**
 * `onPicture` owns what it is given. `onError`: nothing more comes until `reset`. `software`: its pictures lie in ordinary
 * memory, so that many may be held (a hardware decoder stops when its few surfaces are taken).
 */
export function createPictureDecoder(
  format: PictureFormat,
  software: boolean,
  onPicture: (picture: Picture) => void,
  onError: (error: Error) => void,
): PictureDecoder {
  return format.kind === 'jpeg'
    ? createJpegDecoder(onPicture, onError)
    : createVideoDecoder(format, software, onPicture, onError);
}

function createVideoDecoder(
  format: PictureFormat,
  software: boolean,
  onPicture: (picture: Picture) => void,
  onError: (error: Error) => void,
): PictureDecoder {
  let pending = 0;
  let closed = false;
  let decoder: VideoDecoder;
  const make = (): VideoDecoder => {
    const made = new VideoDecoder({
      output(frame) {
        if (closed || decoder !== made) {
          frame.close();
          return;
        }
        pending = Math.max(0, pending - 1);
        onPicture({ image: frame, atUs: frame.timestamp, endUs: frame.timestamp + (frame.duration ?? 0) });
      },
      error(cause) {
        if (decoder === made && !closed) onError(new Error(cause.message, { cause }));
      },
    });
    made.configure(configOf(format, software));
    return made;
  };
  decoder = make();
  return {
    decode(sample) {
      if (decoder.state === 'closed') decoder = make();
      pending += 1;
      decoder.decode(
        new EncodedVideoChunk({
          type: sample.key ? 'key' : 'delta',
          timestamp: sample.atUs,
          duration: sample.durationUs,
          data: sample.data,
        }),
      );
    },
    async flush() {
      const flushed = decoder;
      if (flushed.state !== 'configured') return;
      try {
        await flushed.flush();
      } catch (cause) {
        // A reset or close on the way is no failure of the pictures.
        if (decoder === flushed && !(cause instanceof DOMException && cause.name === 'AbortError')) throw cause;
      }
      if (decoder === flushed) pending = 0;
    },
    reset() {
      pending = 0;
      if (decoder.state === 'closed') decoder = make();
      else {
        decoder.reset();
        decoder.configure(configOf(format, software));
      }
    },
    get pending() {
      return pending;
    },
    close() {
      closed = true;
      if (decoder.state !== 'closed') decoder.close();
    },
  };
}

function createJpegDecoder(onPicture: (picture: Picture) => void, onError: (error: Error) => void): PictureDecoder {
  let pending = 0;
  let epoch = 0;
  let chain = Promise.resolve();
  return {
    decode(sample) {
      const mine = epoch;
      pending += 1;
      chain = chain.then(async () => {
        if (mine !== epoch) return;
        try {
          const image = await createImageBitmap(new Blob([sample.data], { type: 'image/jpeg' }));
          if (mine !== epoch) {
            image.close();
            return;
          }
          pending -= 1;
          onPicture({ image, atUs: sample.atUs, endUs: sample.atUs + sample.durationUs });
        } catch (cause) {
          if (mine === epoch) onError(cause instanceof Error ? cause : new Error(String(cause)));
        }
      });
    },
    flush: () => chain,
    reset() {
      epoch += 1;
      pending = 0;
    },
    get pending() {
      return pending;
    },
    close() {
      epoch += 1;
    },
  };
}
