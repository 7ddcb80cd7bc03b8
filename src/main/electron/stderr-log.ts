import type { Clock } from '#lib/clock.ts';
import type { Log, LogFields } from '#lib/log.ts';

/** One JSON line each on standard error, like the station's own log. */
export function createStderrLog(clock: Clock, fields: LogFields = {}): Log {
  const line = (level: string) => (text: string, more?: LogFields) => {
    process.stderr.write(
      `${JSON.stringify({ time: new Date(clock.nowMs()).toISOString(), level, text, ...fields, ...more })}\n`,
    );
  };
  return {
    debug: () => undefined,
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (more) => createStderrLog(clock, { ...fields, ...more }),
  };
}
