/** What is wrong with one field of an input, so that a screen can say it in its own words. Pure. */
import { z } from 'zod';

/** Closed: a screen has words for each. Limits are in the field's own unit. */
export const IssueWhy = z.enum([
  'missing', // nothing, or nothing but spaces, was given
  'kind', // a text where a number is wanted, and the like
  'whole', // a number without decimals
  'range', // a number: `least`, `most`
  'length', // of a text, characters: `least`, `most`
  'count', // of what was chosen: `least`, `most`
  'step', // a number: in steps of `step`
  'choice', // none of those that can be chosen
  'form', // not written as it must be
  'no-field', // the station knows no such field
  'order', // it ends before, or when, it starts
  'span', // it lasts for longer than `most`, ms
  'past', // it must be in the future
  'future', // it must be over
  'overlap', // spans of one day overlap
  'over-most', // at least more than at most
  'twice', // given twice
  'crosses', // edges of an area cross
  'tiny', // an area or a line without extent
  'gone', // it names what is not there, or not any more
  'wrong', // a password or a key that is not right
  'unlike', // what was typed to confirm is something else
  'not-offered', // the device has no such setting, or not this value
  'plain-http', // not without saying that this is meant
  'secret', // a bucket needs its key
  'recorded-on', // a folder in one that is recorded on
  'place', // nothing can be kept in this folder
  'store', // the archive does not work
  'models', // the folder cannot be read, or what is in it is no model
  'line', // of a list: `message` says what, by its code
]);
export type IssueWhy = z.infer<typeof IssueWhy>;

/** `path`: the field, its parts apart by points; empty: the whole input. `message`: a sentence in English, for programs and logs. */
export const Issue = z.object({
  path: z.string(),
  why: IssueWhy,
  message: z.string(),
  least: z.number().optional(),
  most: z.number().optional(),
  step: z.number().optional(),
  /** Of `place` the system's error, of `store` the archive's trouble. */
  code: z.string().optional(),
});
export type Issue = z.infer<typeof Issue>;
// Named, and not inferred: every procedure of the contract has it in its type.
export interface IssuesData {
  issues: Issue[];
}
export const IssuesData: z.ZodType<IssuesData> = z.object({ issues: z.array(Issue) });

/** What a schema's own rule says in its `params`. */
const Because = z.object({ why: IssueWhy });

/** What is said of a schema's refusal by the schema itself; the input tells what was left out. */
export function issuesOf(found: readonly z.core.$ZodIssue[], input: unknown): Issue[] {
  return found.flatMap((issue) => issueOf(issue, input, []));
}

const at = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    input,
  );
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

function issueOf(issue: z.core.$ZodIssue, input: unknown, outer: readonly PropertyKey[]): Issue[] {
  const path = [...outer, ...issue.path];
  const value = at(input, path);
  const say = (why: IssueWhy, limits: Partial<Issue> = {}): Issue[] => [
    { path: path.map(String).join('.'), why, message: issue.message, ...limits },
  ];
  switch (issue.code) {
    case 'invalid_type':
      if (isNothing(value)) return say('missing');
      return say(typeof value === 'number' && issue.expected === 'int' ? 'whole' : 'kind');
    case 'too_small': {
      if (isNothing(value)) return say('missing');
      return say(measureOf(issue.origin), { least: Number(issue.minimum) });
    }
    case 'too_big':
      return say(measureOf(issue.origin), { most: Number(issue.maximum) });
    case 'not_multiple_of':
      return say('step', { step: issue.divisor });
    case 'invalid_format':
      return say(isNothing(value) ? 'missing' : 'form');
    case 'invalid_value':
      return say(isNothing(value) ? 'missing' : 'choice');
    case 'unrecognized_keys':
      return issue.keys.flatMap((key) => [
        { path: [...path, key].map(String).join('.'), why: 'no-field' as const, message: issue.message },
      ]);
    case 'invalid_union': {
      if (isNothing(value)) return say('missing');
      // The way that was meant is the one that goes wrong the latest.
      const [nearest] = [...issue.errors].sort((a, b) => wrongChoices(a) - wrongChoices(b) || a.length - b.length);
      if (nearest === undefined || nearest.length === 0) return say('choice');
      return nearest.flatMap((inner) => issueOf(inner, input, path));
    }
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.flatMap((inner) => issueOf(inner, input, path));
    case 'custom': {
      const said = Because.safeParse(issue.params);
      return say(said.success ? said.data.why : isNothing(value) ? 'missing' : 'form');
    }
  }
}

const wrongChoices = (issues: readonly z.core.$ZodIssue[]): number =>
  issues.filter((i) => i.code === 'invalid_value' && i.path.length > 0).length;

function measureOf(origin: string): 'length' | 'count' | 'range' {
  if (origin === 'string') return 'length';
  return origin === 'array' || origin === 'set' ? 'count' : 'range';
}
