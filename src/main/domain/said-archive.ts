/** What is said of archives and of what goes there, field by field, for the events that tell who changed it. Pure. */
import type { ArchiveSettings, TierRule, TierRules } from './archive.ts';
import { ofStream, type SaidFields } from './change.ts';
import { clockOfMinutes } from './time.ts';

/** `secret`: it was given anew; it is never told. */
export const archiveSaid = ({ name, place, pace }: ArchiveSettings, secret: boolean): SaidFields => ({
  name,
  place:
    place.kind === 'folder'
      ? place.path
      : [place.endpoint.replace(/\/$/, ''), place.bucket, place.prefix].filter(Boolean).join('/'),
  ...(place.kind === 's3' && { region: place.region, accessKey: place.accessKey }),
  hours: pace.hours === null ? null : `${clockOfMinutes(pace.hours.fromMin)}–${clockOfMinutes(pace.hours.toMin)}`,
  rateWithin: pace.within,
  rateOutside: pace.outside,
  ...(secret && { secret: true }),
});

const ruleSaid = (rule: TierRule | null, nameOf: (archive: number) => string): SaidFields =>
  rule === null
    ? { archive: null }
    : {
        archive: nameOf(rule.archive),
        mode: rule.mode,
        afterDays: rule.afterDays,
        keepDays: rule.keepDays,
      };

/** `own`: it is said of this camera or group alone; absent: there is nobody above who could say it. */
export const tiersSaid = (rules: TierRules, nameOf: (archive: number) => string, own?: boolean): SaidFields => ({
  ...(own !== undefined && { own }),
  ...ofStream('main', ruleSaid(rules.main, nameOf)),
  ...ofStream('sub', ruleSaid(rules.sub, nameOf)),
});
