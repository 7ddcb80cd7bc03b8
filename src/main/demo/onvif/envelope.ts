/** SOAP 1.2 envelopes: what came in, and what goes out (SOAP 1.2 Part 1; WS-Addressing 1.0 for those who use it). */
import { Fault } from './fault.ts';
import { ns } from './namespaces.ts';
import type { Part, Xml } from './xml-write.ts';
import { el, joined } from './xml-write.ts';
import type { XmlElement } from './xml-read.ts';
import { childOf, readXml, textOf, XmlError } from './xml-read.ts';

export type Envelope = {
  header: XmlElement | undefined;
  /** First child of the body: the operation. */
  operation: XmlElement;
};

const understood: string[] = [ns.wsa, ns.wsse, 'http://schemas.xmlsoap.org/ws/2004/08/addressing'];

/** Throws the fault to answer with. */
export function readEnvelope(text: string): Envelope {
  let root: XmlElement;
  try {
    root = readXml(text);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new Fault('Sender', ['ter:WellFormed'], `The request is not well-formed XML: ${error.message}.`);
  }
  if (root.name !== 'Envelope') throw new Fault('Sender', ['ter:TagMismatch'], 'The request is no SOAP envelope.');
  if (root.ns !== ns.s) throw new Fault('VersionMismatch', [], 'Only SOAP 1.2 is spoken here.');
  const header = root.children.find((c) => c.ns === ns.s && c.name === 'Header');
  const body = root.children.find((c) => c.ns === ns.s && c.name === 'Body');
  for (const block of header?.children ?? []) {
    const must = block.attributes.get('mustUnderstand');
    if ((must === '1' || must === 'true') && !understood.includes(block.ns))
      throw new Fault('MustUnderstand', [], `The header ${block.name} is not understood.`);
  }
  const operation = body?.children[0];
  if (!operation) throw new Fault('Sender', ['ter:TagMismatch'], 'The envelope has no body, or nothing in it.');
  return { header, operation };
}

/** The header of an answer to somebody who addresses his messages; null for others. */
export function answerHeader(header: XmlElement | undefined, failed: boolean): Xml | null {
  const messageId = textOf(header, 'MessageID');
  const action = textOf(header, 'Action');
  const block = childOf(header, 'MessageID') ?? childOf(header, 'Action');
  if (block?.ns !== ns.wsa) return null;
  const answerAction = failed
    ? `${ns.wsa}/fault`
    : action !== undefined && action !== ''
      ? `${action.replace(/Request$/, '')}Response`
      : undefined;
  return el(
    's:Header',
    answerAction !== undefined && el('wsa:Action', answerAction),
    messageId !== undefined && el('wsa:RelatesTo', messageId),
  );
}

const declarations = Object.entries(ns).map(([prefix, uri]): [string, string] => [`xmlns:${prefix}`, uri]);

export function writeEnvelope(header: Xml | null, body: Part): string {
  const all = el('s:Envelope', Object.fromEntries(declarations), header, el('s:Body', body));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${joined(all)}`;
}
