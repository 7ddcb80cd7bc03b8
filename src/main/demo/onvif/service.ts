/** What every service of a device is made of. */
import type { XmlElement } from './xml-read.ts';
import type { Xml } from './xml-write.ts';
import type { ServicePrefix } from './namespaces.ts';
import { missing } from './fault.ts';
import { textOf } from './xml-read.ts';

export type Call = {
  operation: XmlElement;
  header: XmlElement | undefined;
  /** `http://192.0.2.1:8080`: how the client reached the device; addresses in answers begin with it. */
  base: string;
  /** Host part of it, without port. */
  host: string;
  /** Path that was posted to, with query. */
  path: string;
  /** Ends when the client goes away before it has its answer. */
  gone: AbortSignal;
};

export type Handler = (call: Call) => Xml | Promise<Xml>;

export type Service = {
  prefix: ServicePrefix;
  version: { major: number; minor: number };
  /** Element `Capabilities` of GetServiceCapabilities, without the response around it. */
  capabilities: () => Xml;
  handlers: Record<string, Handler>;
};

/** Text of a required child; the fault says which one is missing. */
export function needed(call: Call | XmlElement, name: string): string {
  const text = textOf('operation' in call ? call.operation : call, name);
  if (text === undefined || text === '') throw missing(name);
  return text;
}

export const isTrue = (text: string | undefined): boolean => text === 'true' || text === '1';

/** A number of a text within bounds; undefined when it is none or outside. */
export function numberIn(text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) && value >= least && value <= most ? value : undefined;
}
