/** Device management (ONVIF Core Specification §8; devicemgmt.wsdl). */
import type { DeviceClock } from './device-clock.ts';
import { Fault, invalid, missing, notSupported } from './fault.ts';
import type { Identity } from './identity.ts';
import { ns, servicePath } from './namespaces.ts';
import { readRelay, relayXml } from './relay-xml.ts';
import type { Call, Handler, Service } from './service.ts';
import { isTrue, needed, numberIn } from './service.ts';
import type { Terminals } from './terminals.ts';
import { childOf, pathOf, textOf } from './xml-read.ts';
import type { Part, Xml } from './xml-write.ts';
import { el, flag } from './xml-write.ts';

export type DeviceServiceParts = {
  identity: Identity;
  username: string;
  clock: DeviceClock;
  terminals: Terminals;
  /** Scopes that cannot be taken away. */
  fixedScopes: string[];
  /** Told when the scopes have changed: discovery's metadata version counts them. */
  scopesChanged: () => void;
  rtspPort: () => number;
  counts: { videoSources: number; audioSources: number; audioOutputs: number };
  /** The other services, as they are complete. */
  services: () => Service[];
};

const bools = (names: string[], value: boolean): Record<string, boolean> =>
  Object.fromEntries(names.map((n) => [n, value]));

function dateTime(ms: number): Part[] {
  const d = new Date(ms);
  return [
    el(
      'tt:Time',
      el('tt:Hour', d.getUTCHours()),
      el('tt:Minute', d.getUTCMinutes()),
      el('tt:Second', d.getUTCSeconds()),
    ),
    el('tt:Date', el('tt:Year', d.getUTCFullYear()), el('tt:Month', d.getUTCMonth() + 1), el('tt:Day', d.getUTCDate())),
  ];
}

export function createDeviceService(parts: DeviceServiceParts): Service & { scopes(): string[] } {
  const { identity, clock, terminals, counts } = parts;
  let hostname = identity.name.toLowerCase().replace(/[^a-z0-9-]/g, '-');
  let zone = 'UTC0';
  let dateTimeType: 'Manual' | 'NTP' = 'Manual';
  let daylight = false;
  let added: string[] = [];
  const maxScopes = 32;

  const capabilities = (): Xml =>
    el(
      'tds:Capabilities',
      el('tds:Network', {
        ...bools(['IPFilter', 'ZeroConfiguration', 'IPVersion6', 'DynDNS', 'HostnameFromDHCP'], false),
        NTP: 0,
      }),
      el('tds:Security', {
        ...bools(
          ['TLS1.0', 'TLS1.1', 'TLS1.2', 'OnboardKeyGeneration', 'AccessPolicyConfig', 'DefaultAccessPolicy'],
          false,
        ),
        ...bools(['Dot1X', 'RemoteUserHandling', 'X.509Token', 'SAMLToken', 'KerberosToken'], false),
        ...bools(['UsernameToken', 'HttpDigest'], true),
        RELToken: false,
        MaxUsers: 1,
        MaxUserNameLength: 32,
        MaxPasswordLength: 64,
        HashingAlgorithms: 'MD5,SHA-256',
      }),
      el('tds:System', {
        ...bools(['DiscoveryResolve', 'DiscoveryBye'], true),
        ...bools(
          ['RemoteDiscovery', 'SystemBackup', 'SystemLogging', 'HttpFirmwareUpgrade', 'HttpSystemBackup'],
          false,
        ),
        ...bools(['NetworkConfigNotSupported', 'UserConfigNotSupported'], true),
      }),
      terminals.auxiliary().length > 0 && el('tds:Misc', { AuxiliaryCommands: terminals.auxiliary().join(' ') }),
    );

  /** The older summary of all services (§8.1.2.1), by categories. */
  function oldCapabilities(call: Call): Xml {
    const wanted = call.operation.children.filter((c) => c.name === 'Category').map((c) => c.text);
    const all = wanted.length === 0 || wanted.includes('All');
    const known = ['All', 'Analytics', 'Device', 'Events', 'Imaging', 'Media', 'PTZ'];
    for (const category of wanted)
      if (!known.includes(category)) throw notSupported('NoSuchService', `There is no category ${category} here.`);
    const has = (prefix: Service['prefix']): boolean => parts.services().some((s) => s.prefix === prefix);
    const address = (prefix: keyof typeof servicePath): Xml => el('tt:XAddr', call.base + servicePath[prefix]);
    const device = el(
      'tt:Device',
      address('tds'),
      el('tt:Network', ...['IPFilter', 'ZeroConfiguration', 'IPVersion6', 'DynDNS'].map((n) => flag(`tt:${n}`, false))),
      el(
        'tt:System',
        ...['DiscoveryResolve', 'DiscoveryBye'].map((n) => flag(`tt:${n}`, true)),
        ...['RemoteDiscovery', 'SystemBackup', 'SystemLogging', 'FirmwareUpgrade'].map((n) => flag(`tt:${n}`, false)),
        el('tt:SupportedVersions', el('tt:Major', 21), el('tt:Minor', 12)),
      ),
      el(
        'tt:IO',
        el('tt:InputConnectors', terminals.inputs().length),
        el('tt:RelayOutputs', terminals.relays().length),
      ),
      el(
        'tt:Security',
        ...['TLS1.1', 'TLS1.2', 'OnboardKeyGeneration', 'AccessPolicyConfig'].map((n) => flag(`tt:${n}`, false)),
        ...['X.509Token', 'SAMLToken', 'KerberosToken', 'RELToken'].map((n) => flag(`tt:${n}`, false)),
      ),
    );
    const events = el(
      'tt:Events',
      address('tev'),
      flag('tt:WSSubscriptionPolicySupport', false),
      flag('tt:WSPullPointSupport', true),
      flag('tt:WSPausableSubscriptionManagerInterfaceSupport', false),
    );
    const media = el(
      'tt:Media',
      address('trt'),
      el(
        'tt:StreamingCapabilities',
        flag('tt:RTPMulticast', false),
        flag('tt:RTP_TCP', true),
        flag('tt:RTP_RTSP_TCP', true),
      ),
    );
    const extension = el(
      'tt:Extension',
      has('tmd') &&
        el(
          'tt:DeviceIO',
          address('tmd'),
          el('tt:VideoSources', counts.videoSources),
          el('tt:VideoOutputs', 0),
          el('tt:AudioSources', counts.audioSources),
          el('tt:AudioOutputs', counts.audioOutputs),
          el('tt:RelayOutputs', terminals.relays().length),
        ),
      has('trc') &&
        el(
          'tt:Recording',
          address('trc'),
          flag('tt:ReceiverSource', false),
          flag('tt:MediaProfileSource', true),
          flag('tt:DynamicRecordings', false),
          flag('tt:DynamicTracks', false),
          el('tt:MaxStringLength', 256),
        ),
      has('tse') && el('tt:Search', address('tse'), flag('tt:MetadataSearch', false)),
      has('trp') && el('tt:Replay', address('trp')),
    );
    const on = (category: string): boolean => all || wanted.includes(category);
    return el(
      'tds:GetCapabilitiesResponse',
      el(
        'tds:Capabilities',
        on('Device') && device,
        on('Events') && events,
        on('Imaging') && has('timg') && el('tt:Imaging', address('timg')),
        on('Media') && media,
        on('PTZ') && has('tptz') && el('tt:PTZ', address('tptz')),
        all && extension,
      ),
    );
  }

  function setClock(call: Call): Xml {
    const { operation } = call;
    const type = needed(call, 'DateTimeType');
    if (type === 'NTP') throw invalid('NtpServerUndefined', 'This device has no time server.');
    if (type !== 'Manual') throw missing('DateTimeType');
    const tz = pathOf(operation, 'TimeZone', 'TZ')?.text;
    if (tz !== undefined && !/^[A-Za-z<][A-Za-z0-9<>+:,./-]{1,63}$/.test(tz))
      throw invalid('InvalidTimeZone', 'The time zone cannot be read.');
    const at = childOf(operation, 'UTCDateTime');
    if (at) {
      const date = childOf(at, 'Date');
      const time = childOf(at, 'Time');
      const value = (x: typeof date, name: string, least: number, most: number): number => {
        const v = numberIn(textOf(x, name), least, most);
        if (v === undefined || !Number.isInteger(v)) throw invalid('InvalidDateTime', 'The time is no time.');
        return v;
      };
      const [year, month, day] = [
        value(date, 'Year', 1990, 2099),
        value(date, 'Month', 1, 12),
        value(date, 'Day', 1, 31),
      ];
      const utcMs = Date.UTC(
        year,
        month - 1,
        day,
        value(time, 'Hour', 0, 23),
        value(time, 'Minute', 0, 59),
        value(time, 'Second', 0, 61),
      );
      if (new Date(utcMs).getUTCDate() !== day) throw invalid('InvalidDateTime', 'There is no such day.');
      clock.set(utcMs);
    }
    dateTimeType = 'Manual';
    daylight = isTrue(textOf(operation, 'DaylightSavings'));
    if (tz !== undefined) zone = tz;
    return el('tds:SetSystemDateAndTimeResponse');
  }

  const scopes = (): string[] => [...parts.fixedScopes, ...added];
  const checked = (list: string[]): string[] => {
    if (list.length === 0) throw missing('scopes');
    for (const s of list)
      if (!/^onvif:\/\/\S{1,200}$/.test(s)) throw invalid('InvalidArgVal', 'A scope is an onvif:// address.');
    if (list.length + parts.fixedScopes.length > maxScopes)
      throw new Fault('Receiver', ['ter:Action', 'ter:TooManyScopes'], 'There is no room for so many scopes.');
    return [...new Set(list)].filter((s) => !parts.fixedScopes.includes(s));
  };
  const list = (call: Call, name: string): string[] =>
    call.operation.children.filter((c) => c.name === name).map((c) => c.text);
  const fixed = (): Fault => new Fault('Sender', ['ter:OperationProhibited', 'ter:FixedScope'], 'That scope stays.');

  const handlers: Record<string, Handler> = {
    GetServices: (call) => {
      const detailed = isTrue(textOf(call.operation, 'IncludeCapability'));
      return el(
        'tds:GetServicesResponse',
        parts
          .services()
          .map((s) =>
            el(
              'tds:Service',
              el('tds:Namespace', ns[s.prefix]),
              el('tds:XAddr', call.base + servicePath[s.prefix]),
              detailed && el('tds:Capabilities', s.capabilities()),
              el('tds:Version', el('tt:Major', s.version.major), el('tt:Minor', s.version.minor)),
            ),
          ),
      );
    },
    GetCapabilities: oldCapabilities,
    GetDeviceInformation: () =>
      el(
        'tds:GetDeviceInformationResponse',
        el('tds:Manufacturer', identity.maker),
        el('tds:Model', identity.model),
        el('tds:FirmwareVersion', identity.firmware),
        el('tds:SerialNumber', identity.serial),
        el('tds:HardwareId', identity.hardware),
      ),
    GetSystemDateAndTime: () =>
      el(
        'tds:GetSystemDateAndTimeResponse',
        el(
          'tds:SystemDateAndTime',
          el('tt:DateTimeType', dateTimeType),
          flag('tt:DaylightSavings', daylight),
          el('tt:TimeZone', el('tt:TZ', zone)),
          el('tt:UTCDateTime', dateTime(clock.nowMs())),
        ),
      ),
    SetSystemDateAndTime: setClock,
    GetScopes: () =>
      el(
        'tds:GetScopesResponse',
        scopes().map((s) =>
          el(
            'tds:Scopes',
            el('tt:ScopeDef', parts.fixedScopes.includes(s) ? 'Fixed' : 'Configurable'),
            el('tt:ScopeItem', s),
          ),
        ),
      ),
    SetScopes: (call) => {
      added = checked(list(call, 'Scopes'));
      parts.scopesChanged();
      return el('tds:SetScopesResponse');
    },
    AddScopes: (call) => {
      added = checked([...added, ...list(call, 'ScopeItem')]);
      parts.scopesChanged();
      return el('tds:AddScopesResponse');
    },
    RemoveScopes: (call) => {
      const gone = list(call, 'ScopeItem');
      if (gone.some((s) => parts.fixedScopes.includes(s))) throw fixed();
      if (gone.some((s) => !added.includes(s)))
        throw new Fault('Sender', ['ter:InvalidArgVal', 'ter:NoScope'], 'There is no such scope.');
      added = added.filter((s) => !gone.includes(s));
      parts.scopesChanged();
      return el(
        'tds:RemoveScopesResponse',
        gone.map((s) => el('tds:ScopeItem', s)),
      );
    },
    GetDiscoveryMode: () => el('tds:GetDiscoveryModeResponse', el('tds:DiscoveryMode', 'Discoverable')),
    GetEndpointReference: () => el('tds:GetEndpointReferenceResponse', el('tds:GUID', `urn:uuid:${identity.uuid}`)),
    GetUsers: () =>
      el(
        'tds:GetUsersResponse',
        el('tds:User', el('tt:Username', parts.username), el('tt:UserLevel', 'Administrator')),
      ),
    GetWsdlUrl: () => el('tds:GetWsdlUrlResponse', el('tds:WsdlUrl', 'https://www.onvif.org/profiles/specifications/')),
    GetHostname: () =>
      el('tds:GetHostnameResponse', el('tds:HostnameInformation', flag('tt:FromDHCP', false), el('tt:Name', hostname))),
    SetHostname: (call) => {
      const name = needed(call, 'Name');
      if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(name))
        throw invalid('InvalidHostname', 'A host name has letters, digits and dashes, 63 at most.');
      hostname = name;
      return el('tds:SetHostnameResponse');
    },
    GetDNS: () => el('tds:GetDNSResponse', el('tds:DNSInformation', flag('tt:FromDHCP', false))),
    GetNTP: () => el('tds:GetNTPResponse', el('tds:NTPInformation', flag('tt:FromDHCP', false))),
    GetNetworkInterfaces: (call) =>
      el(
        'tds:GetNetworkInterfacesResponse',
        el(
          'tds:NetworkInterfaces',
          { token: 'eth0' },
          flag('tt:Enabled', true),
          el('tt:Info', el('tt:Name', 'eth0'), el('tt:HwAddress', identity.mac), el('tt:MTU', 1500)),
          el(
            'tt:IPv4',
            flag('tt:Enabled', true),
            el(
              'tt:Config',
              el(
                'tt:Manual',
                el('tt:Address', call.host),
                el('tt:PrefixLength', call.host.startsWith('127.') ? 8 : 24),
              ),
              flag('tt:DHCP', false),
            ),
          ),
        ),
      ),
    GetNetworkProtocols: (call) =>
      el(
        'tds:GetNetworkProtocolsResponse',
        [
          { name: 'HTTP', on: true, port: Number(new URL(call.base).port || 80) },
          { name: 'HTTPS', on: false, port: 443 },
          { name: 'RTSP', on: true, port: parts.rtspPort() },
        ].map(({ name, on, port }) =>
          el('tds:NetworkProtocols', el('tt:Name', name), flag('tt:Enabled', on), el('tt:Port', port)),
        ),
      ),
    GetNetworkDefaultGateway: (call) =>
      el(
        'tds:GetNetworkDefaultGatewayResponse',
        el('tds:NetworkGateway', el('tt:IPv4Address', call.host.replace(/\.\d+$/, '.1'))),
      ),
    GetRelayOutputs: () => el('tds:GetRelayOutputsResponse', relayXml('tds:RelayOutputs', terminals)),
    SetRelayOutputSettings: (call) => {
      const at = childOf(call.operation, 'Properties');
      terminals.configureRelay(needed(call, 'RelayOutputToken'), readRelay(at));
      return el('tds:SetRelayOutputSettingsResponse');
    },
    SetRelayOutputState: (call) => {
      const state = needed(call, 'LogicalState');
      if (state !== 'active' && state !== 'inactive') throw missing('LogicalState');
      terminals.setRelay(needed(call, 'RelayOutputToken'), state === 'active');
      return el('tds:SetRelayOutputStateResponse');
    },
    SendAuxiliaryCommand: (call) => {
      const command = needed(call, 'AuxiliaryCommand');
      terminals.command(command);
      return el('tds:SendAuxiliaryCommandResponse', el('tds:AuxiliaryCommandResponse', command));
    },
  };
  return { prefix: 'tds', version: { major: 21, minor: 12 }, capabilities, handlers, scopes };
}
