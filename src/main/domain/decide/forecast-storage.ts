/**
 * What becomes of the disks with what streams write: how long footage will be kept, when a disk has no room left and the oldest
 * begins to go for it, and when what was guaranteed cannot be kept any more. Follows `plan-retention.ts`; what events favour is
 * counted like the rest. Pure.
 */
import type { StreamId } from '../id.ts';
import type { Rule } from '../retention.ts';
import { dayMs } from '../time.ts';

/** What one stream has on one volume, and will write to it. */
export type ForecastShelf = {
  streamId: StreamId;
  volume: number;
  rule: Rule;
  /** What it will write to this volume; 0 where it goes on elsewhere, or not at all. */
  bytesPerDay: number;
  /** What retention may delete of it, spread evenly over the time since `oldestMs`. */
  bytes: number;
  oldestMs: number;
  /** It goes to an archive too; none: it stays here alone. */
  tier?: ForecastTier | null;
};

/** At this age it is at the archive; `moves`: and leaves the disk. Deleted there when it is older than `keepMs`; null: never for its age. */
export type ForecastTier = { afterMs: number; keepMs: number | null; moves: boolean };

export type ForecastVolume = {
  volume: number;
  /** Volumes of one file system have one room: it is given with each of them, and counted once. Not said: it is alone on its own. */
  system?: string;
  /** For footage that may be deleted, in all: beyond it the oldest goes, … */
  roomBytes: number;
  /** … and beyond this even what is guaranteed. Never less. */
  lastRoomBytes: number;
};

/** Why a stream keeps no more: its own rule, that of its archive, or that the volume has no more room. `nothing`: it is kept for ever. */
export type KeepLimit = 'age' | 'size' | 'legal' | 'room' | 'archive' | 'nothing';

export type StreamForecast = {
  streamId: StreamId;
  volume: number;
  bytesPerDay: number;
  /** Age that its footage reaches with what is written now, here or at its archive, ms; null: any (nothing limits it). */
  holdsMs: number | null;
  /** … and here, on the volume. */
  diskMs: number | null;
  limit: KeepLimit;
  /** When its minimum cannot be kept any more, because the whole volume's cannot; null: it can. */
  shortAtMs: number | null;
};

export type VolumeForecast = {
  volume: number;
  bytesPerDay: number;
  /** When the room is used up and the oldest begins to go for it; null: never. In the past or now: it is. */
  fullAtMs: number | null;
  /** When the first guaranteed footage has to go; null: never. */
  shortAtMs: number | null;
  /** Whose is the first. */
  shortStreamId: StreamId | null;
};

export type StorageForecast = { streams: StreamForecast[]; volumes: VolumeForecast[] };

export function forecastStorage(input: {
  nowMs: number;
  shelves: readonly ForecastShelf[];
  volumes: readonly ForecastVolume[];
}): StorageForecast {
  const { nowMs } = input;
  const byVolume = Map.groupBy(input.shelves, (s) => s.volume);
  const systems = Map.groupBy(input.volumes, (v) => v.system ?? `volume ${String(v.volume)}`);
  const made = [...systems.values()].map((of) => forecastSystem(of, (volume) => byVolume.get(volume) ?? [], nowMs));
  const volumes = new Map(made.flatMap((m) => m.volumes.map((v) => [v.volume, v] as const)));
  return {
    streams: made.flatMap((m) => m.streams),
    volumes: input.volumes.flatMap(({ volume }) => volumes.get(volume) ?? []),
  };
}

/** Volumes of one file system fill its room together, and what there is of guaranteed footage has to have room on it together. */
function forecastSystem(
  of: readonly ForecastVolume[],
  shelvesOf: (volume: number) => readonly ForecastShelf[],
  nowMs: number,
): { volumes: VolumeForecast[]; streams: StreamForecast[] } {
  const [room] = of;
  if (room === undefined) return { volumes: [], streams: [] };
  const all = forecastVolume(
    of.flatMap(({ volume }) => shelvesOf(volume)),
    room,
    nowMs,
  );
  if (of.length === 1) return { volumes: [all.volume], streams: all.streams };
  const volumes = of.map(({ volume }) => {
    const mine = shelvesOf(volume);
    const first = all.volume.shortAtMs === null ? null : oldestGuarded(mine, all.volume.shortAtMs - nowMs, nowMs);
    return {
      ...all.volume,
      volume,
      bytesPerDay: mine.reduce((n, s) => n + s.bytesPerDay, 0),
      // One on which nothing is guaranteed is not short of anything.
      shortAtMs: first === null ? null : all.volume.shortAtMs,
      shortStreamId: first,
    };
  });
  return { volumes, streams: all.streams };
}

/** What all volumes come to. */
export type SumForecast = {
  bytesPerDay: number;
  /** How far back the streams that are written keep least and most, ms; null: for ever, or nothing is written. */
  leastMs: number | null;
  mostMs: number | null;
  /** When the room of all of them is used up; null: never. */
  fullAtMs: number | null;
  /** When the first guaranteed footage has to go on any of them, and whose that is; null: never. */
  short: { atMs: number; volume: number; streamId: StreamId } | null;
  /** Put together, the room of all is enough for all that is guaranteed: streams are spread so that it is not. */
  fits: boolean;
};

/** `made`: what was foreseen of each. `room`: of all of them; what lies on one file system has its room once. */
export function sumForecast(
  input: Parameters<typeof forecastStorage>[0],
  room: Omit<ForecastVolume, 'volume'>,
  made: StorageForecast,
): SumForecast {
  const here = new Set(input.volumes.map((v) => v.volume));
  const together = forecastVolume(
    input.shelves.filter((s) => here.has(s.volume)),
    { volume: 0, ...room },
    input.nowMs,
  ).volume;
  const written = made.streams.filter((s) => s.bytesPerDay > 0).map((s) => s.holdsMs ?? Infinity);
  const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);
  const [first] = made.volumes
    .flatMap(({ volume, shortAtMs, shortStreamId }) =>
      shortAtMs === null || shortStreamId === null ? [] : [{ atMs: shortAtMs, volume, streamId: shortStreamId }],
    )
    .toSorted((a, b) => a.atMs - b.atMs);
  return {
    bytesPerDay: together.bytesPerDay,
    leastMs: finite(Math.min(...written)),
    mostMs: finite(Math.max(...written)),
    fullAtMs: together.fullAtMs,
    short: first ?? null,
    fits: together.shortAtMs === null,
  };
}

function forecastVolume(
  shelves: readonly ForecastShelf[],
  { volume, roomBytes, lastRoomBytes }: ForecastVolume,
  nowMs: number,
): { volume: VolumeForecast; streams: StreamForecast[] } {
  const capped = shelves.map((shelf) => ({ shelf, cap: capOf(shelf) }));
  const fullAfter = firstOver(
    capped.map(({ shelf, cap }) => stockOf(shelf, cap.ms, nowMs)),
    roomBytes,
  );
  const shortAfter = firstOver(
    shelves.filter(isGuarded).map((shelf) => stockOf(shelf, leastOf(shelf), nowMs)),
    lastRoomBytes,
  );
  const shortAtMs = shortAfter === null ? null : nowMs + shortAfter;

  const minima = need(capped, 0, 'guarded');
  const broken = minima > lastRoomBytes;
  const age = broken ? commonAge(capped, lastRoomBytes, 'bare') : commonAge(capped, roomBytes, 'guarded');
  return {
    volume: {
      volume,
      bytesPerDay: shelves.reduce((n, s) => n + s.bytesPerDay, 0),
      fullAtMs: fullAfter === null ? null : nowMs + fullAfter,
      shortAtMs,
      shortStreamId: shortAfter === null ? null : oldestGuarded(shelves, shortAfter, nowMs),
    },
    streams: capped.map(({ shelf, cap }) => {
      const least = broken ? 0 : leastOf(shelf);
      const byRoom = Math.max(age, least);
      const room = byRoom < cap.ms;
      const here = room ? byRoom : cap.ms;
      const kept = keptInAll(shelf, here, room ? 'room' : cap.by);
      const finite = (ms: number): number | null => (Number.isFinite(ms) ? ms : null);
      return {
        streamId: shelf.streamId,
        volume: shelf.volume,
        bytesPerDay: shelf.bytesPerDay,
        holdsMs: finite(kept.ms),
        diskMs: finite(here),
        limit: kept.by,
        shortAtMs: shortAtMs !== null && leastOf(shelf) > here ? shortAtMs : null,
      };
    }),
  };
}

const isGuarded = (s: ForecastShelf): boolean => leastOf(s) > 0 && (s.bytesPerDay > 0 || s.bytes > 0);

/** When the room is used up the oldest of all goes, so the first is who has the oldest of what is guaranteed; null: nothing is. */
function oldestGuarded(shelves: readonly ForecastShelf[], afterMs: number, nowMs: number): StreamId | null {
  const first = shelves.filter(isGuarded).reduce<{ id: StreamId; age: number } | null>((found, s) => {
    const age = Math.min(leastOf(s), nowMs - s.oldestMs + afterMs);
    return found === null || age > found.age ? { id: s.streamId, age } : found;
  }, null);
  return first?.id ?? null;
}

/** Where it goes to; what the archive would delete at once for its age is not sent. */
const tierOf = ({ tier }: ForecastShelf): ForecastTier | null =>
  tier === null || tier === undefined || (tier.keepMs !== null && tier.keepMs <= tier.afterMs) ? null : tier;
/** The age at which its footage is on the disk no more because it was moved. */
function movesMs(shelf: ForecastShelf): number {
  const tier = tierOf(shelf);
  return tier?.moves === true ? tier.afterMs : Infinity;
}
/** What of its minimum has to have room here. */
const leastOf = (shelf: ForecastShelf): number => Math.min(shelf.rule.minMs, movesMs(shelf));

/** The age that footage reaches in all which is kept here to one age; the legal maximum holds at archives too. */
function keptInAll(shelf: ForecastShelf, hereMs: number, by: KeepLimit): { ms: number; by: KeepLimit } {
  const tier = tierOf(shelf);
  // What goes sooner never gets there.
  if (tier === null || hereMs < tier.afterMs) return { ms: hereMs, by };
  const [keep, legal] = [tier.keepMs ?? Infinity, shelf.rule.legalMs ?? Infinity];
  const there = Math.min(keep, legal);
  if (there <= hereMs) return { ms: hereMs, by };
  return { ms: there, by: there === Infinity ? 'nothing' : legal <= keep ? 'legal' : 'archive' };
}

type Cap = { ms: number; by: Exclude<KeepLimit, 'room'> };

/** What its own rules let a stream keep here at most; its minimum goes before its size. */
function capOf(shelf: ForecastShelf): Cap {
  const { rule, bytesPerDay } = shelf;
  const size = rule.maxBytes === null || bytesPerDay === 0 ? Infinity : (rule.maxBytes / bytesPerDay) * dayMs;
  const caps: Cap[] = [
    { ms: rule.legalMs ?? Infinity, by: 'legal' },
    { ms: rule.maxMs ?? Infinity, by: 'age' },
    { ms: Math.max(size, leastOf(shelf)), by: 'size' },
    { ms: movesMs(shelf), by: 'archive' },
  ];
  const least = caps.reduce((a, b) => (b.ms < a.ms ? b : a), { ms: Infinity, by: 'nothing' });
  return least;
}

type Capped = { shelf: ForecastShelf; cap: Cap };

/** Bytes when all footage of the volume is kept to one age, but no stream more than its rule lets it; guarded: and none less than its minimum. */
function need(of: readonly Capped[], ageMs: number, how: 'guarded' | 'bare'): number {
  return of.reduce((n, { shelf, cap }) => {
    if (shelf.bytesPerDay === 0) return n;
    const ms = Math.min(cap.ms, Math.max(ageMs, how === 'guarded' ? leastOf(shelf) : 0));
    return n + (shelf.bytesPerDay * ms) / dayMs;
  }, 0);
}

/** The age to which the room is enough; Infinity: any. Piecewise linear, so it is found between two of its corners. */
function commonAge(of: readonly Capped[], roomBytes: number, how: 'guarded' | 'bare'): number {
  const corners = of.flatMap(({ shelf, cap }) => [leastOf(shelf), cap.ms]).filter((ms) => Number.isFinite(ms));
  let low = 0;
  let lowNeed = need(of, 0, how);
  if (lowNeed > roomBytes) return 0;
  for (const corner of [...new Set(corners)].toSorted((a, b) => a - b)) {
    const corned = need(of, corner, how);
    if (corned > roomBytes) return low + ((roomBytes - lowNeed) / (corned - lowNeed)) * (corner - low);
    low = corner;
    lowNeed = corned;
  }
  const slope = need(of, low + dayMs, how) - lowNeed;
  return slope > 0 ? low + ((roomBytes - lowNeed) / slope) * dayMs : Infinity;
}

/** How much of a stream there is after a time, when what gets older than `capMs` goes: straight between its corners. */
type Stock = { at(afterMs: number): number; corners: number[] };

function stockOf({ bytes, oldestMs, bytesPerDay }: ForecastShelf, capMs: number, nowMs: number): Stock {
  const ageMs = Math.max(1, nowMs - oldestMs);
  return {
    at(afterMs) {
      const left = Math.max(0, Math.min(ageMs, capMs - afterMs));
      return (bytes * left) / ageMs + (bytesPerDay * Math.min(afterMs, capMs)) / dayMs;
    },
    corners: [capMs - ageMs, capMs].filter((ms) => ms > 0 && Number.isFinite(ms)),
  };
}

/** After how long all together are first more than the room; null: never. */
function firstOver(stocks: readonly Stock[], roomBytes: number): number | null {
  const total = (afterMs: number): number => stocks.reduce((n, s) => n + s.at(afterMs), 0);
  let from = 0;
  let had = total(0);
  if (had > roomBytes) return 0;
  const corners = [...new Set(stocks.flatMap((s) => s.corners))].toSorted((a, b) => a - b);
  for (const corner of corners) {
    const has = total(corner);
    if (has > roomBytes) return from + ((roomBytes - had) / (has - had)) * (corner - from);
    from = corner;
    had = has;
  }
  const slope = total(from + dayMs) - had;
  return slope > 0 ? from + ((roomBytes - had) / slope) * dayMs : null;
}
