import type { LogFields } from '#lib/log.ts';

const secretName = /pass(word|phrase)?$|secret|token|authorization|cookie|ticket|private/i;
const shown = 2_000;

/** A text without what may be a secret: user and password in addresses, credentials in headers; one line, of bounded length. */
export const redact = (text: string): string =>
  text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"']*@/gi, '$1')
    .replace(/\b(authorization|cookie|set-cookie)\s*[:=][^\r\n]*/gi, '$1: [hidden]')
    .replace(/(?<![a-z])(password|passwd|pass|pwd|token|secret|ticket)=[^\s&"']+/gi, '$1=[hidden]')
    .replace(/[\r\n]+/g, ' | ')
    .slice(0, shown);

/** The same for the fields of a line; a field whose name says secret is not shown at all. */
export function redactFields(fields: LogFields): LogFields {
  const out: LogFields = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    out[name] = secretName.test(name) ? '[hidden]' : typeof value === 'string' ? redact(value) : value;
  }
  return out;
}
