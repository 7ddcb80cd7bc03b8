/** Plates that people know, on lists: who may come in, who may not, and whom to look out for. */
import { z } from 'zod';
import { PlateEntryId, PlateListId } from './id.ts';
import { plainPlate } from './plate.ts';
import { TimeMs } from './time.ts';

export const mostPlateLists = 32;
/** On one list. */
export const mostPlates = 5_000;

/** allow: known, no matter for anybody · deny: must not be here · watch: somebody wants to know. */
export const PlateListKind = z.enum(['allow', 'deny', 'watch']);
export type PlateListKind = z.infer<typeof PlateListKind>;

/** A plate as it is kept: letters of any case, accents, spaces and hyphens are taken as plain capitals and digits. */
export const PlateText = z
  .string()
  .max(40)
  .overwrite(plainPlate)
  .regex(/^[0-9A-Z]{2,12}$/, 'a plate has 2 to 12 letters and digits');

export const PlateListDraft = z.object({
  name: z.string().trim().min(1, 'it needs a name').max(80),
  kind: PlateListKind,
  /** Whether a plate counts that a camera cannot tell from one of the list (O and 0), or that has one other character. */
  tolerant: z.boolean().default(true),
});
export type PlateListDraft = z.infer<typeof PlateListDraft>;
export const PlateList = PlateListDraft.extend({ id: PlateListId, createdMs: TimeMs });
export type PlateList = z.infer<typeof PlateList>;

const entry = z.object({
  text: PlateText,
  /** Whose it is: a name, a company. */
  label: z.string().trim().max(120).default(''),
  note: z.string().trim().max(500).default(''),
  /** From when, and until (not any more then), it counts; null: no bound. */
  fromMs: TimeMs.nullable().default(null),
  toMs: TimeMs.nullable().default(null),
});
export const PlateEntryDraft = entry.refine((e) => e.fromMs === null || e.toMs === null || e.toMs > e.fromMs, {
  message: 'it must end after it begins',
  path: ['toMs'],
  params: { why: 'order' },
});
export type PlateEntryDraft = z.infer<typeof PlateEntryDraft>;
export const PlateEntry = entry.extend({
  id: PlateEntryId,
  listId: PlateListId,
  /** When it was put or changed last, and the name of who did. */
  changedMs: TimeMs,
  changedBy: z.string().max(64),
});
export type PlateEntry = z.infer<typeof PlateEntry>;

/** How a plate that was read goes with one of a list (`decide/plate-match.ts`). */
export const PlateMatch = z.enum(['exact', 'alike', 'near']);
export type PlateMatch = z.infer<typeof PlateMatch>;

/** One entry that a plate goes with. */
export const PlateFound = z.object({ list: PlateList, entry: PlateEntry, match: PlateMatch });
export type PlateFound = z.infer<typeof PlateFound>;

/** One line of a list of plates (CSV), as read. `line` counts from 1 and includes the head. */
export const PlateLine = z.object({
  line: z.number().int().min(1),
  plate: z.string().max(200),
  label: z.string().max(200),
  issues: z
    .array(
      z.object({
        column: z.string().max(80),
        message: z.enum([
          'missing',
          'bad-plate',
          'plate-twice',
          'too-long',
          'bad-time',
          'ends-before',
          'unknown-value',
          'broken-quotes',
          'too-many-fields',
          'too-many-plates',
        ]),
      }),
    )
    .max(16),
});
export type PlateLine = z.infer<typeof PlateLine>;
