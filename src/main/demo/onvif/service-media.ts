/** The older media service (ONVIF Media Service Specification; ver10/media.wsdl). It has no word for H.265: such profiles are not in it. */
import { Fault, invalid, missing } from './fault.ts';
import type { MediaSettings, StreamEntry } from './media-settings.ts';
import { codecProfile, noConfig, noProfile, qualityRange, tokenOf } from './media-settings.ts';
import * as words from './media-xml.ts';
import type { Osds } from './osd.ts';
import { ptzConfiguration } from './ptz-xml.ts';
import type { Call, Handler, Service } from './service.ts';
import { needed, numberIn } from './service.ts';
import { childOf, pathOf, textOf } from './xml-read.ts';
import type { Part, Xml } from './xml-write.ts';
import { el, flag } from './xml-write.ts';
import { isoDuration, readDuration } from './xsd-time.ts';

export type MediaServiceParts = {
  settings: MediaSettings;
  osds: Osds;
  ptzTimeout: () => string;
  rtspPort: () => number;
  /** Asks for a key picture; key pictures come every second or two, so that nothing is left to do. */
  synchronize: () => void;
};

/** Address of a stream or snapshot as this client can reach it. */
export const streamUri = (call: Call, port: number, path: string): string => `rtsp://${call.host}:${port}${path}`;
export const snapshotUri = (call: Call, name: string): string => `${call.base}/onvif/snapshot/${name}`;

function encoderXml(name: string, { stream, settings }: StreamEntry): Xml {
  return el(
    name,
    { token: tokenOf.encoder(stream.name) },
    el('tt:Name', settings.name),
    el('tt:UseCount', 1),
    el('tt:Encoding', 'H264'),
    words.size('tt:Resolution', stream),
    el('tt:Quality', settings.quality),
    el(
      'tt:RateControl',
      el('tt:FrameRateLimit', stream.fps),
      el('tt:EncodingInterval', 1),
      el('tt:BitrateLimit', settings.kbps),
    ),
    el('tt:H264', el('tt:GovLength', stream.keyEvery), el('tt:H264Profile', codecProfile.h264)),
    words.multicast(),
    el('tt:SessionTimeout', isoDuration(settings.sessionMs)),
  );
}

function encoderOptions(name: string, { stream, kbpsRange }: StreamEntry): Xml {
  const only = (n: number): { min: number; max: number } => ({ min: n, max: n });
  const h264: Part[] = [
    words.size('tt:ResolutionsAvailable', stream),
    words.range('tt:GovLengthRange', only(stream.keyEvery)),
    words.range('tt:FrameRateRange', only(stream.fps)),
    words.range('tt:EncodingIntervalRange', only(1)),
    el('tt:H264ProfilesSupported', codecProfile.h264),
  ];
  return el(
    name,
    words.range('tt:QualityRange', qualityRange),
    el('tt:H264', h264),
    el('tt:Extension', el('tt:H264', h264, words.range('tt:BitrateRange', kbpsRange))),
  );
}

export function createMediaService(parts: MediaServiceParts): Service {
  const { settings: s, osds } = parts;
  const told = s.entries.filter((e) => e.stream.codec === 'h264');
  const one = <T>(value: T | null | undefined): T => {
    if (value === null || value === undefined) throw noConfig();
    return value;
  };
  const profileOf = (call: Call): StreamEntry => {
    const entry = s.byProfile(needed(call, 'ProfileToken'));
    if (!told.includes(entry)) throw noProfile();
    return entry;
  };
  const encoderOf = (token: string): StreamEntry => {
    const entry = s.byEncoder(token);
    if (!told.includes(entry)) throw noConfig();
    return entry;
  };
  const profileXml = (name: string, entry: StreamEntry): Xml =>
    el(
      name,
      { token: tokenOf.profile(entry.stream.name), fixed: true },
      el('tt:Name', entry.stream.name),
      words.sourceConfiguration(s, 'tt:VideoSourceConfiguration'),
      words.audioSourceConfiguration(s, 'tt:AudioSourceConfiguration'),
      encoderXml('tt:VideoEncoderConfiguration', entry),
      words.audioEncoder(s, 'tt:AudioEncoderConfiguration', 1),
      s.ptz && ptzConfiguration('tt:PTZConfiguration', parts.ptzTimeout(), s.entries.length),
      words.metadataConfiguration(s, 'tt:MetadataConfiguration'),
      s.speaker &&
        el(
          'tt:Extension',
          words.audioOutputConfiguration(s, 'tt:AudioOutputConfiguration'),
          words.audioDecoder(s, 'tt:AudioDecoderConfiguration'),
        ),
    );

  function setEncoder(call: Call): Xml {
    const c = childOf(call.operation, 'Configuration');
    const entry = encoderOf(c?.attributes.get('token') ?? '');
    const limits = childOf(c, 'RateControl');
    const sessionMs = readDuration(textOf(c, 'SessionTimeout') ?? 'PT60S') ?? entry.settings.sessionMs;
    const number = (text: string | undefined, otherwise: number): number =>
      text === undefined ? otherwise : (numberIn(text, -1e9, 1e9) ?? Number.NaN);
    s.setEncoder(tokenOf.encoder(entry.stream.name), {
      encoding: textOf(c, 'Encoding') ?? '',
      width: number(pathOf(c, 'Resolution', 'Width')?.text, Number.NaN),
      height: number(pathOf(c, 'Resolution', 'Height')?.text, Number.NaN),
      fps: number(textOf(limits, 'FrameRateLimit'), entry.stream.fps),
      keyEvery: number(pathOf(c, 'H264', 'GovLength')?.text, entry.stream.keyEvery),
      profile: pathOf(c, 'H264', 'H264Profile')?.text,
      settings: {
        name: (textOf(c, 'Name') ?? entry.settings.name).slice(0, 64),
        quality: number(textOf(c, 'Quality'), entry.settings.quality),
        kbps: number(textOf(limits, 'BitrateLimit'), entry.settings.kbps),
        constant: entry.settings.constant,
        sessionMs: Math.min(Math.max(sessionMs, 1000), 3_600_000),
      },
    });
    return el('trt:SetVideoEncoderConfigurationResponse');
  }

  /** GetXConfigurations, GetCompatibleXConfigurations, GetXConfiguration and their like for one kind of configuration. */
  function kind(name: string, token: string, write: (element: string) => Part): Record<string, Handler> {
    const all =
      (operation: string): Handler =>
      () =>
        el(`trt:${operation}Response`, write('trt:Configurations'));
    return {
      [`Get${name}Configurations`]: all(`Get${name}Configurations`),
      [`GetCompatible${name}Configurations`]: (call) => {
        profileOf(call);
        return all(`GetCompatible${name}Configurations`)(call);
      },
      [`Get${name}Configuration`]: (call) => {
        const found = write('trt:Configuration');
        if (needed(call, 'ConfigurationToken') !== token || !found) throw noConfig();
        return el(`trt:Get${name}ConfigurationResponse`, found);
      },
    };
  }
  const options =
    (name: string, write: (element: string) => Part): Handler =>
    () =>
      el(`trt:Get${name}ConfigurationOptionsResponse`, write('trt:Options'));

  const encoders = (element: string): Xml[] => told.map((e) => encoderXml(element, e));
  const handlers: Record<string, Handler> = {
    ...kind('VideoSource', tokenOf.sourceConfiguration, (e) => words.sourceConfiguration(s, e)),
    ...kind('AudioSource', tokenOf.audioSourceConfiguration, (e) => words.audioSourceConfiguration(s, e)),
    ...kind('AudioEncoder', tokenOf.audioEncoder, (e) => words.audioEncoder(s, e, 1)),
    ...kind('AudioOutput', tokenOf.audioOutputConfiguration, (e) => words.audioOutputConfiguration(s, e)),
    ...kind('AudioDecoder', tokenOf.audioDecoder, (e) => words.audioDecoder(s, e)),
    ...kind('Metadata', tokenOf.metadata, (e) => words.metadataConfiguration(s, e)),
    ...kind('VideoAnalytics', '', () => null),
    GetVideoEncoderConfigurations: () =>
      el('trt:GetVideoEncoderConfigurationsResponse', encoders('trt:Configurations')),
    GetCompatibleVideoEncoderConfigurations: (call) =>
      el('trt:GetCompatibleVideoEncoderConfigurationsResponse', encoderXml('trt:Configurations', profileOf(call))),
    GetVideoEncoderConfiguration: (call) =>
      el(
        'trt:GetVideoEncoderConfigurationResponse',
        encoderXml('trt:Configuration', encoderOf(needed(call, 'ConfigurationToken'))),
      ),
    SetVideoEncoderConfiguration: setEncoder,
    GetVideoEncoderConfigurationOptions: (call) => {
      const token = textOf(call.operation, 'ConfigurationToken');
      const profile = textOf(call.operation, 'ProfileToken');
      const entry = token !== undefined ? encoderOf(token) : profile !== undefined ? profileOf(call) : told[0];
      return el('trt:GetVideoEncoderConfigurationOptionsResponse', encoderOptions('trt:Options', one(entry)));
    },
    GetVideoSourceConfigurationOptions: options('VideoSource', (e) => words.sourceOptions(s, e)),
    GetMetadataConfigurationOptions: options('Metadata', (e) => words.metadataOptions(s, e)),
    GetAudioSourceConfigurationOptions: options('AudioSource', (e) =>
      s.audio ? el(e, el('tt:InputTokensAvailable', tokenOf.audioSource)) : el(e),
    ),
    GetAudioEncoderConfigurationOptions: options('AudioEncoder', (e) =>
      el(e, words.audioEncoderOptions(s, 'tt:Options', 1)),
    ),
    GetAudioOutputConfigurationOptions: options('AudioOutput', (e) =>
      one(s.speaker ? words.audioOutputOptions(e) : null),
    ),
    GetAudioDecoderConfigurationOptions: options('AudioDecoder', (e) =>
      el(
        e,
        s.speaker &&
          el('tt:G711DecOptions', el('tt:Bitrate', el('tt:Items', 64)), el('tt:SampleRateRange', el('tt:Items', 8))),
      ),
    ),
    GetGuaranteedNumberOfVideoEncoderInstances: () =>
      el(
        'trt:GetGuaranteedNumberOfVideoEncoderInstancesResponse',
        el('trt:TotalNumber', told.length),
        el('trt:H264', told.length),
      ),
    GetProfiles: () =>
      el(
        'trt:GetProfilesResponse',
        told.map((e) => profileXml('trt:Profiles', e)),
      ),
    GetProfile: (call) => el('trt:GetProfileResponse', profileXml('trt:Profile', profileOf(call))),
    CreateProfile: () => {
      throw new Fault('Receiver', ['ter:Action', 'ter:MaxNVTProfiles'], 'There is no room for another profile.');
    },
    DeleteProfile: (call) => {
      profileOf(call);
      throw new Fault('Sender', ['ter:Action', 'ter:DeletionOfFixedProfile'], 'This profile stays.');
    },
    GetVideoSources: () => el('trt:GetVideoSourcesResponse', words.sourceXml(s, 'trt:VideoSources')),
    GetAudioSources: () => el('trt:GetAudioSourcesResponse', words.audioSources(s, 'trt:AudioSources')),
    GetAudioOutputs: () =>
      el('trt:GetAudioOutputsResponse', s.speaker && el('trt:AudioOutputs', { token: tokenOf.audioOutput })),
    GetStreamUri: (call) => {
      const setup = childOf(call.operation, 'StreamSetup');
      const stream = textOf(setup, 'Stream');
      const protocol = pathOf(setup, 'Transport', 'Protocol')?.text;
      if (!setup || stream === undefined || protocol === undefined) throw missing('StreamSetup');
      if (stream !== 'RTP-Unicast') throw invalid('InvalidStreamSetup', 'Only unicast is offered.');
      if (!['UDP', 'TCP', 'RTSP'].includes(protocol))
        throw invalid('InvalidStreamSetup', 'RTP goes over UDP or inside RTSP here.');
      return uri('GetStreamUri', streamUri(call, parts.rtspPort(), profileOf(call).stream.path));
    },
    GetSnapshotUri: (call) => uri('GetSnapshotUri', snapshotUri(call, profileOf(call).stream.name)),
    SetSynchronizationPoint: (call) => {
      profileOf(call);
      parts.synchronize();
      return el('trt:SetSynchronizationPointResponse');
    },
    GetOSDs: (call) =>
      el('trt:GetOSDsResponse', osds.list('trt:OSDs', undefined, textOf(call.operation, 'ConfigurationToken'))),
    GetOSD: (call) => el('trt:GetOSDResponse', osds.list('trt:OSD', needed(call, 'OSDToken'))),
    GetOSDOptions: () => el('trt:GetOSDOptionsResponse', osds.options('trt:OSDOptions')),
    SetOSD: (call) => {
      osds.set(childOf(call.operation, 'OSD'));
      return el('trt:SetOSDResponse');
    },
    CreateOSD: (call) => el('trt:CreateOSDResponse', el('trt:OSDToken', osds.create(childOf(call.operation, 'OSD')))),
    DeleteOSD: (call) => {
      osds.remove(needed(call, 'OSDToken'));
      return el('trt:DeleteOSDResponse');
    },
  };
  const uri = (operation: string, address: string): Xml =>
    el(
      `trt:${operation}Response`,
      el(
        'trt:MediaUri',
        el('tt:Uri', address),
        flag('tt:InvalidAfterConnect', false),
        flag('tt:InvalidAfterReboot', false),
        el('tt:Timeout', 'PT0S'),
      ),
    );
  return {
    prefix: 'trt',
    version: { major: 21, minor: 12 },
    capabilities: () =>
      el(
        'trt:Capabilities',
        { SnapshotUri: true, Rotation: false, VideoSourceMode: false, OSD: true },
        el('trt:ProfileCapabilities', { MaximumNumberOfProfiles: told.length }),
        el('trt:StreamingCapabilities', { RTPMulticast: false, RTP_TCP: true, RTP_RTSP_TCP: true }),
      ),
    handlers,
  };
}
