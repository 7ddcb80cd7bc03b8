/** A small XML reader for what strangers send (XML 1.0, Namespaces in XML 1.0): bounded, without DTD, one pass, no recursion. */
export type XmlElement = {
  /** Namespace, empty for none. */
  ns: string;
  name: string;
  /** By local name; of attributes with a namespace too. */
  attributes: Map<string, string>;
  children: XmlElement[];
  /** Its own character data, trimmed. */
  text: string;
  /** Namespace of a prefix as it is bound here; for names in content (topics, QNames). */
  namespaceOf(prefix: string): string | undefined;
};

/** The text is no XML that is taken here; the message says why. */
export class XmlError extends Error {}

const maxDepth = 40;
const maxElements = 5_000;
const maxAttributes = 64;

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replace(/&([^;&]{0,32};?)/g, (_, inner: string) => {
    if (!inner.endsWith(';')) throw new XmlError('an ampersand that begins no reference');
    const name = inner.slice(0, -1);
    const number = /^#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}))$/.exec(name);
    if (number) {
      const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
      if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000) || code === 0) throw new XmlError('no such character');
      return String.fromCodePoint(code);
    }
    const known = named[name];
    if (known === undefined) throw new XmlError('an entity that is not defined');
    return known;
  });
}

type Scope = Map<string, string>;
type Open = { element: XmlElement; raw: string; scope: Scope; texts: string[] };

const nameChars = '[A-Za-z_][A-Za-z0-9_.-]*';
const qName = new RegExp(`^(?:(${nameChars}):)?(${nameChars})$`);
const attribute = /\s+([^\s=/>"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;

function readAttributes(tag: string, from: number): { raw: [string, string][]; end: number } {
  const raw: [string, string][] = [];
  attribute.lastIndex = from;
  let end = from;
  for (let m = attribute.exec(tag); m; m = attribute.exec(tag)) {
    raw.push([m[1] ?? '', decode(m[2] ?? m[3] ?? '')]);
    if (raw.length > maxAttributes) throw new XmlError('too many attributes');
    end = attribute.lastIndex;
  }
  return { raw, end };
}

function split(name: string, scope: Scope, isAttribute: boolean): { ns: string; local: string } {
  const m = qName.exec(name);
  if (!m) throw new XmlError('a name that is none');
  const prefix = m[1];
  if (prefix === undefined) return { ns: isAttribute ? '' : (scope.get('') ?? ''), local: m[2] ?? '' };
  const ns = prefix === 'xml' ? 'http://www.w3.org/XML/1998/namespace' : scope.get(prefix);
  if (ns === undefined) throw new XmlError('a prefix that is bound to nothing');
  return { ns, local: m[2] ?? '' };
}

/** End of the tag that starts at `from`, quotes respected; −1 when there is none. */
function tagEnd(text: string, from: number): number {
  let quote = '';
  for (let i = from; i < text.length; i++) {
    const c = text[i] ?? '';
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '>') return i;
  }
  return -1;
}

/** Reads one document; throws `XmlError` for what is none, has a DOCTYPE, or is too deep or too rich. */
export function readXml(text: string): XmlElement {
  const stack: Open[] = [];
  const roots: XmlElement[] = [];
  let elements = 0;
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  const characters = (part: string, isRaw: boolean): void => {
    const top = stack.at(-1);
    if (!top) {
      if (part.trim() !== '') throw new XmlError('text outside of the document');
      return;
    }
    top.texts.push(isRaw ? part : decode(part));
  };
  const close = (): void => {
    const done = stack.pop();
    if (done) done.element.text = done.texts.join('').trim();
  };
  function open(tag: string): void {
    const m = /^[^\s/>]+/.exec(tag);
    if (!m) throw new XmlError('a tag without a name');
    const { raw, end } = readAttributes(tag, m[0].length);
    const rest = tag.slice(end).trim();
    if (rest !== '' && rest !== '/') throw new XmlError('a tag that cannot be read');
    const parent = stack.at(-1);
    if (!parent && roots.length > 0) throw new XmlError('two root elements');
    if (++elements > maxElements) throw new XmlError('too many elements');
    if (stack.length >= maxDepth) throw new XmlError('too deep');
    const outer = parent?.scope ?? new Map<string, string>();
    const own = raw.filter(([n]) => n === 'xmlns' || n.startsWith('xmlns:'));
    const scope =
      own.length === 0 ? outer : new Map([...outer, ...own.map(([n, v]): [string, string] => [n.slice(6), v])]);
    const { ns, local } = split(m[0], scope, false);
    const attributes = new Map<string, string>();
    for (const [n, v] of raw) {
      if (n === 'xmlns' || n.startsWith('xmlns:')) continue;
      const name = split(n, scope, true).local;
      if (attributes.has(name)) throw new XmlError('an attribute twice');
      attributes.set(name, v);
    }
    const element: XmlElement = {
      ns,
      name: local,
      attributes,
      children: [],
      text: '',
      namespaceOf: (p) => scope.get(p),
    };
    if (parent) parent.element.children.push(element);
    else roots.push(element);
    stack.push({ element, raw: m[0], scope, texts: [] });
    if (rest === '/') close();
  }

  while (at < text.length) {
    const next = text.indexOf('<', at);
    if (next < 0) {
      characters(text.slice(at), false);
      break;
    }
    if (next > at) characters(text.slice(at, next), false);
    if (text.startsWith('<!--', next)) {
      const end = text.indexOf('-->', next + 4);
      if (end < 0) throw new XmlError('a comment without an end');
      at = end + 3;
    } else if (text.startsWith('<![CDATA[', next)) {
      const end = text.indexOf(']]>', next + 9);
      if (end < 0 || stack.length === 0) throw new XmlError('a CDATA section without an end');
      characters(text.slice(next + 9, end), true);
      at = end + 3;
    } else if (text.startsWith('<?', next)) {
      const end = text.indexOf('?>', next + 2);
      if (end < 0) throw new XmlError('an instruction without an end');
      at = end + 2;
    } else if (text.startsWith('<!', next)) throw new XmlError('document types are not taken');
    else {
      const end = tagEnd(text, next + 1);
      if (end < 0) throw new XmlError('a tag without an end');
      if (text[next + 1] === '/') {
        if (stack.at(-1)?.raw !== text.slice(next + 2, end).trim()) throw new XmlError('an end that fits no beginning');
        close();
      } else open(text.slice(next + 1, end));
      at = end + 1;
    }
  }
  if (stack.length > 0) throw new XmlError('elements without an end');
  const [root] = roots;
  if (!root) throw new XmlError('nothing in it');
  return root;
}

/** First child of that name, whatever its namespace. */
export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((c) => c.name === name);

/** Element down a path of names; undefined where it breaks off. */
export const pathOf = (element: XmlElement | undefined, ...names: string[]): XmlElement | undefined =>
  names.reduce<XmlElement | undefined>((at, name) => childOf(at, name), element);

/** Text of the first child of that name; undefined without one. */
export const textOf = (element: XmlElement | undefined, name: string): string | undefined =>
  childOf(element, name)?.text;
