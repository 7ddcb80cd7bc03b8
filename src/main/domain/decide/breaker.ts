/**
 * The circuit breaker of a device, and of a worker and a model of the analysis: what is dead or hostile costs one try now and then and
 * nothing else, and no account is locked by asking again with a password that was refused. Pure; time comes with each input.
 */
import type { DeviceTrouble } from '../device.ts';

/** So many failures in a row open it. */
export const failuresToOpen = 3;
/** Wait after it opened, ms; doubled after each fruitless try up to the longest. */
export const firstWaitMs = 10_000;
export const longestWaitMs = 300_000;
/** Wait after a refusal of user or password, ms: a maker's usual lock counts wrong tries within minutes. */
export const refusedWaitMs = 600_000;

export type Breaker = {
  is: 'closed' | 'open' | 'half-open';
  /** Failures in a row. */
  failures: number;
  /** The device took these credentials at least once: one refusal alone may be of one operation. */
  proven: boolean;
  /** Refusals of the credentials in a row. */
  refusals: number;
  nextTryMs: number | null;
};

/** `null`: it answered. `no-word`: the call brought no word on the device (it was given up by us). `failed`: of what is no device. */
export type BreakerOutcome = DeviceTrouble | 'no-word' | 'failed' | null;

export const freshBreaker: Breaker = { is: 'closed', failures: 0, proven: false, refusals: 0, nextTryMs: null };

/** May the device be asked now? An open one lets a single try through when its wait is over. */
export function askBreaker(state: Breaker, atMs: number): [Breaker, boolean] {
  if (state.is === 'closed') return [state, true];
  if (state.is === 'half-open' || atMs < (state.nextTryMs ?? 0)) return [state, false];
  return [{ ...state, is: 'half-open', nextTryMs: null }, true];
}

/** A call ended. Calls that were under way when it opened may end later: a success then closes it, a failure changes nothing. */
export function tellBreaker(state: Breaker, outcome: BreakerOutcome, atMs: number): Breaker {
  const weight = weigh(outcome);
  if (weight === 'answered') return { ...freshBreaker, proven: true };
  if (weight === 'nothing') {
    // The one try brought no word on the device itself: the next may come at once.
    return state.is === 'half-open' ? { ...state, is: 'open', nextTryMs: atMs } : state;
  }
  if (state.is === 'open') return state;
  const failures = state.failures + 1;
  if (weight === 'refused') {
    const refusals = state.refusals + 1;
    const opens = state.is === 'half-open' || !state.proven || refusals >= 2;
    if (!opens) return { ...state, failures, refusals };
    return { ...state, is: 'open', failures, refusals, nextTryMs: atMs + refusedWaitMs };
  }
  if (state.is === 'closed' && failures < failuresToOpen) return { ...state, failures };
  return { ...state, is: 'open', failures, nextTryMs: atMs + waitMs(failures) };
}

/**
 * Its pictures have come back: the wait of an open one is over, so that what was missed is asked for at once. Not after a
 * refusal of user or password: pictures say nothing of those.
 */
export const hintBreaker = (state: Breaker, atMs: number): Breaker =>
  state.is === 'open' && state.refusals === 0
    ? { ...state, nextTryMs: Math.min(atMs, state.nextTryMs ?? atMs) }
    : state;

/** The wait after so many failures in a row, ms: 10 s, 20 s, 40 s … 5 min. */
export const waitMs = (failures: number): number =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(30, Math.max(0, failures - failuresToOpen)));

function weigh(outcome: BreakerOutcome): 'answered' | 'nothing' | 'refused' | 'failed' {
  switch (outcome) {
    case null:
    case 'unsupported':
    case 'refused':
      return 'answered'; // a clear "no" to one thing is an answer
    case 'foreign-host':
    case 'no-word':
      return 'nothing'; // ours, not the device's
    case 'credentials-missing':
    case 'credentials-refused':
    case 'locked':
      return 'refused';
    case 'unreachable':
    case 'timeout':
    case 'not-onvif':
    case 'invalid-answer':
    case 'too-large':
    case 'certificate-changed':
    case 'other-device':
    case 'tls':
    case 'busy':
    case 'failed':
      return 'failed';
  }
}
