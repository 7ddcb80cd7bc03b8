import type { Outcome } from './outcome.ts';
export function benchLive(_: {
  seconds: number;
  cache: string;
  root: string;
  say: (t: string) => void;
}): Promise<Outcome> {
  return Promise.reject(new Error('not yet'));
}
