/** SOAP 1.2 messages (ONVIF Core §5.8): written for one operation, read with all the forms that devices answer in. */
import type { DeviceService } from '#domain/device.ts';
import { at, textAt, within, type Element } from './element.ts';
import { readXml } from './read-xml.ts';
import { deviceError, quoted } from './trouble.ts';
import { nothing, xml, type Xml } from './write-xml.ts';

export const namespaces: Record<DeviceService, string> = {
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
  analytics: 'http://www.onvif.org/ver20/analytics/wsdl',
};

/** One operation to be asked for. */
export type Operation = { service: DeviceService; name: string; action: string; body: Xml };

/** An operation of a service; `inner` is in the service's namespace, schema elements carry the prefix `tt`. */
export function operation(service: DeviceService, name: string, inner: Xml = nothing): Operation {
  const space = namespaces[service];
  return {
    service,
    name,
    action: `${space}/${name}`,
    body: xml`<${made(name)} xmlns="${space}">${inner}</${made(name)}>`,
  };
}
const made = (name: string): Xml => ({ xml: name });

export const soapSpace = 'http://www.w3.org/2003/05/soap-envelope';

export function envelope(body: Xml, header: Xml = nothing): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    xml`<s:Envelope xmlns:s="${soapSpace}" xmlns:tt="http://www.onvif.org/ver10/schema"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
      .xml
  );
}

export type Fault = { codes: string[]; reason: string };
export type Reply = { kind: 'answer'; element: Element; header: Element | null } | { kind: 'fault'; fault: Fault };

/**
 * Reads a reply. `DEVICE` `not-onvif` for what is no SOAP at all (web pages, other protocols), `invalid-answer` or `too-large`
 * for SOAP that cannot be taken.
 */
export function readReply(body: Uint8Array, contentType: string | null): Reply {
  const start = Buffer.from(body.subarray(0, 512))
    .toString('latin1')
    .replace(/^[\u00ef\u00bb\u00bf\s]+/, '');
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (body.length === 0) throw deviceError('invalid-answer', 'The device sent an empty answer.');
  if (
    /^<(!doctype\s+html|html|head|body)\b/i.test(start) ||
    (type.includes('html') && !/<[\w-]*:?Envelope/.test(start))
  )
    throw deviceError('not-onvif', 'A web page answered, not an ONVIF device.');
  if (!start.startsWith('<') && !(body[0] === 0xff || body[0] === 0xfe))
    throw deviceError('not-onvif', 'Something other than an ONVIF device answered.');
  const charset = /charset="?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1] ?? null;
  const root = readXml(body, charset);
  if (root.name.toLowerCase() === 'html') throw deviceError('not-onvif', 'A web page answered, not an ONVIF device.');
  if (root.name !== 'Envelope')
    throw deviceError('not-onvif', `The answer is XML of another kind (${quoted(root.name, 40)}), not SOAP.`);
  const inside = at(root, 'Body');
  if (inside === null) throw deviceError('invalid-answer', 'The device sent a SOAP envelope without a body.');
  const fault = at(inside, 'Fault');
  if (fault) return { kind: 'fault', fault: readFault(fault) };
  const element = inside.children[0];
  if (!element) throw deviceError('invalid-answer', 'The device sent an empty SOAP body.');
  return { kind: 'answer', element, header: at(root, 'Header') };
}

/** SOAP 1.2 (Code/Subcode/Reason) and 1.1 (faultcode/faultstring) faults. */
function readFault(fault: Element): Fault {
  const codes: string[] = [];
  for (const e of within(fault)) {
    if ((e.name === 'Value' || e.name === 'faultcode') && e.text !== '')
      codes.push(e.text.slice(e.text.indexOf(':') + 1).slice(0, 100));
    if (codes.length >= 8) break;
  }
  const reason =
    textAt(fault, 'Reason', 'Text') ??
    textAt(fault, 'faultstring') ??
    textAt(fault, 'Detail', 'Text') ??
    codes.at(-1) ??
    '';
  return { codes, reason: quoted(reason) };
}

/** Whether a fault is about who asks (ONVIF Core §5.9.1, WS-Security 1.1 §12), not about what is asked. */
export const isAboutSender = (fault: Fault): boolean =>
  fault.codes.some((code) =>
    /^(NotAuthorized|SenderNotAuthorized|FailedAuthentication|FailedCheck|InvalidSecurity|InvalidSecurityToken|SecurityTokenUnavailable|MessageExpired|Unauthorized)$/i.test(
      code,
    ),
  ) ||
  /\b(not authori[sz]ed|unauthori[sz]ed|authentication fail|authority failure|authentication error)/i.test(
    fault.reason,
  );

/** Accounts that the device has closed for a while. */
export const isLocked = (fault: Fault): boolean => speaksOfLock([...fault.codes, fault.reason].join(' '));
export const speaksOfLock = (text: string): boolean => /\block(ed|out)?\b/i.test(text);

/** What any other fault means for the person. */
export function faultError(fault: Fault, what: string): Error {
  const words = [...fault.codes, fault.reason].join(' ');
  if (
    /ActionNotSupported|OptionalActionNotImplemented|NotImplemented|NoSuchService|UnknownAction|not (implemented|supported)|Method .* not/i.test(
      words,
    )
  )
    return deviceError('unsupported', `The device has no ${what}.`);
  if (/MaxNumberOf|TooMany|too many|max(imum)? (number|connection)|busy|ResourceLimit/i.test(words))
    return deviceError('busy', `The device is busy and did not do ${what}: ${fault.reason}`);
  return deviceError(
    'refused',
    `The device refused ${what}: ${fault.reason || (fault.codes.at(-1) ?? 'no reason given')}`,
  );
}
