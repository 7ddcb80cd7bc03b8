/** A camera with two profiles as Media2 and Media tell of it, for tests to change. */
import type { Reply } from './scripted-device.ts';

export const service = (space: string, url: string, minor = 0): string =>
  `<tds:Service><tds:Namespace>${space}</tds:Namespace><tds:XAddr>${url}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>${minor}</tt:Minor></tds:Version></tds:Service>`;

export const spaces = {
  device: 'http://www.onvif.org/ver10/device/wsdl',
  media: 'http://www.onvif.org/ver10/media/wsdl',
  media2: 'http://www.onvif.org/ver20/media/wsdl',
  ptz: 'http://www.onvif.org/ver20/ptz/wsdl',
  imaging: 'http://www.onvif.org/ver20/imaging/wsdl',
  events: 'http://www.onvif.org/ver10/events/wsdl',
  recording: 'http://www.onvif.org/ver10/recording/wsdl',
  search: 'http://www.onvif.org/ver10/search/wsdl',
  replay: 'http://www.onvif.org/ver10/replay/wsdl',
  deviceio: 'http://www.onvif.org/ver10/deviceIO/wsdl',
};

export const information =
  '<tds:GetDeviceInformationResponse><tds:Manufacturer>Acme</tds:Manufacturer><tds:Model>Box 1</tds:Model><tds:FirmwareVersion>1.2</tds:FirmwareVersion><tds:SerialNumber>S1</tds:SerialNumber><tds:HardwareId>h</tds:HardwareId></tds:GetDeviceInformationResponse>';

export const profile2 = (token: string, source: string, codec: string, width: number, height: number): string =>
  `<tr2:Profiles token="${token}" fixed="true"><tr2:Name>${token}</tr2:Name><tr2:Configurations><tr2:VideoSource token="vsc_${source}"><tt:Name>v</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>${source}</tt:SourceToken><tt:Bounds x="0" y="0" width="${width}" height="${height}"/></tr2:VideoSource><tr2:VideoEncoder token="enc_${token}" GovLength="50" Profile="Main"><tt:Name>e</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>${codec}</tt:Encoding><tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution><tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>25</tt:FrameRateLimit><tt:BitrateLimit>2048</tt:BitrateLimit></tt:RateControl><tt:Quality>4</tt:Quality></tr2:VideoEncoder></tr2:Configurations></tr2:Profiles>`;

/** Answers of a Profile T camera whose services are all said to be at `xaddr`. */
export function smallDevice(
  xaddr: string,
  offered: (keyof typeof spaces)[] = ['device', 'media2', 'media'],
): Record<string, Reply> {
  return {
    GetServices: `<tds:GetServicesResponse>${offered.map((s) => service(spaces[s], xaddr, 60)).join('')}</tds:GetServicesResponse>`,
    GetDeviceInformation: information,
    GetNetworkInterfaces:
      '<tds:GetNetworkInterfacesResponse><tds:NetworkInterfaces token="eth0"><tt:Enabled>true</tt:Enabled><tt:Info><tt:Name>eth0</tt:Name><tt:HwAddress>00-11-22-AA-BB-CC</tt:HwAddress></tt:Info><tt:IPv4><tt:Enabled>true</tt:Enabled><tt:Config><tt:Manual><tt:Address>192.0.2.10</tt:Address><tt:PrefixLength>24</tt:PrefixLength></tt:Manual><tt:DHCP>false</tt:DHCP></tt:Config></tt:IPv4></tds:NetworkInterfaces></tds:GetNetworkInterfacesResponse>',
    GetEndpointReference:
      '<tds:GetEndpointReferenceResponse><tds:GUID>uuid:C9790C3A-701B-464D-A189-0060351C8ADA</tds:GUID></tds:GetEndpointReferenceResponse>',
    GetProfiles: (asked) =>
      asked.body.includes('ver20/media')
        ? `<tr2:GetProfilesResponse>${profile2('main', 'src0', 'H265', 2560, 1440)}${profile2('sub', 'src0', 'H264', 640, 360)}</tr2:GetProfilesResponse>`
        : '<trt:GetProfilesResponse/>',
    GetStreamUri: (asked) =>
      `<tr2:GetStreamUriResponse><tr2:Uri>rtsp://admin:secret@127.0.0.1:554/${/ProfileToken>(\w+)</.exec(asked.body)?.[1] ?? ''}?x=1</tr2:Uri></tr2:GetStreamUriResponse>`,
    GetSnapshotUri: (asked) =>
      `<tr2:GetSnapshotUriResponse><tr2:Uri>http://127.0.0.1/snap/${/ProfileToken>(\w+)</.exec(asked.body)?.[1] ?? ''}.jpg</tr2:Uri></tr2:GetSnapshotUriResponse>`,
  };
}
