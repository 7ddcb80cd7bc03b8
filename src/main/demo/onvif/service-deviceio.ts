/** Inputs and outputs (ONVIF Device IO Service Specification; deviceio.wsdl). */
import type { MediaSettings } from './media-settings.ts';
import { tokenOf } from './media-settings.ts';
import { readRelay, relayXml } from './relay-xml.ts';
import type { Handler, Service } from './service.ts';
import { needed } from './service.ts';
import type { Terminals } from './terminals.ts';
import { childOf, pathOf, textOf } from './xml-read.ts';
import { invalid, missing } from './fault.ts';
import { el } from './xml-write.ts';

export function createDeviceIoService(parts: { settings: MediaSettings; terminals: Terminals }): Service {
  const { settings, terminals } = parts;
  const handlers: Record<string, Handler> = {
    GetVideoSources: () => el('tmd:GetVideoSourcesResponse', el('tmd:Token', settings.source)),
    GetAudioSources: () => el('tmd:GetAudioSourcesResponse', settings.audio && el('tmd:Token', tokenOf.audioSource)),
    GetAudioOutputs: () => el('tmd:GetAudioOutputsResponse', settings.speaker && el('tmd:Token', tokenOf.audioOutput)),
    GetVideoOutputs: () => el('tmd:GetVideoOutputsResponse'),
    GetRelayOutputs: () => el('tmd:GetRelayOutputsResponse', relayXml('tmd:RelayOutputs', terminals)),
    GetRelayOutputOptions: (call) => {
      const token = textOf(call.operation, 'RelayOutputToken');
      const found = terminals.relays().filter((r) => token === undefined || token === '' || r.token === token);
      if (token && found.length === 0) throw invalid('RelayToken', 'There is no such relay output.');
      return el(
        'tmd:GetRelayOutputOptionsResponse',
        found.map((r) =>
          el(
            'tmd:RelayOutputOptions',
            { token: r.token },
            el('tmd:Mode', 'Monostable'),
            el('tmd:Mode', 'Bistable'),
            el('tmd:DelayTimes', '0.01 3600'),
          ),
        ),
      );
    },
    SetRelayOutputSettings: (call) => {
      const relay = childOf(call.operation, 'RelayOutput');
      const token = relay?.attributes.get('token');
      if (token === undefined) throw missing('RelayOutput');
      terminals.configureRelay(token, readRelay(pathOf(relay, 'Properties')));
      return el('tmd:SetRelayOutputSettingsResponse');
    },
    SetRelayOutputState: (call) => {
      const state = needed(call, 'LogicalState');
      if (state !== 'active' && state !== 'inactive') throw missing('LogicalState');
      terminals.setRelay(needed(call, 'RelayOutputToken'), state === 'active');
      return el('tmd:SetRelayOutputStateResponse');
    },
    GetDigitalInputs: () =>
      el(
        'tmd:GetDigitalInputsResponse',
        terminals.inputs().map((i) => el('tmd:DigitalInputs', { token: i.token, IdleState: 'open' })),
      ),
  };
  return {
    prefix: 'tmd',
    version: { major: 21, minor: 12 },
    capabilities: () =>
      el('tmd:Capabilities', {
        VideoSources: 1,
        VideoOutputs: 0,
        AudioSources: settings.audio ? 1 : 0,
        AudioOutputs: settings.speaker ? 1 : 0,
        RelayOutputs: terminals.relays().length,
        SerialPorts: 0,
        DigitalInputs: terminals.inputs().length,
        DigitalInputOptions: false,
      }),
    handlers,
  };
}
