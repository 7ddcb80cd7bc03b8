/** One device, spoken to: all services of it behind the engine's port. */
import type { Clock } from '#lib/clock.ts';
import type { Log } from '#lib/log.ts';
import { AppError } from '#contract/error.ts';
import type { Device, DeviceTarget } from '../../engine/device-port.ts';
import { askAuxiliary, sendAuxiliary, type Auxiliary } from './auxiliary.ts';
import { createConversations, type Conversation } from './conversation.ts';
import { askEncoder, askEncoderOptions, setEncoder } from './encoder.ts';
import { operation } from './envelope.ts';
import { followEvents } from './events.ts';
import { askFacts, type Discovered } from './facts.ts';
import { createImaging } from './imaging.ts';
import { askMetadata, setMetadata } from './metadata.ts';
import { askSnapshot, askStreamUrl } from './media.ts';
import { addOverlay, askOverlays, overlayPlace, removeOverlay, setOverlay } from './overlays.ts';
import { askProfiles, type MediaProfile } from './profiles.ts';
import { createPtz } from './ptz.ts';
import { askRecordings, askReplayUrl, askSpans } from './recordings.ts';
import type { Refusals } from './refusals.ts';
import { askRelays, setRelay } from './relays.ts';
import { createSession } from './session.ts';
import { writeClock } from './system-time.ts';
import { deviceError, optional } from './trouble.ts';

const limitMs = 10_000;
const factsMs = 20_000;
const searchMs = 30_000;
/** Profiles change when somebody edits them at the device: asked anew after a while. */
const profilesKeptMs = 5 * 60_000;

export function createDevice(
  target: DeviceTarget,
  deps: { clock: Clock; log: Log; refusals: Refusals; discovered: Discovered },
): Device {
  const { clock, log, refusals, discovered } = deps;
  const session = createSession(target, { clock, refusals });
  const conversations = createConversations(session, clock);
  const begin = (): Conversation => conversations.begin(limitMs);
  let profiles: { list: Promise<MediaProfile[]>; atMs: number } | null = null;
  /** Events name a source or its configuration; profiles of ours know the source. */
  const sourceOf = new Map<string, string>();
  let auxiliary: Promise<Auxiliary> | null = null;
  const followers = new Set<{ stop(): Promise<void> }>();

  function profilesOf(c: Conversation, fresh = false): Promise<MediaProfile[]> {
    if (profiles === null || fresh || clock.monoMs() - profiles.atMs > profilesKeptMs) {
      const list = askProfiles(c);
      const mine = { list, atMs: clock.monoMs() };
      profiles = mine;
      list.then(
        (all) => {
          for (const { source, videoSourceConfiguration } of all)
            if (source !== null && videoSourceConfiguration !== null) sourceOf.set(videoSourceConfiguration, source);
        },
        () => {
          if (profiles === mine) profiles = null;
        },
      );
    }
    return profiles.list;
  }
  async function profileOf(c: Conversation, token: string): Promise<MediaProfile> {
    const known =
      (await profilesOf(c)).find((p) => p.token === token) ??
      (await profilesOf(c, true)).find((p) => p.token === token);
    if (!known) throw deviceError('refused', 'The device has no such profile any more.');
    return known;
  }

  const ptz = createPtz(conversations, profileOf);

  return guarded({
    facts: () => askFacts(conversations.begin(factsMs), clock, discovered),
    certificate: session.certificate,
    async streamUrl(profile, transport) {
      const c = begin();
      return askStreamUrl(c, await profileOf(c, profile), transport);
    },
    async snapshot(profile) {
      const c = begin();
      return askSnapshot(c, await profileOf(c, profile));
    },
    clock: {
      offsetMs: () => begin().offsetMs(true),
      async set() {
        const c = begin();
        const before = await optional(c.ask(operation('device', 'GetSystemDateAndTime'), { atMostMs: 4_000 }), null);
        // Only whole seconds can be told: at the turn of one, what is told is true.
        const nextMs = Math.ceil((clock.nowMs() + 1) / 1000) * 1000;
        await new Promise((resolve) => setTimeout(resolve, nextMs - clock.nowMs()));
        await c.ask(operation('device', 'SetSystemDateAndTime', writeClock(nextMs, before)));
        await c.offsetMs(true);
      },
    },
    encoder: {
      async get(profile) {
        const c = begin();
        return askEncoder(c, await profileOf(c, profile));
      },
      async options(profile) {
        const c = begin();
        return askEncoderOptions(c, await profileOf(c, profile));
      },
      async set(profile, wanted) {
        const c = begin();
        const done = await setEncoder(c, await profileOf(c, profile), wanted);
        profiles = null;
        return done;
      },
    },
    metadata: {
      async get(profile) {
        const c = begin();
        return askMetadata(c, await profileOf(c, profile));
      },
      async set(profile, change) {
        const c = begin();
        return setMetadata(c, await profileOf(c, profile), change);
      },
    },
    imaging: createImaging(conversations),
    overlays: {
      async list(source) {
        const c = begin();
        const { service, configuration } = await overlayPlace(c, await profilesOf(c), source);
        return askOverlays(c, service, configuration);
      },
      set: (overlay) => setOverlay(begin(), overlay),
      async add(source, overlay) {
        const c = begin();
        const { service, configuration } = await overlayPlace(c, await profilesOf(c), source);
        await addOverlay(c, service, configuration, overlay);
      },
      remove: (token) => removeOverlay(begin(), token),
    },
    ptz,
    relays: {
      list: async () => (await askRelays(begin())).relays,
      set: (token, on) => setRelay(begin(), token, on),
    },
    async auxiliary(command) {
      const c = begin();
      auxiliary ??= askAuxiliary(c).catch((error: unknown) => {
        auxiliary = null;
        throw error;
      });
      const head = (await profilesOf(c)).find((p) => p.ptz);
      await sendAuxiliary(c, command, await auxiliary, head?.token ?? null);
    },
    events(on) {
      // Events may begin before anybody asked for a profile.
      const learnSources = (): void => {
        if (sourceOf.size === 0) profilesOf(begin()).catch(() => undefined); // told as the device names them, then
      };
      learnSources();
      const follower = followEvents(
        conversations,
        session,
        { clock, log },
        {
          state(state) {
            if (state.up) learnSources();
            on.state(state);
          },
          event(event) {
            const { videoSource } = event;
            on.event({ ...event, videoSource: videoSource && (sourceOf.get(videoSource) ?? videoSource) });
          },
        },
      );
      followers.add(follower);
      return {
        async stop() {
          followers.delete(follower);
          await follower.stop();
        },
      };
    },
    recordings: {
      list: () => askRecordings(conversations.begin(searchMs)),
      spans: (recording, fromMs, toMs) => askSpans(conversations.begin(searchMs), recording, fromMs, toMs),
      replayUrl: (recording) => askReplayUrl(begin(), recording),
    },
    close() {
      ptz.close();
      const last = [...followers].map((follower) => follower.stop());
      followers.clear();
      void Promise.allSettled(last).then(() => session.close());
    },
  });
}

/** Whatever goes wrong in here comes out as `DEVICE` with a trouble: devices send what nobody thought of. */
function guarded<T extends object>(door: T): T {
  const wrapped: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(door)) {
    if (typeof value === 'function') {
      const work = value as (...args: unknown[]) => unknown;
      wrapped[name] = (...args: unknown[]) => {
        const result = work(...args);
        return result instanceof Promise ? result.catch((error: unknown) => Promise.reject(told(error))) : result;
      };
    } else wrapped[name] = typeof value === 'object' && value !== null ? guarded(value as object) : value;
  }
  return wrapped as T;
}
const told = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : deviceError('invalid-answer', 'The device sent something that is not understood.', error);
