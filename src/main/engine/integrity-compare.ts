/** A segment's file laid beside what is known of it. */
import type { Found } from './integrity-findings.ts';

export type FileHash = { sha256: string; bytes: number };

/** What is wrong with a file, given what it should be; null: nothing. `sha256` null: only its size is known. */
export function compareFile(
  want: { bytes: number; sha256: string | null },
  found: FileHash | string | null,
): Pick<Found, 'code' | 'text'> | null {
  if (found === null) return { code: 'no-file', text: 'The index names this file and it is not there.' };
  if (typeof found === 'string') return { code: 'unreadable', text: `The disk could not read it: ${found}` };
  if (want.sha256 === null)
    return found.bytes >= want.bytes
      ? null
      : { code: 'too-short', text: `The file has ${found.bytes} bytes where the index says ${want.bytes}.` };
  if (found.sha256 === want.sha256 && found.bytes === want.bytes) return null;
  return {
    code: 'hash-differs',
    text:
      found.bytes === want.bytes
        ? 'Its bytes are not those that were recorded.'
        : `It has ${found.bytes} bytes; ${want.bytes} were recorded.`,
  };
}
