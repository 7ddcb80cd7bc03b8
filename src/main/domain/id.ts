import { z } from 'zod';

/** 26 characters of Crockford base 32: 48 bits of time, 80 bits of chance (the ULID specification). */
const ulid = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/, 'not an id');

export const StationId = ulid.brand<'StationId'>();
export type StationId = z.infer<typeof StationId>;
export const CameraId = ulid.brand<'CameraId'>();
export type CameraId = z.infer<typeof CameraId>;
export const UserId = ulid.brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;
export const EventId = ulid.brand<'EventId'>();
export type EventId = z.infer<typeof EventId>;

export const HoldId = ulid.brand<'HoldId'>();
export type HoldId = z.infer<typeof HoldId>;
export const BookmarkId = ulid.brand<'BookmarkId'>();
export type BookmarkId = z.infer<typeof BookmarkId>;

/** A stream's small number inside one station: it keys segments and names live pictures on the wire. 1 … 2^31-1. */
export const StreamId = z.number().int().min(1).max(0x7fffffff).brand<'StreamId'>();
export type StreamId = z.infer<typeof StreamId>;

export const ZoneId = ulid.brand<'ZoneId'>();
export type ZoneId = z.infer<typeof ZoneId>;
export const LineId = ulid.brand<'LineId'>();
export type LineId = z.infer<typeof LineId>;
export const PlateListId = ulid.brand<'PlateListId'>();
export type PlateListId = z.infer<typeof PlateListId>;
export const PlateEntryId = ulid.brand<'PlateEntryId'>();
export type PlateEntryId = z.infer<typeof PlateEntryId>;
export const FootageSearchId = ulid.brand<'FootageSearchId'>();
export type FootageSearchId = z.infer<typeof FootageSearchId>;
