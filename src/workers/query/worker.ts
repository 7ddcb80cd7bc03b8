import { systemClock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { StoreError } from '#lib/store-error.ts';
import { openQueries, type SyncQueries } from '../../main/adapters/sqlite/index.ts';
import { parentChannel } from '../lib/parent.ts';
import type { QueryCommand, QueryName, QueryReport, QuerySetup } from './port.ts';

const parent = parentChannel<QueryCommand, QueryReport>();

const log: Log = {
  debug() {},
  info() {},
  warn: (text, fields) => parent.post({ op: 'log', level: 'warn', text, ...(fields && { fields }) }),
  error: (text, fields) => parent.post({ op: 'log', level: 'error', text, ...(fields && { fields }) }),
  with: () => log,
};

/** Both sides are compiled together from one table of methods, so the arguments fit by their types. */
function ask(queries: SyncQueries, name: QueryName, args: unknown[]): unknown {
  const method = queries[name] as (...args: unknown[]) => unknown;
  return method(...args);
}

const { path } = parent.setup as QuerySetup;
const queries = openQueries(path, { clock: systemClock, log });

/** Often enough that the system does not take these pages for unused while video streams through its cache. */
const aheadEveryMs = 5 * 60_000;
let ahead: NodeJS.Immediate | null = null;
/** Between two steps questions are answered. */
function readOn(step: () => boolean): void {
  ahead = setImmediate(() => {
    try {
      if (step()) readOn(step);
    } catch (error) {
      // Whoever asks next is told what is wrong with the index; reading ahead may fail.
      log.warn('the index could not be read ahead', { error: String(error) });
    }
  });
}
const again = setInterval(() => readOn(queries.readAhead()), aheadEveryMs);
readOn(queries.readAhead());

parent.onMessage((command) => {
  switch (command.op) {
    case 'ask':
      try {
        parent.post({ op: 'answer', id: command.id, value: ask(queries, command.name, command.args) });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        parent.post({
          op: 'failed',
          id: command.id,
          reason: error instanceof StoreError ? error.reason : null,
          message,
        });
      }
      return;
    case 'stop':
      clearInterval(again);
      if (ahead !== null) clearImmediate(ahead);
      queries.close();
      parent.close();
      return;
  }
});
