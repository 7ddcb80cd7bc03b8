/** The checkpoint thread (see `port.ts`). */
import { setTimeout as delay } from 'node:timers/promises';
import { openCheckpointer, type Checkpointer } from '../../main/adapters/sqlite/index.ts';
import { parentChannel } from '../lib/parent.ts';
import { createRounds } from './rounds.ts';
import type { CheckpointCommand, CheckpointReport, CheckpointSetup } from './port.ts';

const parent = parentChannel<CheckpointCommand, CheckpointReport>();
const { paths } = parent.setup as CheckpointSetup;
const roundMs = 1_000;
/** What is being written when it is asked to wait is written by then. */
const settleMs = 50;

const hold = async (on: boolean): Promise<void> => {
  parent.post({ op: 'hold', on });
  if (on) await delay(settleMs);
};
const databases = paths.map((path, i) => {
  const db = openCheckpointer(path);
  return { path, db, round: i === 0 ? createRounds(db, hold) : createRounds(db) };
});
let stopping = false;

const attempt = async (path: string, work: () => unknown): Promise<void> => {
  try {
    await work();
  } catch (error) {
    parent.post({ op: 'failed', path, message: error instanceof Error ? error.message : String(error) });
  }
};
const closeAll = async (): Promise<void> => {
  const close = ({ path, db }: { path: string; db: Checkpointer }) => attempt(path, () => db.close());
  for (const one of databases) {
    await close(one);
    parent.post({ op: 'alive' });
  }
  parent.close();
};
/** Between two of them the thread hears whether it is to end. */
const turn = async (): Promise<void> => {
  timer = null;
  for (const { path, round } of databases) {
    if (stopping) break;
    await attempt(path, round);
  }
  if (stopping) await closeAll();
  else timer = setTimeout(() => void turn(), roundMs);
};
let timer: NodeJS.Timeout | null = setTimeout(() => void turn(), roundMs);

parent.onMessage(() => {
  stopping = true;
  if (timer === null) return; // the turn that is under way ends it
  clearTimeout(timer);
  timer = null;
  void closeAll();
});
