/** Which call a refusal answers: the same field is called otherwise on another page. */
const calls = new WeakMap<object, string>();

/** Notes it; `path`: noun and procedure. */
export function noteCall(error: unknown, path: readonly string[]): void {
  if (typeof error === 'object' && error !== null) calls.set(error, path.join('.'));
}

/** `noun.procedure`; null: not known. */
export const callOf = (error: object): string | null => calls.get(error) ?? null;
