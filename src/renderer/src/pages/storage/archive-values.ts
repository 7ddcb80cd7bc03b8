/** What is typed of an archive and of tier rules, and what it comes to. */
import { ArchiveSettings, type ArchiveView, TierRule, type TierRules } from '#domain/archive.ts';
import { minutesOfDay } from '#domain/recording-plan.ts';
import { clockOfMinutes } from '#domain/time.ts';

/** Of number fields: '' is nothing said. */
export type Typed = number | string;
export type ArchiveValues = {
  kind: 'folder' | 's3';
  name: string;
  path: string;
  endpoint: string;
  region: string;
  bucket: string;
  prefix: string;
  accessKey: string;
  secret: string;
  pathStyle: boolean;
  plainHttp: boolean;
  hours: boolean;
  /** As a time field has it: 22:00. */
  from: string;
  to: string;
  within: Typed;
  outside: Typed;
};
export const emptyArchive: ArchiveValues = {
  kind: 'folder',
  name: '',
  path: '',
  endpoint: 'https://',
  region: 'us-east-1',
  bucket: '',
  prefix: '',
  accessKey: '',
  secret: '',
  pathStyle: true,
  plainHttp: false,
  hours: false,
  from: '22:00',
  to: '06:00',
  within: '',
  outside: '',
};

const minutesOf = (text: string): number | null => {
  const m = /^(\d{1,2}):(\d{2})/.exec(text);
  return m === null ? null : Number(m[1]) * 60 + Number(m[2]);
};

export function archiveValuesOf({ name, place, pace }: ArchiveView): ArchiveValues {
  return {
    ...emptyArchive,
    ...place,
    name,
    hours: pace.hours !== null,
    from: clockOfMinutes(pace.hours?.fromMin ?? 22 * 60),
    to: clockOfMinutes((pace.hours?.toMin ?? 6 * 60) % minutesOfDay),
    within: pace.within ?? '',
    outside: pace.outside ?? '',
  };
}

const fields = ['name', 'path', 'endpoint', 'region', 'bucket', 'prefix', 'accessKey', 'within', 'outside'] as const;
export type ArchiveField = (typeof fields)[number] | 'hours';

/** The settings, or the first field that is not right; `filled`: something is in it. */
export function archiveFrom(
  v: ArchiveValues,
): { settings: ArchiveSettings } | { field: ArchiveField; filled: boolean } {
  const [fromMin, toMin] = [minutesOf(v.from), minutesOf(v.to)];
  const rate = (typed: Typed): number | null => (typed === '' ? null : Number(typed));
  const { path, endpoint, region, bucket, prefix, accessKey, pathStyle, plainHttp } = v;
  const read = ArchiveSettings.safeParse({
    name: v.name,
    place:
      v.kind === 'folder'
        ? { kind: 'folder', path }
        : { kind: 's3', endpoint, region, bucket, prefix, accessKey, pathStyle, plainHttp },
    pace: v.hours
      ? { hours: { fromMin: fromMin ?? -1, toMin: toMin ?? -1 }, within: rate(v.within), outside: rate(v.outside) }
      : { hours: null, within: rate(v.within), outside: null },
  });
  if (read.success) return { settings: read.data };
  const named = read.error.issues.flatMap((issue) => {
    const [first] = issue.code === 'invalid_union' ? issue.errors.flat() : [issue];
    return fields.filter((f) => f === first?.path.at(-1) || f === issue.path.at(-1));
  });
  const [field = 'hours'] = named;
  return { field, filled: field === 'hours' || (v[field] !== '' && v[field] !== emptyArchive[field]) };
}

export type TierValues = { archive: string; mode: 'move' | 'copy'; after: Typed; keep: Typed };
export const tierValuesOf = (rule: TierRule | null): TierValues => ({
  archive: rule === null ? '' : String(rule.archive),
  mode: rule?.mode ?? 'move',
  after: rule?.afterDays ?? 30,
  keep: rule?.keepDays ?? '',
});
/** 'fault': it cannot be so. */
export function tierFrom(v: TierValues): TierRule | null | 'fault' {
  if (v.archive === '') return null;
  const read = TierRule.safeParse({
    archive: Number(v.archive),
    mode: v.mode,
    afterDays: v.after === '' ? null : Number(v.after),
    keepDays: v.keep === '' ? null : Number(v.keep),
  });
  if (!read.success) return 'fault';
  const { afterDays, keepDays } = read.data;
  return keepDays !== null && keepDays <= afterDays ? 'fault' : read.data;
}
export const sameTiers = (a: TierRules, b: TierRules): boolean => JSON.stringify(a) === JSON.stringify(b);
