import type { Answers } from '#contract/call.ts';
import type { Finding } from '../rooms.ts';
import { callerOf } from './caller.ts';

export function findingAnswers(finding: Finding): Answers<'finding'> {
  return {
    watch: (_, call) => finding.watch(call.signal),
    probe: async () => {
      finding.probe();
      return {};
    },
    ask: ({ hosts }, call) => finding.ask(hosts, call.signal),
    look: (input) => finding.look(input),
    guess: (input) => finding.guess(input),
    add: async ({ cameras }, call) => ({ cameras: await finding.add(cameras, callerOf(call).name) }),
    readList: async ({ text }) => finding.readList(text),
    importList: async ({ text }, call) => ({ cameras: await finding.importList(text, callerOf(call).name) }),
  };
}
