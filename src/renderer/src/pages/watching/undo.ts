/** What was, what is, and what was taken back. Pure. */
export type Undo<T> = {
  past: readonly T[];
  now: T;
  future: readonly T[];
  /** What goes on changing: changes with the same one are a single step back. */
  going: string | null;
};

/** Older ones are forgotten. */
export const mostSteps = 200;

export const beginUndo = <T>(now: T): Undo<T> => ({ past: [], now, future: [], going: null });

export function put<T>(u: Undo<T>, now: T, going: string | null = null): Undo<T> {
  if (Object.is(now, u.now)) return u;
  const past = going !== null && going === u.going ? u.past : [...u.past, u.now].slice(-mostSteps);
  return { past, now, future: [], going };
}

/** The next change is a step of its own. */
export const settle = <T>(u: Undo<T>): Undo<T> => (u.going === null ? u : { ...u, going: null });

export function back<T>(u: Undo<T>): Undo<T> {
  if (u.past.length === 0) return u;
  const now = u.past[u.past.length - 1] as T;
  return { past: u.past.slice(0, -1), now, future: [u.now, ...u.future], going: null };
}

export function forth<T>(u: Undo<T>): Undo<T> {
  const [now, ...future] = u.future;
  if (now === undefined) return u;
  return { past: [...u.past, u.now], now, future, going: null };
}
