/** What every room logs through; one line each, structured, never a secret. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;
export type Log = {
  debug(text: string, fields?: LogFields): void;
  info(text: string, fields?: LogFields): void;
  warn(text: string, fields?: LogFields): void;
  error(text: string, fields?: LogFields): void;
  /** The same log with fields that every line of it carries. */
  with(fields: LogFields): Log;
};

/** Takes everything and says nothing; for tests that do not look at the log. */
export const quietLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  with: () => quietLog,
};
