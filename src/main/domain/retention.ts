/** How long video is kept: what a person says, and what it comes to for one stream. Pure. */
import { z } from 'zod';
import { EventKind, Severity } from './event.ts';
import type { StreamKind } from './stream.ts';
import { dayMs } from './time.ts';

/** Days, parts of a day included; a quarter of an hour at least. */
const Days = z.number().min(0.01).max(3650);

/** What is said of a main or a sub stream. */
export const StreamRetention = z
  .object({
    /** Deleted when it is older; null: only when its space is needed. */
    maxDays: Days.nullable().default(null),
    /** Guaranteed: no other stream of the volume keeps more than its own minimum before this one has its minimum. */
    minDays: z.number().min(0).max(3650).default(0),
    /** Bytes at most; null: as many as there is space for. */
    maxBytes: z
      .number()
      .int()
      .min(2 ** 20)
      .max(2 ** 50)
      .nullable()
      .default(null),
    /** So long footage that bears an event is favoured: kept beyond `maxDays`, and given up last. null: it is like the rest. */
    eventDays: Days.nullable().default(null),
  })
  .refine((r) => r.maxDays === null || r.minDays <= r.maxDays, {
    message: 'at least so many days cannot be more than at most so many days',
    path: ['minDays'],
    params: { why: 'over-most' },
  });
export type StreamRetention = z.infer<typeof StreamRetention>;

/** Which events make the footage around them worth more. */
export const EventFavour = z.object({
  kinds: z.array(EventKind).max(64),
  /** Besides those kinds, every event of this severity or a higher one; null: none. */
  severity: Severity.nullable(),
  /** How much before and after an event belongs to it. */
  beforeMs: z.number().int().min(0).max(3_600_000),
  afterMs: z.number().int().min(0).max(3_600_000),
});
export type EventFavour = z.infer<typeof EventFavour>;

export const StationRetention = z.object({
  main: StreamRetention,
  sub: StreamRetention,
  /** Nothing but a hold keeps footage for longer than this; null: no law says so. */
  legalDays: Days.nullable(),
  events: EventFavour,
});
export type StationRetention = z.infer<typeof StationRetention>;

/** What is said of one camera; null: as the station. Its legal maximum can only be shorter than that of the station. */
export const CameraRetention = z.object({
  main: StreamRetention.nullable().default(null),
  sub: StreamRetention.nullable().default(null),
  legalDays: Days.nullable().default(null),
});
export type CameraRetention = z.infer<typeof CameraRetention>;
export const asStation: CameraRetention = { main: null, sub: null, legalDays: null };

const free: StreamRetention = { maxDays: null, minDays: 0, maxBytes: null, eventDays: null };
/** Until somebody says otherwise: as long as there is space, the oldest goes first. */
export const untouched: StationRetention = {
  main: free,
  sub: free,
  legalDays: null,
  events: {
    kinds: ['motion', 'tamper', 'digital-input', 'line-crossed', 'field-entered', 'sound', 'external'],
    severity: 'alarm',
    beforeMs: 10_000,
    afterMs: 20_000,
  },
};

/** What holds for one stream, in ms; null: no such limit. `minMs` is never more than the limits. */
export type Rule = {
  maxMs: number | null;
  minMs: number;
  maxBytes: number | null;
  /** 0: events count for nothing. */
  eventMs: number;
  legalMs: number | null;
};

const ms = (days: number | null): number | null => (days === null ? null : Math.round(days * dayMs));
const least = (...of: (number | null)[]): number | null => {
  const said = of.filter((n) => n !== null);
  return said.length === 0 ? null : Math.min(...said);
};

/** What a station's and a camera's words come to for one stream. */
export function ruleOf(station: StationRetention, camera: CameraRetention, kind: StreamKind): Rule {
  const said = camera[kind] ?? station[kind];
  const legalMs = least(ms(station.legalDays), ms(camera.legalDays));
  const maxMs = ms(said.maxDays);
  return {
    maxMs,
    minMs: Math.min(ms(said.minDays) ?? 0, legalMs ?? Infinity, maxMs ?? Infinity),
    maxBytes: said.maxBytes,
    eventMs: ms(said.eventDays) ?? 0,
    legalMs,
  };
}

/** Where two words of a person cannot both be kept, and which one is. */
export const RetentionConflict = z.enum([
  'legal-over-minimum', // the legal maximum is shorter than what was guaranteed: it wins
  'legal-over-events', // … than what event-bearing footage is kept for: it wins
  'hold-over-legal', // a hold keeps what is older than the legal maximum: the hold wins
  'minimum-over-size', // what was guaranteed needs more than the bytes allowed: the guarantee wins
]);
export type RetentionConflict = z.infer<typeof RetentionConflict>;

/** Conflicts that can be seen in the words alone. */
export function conflictsOf(station: StationRetention, camera: CameraRetention, kind: StreamKind): RetentionConflict[] {
  const said = camera[kind] ?? station[kind];
  const legal = least(station.legalDays, camera.legalDays);
  if (legal === null) return [];
  return [
    ...(said.minDays > legal ? (['legal-over-minimum'] as const) : []),
    ...(said.eventDays !== null && said.eventDays > legal ? (['legal-over-events'] as const) : []),
  ];
}

/**
 * Why footage was deleted. age: older than its rule · size: its stream had more bytes than allowed · legal: older than the legal
 * maximum · space: the volume needed room · emergency: the volume needed room and nothing beyond the minima was left ·
 * by-hand: a person said so.
 */
export const DeletionReason = z.enum(['age', 'size', 'legal', 'space', 'emergency', 'by-hand']);
export type DeletionReason = z.infer<typeof DeletionReason>;
