import { describe, expect, it } from 'vitest';
import { CameraId } from '#domain/id.ts';
import { asStation, untouched, type CameraRetention, type StationRetention } from '#domain/retention.ts';
import { dayMs } from '#domain/time.ts';
import { firstArchive, noTiers, type TierRule, type Tiering } from '#domain/archive.ts';
import { goingBy, goingByTiers } from './going.ts';

const [gate, yard] = [CameraId.parse('01M8P7A0KH7EFRV0K9131K44QY'), CameraId.parse('01M8P7A0KH7EFRV0K9131K44QZ')];
const nowMs = 100 * dayMs;
const stream = (cameraId: CameraId, kind: 'main' | 'sub', days: number | null, bytes = 5e9) => ({
  cameraId,
  stream: kind,
  bytes,
  oldestMs: days === null ? null : nowMs - days * dayMs,
});
const streams = [stream(gate, 'main', 20), stream(gate, 'sub', 3), stream(yard, 'main', null, 0)];
const said = (station: Partial<StationRetention>, cameras: [CameraId, Partial<CameraRetention>][] = []) => ({
  station: { ...untouched, ...station },
  cameras: cameras.map(([cameraId, retention]) => ({ cameraId, retention: { ...asStation, ...retention } })),
});
const main = (over: Partial<StationRetention['main']>) => ({ main: { ...untouched.main, ...over } });
const going = (now: ReturnType<typeof said>, next: ReturnType<typeof said>) => goingBy(now, next, streams, nowMs);
const gone = { cameraId: gate, stream: 'main' as const, archive: null, ageMs: null, bytes: null, sparesEvents: false };

describe('what changed rules delete at once', () => {
  it('is what became older than a shorter maximum, by rule or by law, of the streams that have such', () => {
    expect(going(said({}), said({ legalDays: 5 }))).toEqual([{ ...gone, ageMs: 5 * dayMs }]);
    expect(going(said({}), said(main({ maxDays: 5 })))).toEqual([{ ...gone, ageMs: 5 * dayMs }]);
    expect(going(said({}), said({ legalDays: 1 }))).toHaveLength(2);
    expect(going(said({}), said({}, [[yard, { legalDays: 1 }]]))).toEqual([]);
  });
  it('is nothing where all that is there may stay, or had to go before', () => {
    expect(going(said({}), said({ legalDays: 30 }))).toEqual([]);
    expect(going(said({ legalDays: 5 }), said({ legalDays: 5 }))).toEqual([]);
    expect(going(said({ legalDays: 5 }), said({ legalDays: 7 }))).toEqual([]);
    expect(going(said(main({ maxDays: 5 })), said({ ...main({ maxDays: 5 }), legalDays: 6 }))).toEqual([]);
  });
  it('spares what bears an event, unless that is for fewer days or fewer events count', () => {
    const longer = said(main({ maxDays: 5, eventDays: 60 }));
    expect(going(said({}), longer)).toEqual([{ ...gone, ageMs: 5 * dayMs, sparesEvents: true }]);
    expect(going(longer, said(main({ maxDays: 5, eventDays: 10 })))).toEqual([{ ...gone, ageMs: 10 * dayMs }]);
    expect(going(said(main({ maxDays: 5, eventDays: 15 })), said(main({ maxDays: 5, eventDays: 15 })))).toEqual([]);
    const fewer = { ...untouched.events, kinds: [] };
    expect(
      going(said(main({ maxDays: 5, eventDays: 15 })), said({ ...main({ maxDays: 5, eventDays: 15 }), events: fewer })),
    ).toEqual([{ ...gone, ageMs: 5 * dayMs, sparesEvents: true }]);
  });
  it('is what is beyond a smaller size, and a rule of its own that ends counts too', () => {
    expect(going(said({}), said(main({ maxBytes: 1e9 })))).toEqual([{ ...gone, bytes: 1e9 }]);
    expect(going(said({}), said(main({ maxBytes: 6e9 })))).toEqual([]);
    const own = said({ legalDays: null, ...main({ maxDays: 2 }) }, [[gate, main({ maxDays: 40 })]]);
    expect(going(own, said(main({ maxDays: 2 })))).toEqual([{ ...gone, ageMs: 2 * dayMs }]);
  });
});

describe('what changed rules of archives delete there at once', () => {
  const [one, two] = [firstArchive, firstArchive + 1];
  const kept = [
    { cameraId: gate, stream: 'main' as const, archives: [{ archive: one, oldestMs: nowMs - 40 * dayMs }] },
    { cameraId: gate, stream: 'sub' as const, archives: [] },
    { cameraId: yard, stream: 'main' as const, archives: [{ archive: two, oldestMs: nowMs - 10 * dayMs }] },
  ];
  const rule = (keepDays: number | null, archive = one): TierRule => ({
    archive,
    mode: 'move',
    afterDays: 1,
    keepDays,
  });
  const all = (main: TierRule | null, more: Partial<Tiering> = {}): Tiering => ({
    ...{ station: { main, sub: null }, groups: [], cameras: [] },
    ...more,
  });
  const goes = (now: Tiering, next: Tiering) =>
    goingByTiers(now, next, kept, (id) => (id === yard ? 'Outside' : null), nowMs);
  const there = { ...gone, archive: one };

  it('is what became too old for the archive to keep', () => {
    expect(goes(all(rule(null)), all(rule(30)))).toEqual([{ ...there, ageMs: 30 * dayMs }]);
    expect(goes(all(rule(60)), all(rule(30)))).toEqual([{ ...there, ageMs: 30 * dayMs }]);
    expect(goes(all(null), all(rule(30)))).toEqual([{ ...there, ageMs: 30 * dayMs }]);
  });
  it('is nothing where all that lies there may stay, had to go before, or no rule names the archive any more', () => {
    expect(goes(all(rule(60)), all(rule(50)))).toEqual([]);
    expect(goes(all(rule(20)), all(rule(30)))).toEqual([]);
    expect(goes(all(rule(60)), all(rule(5, two)))).toEqual([
      { ...there, cameraId: yard, archive: two, ageMs: 5 * dayMs },
    ]);
    expect(goes(all(rule(60)), all(null))).toEqual([]);
  });
  it('goes by what is said of a camera, else of its group', () => {
    const group = { groups: [{ group: 'Outside', rules: { main: rule(5, two), sub: null } }] };
    expect(goes(all(null), all(null, group))).toEqual([{ ...there, cameraId: yard, archive: two, ageMs: 5 * dayMs }]);
    const own = { ...group, cameras: [{ cameraId: yard, rules: noTiers }] };
    expect(goes(all(null), all(null, own))).toEqual([]);
    // Its own rule ends, and what is said of the group holds.
    expect(goes(all(null, own), all(null, group))).toHaveLength(1);
  });
});
