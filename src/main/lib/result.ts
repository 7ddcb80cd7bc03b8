/** An expected outcome: a value, or a literal reason why there is none. */
export type Result<T, R extends string> = { ok: true; value: T } | { ok: false; reason: R; detail: string };

export const good = <T>(value: T): { ok: true; value: T } => ({ ok: true, value });
export const bad = <R extends string>(reason: R, detail: string): { ok: false; reason: R; detail: string } => ({
  ok: false,
  reason,
  detail,
});
