/**
 * When pictures of a stream are looked at. Key frames are enough where they come as often as asked for, until something moves that
 * is no event yet: then a second look comes half a second after the first one, whatever picture that is. Where they come seldom,
 * what follows one can be looked at too, at the price of decoding everything from that key frame on: as often as asked for while
 * something moves or is followed, or while the sizes of the pictures say that something may happen; half as often otherwise. What
 * does not change costs an encoder hardly a byte; somebody who walks in makes the pictures larger at once. Where sizes were wrong
 * (a camera that fills a constant bit rate says nothing by them), they are not asked for a while. Pure; told of each picture in
 * decoding order.
 */

export type BetweenLooks = {
  /** The last look, and the last that was one of those asked for (no second one). */
  looked: { us: number; turnUs: number } | null;
  /** Second looks that may be given: fewer than one is none. */
  spare: number;
  key: { us: number; everyUs: number | null } | null;
  /** Pictures since the key frame, it included; when the last of them was. */
  units: number;
  atUs: number;
  /** Bytes of a picture that is no key frame: usually, how much that varies, and of late; how many were seen. */
  usual: number;
  varies: number;
  lately: number;
  seen: number;
  /** Since the key frame before this one sizes said nothing. */
  silent: { now: boolean; before: boolean };
  wasActive: boolean;
  /** The last look was at a key frame. */
  lookedAtKey: boolean;
  /** Sizes are not believed before. */
  doubtUntilUs: number;
  /** Its pictures are not decoded in the order in which they are shown. */
  reorders: boolean;
};

/** So many second looks at once at most, and one more after so long, µs. */
const mostSpare = 4;
const spareUs = 4e6;

export const freshBetweenLooks: BetweenLooks = {
  ...{ looked: null, spare: mostSpare },
  ...{ key: null, units: 0, atUs: 0, usual: 0, varies: 0, lately: 0, seen: 0 },
  silent: { now: true, before: true },
  ...{ wasActive: false, lookedAtKey: false, doubtUntilUs: Number.NEGATIVE_INFINITY, reorders: false },
};

export type ShownUnit = {
  key: boolean;
  ptsUs: number;
  bytes: number;
  /** Of its picture. */
  pixels: number;
  /** Something moves, is followed or is learned there. */
  active: boolean;
  /** Something moves that is no event yet (`isUnsure`). */
  unsure: boolean;
  /** Pictures a second that are asked for. */
  perSecond: number;
};

/** `turn`: it is time for one as often as asked for; `second`: something is to be made sure of. */
export type LookCause = 'turn' | 'second';

/** A second look comes so long after the first one, µs: what falls, sways or flashes looks otherwise by then. */
export const secondLookUs = 480_000;
/** For it so many pixels are decoded at most, and a key frame is waited for that comes so soon, µs. */
const secondPixels = 60 * 640 * 360;
const secondNearKeyUs = 150_000;
/** Pictures of a steady camera are not exactly as far apart as their number a second says. */
const early = 0.9;
/** Key frames farther apart than so many times what is asked for come seldom. */
const seldom = 1.3;
/** So near before a key frame, in parts of the pause asked for, that one is waited for; and so near while nothing happens. */
const nearKey = 0.3;
const nearKeyCalm = 1;
/** While nothing happens the pause is so many times longer. */
const calmTimes = 2;
/** All that is decoded for one look has so many pictures at most, and so many pixels for each second since the last look. */
const mostUnits = 250;
const pixelsPerSecond = 60 * 640 * 360;
const calmPixelsPerSecond = 20 * 640 * 360;
/** Of larger pictures these are too few. */
const mostPixels = 1280 * 720;
/** Sizes mean something once so many were seen. */
const seenEnough = 25;
/** Larger than usual: by this part, by this times the usual deviation, and by so many bytes. */
const largerPart = 0.15;
const deviations = 1.5;
const largerBytes = 16;
/** The average of the last pictures goes so much of the way with each. */
const latelyPart = 0.25;
/** What is usual is what comes while nothing happens: it falls fast, rises slowly, and hardly while something happens (µs). */
const fallsUs = 10e6;
const risesUs = 40e6;
const risesActiveUs = 240e6;
/** So long sizes are not believed where they said nothing and something moved. */
const doubtUs = 600e6;
/** A pause like this, µs: another stream, as far as sizes go. */
const brokenUs = 30e6;

/** Whether its pictures between key frames can be looked at, and need to be. */
export const looksBetween = ({ key, reorders }: BetweenLooks, perSecond: number, pixels: number): boolean =>
  !reorders && pixels <= mostPixels && key?.everyUs != null && key.everyUs > (seldom * 1e6) / perSecond;

/** Why this picture is looked at; null: it is not. `given` must be told of it when it was. */
export function betweenLooks(state: BetweenLooks, unit: ShownUnit): [BetweenLooks, LookCause | null] {
  const { ptsUs } = unit;
  const everyUs = 1e6 / unit.perSecond;
  const was = asOf(state, ptsUs);
  const sinceUs = was.looked === null ? Number.POSITIVE_INFINITY : ptsUs - was.looked.us;
  const sinceTurnUs = was.looked === null ? Number.POSITIVE_INFINITY : ptsUs - was.looked.turnUs;
  const isSecond = unit.unsure && was.spare >= 1 && sinceUs >= secondLookUs;
  if (unit.key) return [keyOf(was, unit), sinceTurnUs >= everyUs * early ? 'turn' : isSecond ? 'second' : null];
  if (was.key === null) return [{ ...was, atUs: ptsUs }, null];

  const next = measured(was, unit);
  const { key } = was;
  const isSeldom = key.everyUs === null ? ptsUs - key.us > seldom * everyUs : key.everyUs > seldom * everyUs;
  const nextKeyUs = key.everyUs === null ? null : key.us + key.everyUs - ptsUs;
  const isNear = (us: number): boolean => nextKeyUs !== null && nextKeyUs >= 0 && nextKeyUs < us;
  const bears = (pixels: number): boolean => next.units <= mostUnits && next.units * unit.pixels <= pixels;
  if (next.reorders) return [next, null];
  const bearsSecond = unit.pixels <= mostPixels && bears(secondPixels);
  if (isSecond && bearsSecond && !isNear(secondNearKeyUs)) return [next, 'second'];
  const wakes = unit.active || isLarger(next) || next.seen < seenEnough || ptsUs < next.doubtUntilUs;
  const isDue = isSeldom && sinceTurnUs >= everyUs * (wakes ? 1 : calmTimes);
  if (!isDue || isNear(everyUs * (wakes ? nearKey : nearKeyCalm))) return [next, null];
  return [next, bears(((wakes ? pixelsPerSecond : calmPixelsPerSecond) * sinceUs) / 1e6) ? 'turn' : null];
}

/** This picture was given. */
export const given = (
  state: BetweenLooks,
  { ptsUs, key }: Pick<ShownUnit, 'ptsUs' | 'key'>,
  cause: LookCause,
): BetweenLooks => ({
  ...state,
  looked: { us: ptsUs, turnUs: cause === 'turn' ? ptsUs : (state.looked?.turnUs ?? ptsUs) },
  spare: cause === 'second' ? state.spare - 1 : state.spare,
  lookedAtKey: key,
});

/** What is still true when a picture of this time comes. */
function asOf(state: BetweenLooks, ptsUs: number): BetweenLooks {
  const broken = ptsUs < (state.key?.us ?? 0) || ptsUs - state.atUs > brokenUs;
  if (broken) return { ...freshBetweenLooks, looked: ptsUs < (state.looked?.us ?? 0) ? null : state.looked };
  return { ...state, spare: Math.min(mostSpare, state.spare + Math.max(0, ptsUs - state.atUs) / spareUs) };
}

function keyOf(was: BetweenLooks, { ptsUs, active }: ShownUnit): BetweenLooks {
  const everyUs = was.key === null ? null : ptsUs - was.key.us;
  return {
    ...was,
    key: { us: ptsUs, everyUs },
    ...{ units: 1, atUs: ptsUs, wasActive: active },
    silent: { now: true, before: was.silent.now },
  };
}

const isLarger = ({ usual, varies, lately }: BetweenLooks): boolean =>
  lately > usual * (1 + largerPart) + deviations * varies + largerBytes;

/** What the sizes say after this one. */
function measured(was: BetweenLooks, { ptsUs, bytes, active }: ShownUnit): BetweenLooks {
  const stepUs = Math.max(0, ptsUs - was.atUs);
  const seen = was.seen + 1;
  const calm = !active && !isLarger(was);
  const pace = bytes < was.usual ? fallsUs : calm ? risesUs : risesActiveUs;
  const part = Math.max(1 - Math.exp(-stepUs / pace), seen <= seenEnough ? 1 / seen : 0);
  const usual = was.usual + part * (bytes - was.usual);
  const varies = was.varies + part * (Math.abs(bytes - usual) - was.varies);
  const lately = seen === 1 ? bytes : was.lately + latelyPart * (bytes - was.lately);
  const next: BetweenLooks = {
    ...was,
    ...{ units: was.units + 1, atUs: ptsUs, usual, varies, lately, seen, wasActive: active },
    reorders: was.reorders || ptsUs < was.atUs,
  };
  const silent = was.silent.now && seen > seenEnough && !isLarger(next);
  // The picture of a key frame showed that something moves, and until then sizes had said nothing.
  const missed = active && !was.wasActive && was.lookedAtKey && was.silent.before && seen > seenEnough;
  return {
    ...next,
    silent: { ...was.silent, now: silent },
    doubtUntilUs: missed ? ptsUs + doubtUs : was.doubtUntilUs,
  };
}
