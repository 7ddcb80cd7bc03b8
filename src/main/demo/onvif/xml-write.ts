/** XML put together as strings, everything escaped. */
export type Xml = { readonly xml: string };
/** `null`, `undefined` and `false` write nothing, so that `condition && el(…)` reads well; for a truth value there is `flag`. */
export type Part = Xml | string | number | false | null | undefined | Part[];
export type Attributes = Record<string, string | number | boolean | null | undefined>;

/** What XML 1.0 §2.2 does not allow at all is left out. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be sent
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };

export const escapeXml = (text: string): string =>
  text.replace(forbidden, '').replace(/[&<>"\r]/g, (c) => escapes[c] ?? c);

function write(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (Array.isArray(part)) return part.map(write).join('');
  return typeof part === 'object' ? part.xml : escapeXml(String(part));
}

const isAttributes = (x: Part | Attributes): x is Attributes =>
  typeof x === 'object' && x !== null && !Array.isArray(x) && !('xml' in x);

/** One element; attributes that are `null` or `undefined` are left out. */
export function el(name: string, first?: Part | Attributes, ...rest: Part[]): Xml {
  const attributes = isAttributes(first) ? first : {};
  const body = write(isAttributes(first) ? rest : [first, ...rest]);
  const text = Object.entries(attributes)
    .map(([k, v]) => (v === null || v === undefined ? '' : ` ${k}="${escapeXml(String(v))}"`))
    .join('');
  return { xml: body === '' ? `<${name}${text}/>` : `<${name}${text}>${body}</${name}>` };
}

/** An element that holds a truth value. */
export const flag = (name: string, value: boolean): Xml => el(name, value ? 'true' : 'false');

export const joined = (parts: Part): string => write(parts);
