/** The newer media service (ONVIF Media2 Service Specification; ver20/media.wsdl). */
import { Fault, invalid } from './fault.ts';
import type { StreamEntry } from './media-settings.ts';
import { codecProfile, mimeName, noConfig, qualityRange, tokenOf } from './media-settings.ts';
import * as words from './media-xml.ts';
import { ptzConfiguration } from './ptz-xml.ts';
import type { MediaServiceParts } from './service-media.ts';
import { snapshotUri, streamUri } from './service-media.ts';
import type { Call, Handler, Service } from './service.ts';
import { isTrue, needed, numberIn } from './service.ts';
import type { XmlElement } from './xml-read.ts';
import { childOf, pathOf, textOf } from './xml-read.ts';
import type { Part, Xml } from './xml-write.ts';
import { el } from './xml-write.ts';

function encoderXml(name: string, { stream, settings }: StreamEntry): Xml {
  return el(
    name,
    { token: tokenOf.encoder(stream.name), GovLength: stream.keyEvery, Profile: codecProfile[stream.codec] },
    el('tt:Name', settings.name),
    el('tt:UseCount', 1),
    el('tt:Encoding', mimeName[stream.codec]),
    words.size('tt:Resolution', stream),
    el(
      'tt:RateControl',
      { ConstantBitRate: settings.constant },
      el('tt:FrameRateLimit', stream.fps),
      el('tt:BitrateLimit', settings.kbps),
    ),
    words.multicast(),
    el('tt:Quality', settings.quality),
  );
}

const encoderOptions = (name: string, { stream, kbpsRange }: StreamEntry): Xml =>
  el(
    name,
    {
      GovLengthRange: `${stream.keyEvery} ${stream.keyEvery}`,
      FrameRatesSupported: String(stream.fps),
      ProfilesSupported: codecProfile[stream.codec],
      ConstantBitRateSupported: true,
    },
    el('tt:Encoding', mimeName[stream.codec]),
    words.range('tt:QualityRange', qualityRange),
    words.size('tt:ResolutionsAvailable', stream),
    words.range('tt:BitrateRange', kbpsRange),
  );

export function createMedia2Service(parts: MediaServiceParts): Service {
  const { settings: s, osds } = parts;
  const wantedTypes = [
    'VideoSource',
    'VideoEncoder',
    'AudioSource',
    'AudioEncoder',
    'AudioOutput',
    'AudioDecoder',
    'Metadata',
    'PTZ',
  ];
  const profileOf = (call: Call): StreamEntry => s.byProfile(needed(call, 'ProfileToken'));

  /** Configurations of a profile that were asked for by type; without types only its name is told (§5.2.3). */
  const profileXml = (entry: StreamEntry, types: string[]): Xml => {
    const on = (type: string): boolean => types.includes(type) || types.includes('All');
    const set: Part[] = [
      on('VideoSource') && words.sourceConfiguration(s, 'tr2:VideoSource'),
      on('AudioSource') && words.audioSourceConfiguration(s, 'tr2:AudioSource'),
      on('VideoEncoder') && encoderXml('tr2:VideoEncoder', entry),
      on('AudioEncoder') && words.audioEncoder(s, 'tr2:AudioEncoder', 2),
      on('PTZ') && s.ptz && ptzConfiguration('tr2:PTZ', parts.ptzTimeout(), s.entries.length),
      on('Metadata') && words.metadataConfiguration(s, 'tr2:Metadata'),
      on('AudioOutput') && words.audioOutputConfiguration(s, 'tr2:AudioOutput'),
      on('AudioDecoder') && words.audioDecoder(s, 'tr2:AudioDecoder'),
    ];
    return el(
      'tr2:Profiles',
      { token: tokenOf.profile(entry.stream.name), fixed: true },
      el('tr2:Name', entry.stream.name),
      types.length > 0 && el('tr2:Configurations', set),
    );
  };

  /** Both filters of a GetXConfigurations request (§5.3.3): the configuration's own token, or that of a profile with it. */
  const asked = (call: Call, tokens: string[]): string[] => {
    const own = textOf(call.operation, 'ConfigurationToken');
    const profile = textOf(call.operation, 'ProfileToken');
    if (profile !== undefined) s.byProfile(profile);
    if (own === undefined || own === '') return tokens;
    if (!tokens.includes(own)) throw noConfig();
    return [own];
  };

  function kind(
    name: string,
    token: string,
    write: (element: string) => Part,
    options?: (element: string) => Part,
  ): Record<string, Handler> {
    return {
      [`Get${name}Configurations`]: (call) => {
        const found = write('tr2:Configurations');
        const tokens = asked(call, found ? [token] : []);
        return el(`tr2:Get${name}ConfigurationsResponse`, tokens.length > 0 && found);
      },
      ...(options && {
        [`Get${name}ConfigurationOptions`]: (call) => {
          asked(call, [token]);
          return el(`tr2:Get${name}ConfigurationOptionsResponse`, options('tr2:Options'));
        },
      }),
      [`Set${name}Configuration`]: (call) => {
        const c = childOf(call.operation, 'Configuration');
        if (c?.attributes.get('token') !== token || !write('tr2:Configurations')) throw noConfig();
        const title = textOf(c, 'Name');
        if (title !== undefined) s.names.set(token, title.slice(0, 64));
        if (name === 'Metadata') setMetadata(c);
        return el(`tr2:Set${name}ConfigurationResponse`);
      },
    };
  }

  function setMetadata(c: XmlElement): void {
    const ptz = childOf(c, 'PTZStatus');
    const analytics = isTrue(textOf(c, 'Analytics'));
    if (analytics && !s.analytics)
      throw new Fault('Receiver', ['ter:Action', 'ter:ConfigModify'], 'This camera has no analytics.');
    s.metadata = {
      ptzStatus: s.ptz && isTrue(textOf(ptz, 'Status')),
      ptzPosition: s.ptz && isTrue(textOf(ptz, 'Position')),
      events: childOf(c, 'Events') !== undefined,
      analytics,
    };
  }

  function setEncoder(call: Call): Xml {
    const c = childOf(call.operation, 'Configuration');
    const token = c?.attributes.get('token') ?? '';
    const entry = s.byEncoder(token);
    const limits = childOf(c, 'RateControl');
    const number = (text: string | undefined, otherwise: number): number =>
      text === undefined ? otherwise : (numberIn(text, -1e9, 1e9) ?? Number.NaN);
    const constant = limits?.attributes.get('ConstantBitRate');
    s.setEncoder(token, {
      encoding: textOf(c, 'Encoding') ?? '',
      width: number(pathOf(c, 'Resolution', 'Width')?.text, Number.NaN),
      height: number(pathOf(c, 'Resolution', 'Height')?.text, Number.NaN),
      fps: number(textOf(limits, 'FrameRateLimit'), entry.stream.fps),
      keyEvery: number(c?.attributes.get('GovLength'), entry.stream.keyEvery),
      profile: c?.attributes.get('Profile'),
      settings: {
        name: (textOf(c, 'Name') ?? entry.settings.name).slice(0, 64),
        quality: number(textOf(c, 'Quality'), entry.settings.quality),
        kbps: number(textOf(limits, 'BitrateLimit'), entry.settings.kbps),
        constant: constant === undefined ? entry.settings.constant : isTrue(constant),
        sessionMs: entry.settings.sessionMs,
      },
    });
    return el('tr2:SetVideoEncoderConfigurationResponse');
  }

  const encodersAsked = (call: Call): StreamEntry[] => {
    const own = textOf(call.operation, 'ConfigurationToken');
    const profile = textOf(call.operation, 'ProfileToken');
    if (own !== undefined && own !== '') return [s.byEncoder(own)];
    return profile !== undefined && profile !== '' ? [s.byProfile(profile)] : s.entries;
  };

  const handlers: Record<string, Handler> = {
    ...kind(
      'VideoSource',
      tokenOf.sourceConfiguration,
      (e) => words.sourceConfiguration(s, e),
      (e) => words.sourceOptions(s, e),
    ),
    ...kind(
      'AudioSource',
      tokenOf.audioSourceConfiguration,
      (e) => words.audioSourceConfiguration(s, e),
      (e) => el(e, el('tt:InputTokensAvailable', tokenOf.audioSource)),
    ),
    ...kind(
      'AudioEncoder',
      tokenOf.audioEncoder,
      (e) => words.audioEncoder(s, e, 2),
      (e) => words.audioEncoderOptions(s, e, 2),
    ),
    ...kind(
      'AudioOutput',
      tokenOf.audioOutputConfiguration,
      (e) => words.audioOutputConfiguration(s, e),
      words.audioOutputOptions,
    ),
    ...kind(
      'AudioDecoder',
      tokenOf.audioDecoder,
      (e) => words.audioDecoder(s, e),
      (e) =>
        el(
          e,
          el('tt:Encoding', 'PCMU'),
          el('tt:BitrateList', el('tt:Items', 64)),
          el('tt:SampleRateList', el('tt:Items', 8)),
        ),
    ),
    ...kind(
      'Metadata',
      tokenOf.metadata,
      (e) => words.metadataConfiguration(s, e),
      (e) => words.metadataOptions(s, e),
    ),
    ...kind('Analytics', '', () => null),
    GetProfiles: (call) => {
      const token = textOf(call.operation, 'Token');
      const types = call.operation.children.filter((c) => c.name === 'Type').map((c) => c.text);
      const entries = token !== undefined && token !== '' ? [s.byProfile(token)] : s.entries;
      return el(
        'tr2:GetProfilesResponse',
        entries.map((e) => profileXml(e, types)),
      );
    },
    CreateProfile: () => {
      throw new Fault('Receiver', ['ter:Action', 'ter:MaxNVTProfiles'], 'There is no room for another profile.');
    },
    DeleteProfile: (call) => {
      s.byProfile(needed(call, 'Token'));
      throw new Fault('Sender', ['ter:Action', 'ter:DeletionOfFixedProfile'], 'This profile stays.');
    },
    GetVideoEncoderConfigurations: (call) =>
      el(
        'tr2:GetVideoEncoderConfigurationsResponse',
        encodersAsked(call).map((e) => encoderXml('tr2:Configurations', e)),
      ),
    GetVideoEncoderConfigurationOptions: (call) =>
      el(
        'tr2:GetVideoEncoderConfigurationOptionsResponse',
        encodersAsked(call).map((e) => encoderOptions('tr2:Options', e)),
      ),
    SetVideoEncoderConfiguration: setEncoder,
    GetVideoEncoderInstances: () =>
      el(
        'tr2:GetVideoEncoderInstancesResponse',
        el(
          'tr2:Info',
          (['h264', 'h265'] as const).map((codec) => {
            const count = s.entries.filter((e) => e.stream.codec === codec).length;
            return count > 0 && el('tr2:Codec', el('tr2:Encoding', mimeName[codec]), el('tr2:Number', count));
          }),
          el('tr2:Total', s.entries.length),
        ),
      ),
    GetStreamUri: (call) => {
      const protocol = needed(call, 'Protocol');
      if (!['RtspUnicast', 'RTSP'].includes(protocol))
        throw invalid('InvalidStreamSetup', 'Streams go over RTSP, over UDP or inside the connection, here.');
      return el(
        'tr2:GetStreamUriResponse',
        el('tr2:Uri', streamUri(call, parts.rtspPort(), profileOf(call).stream.path)),
      );
    },
    GetSnapshotUri: (call) =>
      el('tr2:GetSnapshotUriResponse', el('tr2:Uri', snapshotUri(call, profileOf(call).stream.name))),
    SetSynchronizationPoint: (call) => {
      profileOf(call);
      parts.synchronize();
      return el('tr2:SetSynchronizationPointResponse');
    },
    GetOSDs: (call) => {
      const token = textOf(call.operation, 'OSDToken');
      const configuration = textOf(call.operation, 'ConfigurationToken');
      return el('tr2:GetOSDsResponse', osds.list('tr2:OSDs', token, configuration));
    },
    GetOSDOptions: () => el('tr2:GetOSDOptionsResponse', osds.options('tr2:OSDOptions')),
    SetOSD: (call) => {
      osds.set(childOf(call.operation, 'OSD'));
      return el('tr2:SetOSDResponse');
    },
    CreateOSD: (call) => el('tr2:CreateOSDResponse', el('tr2:OSDToken', osds.create(childOf(call.operation, 'OSD')))),
    DeleteOSD: (call) => {
      osds.remove(needed(call, 'OSDToken'));
      return el('tr2:DeleteOSDResponse');
    },
  };
  const supported = wantedTypes.filter(
    (t) =>
      (s.ptz || t !== 'PTZ') &&
      (s.audio || !/^Audio(Source|Encoder)/.test(t)) &&
      (s.speaker || !/^Audio(Out|Dec)/.test(t)),
  );
  return {
    prefix: 'tr2',
    version: { major: 21, minor: 12 },
    capabilities: () =>
      el(
        'tr2:Capabilities',
        { SnapshotUri: true, Rotation: false, VideoSourceMode: false, OSD: true, Mask: false },
        el('tr2:ProfileCapabilities', {
          MaximumNumberOfProfiles: s.entries.length,
          ConfigurationsSupported: supported.join(' '),
        }),
        el('tr2:StreamingCapabilities', {
          RTSPStreaming: true,
          RTPMulticast: false,
          RTP_RTSP_TCP: true,
          NonAggregateControl: false,
        }),
      ),
    handlers,
  };
}
