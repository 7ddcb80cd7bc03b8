/** Namespaces of the ONVIF services and of what they stand on; the prefixes are those of the specifications. */
export const ns = {
  s: 'http://www.w3.org/2003/05/soap-envelope',
  wsa: 'http://www.w3.org/2005/08/addressing',
  wsse: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
  wsnt: 'http://docs.oasis-open.org/wsn/b-2',
  wstop: 'http://docs.oasis-open.org/wsn/t-1',
  wsrfbf: 'http://docs.oasis-open.org/wsrf/bf-2',
  xs: 'http://www.w3.org/2001/XMLSchema',
  ter: 'http://www.onvif.org/ver10/error',
  tt: 'http://www.onvif.org/ver10/schema',
  tns1: 'http://www.onvif.org/ver10/topics',
  tds: 'http://www.onvif.org/ver10/device/wsdl',
  trt: 'http://www.onvif.org/ver10/media/wsdl',
  tr2: 'http://www.onvif.org/ver20/media/wsdl',
  timg: 'http://www.onvif.org/ver20/imaging/wsdl',
  tptz: 'http://www.onvif.org/ver20/ptz/wsdl',
  tev: 'http://www.onvif.org/ver10/events/wsdl',
  tmd: 'http://www.onvif.org/ver10/deviceIO/wsdl',
  trc: 'http://www.onvif.org/ver10/recording/wsdl',
  tse: 'http://www.onvif.org/ver10/search/wsdl',
  trp: 'http://www.onvif.org/ver10/replay/wsdl',
} as const;

export type Prefix = keyof typeof ns;

/** Where each service answers. */
export const servicePath = {
  tds: '/onvif/device_service',
  trt: '/onvif/media_service',
  tr2: '/onvif/media2_service',
  timg: '/onvif/imaging_service',
  tptz: '/onvif/ptz_service',
  tev: '/onvif/event_service',
  tmd: '/onvif/deviceio_service',
  trc: '/onvif/recording_service',
  tse: '/onvif/search_service',
  trp: '/onvif/replay_service',
} as const satisfies Partial<Record<Prefix, string>>;

export type ServicePrefix = keyof typeof servicePath;
