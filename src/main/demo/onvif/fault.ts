/** What a device answers when it will not do what was asked (SOAP 1.2 Part 1 §5.4; ONVIF Core Specification §5.8). */
import type { Xml } from './xml-write.ts';
import { el } from './xml-write.ts';

export class Fault extends Error {
  /** `Sender`, `Receiver`, `VersionMismatch`, `MustUnderstand`. */
  readonly code: 'Sender' | 'Receiver' | 'VersionMismatch' | 'MustUnderstand';
  readonly subcodes: string[];
  readonly detail: Xml | null;
  constructor(code: Fault['code'], subcodes: string[], reason: string, detail: Xml | null = null) {
    super(reason);
    this.code = code;
    this.subcodes = subcodes;
    this.detail = detail;
  }
}

/** The request holds something that this device has not or does not take: `ter:InvalidArgVal` and what exactly. */
export const invalid = (exactly: string, reason: string): Fault =>
  new Fault('Sender', ['ter:InvalidArgVal', `ter:${exactly}`], reason);

export const missing = (what: string): Fault =>
  new Fault('Sender', ['ter:InvalidArgs'], `The request lacks ${what}, or it cannot be read.`);

export const notSupported = (exactly: string, reason: string): Fault =>
  new Fault('Receiver', ['ter:ActionNotSupported', `ter:${exactly}`], reason);

export const notAuthorized = (): Fault =>
  new Fault('Sender', ['ter:NotAuthorized'], 'The user or the password is not right, or the user may not do this.');

const code = (subcodes: string[]): Xml | null => {
  const [first, ...rest] = subcodes;
  return first === undefined ? null : el('s:Subcode', el('s:Value', first), code(rest));
};

export function faultXml(fault: Fault): Xml {
  return el(
    's:Fault',
    el('s:Code', el('s:Value', `s:${fault.code}`), code(fault.subcodes)),
    el('s:Reason', el('s:Text', { 'xml:lang': 'en' }, fault.message)),
    fault.detail && el('s:Detail', fault.detail),
  );
}
