/** What crosses between a page and the main process, as text. Runs in Node and, through `toString()`, in the page. */
export type Codec = { encode(value: unknown): string; decode(text: string): unknown };

/** JSON with the kinds that Electron's IPC carries and JSON does not: undefined, dates, byte arrays, errors. */
export function makeCodec(): Codec {
  const toBase64 = (bytes: Uint8Array): string => {
    let text = '';
    for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(text);
  };
  const wrap = (value: unknown): unknown => {
    if (value === undefined) return { $: 'undefined' };
    if (typeof value === 'function' || typeof value === 'symbol') throw new Error('An object could not be cloned.');
    if (value === null || typeof value !== 'object') return value;
    if (Object.prototype.toString.call(value) === '[object Date]') return { $: 'date', v: (value as Date).getTime() };
    if (ArrayBuffer.isView(value))
      return { $: 'bytes', v: toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)) };
    if (Object.prototype.toString.call(value) === '[object Error]') return { $: 'error', v: (value as Error).message };
    if (Array.isArray(value)) return value.map(wrap);
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, wrap(v)]));
  };
  const unwrap = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) return value.map(unwrap);
    const { $: kind, v } = value as { $?: string; v?: unknown };
    if (kind === 'undefined') return undefined;
    if (kind === 'date') return new Date(v as number);
    if (kind === 'bytes') return Uint8Array.from(atob(v as string), (c) => c.charCodeAt(0));
    if (kind === 'error') return new Error(v as string);
    return Object.fromEntries(Object.entries(value).map(([k, x]) => [k, unwrap(x)]));
  };
  return { encode: (value) => JSON.stringify(wrap(value)), decode: (text) => unwrap(JSON.parse(text)) };
}
