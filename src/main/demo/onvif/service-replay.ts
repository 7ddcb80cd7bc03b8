/** Where recordings are replayed (ONVIF Replay Control Service Specification; replay.wsdl). The replay itself is RTSP. */
import { invalid, missing } from './fault.ts';
import { checkRecording, replayPath } from './recordings.ts';
import type { Handler, Service } from './service.ts';
import { needed } from './service.ts';
import { childOf, pathOf, textOf } from './xml-read.ts';
import { el } from './xml-write.ts';

export function createReplayService(parts: { rtspPort: () => number; sessionSeconds: number }): Service {
  const handlers: Record<string, Handler> = {
    GetReplayUri: (call) => {
      const setup = childOf(call.operation, 'StreamSetup');
      if (!setup) throw missing('StreamSetup');
      const protocol = pathOf(setup, 'Transport', 'Protocol')?.text ?? 'RTSP';
      if (textOf(setup, 'Stream') === 'RTP-Multicast' || !['UDP', 'TCP', 'RTSP'].includes(protocol))
        throw invalid('InvalidStreamSetup', 'Replay goes over RTSP, over UDP or inside the connection, here.');
      checkRecording(needed(call, 'RecordingToken'));
      return el('trp:GetReplayUriResponse', el('trp:Uri', `rtsp://${call.host}:${parts.rtspPort()}${replayPath}`));
    },
    GetReplayConfiguration: () =>
      el(
        'trp:GetReplayConfigurationResponse',
        el('trp:Configuration', el('tt:SessionTimeout', `PT${parts.sessionSeconds}S`)),
      ),
  };
  return {
    prefix: 'trp',
    version: { major: 21, minor: 12 },
    capabilities: () =>
      el('trp:Capabilities', {
        ReversePlayback: false,
        SessionTimeoutRange: `${parts.sessionSeconds} ${parts.sessionSeconds}`,
        RTP_RTSP_TCP: true,
      }),
    handlers,
  };
}
