/** What a person changed of what is said here, as its event tells it: each field as it was and as it is. Pure. */
import type { Event } from './event.ts';

/** A value as events carry it. */
export type Said = Event['data'][string];
/** What is said, field by field. */
export type SaidFields = Readonly<Record<string, Said>>;
/** A field that is another now; absent where nothing was, or is, said of it. */
export type Changed = { field: string; was?: Said; is?: Said };

const [before, after] = ['was.', 'is.'] as const;
/** As long as an event takes it. */
const longest = 2000;
const fitting = (said: Said): Said =>
  typeof said === 'string' && said.length > longest ? `${said.slice(0, longest - 1)}…` : said;

/** Of each field that differs `was.<field>` and `is.<field>`, to be put into the data of an event; empty: nothing was changed. */
export function changeData(was: SaidFields, is: SaidFields): Event['data'] {
  const data: Event['data'] = {};
  for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [old, now] = [was[field], is[field]];
    if (old === now) continue;
    if (old !== undefined) data[before + field] = fitting(old);
    if (now !== undefined) data[after + field] = fitting(now);
  }
  return data;
}

/** The same read back, in the order in which it was written. */
export function changesOf(data: Event['data']): Changed[] {
  const changes = new Map<string, Changed>();
  for (const [key, said] of Object.entries(data)) {
    const old = key.startsWith(before);
    if (!old && !key.startsWith(after)) continue;
    const field = key.slice(old ? before.length : after.length);
    changes.set(field, { ...(changes.get(field) ?? { field }), [old ? 'was' : 'is']: said });
  }
  return [...changes.values()];
}

/** Fields of something that has a main and a sub stream. */
export const ofStream = (kind: 'main' | 'sub', fields: SaidFields): SaidFields =>
  Object.fromEntries(Object.entries(fields).map(([field, said]) => [`${kind}.${field}`, said]));
