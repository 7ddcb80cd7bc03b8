import type { Answers } from '#contract/call.ts';
import type { DeviceSettings, Talks } from '../command-rooms.ts';
import { callerOf } from './caller.ts';

export function deviceAnswers(settings: DeviceSettings, talks: Pick<Talks, 'watch'>): Answers<'device'> {
  const done = async (work: Promise<void>): Promise<Record<string, never>> => {
    await work;
    return {};
  };
  return {
    facts: ({ id }, call) => settings.facts(id, callerOf(call)),
    setClock: async ({ id }, call) => ({ offsetMs: await settings.setClock(id, callerOf(call)) }),
    encoder: ({ id, stream }) => settings.encoder(id, stream),
    setEncoder: ({ id, stream, encoder }, call) => settings.setEncoder(id, callerOf(call), stream, encoder),
    imaging: ({ id }) => settings.imaging(id),
    setImaging: ({ id, change }, call) => settings.setImaging(id, callerOf(call), change),
    metadata: ({ id }) => settings.metadata(id),
    setMetadata: ({ id, change }, call) => settings.setMetadata(id, callerOf(call), change),
    focus: ({ id, speed }, call) => done(settings.focus(id, callerOf(call), speed)),
    overlays: ({ id }) => settings.overlays(id),
    addOverlay: ({ id, overlay }, call) => done(settings.addOverlay(id, callerOf(call), overlay)),
    setOverlay: ({ id, overlay }, call) => done(settings.setOverlay(id, callerOf(call), overlay)),
    removeOverlay: ({ id, token }, call) => done(settings.removeOverlay(id, callerOf(call), token)),
    relays: ({ id }) => settings.relays(id),
    setRelay: ({ id, ...relay }, call) => done(settings.setRelay(id, callerOf(call), { id, ...relay })),
    talkers: (_, call) => talks.watch(callerOf(call), call.signal),
    auxiliary: ({ id, command }, call) => done(settings.auxiliary(id, callerOf(call), command)),
  };
}
