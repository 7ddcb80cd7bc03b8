import type { Answers } from '#contract/call.ts';
import type { PlateLists } from '../plate-port.ts';
import { callerOf } from './caller.ts';

export function platesAnswers(plates: PlateLists): Answers<'plates'> {
  return {
    lists: async () => plates.lists(),
    addList: async (draft, call) => plates.addList(draft, callerOf(call)),
    changeList: async ({ listId, list }, call) => plates.changeList(listId, list, callerOf(call)),
    removeList: async ({ listId }, call) => {
      plates.removeList(listId, callerOf(call));
      return {};
    },
    entries: async ({ listId, text, after, limit }) =>
      plates.entries(listId, { text: text ?? null, after: after ?? null, limit }),
    addEntry: async ({ listId, entry }, call) => plates.addEntry(listId, entry, callerOf(call)),
    changeEntry: async ({ entryId, entry }, call) => plates.changeEntry(entryId, entry, callerOf(call)),
    removeEntry: async ({ entryId }, call) => {
      plates.removeEntry(entryId, callerOf(call));
      return {};
    },
    readCsv: async ({ listId, text }) => plates.readCsv(listId, text),
    importCsv: async ({ listId, text, replace }, call) => plates.importCsv(listId, { text, replace }, callerOf(call)),
    match: async ({ text }) => plates.find(text, null),
  };
}
