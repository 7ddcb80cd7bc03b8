/** What a failed call means to the person, in words with what to do. */
import type { ParseKeys } from 'i18next';
import { z } from 'zod';
import { ArchiveTrouble } from '#domain/archive.ts';
import { DeviceTrouble } from '#domain/device.ts';
import type { ErrorCode } from '#contract/error.ts';
import { IssuesData, type Issue } from '#contract/issue.ts';
import { BanData, ClashData, LackData, ManyData, type Ban, type Clash, type Lack } from '#contract/reason.ts';
import { CallError, callOf } from '../client/index.ts';
import { t } from '../text/index.ts';
import { durationOf, numberOf } from '../text/format.ts';
import { refusalWords } from './event-words.ts';
import { fieldName, type FieldName } from './field-names.ts';

const OfDevice = z.object({ trouble: DeviceTrouble });

/** Where a page has words of its own. */
const clashWords = {
  known: 'storage.conflict.known',
  inside: 'storage.conflict.inside',
  foreign: 'storage.conflict.foreign',
  'same-disk': 'storage.conflict.same-disk',
  changed: 'storage.conflict.changed',
  preset: 'steer.preset.gone',
} as const satisfies Partial<Record<Clash, ParseKeys>>;
const lackWords = {
  locked: 'timeline.tile.refused.locked',
  'key-destroyed': 'timeline.tile.refused.key-destroyed',
  corrupt: 'timeline.tile.refused.corrupt',
  unreadable: 'timeline.tile.refused.unreadable',
  missing: 'timeline.tile.refused.missing',
  'volume-silent': 'timeline.tile.refused.volume-silent',
  'volume-away': 'timeline.tile.refused.volume-away',
  'archive-away': 'timeline.tile.refused.archive-away',
  forbidden: 'wall.tile.ended.forbidden',
  'cannot-transcode': 'wall.tile.ended.cannot-transcode',
  private: 'wall.tile.ended.private',
  removed: 'wall.tile.ended.removed',
  'too-many': 'wall.tile.ended.too-many',
} as const satisfies Partial<Record<Lack, ParseKeys>>;
const hasWords = <W extends object>(words: W, key: PropertyKey): key is keyof W => key in words;
const clashKey = (what: Clash) => (hasWords(clashWords, what) ? clashWords[what] : (`refusal.clash.${what}` as const));
const lackKey = (reason: Lack) =>
  hasWords(lackWords, reason) ? lackWords[reason] : (`refusal.lack.${reason}` as const);
const banKey = (reason: Ban) =>
  reason === 'private' ? 'timeline.tile.refused.private' : (`refusal.ban.${reason}` as const);

type Told = {
  name?: string | undefined;
  other?: string | undefined;
  names?: string[] | undefined;
  number?: number | undefined;
};
const named = ({ name = '', other = '', names = [], number }: Told) => ({
  name,
  other,
  names: names.join(', '),
  number: number === undefined ? '' : numberOf(number),
});

/** What would be right, without the field's name. */
function whyText(issue: Issue, field: FieldName | null): string {
  const { why, least, most } = issue;
  const as = field?.as ?? numberOf;
  switch (why) {
    case 'range':
      if (least !== undefined && most !== undefined)
        return t('refusal.why.range', { least: as(least), most: as(most) });
      return least === undefined
        ? t('refusal.why.most', { most: as(most ?? 0) })
        : t('refusal.why.least', { least: as(least) });
    case 'length':
      return least === undefined
        ? t('refusal.why.longest', { count: most ?? 0 })
        : t('refusal.why.shortest', { count: least });
    case 'count':
      return least === undefined
        ? t('refusal.why.mostOf', { count: most ?? 0 })
        : t('refusal.why.fewest', { count: least });
    case 'step':
      return t('refusal.why.step', { step: as(issue.step ?? 1) });
    case 'span':
      return t('refusal.why.span', { most: durationOf(most ?? 0) });
    case 'form':
      return bare(t(field?.form ?? 'refusal.why.form'));
    case 'place':
      return t('refusal.why.place', { trouble: refusalWords(issue.code ?? '') });
    case 'store': {
      const trouble = ArchiveTrouble.safeParse(issue.code);
      return t('refusal.why.store', { trouble: t(`archive.trouble.${trouble.success ? trouble.data : 'error'}`) });
    }
    case 'no-field':
      return t('refusal.why.kind');
    default:
      return t(`refusal.why.${why}`);
  }
}

const bare = (message: string): string => message.replace(/[.\s]+$/, '');
/** Of more than so many fields the number alone is told. */
const mostTold = 3;

/** Every field that is not right, by the name that its page gives it. */
function invalidText(issues: readonly Issue[], call: string | null): string {
  const told = issues.flatMap((issue) => {
    if (issue.path === '' || issue.why === 'no-field') return [];
    const field = fieldName(call, issue.path);
    return field === null ? [] : [t('refusal.field', { field: t(field.name), what: whyText(issue, field) })];
  });
  if (told.length === 0) return t('refusal.ours');
  const once = [...new Set(told)];
  const rest = once.length - mostTold;
  const what = [...once.slice(0, mostTold), ...(rest > 0 ? [t('refusal.more', { count: rest })] : [])].join(
    t('app.sign.semicolon'),
  );
  return t('app.error.INVALID', { what });
}

export function refusalText(error: unknown): string {
  if (!(error instanceof CallError)) return t('app.error.LINE');
  switch (error.code as ErrorCode) {
    case 'INVALID': {
      const issues = IssuesData.safeParse(error.data);
      return issues.success ? invalidText(issues.data.issues, callOf(error)) : t('refusal.ours');
    }
    case 'TOO_MANY': {
      const many = ManyData.safeParse(error.data).data;
      if (many?.what === 'searches') return t('refusal.searches');
      return many?.waitMs === undefined
        ? t('refusal.lack.busy')
        : t('app.error.TOO_MANY', { wait: durationOf(Math.max(1000, many.waitMs)) });
    }
    case 'CONFLICT': {
      const clash = ClashData.safeParse(error.data);
      return clash.success ? t(clashKey(clash.data.what), named(clash.data)) : t('app.error.CONFLICT');
    }
    case 'DEVICE': {
      const known = OfDevice.safeParse(error.data);
      return t(`device.trouble.${known.success ? known.data.trouble : 'invalid-answer'}`);
    }
    case 'UNAVAILABLE': {
      const lack = LackData.safeParse(error.data);
      return lack.success ? t(lackKey(lack.data.reason), named(lack.data)) : t('app.error.UNAVAILABLE');
    }
    case 'FORBIDDEN': {
      const ban = BanData.safeParse(error.data);
      return ban.success ? t(banKey(ban.data.reason), named(ban.data)) : t('app.error.FORBIDDEN');
    }
    case 'UNAUTHENTICATED':
    case 'NOT_FOUND':
    case 'TOO_LARGE':
    case 'FAILED':
      return t(`app.error.${error.code as 'FAILED'}`);
    default:
      return t('app.error.FAILED');
  }
}

export const isRefusal = (error: unknown, code: ErrorCode): boolean =>
  error instanceof CallError && error.code === code;
