import { z } from 'zod';
import { CertificatePin, DeviceFacts, DeviceTrouble } from './device.ts';
import { TimeMs } from './time.ts';

/** What a device can do, in a few words: the whole is `cameras.facts`. */
export const DeviceSummary = DeviceFacts.pick({
  ptz: true,
  imaging: true,
  events: true,
  microphone: true,
  talk: true,
  storage: true,
}).extend({
  maker: z.string().max(200).nullable(),
  model: z.string().max(200).nullable(),
  firmware: z.string().max(200).nullable(),
  relays: z.number().int().min(0),
  inputs: z.number().int().min(0),
  askedMs: TimeMs,
});
export type DeviceSummary = z.infer<typeof DeviceSummary>;

/**
 * idle: not asked since the station started · up: answered last time · trouble: did not · off: its cameras are disabled.
 */
export const DeviceState = z.enum(['idle', 'up', 'trouble', 'off']);
export type DeviceState = z.infer<typeof DeviceState>;

/** closed: asked whenever needed · open: not asked before `nextTryMs` · half-open: one try is under way. */
export const BreakerState = z.enum(['closed', 'open', 'half-open']);

/** What is known of a camera's device now. */
export const DeviceStatus = z.object({
  state: DeviceState,
  sinceMs: TimeMs,
  trouble: DeviceTrouble.nullable(),
  /** One plain sentence for the expert, never a secret. */
  detail: z.string().max(500).nullable(),
  breaker: BreakerState,
  nextTryMs: TimeMs.nullable(),
  /** Device clock minus station clock when last asked; null where it tells none. */
  clockOffsetMs: z.number().nullable(),
  /** With the trouble `certificate-changed`: what was pinned and what is shown now, for a person to compare. */
  certificate: z.object({ pinned: CertificatePin, seen: CertificatePin }).nullable(),
  facts: DeviceSummary.nullable(),
});
export type DeviceStatus = z.infer<typeof DeviceStatus>;

/** The few words of the whole facts. */
export function summaryOf(facts: DeviceFacts): DeviceSummary {
  const { ptz, imaging, events, microphone, talk, storage, inputs, askedMs, identity } = facts;
  const { maker, model, firmware } = identity;
  return {
    maker,
    model,
    firmware,
    ptz,
    imaging,
    events,
    microphone,
    talk,
    storage,
    relays: facts.relays.length,
    inputs,
    askedMs,
  };
}
