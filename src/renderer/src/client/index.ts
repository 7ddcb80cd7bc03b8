export { learnStationClock, monoMs, stationNowMs } from './clock.ts';
export { sessionCalls } from './http.ts';
export { callOf } from './call-of.ts';
export { createLine, forEver, isPassing } from './rpc.ts';
export type { Client, LineState } from './rpc.ts';
/** A refusal by the station: code, status, message, data. */
export { ORPCError as CallError } from '@orpc/client';
