/**
 * XML from devices: hostile until proven otherwise. `sax` reads it without ever building an entity or fetching a thing; this
 * file refuses what neither a SOAP message nor a metadata stream may hold (a DOCTYPE: SOAP 1.2 Part 1 §5), and what is too deep
 * or too much.
 */
import sax from 'sax';
import type { Element } from './element.ts';

/** How much of one document is taken. */
export type XmlLimits = { bytes: number; depth: number; elements: number; attributes: number };

type Open = {
  name: string;
  space: string | null;
  scope: Scope;
  attributes: Map<string, string>;
  children: Element[];
  text: string;
};
/** Prefixes in force: each level looks things up in the one above, so that a million declarations cost no copies. */
type Scope = Record<string, string>;
const local = (name: string): string => name.slice(name.indexOf(':') + 1);
const prefix = (name: string): string => name.slice(0, Math.max(0, name.indexOf(':')));

/** Reads a whole document; throws `XmlRefusal` for what is not taken, another error for what is no XML. */
export function parseXml(bytes: Uint8Array, limits: XmlLimits, charset: string | null = null): Element {
  if (bytes.length > limits.bytes) throw new XmlRefusal('too many bytes', true);
  return build(decode(bytes, charset), limits);
}

export class XmlRefusal extends Error {
  readonly tooMuch: boolean;
  constructor(message: string, tooMuch: boolean) {
    super(message);
    this.tooMuch = tooMuch;
  }
}

/** `strictEntities`: only the five of XML itself. */
const options: sax.SAXOptions & { strictEntities: boolean } = { strictEntities: true, position: false };

function build(text: string, limits: XmlLimits): Element {
  const parser = sax.parser(true, options);
  const open: Open[] = [];
  const roots: Element[] = [];
  let elements = 0;
  let attributes = 0;
  let pending = new Map<string, string>();
  let declared: [prefix: string, space: string][] = [];
  const take = (more: string): void => {
    const here = open.at(-1);
    if (here) here.text += more;
  };
  parser.onerror = (error) => {
    throw error;
  };
  parser.ondoctype = () => {
    throw new XmlRefusal('it holds a DOCTYPE', false);
  };
  parser.onsgmldeclaration = () => {
    throw new XmlRefusal('it holds a declaration', false);
  };
  parser.onattribute = ({ name, value }) => {
    if (++attributes > limits.attributes) throw new XmlRefusal('too many attributes', true);
    if (name === 'xmlns') declared.push(['', value]);
    else if (name.startsWith('xmlns:')) declared.push([local(name), value]);
    else pending.set(local(name), value);
  };
  parser.onopentag = ({ name }) => {
    if (++elements > limits.elements) throw new XmlRefusal('too many elements', true);
    if (open.length >= limits.depth) throw new XmlRefusal('too deep', true);
    const above = open.at(-1)?.scope ?? (Object.create(null) as Scope);
    const scope = declared.length === 0 ? above : (Object.create(above) as Scope);
    for (const [short, space] of declared) scope[short] = space;
    const space = scope[prefix(name)] ?? null;
    open.push({ name: local(name), space, scope, attributes: pending, children: [], text: '' });
    pending = new Map();
    declared = [];
  };
  parser.ontext = take;
  parser.oncdata = take;
  parser.onclosetag = () => {
    const done = open.pop();
    if (!done) return;
    done.text = done.text.trim();
    const above = open.at(-1);
    if (above) above.children.push(done);
    else roots.push(done);
  };
  parser.write(text).close();
  const [root] = roots;
  if (!root || roots.length > 1) throw new XmlRefusal('it is not one document', false);
  return root;
}

/** Bytes to text: by byte order mark, by what HTTP or the XML declaration says, UTF-8 where nobody says, Latin-1 as the last resort. */
function decode(bytes: Uint8Array, charset: string | null): string {
  const marked =
    bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : null;
  const said = charset ?? /^[^>]{0,200}encoding=["']([\w.:-]{1,40})["']/.exec(ascii(bytes))?.[1] ?? 'utf-8';
  // A declaration that can be read byte by byte is not UTF-16, whatever it says of itself (seen in Bosch encoders).
  const declared = marked ?? (/^(utf|ucs)-?(16|32)/i.test(said) && bytes[1] !== 0 ? 'utf-8' : said);
  let text: string;
  try {
    text = new TextDecoder(declared, { fatal: true }).decode(bytes);
  } catch {
    text = new TextDecoder('latin1').decode(bytes); // wrong or unknown charset: names suffer, the structure is ASCII
  }
  // gSOAP devices end with NUL bytes now and then; blanks before the declaration are as common.
  // Cut by hand: a regular expression for the end of a text takes quadratic time on two megabytes of blanks.
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0 || blank.test(text.charAt(end - 1)))) end--;
  return text.slice(0, end).replace(/^[\uFEFF\s]+/, '');
}

const blank = /\s/;
const ascii = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(0, 256)).toString('latin1');
