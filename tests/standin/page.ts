/**
 * Both halves of contextBridge, and ipcRenderer; run in the page through `toString()`, so nothing here may use the module's
 * scope. The two worlds are Chromium's own, so neither sees the other's objects; they talk by DOM events that carry text-like
 * values (Chromium clones an event's detail between worlds).
 */
import type { Codec } from './codec.ts';

type Call = (...args: unknown[]) => unknown;
type Packed = { f: number } | { o: [string, Packed][] } | { v: unknown };

/** In the page's own world: takes what the preload exposes and makes it a frozen property of `window`. */
export function mainWorld(event: string): void {
  let last = 0;
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const unpack = (packed: Packed): unknown => {
    if ('f' in packed)
      return (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          const id = ++last;
          waiting.set(id, { resolve, reject });
          window.dispatchEvent(new CustomEvent(`${event}isolated`, { detail: { call: packed.f, id, args } }));
        });
    if ('o' in packed) return Object.freeze(Object.fromEntries(packed.o.map(([k, v]) => [k, unpack(v)])));
    return packed.v;
  };
  window.addEventListener(`${event}main`, (e) => {
    const detail = (
      e as CustomEvent<{ expose: string; api: Packed } | { id: number; value: unknown } | { id: number; error: string }>
    ).detail;
    if ('expose' in detail) {
      if (!Object.hasOwn(window, detail.expose))
        Object.defineProperty(window, detail.expose, { value: unpack(detail.api), enumerable: true });
      return;
    }
    const job = waiting.get(detail.id);
    waiting.delete(detail.id);
    if ('error' in detail) job?.reject(new Error(detail.error));
    else job?.resolve(detail.value);
  });
  // Denied as under Electron, before there is a window: Chromium's would be held for whoever debugs it, and its opener with it.
  window.open = (url) => {
    const open = new URL(url ?? 'about:blank', location.href).href;
    window.dispatchEvent(new CustomEvent(`${event}isolated`, { detail: { open } }));
    return null;
  };
  window.dispatchEvent(new CustomEvent(`${event}isolated`, { detail: { hello: true } }));
}

/** In the isolated world: gives the preload its `electron`, `process` and nothing else of Node. */
export function isolatedWorld(
  makeCodec: () => Codec,
  o: { event: string; binding: string; process: object; file: string },
  preload?: (exports: object, require: (id: string) => unknown, module: object, process: object) => void,
): void {
  if (window !== window.top || preload === undefined) return;
  const codec = makeCodec();
  const global = globalThis as unknown as Record<string, (text: string) => void>;
  const native = global[o.binding];
  const functions: Call[] = [];
  const exposed: { expose: string; api: Packed }[] = [];
  const calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  const tell = (detail: object): boolean => window.dispatchEvent(new CustomEvent(`${o.event}main`, { detail }));
  const pack = (value: unknown): Packed => {
    if (typeof value === 'function') return { f: functions.push(value as Call) - 1 };
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      return { o: Object.entries(value).map(([k, v]) => [k, pack(v)]) };
    return { v: value };
  };
  window.addEventListener(`${o.event}isolated`, (e) => {
    const detail = (
      e as CustomEvent<{ hello: true } | { open: string } | { call: number; id: number; args: unknown[] }>
    ).detail;
    // Either world's script may run first: what was exposed is told again to a page that says hello.
    if ('hello' in detail) for (const one of exposed) tell(one);
    else if ('open' in detail) native?.(codec.encode({ op: 'open', url: detail.open }));
    else
      void (async () => functions[detail.call]?.(...detail.args))().then(
        (value) => tell({ id: detail.id, value }),
        (error: unknown) => tell({ id: detail.id, error: error instanceof Error ? error.message : String(error) }),
      );
  });
  global[`${o.binding}Receive`] = (text) => {
    const reply = codec.decode(text) as { id: number; value?: unknown; error?: string };
    const call = calls.get(reply.id);
    calls.delete(reply.id);
    if (reply.error === undefined) call?.resolve(reply.value);
    else call?.reject(new Error(reply.error));
  };
  const electron = {
    ipcRenderer: {
      invoke: (channel: string, ...args: unknown[]) =>
        new Promise((resolve, reject) => {
          calls.set(++last, { resolve, reject });
          native?.(codec.encode({ op: 'invoke', id: last, channel, args }));
        }),
    },
    contextBridge: {
      exposeInMainWorld(name: string, api: unknown): void {
        const one = { expose: name, api: pack(api) };
        exposed.push(one);
        tell(one);
      },
    },
  };
  const require = (id: string): unknown => {
    if (id === 'electron' || id === 'electron/renderer') return electron;
    throw new Error(`module not found: ${id}`);
  };
  const module = { exports: {} };
  try {
    preload(module.exports, require, module, o.process);
  } catch (error) {
    native?.(codec.encode({ op: 'preload-error', error: `${o.file}: ${String(error)}` }));
  }
}
