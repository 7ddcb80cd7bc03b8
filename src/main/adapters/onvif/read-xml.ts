/** What devices answer, read within the limits of a SOAP message; what is wrong with it is told as their trouble. */
import type { Element } from './element.ts';
import { parseXml, XmlRefusal } from './parse-xml.ts';
import { deviceError, quoted } from './trouble.ts';

export const limits = { bytes: 2 * 1024 * 1024, depth: 64, elements: 30_000, attributes: 60_000 };

/** Reads a whole document; throws `DEVICE` `invalid-answer` or `too-large`, and nothing else. */
export function readXml(bytes: Uint8Array, charset: string | null = null): Element {
  if (bytes.length > limits.bytes) throw deviceError('too-large', 'The device sent more XML than is taken.');
  try {
    return parseXml(bytes, limits, charset);
  } catch (error) {
    if (error instanceof XmlRefusal)
      throw deviceError(
        error.tooMuch ? 'too-large' : 'invalid-answer',
        `The device sent XML that is not taken: ${error.message}.`,
      );
    throw deviceError('invalid-answer', `The device sent broken XML: ${quoted(firstLine(error))}.`);
  }
}

const firstLine = (error: unknown): string => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : '');
