import type { Element } from './element.ts';

/** XML ready to be sent. Only `xml` and `raw…` make it, so that nothing gets in unescaped. */
export type Xml = { readonly xml: string };
type Part = string | number | boolean | Xml | null | readonly Xml[];

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Text for content and attributes; characters that XML 1.0 §2.2 does not know are left out. */
export const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (sign) => signs[sign] ?? '');

const isXml = (part: Part): part is Xml => typeof part === 'object' && part !== null && 'xml' in part;

/** Writes XML: values are escaped, `Xml` goes in as it is, null is nothing. */
export function xml(texts: TemplateStringsArray, ...parts: Part[]): Xml {
  let out = texts[0] ?? '';
  parts.forEach((part, i) => {
    if (isXml(part)) out += part.xml;
    else if (typeof part === 'object') out += (part ?? []).map((p) => p.xml).join('');
    else out += escaped(String(part));
    out += texts[i + 1] ?? '';
  });
  return { xml: out };
}

export const nothing: Xml = { xml: '' };

/** XML made by the library's own builders, whose values were escaped before they went in. */
export const made = (text: string): Xml => ({ xml: text });

const plainName = /^[A-Za-z_][\w.-]*$/;

/** Writes an element back as it was read, all of it in the namespace of one prefix (`tt`); makers' extensions are left out. */
export function written(element: Element, prefix: string): Xml {
  if (!plainName.test(element.name) || element.name === 'Extension') return nothing;
  const attributes = [...element.attributes]
    .filter(([name]) => plainName.test(name) && name !== 'xmlns')
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('');
  const inner = element.children.map((child) => written(child, prefix).xml).join('') + escaped(element.text);
  return { xml: `<${prefix}:${element.name}${attributes}>${inner}</${prefix}:${element.name}>` };
}
