/** Relay outputs and digital inputs: DeviceIO first, the device service of older ones else (Device IO Service §5.5). */
import type { Relay } from '#domain/device.ts';
import type { Conversation } from './conversation.ts';
import { all, attribute, short, textAt, type Element } from './element.ts';
import { operation } from './envelope.ts';
import { durationMs } from './time-text.ts';
import { optional } from './trouble.ts';
import { xml } from './write-xml.ts';

type Place = 'deviceio' | 'device';

/** Reads a GetRelayOutputsResponse. */
export function readRelays(response: Element): Relay[] {
  return all(response, 'RelayOutputs')
    .flatMap((relay): Relay[] => {
      const token = short(attribute(relay, 'token'), 128);
      if (token === null) return [];
      const monostable = textAt(relay, 'Properties', 'Mode')?.toLowerCase() === 'monostable';
      const delayMs = durationMs(textAt(relay, 'Properties', 'DelayTime'));
      return [{ token, mode: monostable ? 'monostable' : 'bistable', delayMs: monostable ? delayMs : null }];
    })
    .slice(0, 32);
}

export async function askRelays(c: Conversation): Promise<{ place: Place; relays: Relay[] }> {
  if (await c.offers('deviceio')) {
    const found = await optional(
      c.ask(operation('deviceio', 'GetRelayOutputs'), { atMostMs: 5_000 }).then(readRelays),
      null,
    );
    if (found !== null && found.length > 0) return { place: 'deviceio', relays: found };
  }
  const relays = await optional(
    c.ask(operation('device', 'GetRelayOutputs'), { atMostMs: 5_000 }).then(readRelays),
    [],
  );
  return { place: 'device', relays };
}

export async function setRelay(c: Conversation, token: string, on: boolean): Promise<void> {
  const inner = xml`<RelayOutputToken>${token}</RelayOutputToken><LogicalState>${on ? 'active' : 'inactive'}</LogicalState>`;
  const at = (place: Place): Promise<Element> =>
    c.ask(operation(place, 'SetRelayOutputState', inner), { urgent: true });
  // DeviceIO first, as for the list: there are devices that answer for it at the device service and do nothing.
  if (!(await c.offers('deviceio'))) await at('device');
  else if ((await optional(at('deviceio'), null)) === null) await at('device');
}

export async function askInputs(c: Conversation): Promise<number> {
  if (!(await c.offers('deviceio'))) return 0;
  const response = await optional(c.ask(operation('deviceio', 'GetDigitalInputs'), { atMostMs: 5_000 }), null);
  return Math.min(256, all(response, 'DigitalInputs').length);
}
