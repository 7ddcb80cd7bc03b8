import type { Call, Caller } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';

/** Who calls; the contract layer lets nobody else come this far, so this only tells the type checker. */
export function callerOf(call: Call): Caller {
  if (!call.caller) throw new AppError('UNAUTHENTICATED');
  return call.caller;
}
