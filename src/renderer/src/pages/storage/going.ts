/** What changed rules have deleted at once, of disks and at archives, as far as rules alone can tell. Pure. */
import { tiersFor, type Tiering } from '#domain/archive.ts';
import type { CameraId } from '#domain/id.ts';
import { asStation, ruleOf, type CameraRetention, type Rule, type StationRetention } from '#domain/retention.ts';
import type { StreamKind } from '#domain/stream.ts';
import { dayMs } from '#domain/time.ts';

type Said = { station: StationRetention; cameras: { cameraId: CameraId; retention: CameraRetention }[] };
type Kept = { cameraId: CameraId; stream: StreamKind; bytes: number; oldestMs: number | null };
type Archived = Pick<Kept, 'cameraId' | 'stream'> & { archives: readonly { archive: number; oldestMs: number }[] };
export type Going = {
  cameraId: CameraId;
  stream: StreamKind;
  /** From which it goes; null: from wherever it is. */
  archive: number | null;
  /** What is older than this goes, in ms; null: nothing for its age. */
  ageMs: number | null;
  /** The oldest goes until no more than this is left; null: nothing for its size. */
  bytes: number | null;
  /** What bears an event stays for longer. */
  sparesEvents: boolean;
};

const least = (a: number | null, b: number | null): number => Math.min(a ?? Infinity, b ?? Infinity);
/** How old footage may become: what bears no event, and what bears one. */
const ages = (rule: Rule): { plain: number; events: number } => ({
  plain: least(rule.maxMs, rule.legalMs),
  events: least(rule.maxMs === null ? null : Math.max(rule.maxMs, rule.eventMs), rule.legalMs),
});

/** Streams of which something goes by `next` that stays by `now`. */
export function goingBy(now: Said, next: Said, streams: readonly Kept[], nowMs: number): Going[] {
  const rule = (said: Said, of: Kept): Rule =>
    ruleOf(said.station, said.cameras.find((c) => c.cameraId === of.cameraId)?.retention ?? asStation, of.stream);
  return streams.flatMap((of) => {
    if (of.oldestMs === null) return [];
    const [before, after] = [rule(now, of), rule(next, of)];
    const [old, young] = [ages(before), ages(after)];
    const age = nowMs - of.oldestMs;
    // Where fewer events count, what bore one of the others becomes like the rest.
    const plain =
      age > young.plain && (young.plain < old.plain || (old.events > old.plain && fewer(now.station, next.station)));
    const events = age > young.events && young.events < old.events;
    const size = after.maxBytes !== null && after.maxBytes < (before.maxBytes ?? Infinity) && of.bytes > after.maxBytes;
    if (!plain && !events && !size) return [];
    return [
      {
        cameraId: of.cameraId,
        stream: of.stream,
        archive: null,
        ageMs: plain ? young.plain : events ? young.events : null,
        bytes: size ? after.maxBytes : null,
        sparesEvents: plain && !events && !size && young.events > young.plain,
      },
    ];
  });
}

/** The same of what goes to archives, and how long it is kept there. `groupOf`: the group of a camera. */
export function goingByTiers(
  now: Tiering,
  next: Tiering,
  streams: readonly Archived[],
  groupOf: (id: CameraId) => string | null,
  nowMs: number,
): Going[] {
  return streams.flatMap(({ cameraId, stream, archives }) => {
    const keptMs = (said: Tiering, archive: number): number => {
      const rule = tiersFor(said, cameraId, groupOf(cameraId))[stream];
      // What no rule sends there any more has no age to go by.
      return rule?.archive === archive && rule.keepDays !== null ? Math.round(rule.keepDays * dayMs) : Infinity;
    };
    return archives.flatMap(({ archive, oldestMs }) => {
      const [old, young] = [keptMs(now, archive), keptMs(next, archive)];
      if (young >= old || nowMs - oldestMs <= young) return [];
      return [{ cameraId, stream, archive, ageMs: young, bytes: null, sparesEvents: false }];
    });
  });
}

const weights = ['info', 'warning', 'alarm', null] as const;
/** Footage that bore an event that counts may bear none any more. */
const fewer = ({ events: was }: StationRetention, { events: is }: StationRetention): boolean =>
  was.kinds.some((k) => !is.kinds.includes(k)) ||
  weights.indexOf(is.severity) > weights.indexOf(was.severity) ||
  is.beforeMs < was.beforeMs ||
  is.afterMs < was.afterMs;
