/**
 * The only error that the media room throws. `truncated`: the bytes end too early · `malformed`: they contradict their
 * standard · `unsupported`: well formed, but nothing that Vigie records or plays · `too-large`: beyond a limit set here ·
 * `unauthentic`: encrypted, and not as it was written.
 */
export type MediaErrorCode = 'truncated' | 'malformed' | 'unsupported' | 'too-large' | 'unauthentic';

export class MediaError extends Error {
  readonly code: MediaErrorCode;
  constructor(code: MediaErrorCode, message: string) {
    super(message);
    this.name = 'MediaError';
    this.code = code;
  }
}
