/** The words both media services share (onvif.xsd): sources, configurations, options. Order is that of the schema. */
import type { MediaSettings } from './media-settings.ts';
import { tokenOf } from './media-settings.ts';
import type { Part, Xml } from './xml-write.ts';
import { el, flag } from './xml-write.ts';
import { isoDuration } from './xsd-time.ts';

export const range = (name: string, { min, max }: { min: number; max: number }): Xml =>
  el(name, el('tt:Min', min), el('tt:Max', max));

export const size = (name: string, { width, height }: { width: number; height: number }): Xml =>
  el(name, el('tt:Width', width), el('tt:Height', height));

/** Multicast is not offered; the schema wants it said. */
export const multicast = (): Xml =>
  el(
    'tt:Multicast',
    el('tt:Address', el('tt:Type', 'IPv4'), el('tt:IPv4Address', '0.0.0.0')),
    el('tt:Port', 0),
    el('tt:TTL', 1),
    flag('tt:AutoStart', false),
  );

const sessionTimeout = (ms = 60_000): Xml => el('tt:SessionTimeout', isoDuration(ms));

/** Every profile uses it. */
export const useCount = (s: MediaSettings): number => s.entries.length;

const entity = (s: MediaSettings, token: string, name: string, uses: number): Part[] => [
  el('tt:Name', s.names.get(token) ?? name),
  el('tt:UseCount', uses),
];

export const sourceConfiguration = (s: MediaSettings, name: string): Xml =>
  el(
    name,
    { token: tokenOf.sourceConfiguration },
    entity(s, tokenOf.sourceConfiguration, 'Video source', useCount(s)),
    el('tt:SourceToken', s.source),
    el('tt:Bounds', { x: 0, y: 0, width: s.sourceSize.width, height: s.sourceSize.height }),
  );

export const sourceOptions = (s: MediaSettings, name: string): Xml => {
  const only = (v: number): { min: number; max: number } => ({ min: v, max: v });
  return el(
    name,
    { MaximumNumberOfProfiles: s.entries.length },
    el(
      'tt:BoundsRange',
      range('tt:XRange', only(0)),
      range('tt:YRange', only(0)),
      range('tt:WidthRange', only(s.sourceSize.width)),
      range('tt:HeightRange', only(s.sourceSize.height)),
    ),
    el('tt:VideoSourceTokensAvailable', s.source),
  );
};

export const audioSourceConfiguration = (s: MediaSettings, name: string): Xml | null =>
  s.audio &&
  el(
    name,
    { token: tokenOf.audioSourceConfiguration },
    entity(s, tokenOf.audioSourceConfiguration, 'Microphone', useCount(s)),
    el('tt:SourceToken', tokenOf.audioSource),
  );

/** `encoding`: `AAC` in Media, `MP4A-LATM` as Media2 names it. */
export const audioEncoder = (s: MediaSettings, name: string, version: 1 | 2): Xml | null =>
  s.audio &&
  el(
    name,
    { token: tokenOf.audioEncoder },
    entity(s, tokenOf.audioEncoder, 'Audio encoder', useCount(s)),
    el('tt:Encoding', version === 1 ? 'AAC' : 'MP4A-LATM'),
    version === 2 && multicast(),
    el('tt:Bitrate', Math.round(s.audio.bitsPerSecond / 1000)),
    el('tt:SampleRate', Math.round(s.audio.sampleRate / 1000)),
    version === 1 && [multicast(), sessionTimeout()],
  );

export const audioEncoderOptions = (s: MediaSettings, name: string, version: 1 | 2): Xml | null =>
  s.audio &&
  el(
    name,
    el('tt:Encoding', version === 1 ? 'AAC' : 'MP4A-LATM'),
    el('tt:BitrateList', el('tt:Items', Math.round(s.audio.bitsPerSecond / 1000))),
    el('tt:SampleRateList', el('tt:Items', Math.round(s.audio.sampleRate / 1000))),
  );

export const audioOutputConfiguration = (s: MediaSettings, name: string): Xml | null =>
  s.speaker
    ? el(
        name,
        { token: tokenOf.audioOutputConfiguration },
        entity(s, tokenOf.audioOutputConfiguration, 'Loudspeaker', useCount(s)),
        el('tt:OutputToken', tokenOf.audioOutput),
        el('tt:SendPrimacy', 'www.onvif.org/ver20/HalfDuplex/Auto'),
        el('tt:OutputLevel', 50),
      )
    : null;

export const audioOutputOptions = (name: string): Xml =>
  el(
    name,
    el('tt:OutputTokensAvailable', tokenOf.audioOutput),
    el('tt:SendPrimacyOptions', 'www.onvif.org/ver20/HalfDuplex/Auto'),
    range('tt:OutputLevelRange', { min: 0, max: 100 }),
  );

export const audioDecoder = (s: MediaSettings, name: string): Xml | null =>
  s.speaker ? el(name, { token: tokenOf.audioDecoder }, entity(s, tokenOf.audioDecoder, 'Decoder', useCount(s))) : null;

export const metadataConfiguration = (s: MediaSettings, name: string): Xml =>
  el(
    name,
    { token: tokenOf.metadata },
    entity(s, tokenOf.metadata, 'Metadata', useCount(s)),
    s.ptz && el('tt:PTZStatus', flag('tt:Status', s.metadata.ptzStatus), flag('tt:Position', s.metadata.ptzPosition)),
    s.metadata.events && el('tt:Events'),
    s.analytics && flag('tt:Analytics', s.metadata.analytics),
    multicast(),
    sessionTimeout(),
  );

export const metadataOptions = (s: MediaSettings, name: string): Xml =>
  el(
    name,
    el(
      'tt:PTZStatusFilterOptions',
      flag('tt:PanTiltStatusSupported', s.ptz),
      flag('tt:ZoomStatusSupported', s.ptz),
      flag('tt:PanTiltPositionSupported', s.ptz),
      flag('tt:ZoomPositionSupported', s.ptz),
    ),
  );

export const audioSources = (s: MediaSettings, name: string): Xml | null =>
  s.audio && el(name, { token: tokenOf.audioSource }, el('tt:Channels', s.audio.channels));

export const sourceXml = (s: MediaSettings, name: string): Xml =>
  el(name, { token: s.source }, el('tt:Framerate', s.sourceSize.fps), size('tt:Resolution', s.sourceSize));
