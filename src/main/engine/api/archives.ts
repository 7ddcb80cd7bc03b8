import type { Answers } from '#contract/call.ts';
import type { Archives } from '../archive-rooms.ts';
import { callerOf } from './caller.ts';

export function archivesAnswers(archives: Archives): Answers<'archives'> {
  return {
    list: () => archives.list(),
    add: ({ secret, ...settings }, call) => archives.add(settings, secret, callerOf(call)),
    change: ({ archive, secret, ...change }, call) => archives.change(archive, change, secret, callerOf(call)),
    test: ({ archive }) => archives.test(archive),
    remove: async ({ archive, loseFootage }, call) => {
      archives.remove(archive, loseFootage, callerOf(call));
      return {};
    },
    compare: ({ archive }, call) => archives.compare(archive, callerOf(call)),
    tiering: async () => archives.tiering(),
    setStation: async (rules, call) => {
      archives.setStation(rules, callerOf(call));
      return {};
    },
    setGroup: async ({ group, rules }, call) => {
      archives.setGroup(group, rules, callerOf(call));
      return {};
    },
    setCameras: async ({ cameraId, rules }, call) => {
      archives.setCameras(cameraId, rules, callerOf(call));
      return {};
    },
  };
}
