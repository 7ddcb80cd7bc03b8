/** What a fault is to who runs it, and what comes of it. */
import type { Clip } from '../../src/main/demo/clip.ts';
import type { Load } from '../load.ts';

export type FaultRun = {
  root: string;
  /** A folder of its own, gone afterwards. */
  scratch: string;
  load: Load;
  clip: Clip;
  /** How many of the load's cameras it records. */
  cameras: number;
  tries: number;
  say(text: string): void;
};

/** Of all tries and cameras together. */
export type FaultResult = {
  tries: number;
  lostMs: number;
  indexErrors: number;
  gapErrors: number;
  recoveredMs: number;
  /** What else is worth knowing, and what was wrong, in words. */
  notes: string[];
};

export type Fault = {
  name: string;
  /** What is done, in one line. */
  what: string;
  /** Tries by default, and in a quick run. */
  tries: number;
  quickTries: number;
  /** Most that may be lost of what a camera had handed over before the fault, ms. */
  allowedMs: number;
  /** A control of the method: it holds when more than that is lost. */
  mustLose?: boolean;
  /** Of cameras it needs so many at least. */
  cameras?: number;
  /** Why it cannot be had on this machine; null: it can. */
  lacking(): Promise<string | null>;
  run(run: FaultRun): Promise<FaultResult>;
};

export function holds(fault: Fault, result: FaultResult): boolean {
  if (!Number.isFinite(result.recoveredMs)) return false;
  if (fault.mustLose === true) return result.lostMs > fault.allowedMs;
  return result.lostMs <= fault.allowedMs && result.indexErrors === 0 && result.gapErrors === 0;
}
