import type { Answers } from '#contract/call.ts';
import type { Ptz } from '../command-rooms.ts';
import { callerOf } from './caller.ts';

export function ptzAnswers(ptz: Ptz): Answers<'ptz'> {
  const done = async (work: Promise<void>): Promise<Record<string, never>> => {
    await work;
    return {};
  };
  return {
    watch: ({ id }, call) => ptz.watch(id, callerOf(call), call.signal),
    move: ({ id, velocity, holdMs }, call) => done(ptz.move(id, callerOf(call), velocity, holdMs)),
    stop: ({ id }, call) => done(ptz.stop(id, callerOf(call))),
    absolute: ({ id, pan, tilt, zoom }, call) =>
      done(
        ptz.absolute(id, callerOf(call), {
          ...(pan !== undefined && { pan }),
          ...(tilt !== undefined && { tilt }),
          ...(zoom !== undefined && { zoom }),
        }),
      ),
    centre: ({ id, ...point }, call) => done(ptz.centre(id, callerOf(call), point)),
    box: ({ id, ...box }, call) => done(ptz.box(id, callerOf(call), box)),
    home: ({ id }, call) => done(ptz.home(id, callerOf(call))),
    setHome: ({ id }, call) => done(ptz.setHome(id, callerOf(call))),
    go: ({ id, preset }, call) => done(ptz.go(id, callerOf(call), preset)),
    setPreset: ({ id, name, preset }, call) => ptz.setPreset(id, callerOf(call), name, preset ?? null),
    removePreset: ({ id, preset }, call) => done(ptz.removePreset(id, callerOf(call), preset)),
    saveTour: ({ id, tour }, call) => done(ptz.saveTour(id, callerOf(call), tour)),
    removeTour: ({ id, name }, call) => done(ptz.removeTour(id, callerOf(call), name)),
    startTour: ({ id, name }, call) => done(ptz.startTour(id, callerOf(call), name)),
    stopTour: ({ id }, call) => done(ptz.stopTour(id, callerOf(call))),
    takeLock: ({ id }, call) => done(ptz.takeLock(id, callerOf(call))),
    releaseLock: async ({ id }, call) => {
      ptz.releaseLock(id, callerOf(call));
      return {};
    },
  };
}
