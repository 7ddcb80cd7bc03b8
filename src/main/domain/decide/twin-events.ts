/**
 * A device that tells its events in two ways (through a PullPoint and in the metadata beside its pictures) tells each of them
 * twice. What comes first is taken; the other way's word of the same is its twin and is not. One takes away one: three begins
 * told both ways are three begins, in whatever order they come. Pure; times are station time, ms, of a steady clock.
 */
export type EventWay = 'pull-point' | 'metadata';

/** So much later the twin may come: a device may hold a PullPoint's answer back. */
export const twinWithinMs = 60_000;
/** So far apart the device's own times of one event may be, where it stamps its two ways apart. */
export const twinApartMs = 2_000;
/** Events whose twin is still to come that are remembered; the oldest are forgotten. */
export const mostUnmatched = 256;

/** `key`: topic, source and what was said of it. */
export type ToldEvent = { way: EventWay; key: string; deviceMs: number; atMs: number };
export type TwinEvents = readonly ToldEvent[];
export const noTwins: TwinEvents = [];

/** Whether an event is to be taken; false: it is the twin of one that was. */
export function twinEvents(state: TwinEvents, told: ToldEvent): [TwinEvents, boolean] {
  const recent = state.filter((e) => told.atMs - e.atMs <= twinWithinMs);
  const twin = recent.findIndex(
    (e) => e.way !== told.way && e.key === told.key && Math.abs(e.deviceMs - told.deviceMs) <= twinApartMs,
  );
  if (twin >= 0) return [recent.filter((_, i) => i !== twin), false];
  return [[...recent, told].slice(-mostUnmatched), true];
}
