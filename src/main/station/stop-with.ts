/** A reason not to start (or not to go on) that is meant for the person: one sentence, and the exit code. */
export class StationError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StationError';
    this.exitCode = exitCode;
  }
}
