/** `vigie run`: from the data folder to the line that says it is ready, and back down again. */
import { flushCompileCache } from 'node:module';
import { systemClock } from '#lib/clock.ts';
import { compose, type Station } from './compose.ts';
import type { Environment, Places } from './config.ts';
import { openHostChannel } from './host-channel.ts';
import { createHostKeychain } from './host-keychain.ts';
import { openLog, type StationLog } from './log-file.ts';
import { logsDir, takeFolder } from './open-data.ts';
import type { Options } from './options.ts';
import { createStandardError } from './standard-error.ts';
import { StationError } from './stop-with.ts';

/** An orderly end takes less than 3 s from when all video is written; this is for when something hangs. */
const hardStopMs = 2_900;
const endLookMs = 300;
/** A terminal or a service manager tells a whole group of processes, and who started the station tells it once more: that is one asking. */
const sameAskMs = 1_000;
/** Unforeseen errors within a minute that the station lives through. */
const mostMishaps = 5;
/** Compiled code is written down when the start's own work is over, and not only at an orderly end. */
const keepCodeMs = 10_000;

/** Runs until it is asked to stop; answers with the exit code. Throws `StationError` when it cannot start. */
export async function run(options: Options, environment: Environment, places: Places): Promise<number> {
  const clock = systemClock;
  const host = openHostChannel();
  let end = (_code: number): void => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  let askedMonoMs: number | null = null;
  /** The first signal ends it in order, also during the start; one more at once, when somebody has waited for a while. */
  const onSignal = (): void => {
    askedMonoMs ??= clock.monoMs();
    if (clock.monoMs() - askedMonoMs > sameAskMs) process.exit(130);
    end(0);
  };
  const folder = await takeFolder(options.data ?? environment.dataFolder, clock, () => {
    process.stderr.write('Another station took over the data folder: this one ends.\n');
    end(1);
  });
  const stderr = createStandardError(process.stderr, (error) => {
    log.info('nobody reads standard error any more; what happens is told here', { error: error.message });
  });
  process.stdout.on('error', () => undefined); // what it says there is where it can be reached
  const log: StationLog = openLog(logsDir(folder.path), { stderr, debug: environment.debug });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  host?.onGone(() => end(0));
  /** Recording goes on whatever else fails: one mishap is written down; only a flood of them ends the station. */
  const mishaps: number[] = [];
  const fatal = (error: unknown): void => {
    const now = clock.monoMs();
    while (mishaps[0] !== undefined && now - mishaps[0] > 60_000) mishaps.shift();
    mishaps.push(now);
    const over = station === null || mishaps.length > mostMishaps;
    log.error(`something went wrong that nobody expected; the station ${over ? 'ends' : 'goes on'}`, {
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    if (over) end(1);
  };
  let station: Station | null = null;
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);

  try {
    log.info('station starts', { version: places.version, node: process.version, data: folder.path });
    const keychain = host !== null && options.keychain ? createHostKeychain(host) : null;
    station = await compose({ options, environment, places, folder, clock, log, keychain });
    const { url, fingerprint } = await station.start();
    const { recording } = station.engine;
    const { mintTicket } = station;
    host?.onRequest((request) => {
      if (request.type === 'stop') end(0);
      else if (request.type === 'ticket') host.send({ type: 'ticket', id: request.id, ticket: mintTicket() });
    });
    recording.onChange((streams) => host?.send({ type: 'recording', streams }));
    setTimeout(flushCompileCache, keepCodeMs).unref();
    host?.send({ type: 'ready', url, recording: recording.streams() });
    process.stdout.write(`Vigie is ready at ${url}\n`);
    if (fingerprint !== null)
      process.stdout.write(
        `Its certificate is self-made. Before you trust it elsewhere, compare its SHA-256 fingerprint: ${fingerprint}\n`,
      );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    host?.send({ type: 'failed', message });
    log.error('the station cannot start', { error: message });
    await log.close();
    await folder.release();
    host?.close();
    if (error instanceof StationError) throw error;
    throw new StationError(`Vigie cannot start: ${message}`, 1, { cause: error });
  }

  const code = await ended;
  const { hanging: hangs, writes } = station;
  let quietMs = 0;
  const watchdog = setInterval(() => {
    if (writes()) {
      quietMs = 0;
      host?.send({ type: 'ending' });
      return;
    }
    quietMs += endLookMs;
    if (quietMs < hardStopMs) return;
    if (hangs()) process.kill(process.pid, 'SIGKILL');
    process.exit(code === 0 ? 1 : code);
  }, endLookMs);
  try {
    await station.stop();
  } catch (error) {
    log.error('the station did not end in order', { error: String(error) });
  }
  log.info('station ended', { code });
  await log.close();
  await folder.release();
  host?.close();
  clearInterval(watchdog);
  // A call that hangs in the system keeps an orderly end for ever; all is sealed and closed by now.
  if (hangs()) process.kill(process.pid, 'SIGKILL');
  return code;
}
