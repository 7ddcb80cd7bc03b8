import { setTimeout as wait } from 'node:timers/promises';

/** Waits until `look` gives something other than undefined, null or false, and returns it; throws after `limitMs`. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  limitMs = 10_000,
): Promise<Exclude<NonNullable<T>, false>> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as Exclude<NonNullable<T>, false>;
    if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms in vain for: ${what}`);
    await wait(25);
  }
}
