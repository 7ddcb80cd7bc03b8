import type { Answers } from '#contract/call.ts';
import type { Events } from '../rooms.ts';
import { callerOf } from './caller.ts';

export function eventsAnswers(events: Events): Answers<'events'> {
  return {
    list: (input) => events.list(input),
    create: async (input, call) => events.post(input, callerOf(call).name),
    why: async ({ id }) => events.why(id),
    watch: (_, call) => events.watch(call.lastEventId, call.signal),
  };
}
