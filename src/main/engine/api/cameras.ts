import type { Answers, Call, Pushed } from '#contract/call.ts';
import { AppError } from '#contract/error.ts';
import type { CameraView } from '#domain/camera.ts';
import { shownUrl } from '#domain/stream.ts';
import type { CameraPush, Cameras, Devices } from '../rooms.ts';
import { callerOf } from './caller.ts';

/** What this caller may see of a camera: passwords that hide in addresses are for administrators only. */
function shownTo(call: Call, camera: CameraView): CameraView {
  if (call.caller?.role === 'administrator') return camera;
  const { main, sub } = camera;
  return {
    ...camera,
    main: { ...main, url: shownUrl(main.url) },
    sub: sub && { ...sub, url: shownUrl(sub.url) },
  };
}

async function* shownPushes(call: Call, pushes: AsyncIterable<Pushed<CameraPush>>): AsyncGenerator<Pushed<CameraPush>> {
  for await (const { value, ...rest } of pushes) {
    if (value.type === 'all')
      yield { ...rest, value: { ...value, cameras: value.cameras.map((c) => shownTo(call, c)) } };
    else if (value.type === 'camera') yield { ...rest, value: { ...value, camera: shownTo(call, value.camera) } };
    else yield { ...rest, value };
  }
}

export function camerasAnswers(cameras: Cameras, devices: Devices): Answers<'cameras'> {
  return {
    list: async (_, call) => cameras.list().map((c) => shownTo(call, c)),
    get: async ({ id }, call) => {
      const camera = cameras.get(id);
      if (!camera) throw new AppError('NOT_FOUND', 'There is no such camera.');
      return shownTo(call, camera);
    },
    add: (draft, call) => cameras.add(draft, callerOf(call).name),
    update: ({ id, change }, call) => cameras.update(id, change, callerOf(call).name),
    remove: async ({ id }, call) => {
      await cameras.remove(id, callerOf(call).name);
      return {};
    },
    facts: ({ id, fresh }) => devices.facts(id, fresh),
    trust: async ({ id, certificate }, call) => {
      await devices.trust(id, certificate, callerOf(call).name);
      return {};
    },
    probe: (input) => cameras.probe(input),
    watch: (_, call) => shownPushes(call, cameras.watch(call.signal)),
  };
}
