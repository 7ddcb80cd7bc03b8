/** Auxiliary commands: light, wiper, washer and the like (ONVIF Core §8.6.3, PTZ Service §5.8). */
import type { Conversation } from './conversation.ts';
import { all, at, attribute, textAt, within, type Element } from './element.ts';
import { operation } from './envelope.ts';
import { ptzAuxiliary } from './library.ts';
import { deviceError, optional } from './trouble.ts';
import { xml } from './write-xml.ts';

export type Auxiliary = { device: string[]; ptz: string[] };

const cut = (commands: Iterable<string>): string[] =>
  [...new Set([...commands].map((c) => c.trim()).filter((c) => c !== '' && c.length <= 100))].slice(0, 64);

/** Commands named by a GetServiceCapabilitiesResponse (`Misc/@AuxiliaryCommands`, a list) of the device service. */
export const readDeviceAuxiliary = (response: Element): string[] =>
  cut((attribute(at(response, 'Capabilities', 'Misc'), 'AuxiliaryCommands') ?? '').split(/\s+/));

/** Commands named by the nodes of a PTZ service. */
export const readPtzAuxiliary = (response: Element): string[] =>
  cut(
    all(response, 'PTZNode').flatMap((node) =>
      [...within(node)].filter((e) => e.name === 'AuxiliaryCommands').map((e) => e.text),
    ),
  );

export async function askAuxiliary(c: Conversation): Promise<Auxiliary> {
  const [device, ptz] = await Promise.all([
    optional(c.ask(operation('device', 'GetServiceCapabilities'), { atMostMs: 4_000 }).then(readDeviceAuxiliary), []),
    (await c.offers('ptz'))
      ? optional(c.ask(operation('ptz', 'GetNodes'), { atMostMs: 4_000 }).then(readPtzAuxiliary), [])
      : Promise.resolve([]),
  ]);
  return { device, ptz };
}

/** Sends a command where it is known; `ptzProfile` is any profile with a head. */
export async function sendAuxiliary(
  c: Conversation,
  command: string,
  known: Auxiliary,
  ptzProfile: string | null,
): Promise<void> {
  if (known.ptz.includes(command) && ptzProfile !== null) {
    await c.ask(ptzAuxiliary(ptzProfile, command), { urgent: true });
    return;
  }
  if (!known.device.includes(command))
    throw deviceError('unsupported', 'The device does not know this auxiliary command.');
  const response = await c.ask(
    operation('device', 'SendAuxiliaryCommand', xml`<AuxiliaryCommand>${command}</AuxiliaryCommand>`),
    { urgent: true },
  );
  const said = textAt(response, 'AuxiliaryCommandResponse');
  if (said !== null && /fail|error/i.test(said)) throw deviceError('refused', 'The device did not do this.');
}
