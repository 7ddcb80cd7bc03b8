/** Relay outputs in the words of the schema (tt:RelayOutput, tt:RelayOutputSettings): the device and device IO services share them. */
import { Fault, missing } from './fault.ts';
import type { RelaySettings, Terminals } from './terminals.ts';
import { maxRelayDelayMs } from './terminals.ts';
import type { XmlElement } from './xml-read.ts';
import { textOf } from './xml-read.ts';
import type { Xml } from './xml-write.ts';
import { el } from './xml-write.ts';
import { isoDuration, readDuration } from './xsd-time.ts';

export const relayXml = (name: string, terminals: Terminals): Xml[] =>
  terminals
    .relays()
    .map((r) =>
      el(
        name,
        { token: r.token },
        el(
          'tt:Properties',
          el('tt:Mode', r.settings.mode),
          el('tt:DelayTime', isoDuration(r.settings.delayMs)),
          el('tt:IdleState', r.settings.idle),
        ),
      ),
    );

/** Properties of a relay output as a client wants them. */
export function readRelay(at: XmlElement | undefined): RelaySettings {
  const mode = textOf(at, 'Mode');
  const idle = textOf(at, 'IdleState');
  const delayMs = readDuration(textOf(at, 'DelayTime') ?? '');
  if ((mode !== 'Monostable' && mode !== 'Bistable') || (idle !== 'open' && idle !== 'closed') || delayMs === null)
    throw missing('properties of the relay');
  if (delayMs < 10 || delayMs > maxRelayDelayMs)
    throw new Fault(
      'Sender',
      ['ter:InvalidArgVal', 'ter:DelayTime'],
      'That delay is outside of what the relay can do.',
    );
  return { mode, idle, delayMs };
}
