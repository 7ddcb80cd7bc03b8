import { ORPCError } from '@orpc/client';
import type { AnyContractProcedure } from '@orpc/contract';
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '#contract/contract.ts';
import { IssueWhy, issuesOf, type Issue } from '#contract/issue.ts';
import { Ban, Clash, Lack } from '#contract/reason.ts';
import { noteCall } from '../client/call-of.ts';
import { languages, setLanguage, startText, type Language } from '../text/index.ts';
import { fieldName } from './field-names.ts';
import { refusalText } from './refusal.ts';

beforeAll(async () => {
  // The texts say in the document which language they are in; here there is none.
  Object.assign(globalThis, { document: { documentElement: { lang: '' } } });
  await startText('en');
});

const all = Object.keys(languages) as Language[];
async function inEach(work: (language: Language) => void): Promise<void> {
  for (const language of all) {
    await setLanguage(language);
    work(language);
  }
  await setLanguage('en');
}

/** One value of an input, with the schema that it must pass. */
type Leaf = { call: string; path: string[]; schema: z.core.$ZodType };

/** Everything in a schema that a value can be refused for by itself; `*` for each of an array. */
function leavesOf(schema: z.core.$ZodType, path: string[], call: string): Leaf[] {
  const self = { call, path, schema };
  const { def } = schema._zod as unknown as { def: z.core.$ZodTypes['_zod']['def'] };
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([key, inner]) => leavesOf(inner, [...path, key], call));
    case 'array':
      return [self, ...leavesOf(def.element, [...path, '0'], call)];
    case 'record':
      return [self];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return leavesOf(def.innerType, path, call);
    case 'pipe':
      return leavesOf((def.in as z.core.$ZodTypes)._zod.def.type === 'transform' ? def.out : def.in, path, call);
    case 'union':
      return def.options.flatMap((option) => leavesOf(option, path, call));
    case 'intersection':
      return [...leavesOf(def.left, path, call), ...leavesOf(def.right, path, call)];
    default:
      return [self];
  }
}

/** Of questions, those to which people type something. */
const askedByPeople = ['events.list', 'plates.entries', 'plates.match'];
/** No form of a page sends these: programs do. */
const forPrograms = ['events.create', 'session.ticket', 'preferences.set', 'timeline.days', 'device.setRelay'];
/** What pages make themselves: which one is meant, where the pointer is, how far a page has got. */
const byThePage = new RegExp(
  [
    '(^|\\.)(id|(?!model|schedule|toLine)[a-z]+Id|token|keyId)$',
    '(^|\\.)(id|cameraIds?|zoneId|lineId)\\.0$',
    '^(version|volume|segments|limit|before|after|stream|command|certificate|seconds|bridgeMs|loseFootage|zoneId|lineId)$',
    '^(velocity|pan|tilt|zoom|x|y|width|height|holdMs|speed|preset)(\\.|$)',
    '^cameras\\.0\\.(source|certificate)$',
    '(^|\\.)link\\.(identity|certificate)',
  ].join('|'),
);

const nouns: Record<string, Record<string, AnyContractProcedure>> = contract;
const leaves = Object.entries(nouns).flatMap(([noun, procedures]) =>
  Object.entries(procedures).flatMap(([name, procedure]) => {
    const { route } = procedure['~orpc'];
    const inputSchema: unknown = procedure['~orpc'].inputSchema;
    const call = `${noun}.${name}`;
    if (forPrograms.includes(call) || (route.method === 'GET' && !askedByPeople.includes(call))) return [];
    return leavesOf(inputSchema as z.core.$ZodType, [], call);
  }),
);
/** Those that people fill in. */
const fields = leaves.filter((l) => l.path.length > 0 && !byThePage.test(l.path.join('.')));

const refused = (call: string, issues: Issue[]): ORPCError<string, unknown> => {
  const error = new ORPCError('INVALID', { status: 422, message: 'English', data: { issues } });
  noteCall(error, call.split('.'));
  return error;
};

describe('fields of a refusal', () => {
  it('have a name, wherever a form can send them', () => {
    const nameless = fields.filter((l) => fieldName(l.call, l.path.join('.')) === null);
    expect([...new Set(nameless.map((l) => `${l.call}: ${l.path.join('.')}`))]).toEqual([]);
    expect(fields.length).toBeGreaterThan(300);
  });

  it('are called as on their page, in every language, whatever is wrong with them', async () => {
    const wrong: unknown[] = [undefined, null, '', ' ', 'ü:/', 'x'.repeat(5_000), -1e12, 1e18, 0.12345, [], {}, true];
    const odd: string[] = [];
    await inEach((language) => {
      for (const { call, path, schema } of fields) {
        const at = path.join('.');
        const name = i18next.t(fieldName(call, at)?.name ?? 'app.name');
        const key = path.findLast((part) => !/^\d+$/.test(part)) ?? '';
        for (const value of wrong) {
          const found = z.safeParse(schema, value);
          if (found.success) continue;
          const issues = issuesOf(found.error.issues, value).map((i) => ({
            ...i,
            path: i.path === '' ? at : `${at}.${i.path}`,
          }));
          const text = refusalText(refused(call, issues));
          const isOdd =
            !text.includes(name) ||
            /\{\{|undefined|NaN|\[object|refusal\.|\.\./.test(text) ||
            (/[a-z][A-Z]/.test(key) && text.includes(key)) ||
            issues.some(({ message }) => text.includes(message));
          if (isOdd) odd.push(`${language} ${call} ${at}: ${text}`);
        }
      }
    });
    expect(odd).toEqual([]);
  });

  it('say how they are written, where that is what is wrong', () => {
    const formless = fields.filter(({ call, path, schema }) => {
      const found = z.safeParse(schema, 'ü:/ ..');
      const issues = found.success ? [] : issuesOf(found.error.issues, 'ü:/ ..');
      return issues.some((i) => i.why === 'form') && fieldName(call, path.join('.'))?.form === undefined;
    });
    expect([...new Set(formless.map((l) => `${l.call}: ${l.path.join('.')}`))]).toEqual([]);
  });

  it('tell limits in the unit of the page', async () => {
    const issue = { why: 'range', message: 'no' } as const;
    const text = (call: string, path: string, more: Partial<Issue>): string =>
      refusalText(refused(call, [{ ...issue, path, ...more }]));
    expect(text('cameras.add', 'number', { most: 9999 })).toBe(
      'The station does not accept this. “Number”: 9,999 at most.',
    );
    expect(text('watching.set', 'settings.minMotionMs', { most: 60_000 })).toContain(
      '“When it goes on for”: 1 min at most',
    );
    expect(text('retention.setStation', 'main.maxBytes', { least: 1_048_576 })).toContain(
      '“At most, GB”: 1 MB at least',
    );
    expect(text('device.setEncoder', 'encoder.fps', { least: 1, most: 25 })).toContain('“Frames a second”: 1 to 25');
    expect(text('users.create', 'name', { why: 'form' })).toContain('“User name”: No spaces, slashes or colons');
    await setLanguage('fr');
    expect(text('cameras.update', 'change.name', { why: 'length', most: 80 })).toBe(
      'La station ne l’accepte pas. «\u00a0Nom\u00a0»\u00a0: 80 caractères au plus.',
    );
    await setLanguage('en');
  });

  it('are told apart, a few of many, and what the page itself got wrong as that', () => {
    const issue = (path: string): Issue => ({ path, why: 'missing', message: 'no' });
    expect(refusalText(refused('users.create', [issue('name'), issue('password')]))).toBe(
      'The station does not accept this. “User name”: fill this in; “New password”: fill this in.',
    );
    const many = ['name', 'number', 'group', 'notes', 'url'].map((f) => issue(f));
    expect(refusalText(refused('cameras.add', many))).toMatch(/; and 2 more\.$/);
    expect(refusalText(refused('cameras.update', [issue('id')]))).toMatch(/^This page sent something/);
  });
});

describe('reasons of a refusal', () => {
  it('have a sentence of their own in every language', async () => {
    const more = { name: 'Gate', other: 'Yard', names: ['Gate', 'Yard'], number: 32 };
    const sentences = new Map<string, Set<string>>();
    await inEach((language) => {
      for (const [code, data] of [
        ...Clash.options.map((what) => ['CONFLICT', { what, ...more }] as const),
        ...Lack.options.map((reason) => ['UNAVAILABLE', { reason, ...more }] as const),
        ...Ban.options.map((reason) => ['FORBIDDEN', { reason, ...more }] as const),
        ...IssueWhy.options.map(
          (why) => ['INVALID', { issues: [{ path: 'name', why, message: 'no', code: 'EACCES' }] }] as const,
        ),
      ]) {
        const text = refusalText(new ORPCError(code, { status: 409, message: 'In English', data }));
        expect(
          /In English|\{\{|refusal\.|\w+\.\w+\.\w+/.test(text),
          `${language} ${JSON.stringify(data)}: ${text}`,
        ).toBe(false);
        const key = `${code} ${JSON.stringify(data)}`;
        sentences.set(key, (sentences.get(key) ?? new Set()).add(text));
      }
    });
    // Told in three languages, not in one thrice.
    expect([...sentences].filter(([, of]) => of.size < all.length).map(([key]) => key)).toEqual([]);
  });
});
