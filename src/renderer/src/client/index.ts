export { learnStationClock, monoMs, stationNowMs } from './clock.ts';
export { sessionCalls } from './http.ts';
export { createLine, forEver, isPassing } from './rpc.ts';
export type { Client, LineState } from './rpc.ts';
