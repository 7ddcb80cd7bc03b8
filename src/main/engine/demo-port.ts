/** The demo site (station/demo-site). Types only. */

/** What `demo.start` and `demo.stop` of the contract do; the engine knows nothing of it. */
export type DemoDoor = { start(): Promise<void>; stop(): Promise<void>; running(): boolean };
