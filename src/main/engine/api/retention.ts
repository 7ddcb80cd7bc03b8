import type { Answers } from '#contract/call.ts';
import type { Bookmarks, Holds, Retention } from '../retention-rooms.ts';
import { callerOf } from './caller.ts';

export function retentionAnswers(retention: Retention): Answers<'retention'> {
  return {
    state: async () => retention.state(),
    setStation: async (said, call) => {
      retention.setStation(said, callerOf(call));
      return {};
    },
    setCamera: async ({ id, retention: said }, call) => {
      retention.setCamera(id, said, callerOf(call));
      return {};
    },
    unsetCamera: async ({ id }, call) => {
      retention.setCamera(id, null, callerOf(call));
      return {};
    },
    deletions: async ({ cameraId = [], reason = [], fromMs, toMs, before, limit }) => {
      const found = retention.deletions({
        cameraIds: cameraId,
        reasons: reason,
        fromMs: fromMs ?? null,
        toMs: toMs ?? null,
        before: before ?? null,
        limit: limit + 1,
      });
      return { deletions: found.slice(0, limit), more: found.length > limit };
    },
    erase: async ({ cameraId, stream, fromMs, toMs, reason }, call) => {
      retention.erase({ cameraIds: cameraId, stream, fromMs, toMs, why: reason }, callerOf(call));
      return {};
    },
  };
}

export function holdsAnswers(holds: Holds): Answers<'holds'> {
  return {
    list: async () => holds.list(),
    place: async (draft, call) => holds.place(draft, callerOf(call)),
    change: async ({ id, ...change }, call) => holds.change(id, change, callerOf(call)),
    lift: async ({ id, reason }, call) => holds.lift(id, reason, callerOf(call)),
  };
}

export function bookmarksAnswers(bookmarks: Bookmarks): Answers<'bookmarks'> {
  return {
    list: async ({ cameraId = [], fromMs, toMs, before, limit }) =>
      bookmarks.list({
        cameraIds: cameraId,
        fromMs: fromMs ?? null,
        toMs: toMs ?? null,
        before: before ?? null,
        limit,
      }),
    add: async (draft, call) => bookmarks.add(draft, callerOf(call)),
    change: async ({ id, change }) => bookmarks.change(id, change),
    remove: async ({ id }) => {
      bookmarks.remove(id);
      return {};
    },
  };
}
