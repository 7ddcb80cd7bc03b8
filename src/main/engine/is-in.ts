import { isAbsolute, relative } from 'node:path';

/** `inner` is the folder `outer` or lies in it; whole paths. */
export const isIn = (inner: string, outer: string): boolean => {
  const way = relative(outer, inner);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
};
