import type { StreamTrouble } from '#domain/stream.ts';

/**
 * Why a stream ended or could not begin. `message` is one plain sentence for the expert: it says what was seen and what can
 * be done, and never carries a secret.
 */
export class StreamFault extends Error {
  readonly trouble: StreamTrouble;
  /** Another client (ffmpeg) may be able to take the stream. */
  readonly fallback: boolean;
  constructor(trouble: StreamTrouble, message: string, options: { fallback?: boolean; cause?: unknown } = {}) {
    super(message.slice(0, 480), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StreamFault';
    this.trouble = trouble;
    this.fallback = options.fallback ?? false;
  }
}

/** What comes from a camera, made fit for a log line or a screen: printable ASCII, at most `max` characters. */
export function printable(text: string, max = 80): string {
  const clean = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return clean.length > max ? `${clean.slice(0, max)}…` : clean;
}
