/** What the app asked of the desktop, for tests. */
export const asked: { what: string; args: unknown[] }[] = [];
export function note(what: string, ...args: unknown[]): void {
  asked.push({ what, args });
}

/** An object whose unknown members throw by name instead of being silently undefined. */
export function strict<T extends object>(name: string, object: T): T {
  return new Proxy(object, {
    get(target, key) {
      if (!(key in target) && typeof key === 'string' && key !== 'then' && key !== 'toJSON')
        throw new Error(`stand-in: ${name}.${key} is not in the stand-in`);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' && !String(value).startsWith('class')
        ? (value.bind(target) as unknown)
        : value;
    },
  });
}

/** An event whose default can be prevented. */
export function cancelable<T extends object>(
  extra: T,
): { event: T & { preventDefault(): void; readonly defaultPrevented: boolean }; prevented: () => boolean } {
  let prevented = false;
  const event = {
    ...extra,
    preventDefault() {
      prevented = true;
    },
    get defaultPrevented() {
      return prevented;
    },
  };
  return { event, prevented: () => prevented };
}
