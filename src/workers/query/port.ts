/** The whole public face of the query worker: reads of the index, answered on its own thread and its own connection. */
import type { StoreTrouble } from '#lib/store-error.ts';
import type { LogFields } from '#lib/log.ts';
import type { SyncQueries } from '../../main/adapters/sqlite/index.ts';

type Methods = Omit<SyncQueries, 'close' | 'readAhead'>;
export type QueryName = keyof Methods;
export type QueryArgs<N extends QueryName> = Parameters<Methods[N]>;
export type QueryValue<N extends QueryName> = ReturnType<Methods[N]>;

/** Given once, as workerData: absolute path of the database. */
export type QuerySetup = { path: string };

/** Engine to worker. */
export type QueryCommand =
  | { op: 'ask'; id: number; name: QueryName; args: unknown[] }
  /** Closes the connection and ends the thread by itself. */
  | { op: 'stop' };

/** Worker to engine. */
export type QueryReport =
  | { op: 'answer'; id: number; value: unknown }
  /** `reason` null: our own mistake. */
  | { op: 'failed'; id: number; reason: StoreTrouble | null; message: string }
  | { op: 'log'; level: 'warn' | 'error'; text: string; fields?: LogFields };
