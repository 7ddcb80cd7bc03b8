/** The whole public face of the checkpoint worker: takes the logs of the station's databases into them, so that no other thread waits for that. */

/** Given once, as workerData: absolute paths of databases that are there; of the first one the station can hold back what may wait. */
export type CheckpointSetup = { paths: string[] };

/** Station to worker. */
export type CheckpointCommand =
  /** Takes over what is left, closes all, and ends the thread by itself. */
  { op: 'stop' };

/** Worker to station. */
export type CheckpointReport =
  /** One step is done. */
  | { op: 'alive' }
  /** Whether what may wait is to wait, so that the log of the first database can be begun anew: while it is written to it never ends. */
  | { op: 'hold'; on: boolean }
  | { op: 'failed'; path: string; message: string };
