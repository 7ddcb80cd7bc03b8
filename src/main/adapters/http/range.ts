/** Byte ranges as in RFC 9110 §14. Pure. */

export type ByteRange = { start: number /** Inclusive. */; end: number };

/**
 * What a `Range` header asks of a file of `size` bytes: a range, `null` for the whole (no header, another unit, several
 * ranges, nonsense: a server may ignore those, §14.2), or `unsatisfiable` (416).
 */
export function parseRange(header: string | undefined, size: number): ByteRange | null | 'unsatisfiable' {
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header ?? '');
  if (!match) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') {
    const suffix = Number(last);
    return suffix === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - suffix), end: size - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return null;
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size - 1 : Math.min(Number(last), size - 1) };
}
