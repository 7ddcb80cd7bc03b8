/**
 * PTZ coordinate spaces (PTZ Service §5.7). Vigie speaks in the generic spaces; a head that has others of its own is spoken to
 * in those, scaled.
 */
import type { PtzFacts, PtzLens } from '#domain/ptz.ts';
import { all, at, attribute, numberAt, textAt, truth, type Element } from './element.ts';

export type Range = { min: number; max: number };
export type Space = { uri: string; generic: boolean; x: Range; y: Range | null };
export type SpaceKind =
  | 'AbsolutePanTiltPositionSpace'
  | 'AbsoluteZoomPositionSpace'
  | 'RelativePanTiltTranslationSpace'
  | 'RelativeZoomTranslationSpace'
  | 'ContinuousPanTiltVelocitySpace'
  | 'ContinuousZoomVelocitySpace';
const kinds: SpaceKind[] = [
  'AbsolutePanTiltPositionSpace',
  'AbsoluteZoomPositionSpace',
  'RelativePanTiltTranslationSpace',
  'RelativeZoomTranslationSpace',
  'ContinuousPanTiltVelocitySpace',
  'ContinuousZoomVelocitySpace',
];

/** What a head can do and in which spaces. */
export type Head = { facts: PtzFacts; spaces: Partial<Record<SpaceKind, Space>>; others: Map<string, Space> };

function readRange(element: Element | null): Range | null {
  const min = numberAt(element, 'Min');
  const max = numberAt(element, 'Max');
  return min === null || max === null || !(max > min) ? null : { min, max };
}

/** What the spaces in degrees and millimetres tell of the generic ones: both cover what the head can reach. */
function readLens(others: Map<string, Space>): PtzLens {
  const named = (ending: string): Space | undefined => [...others.values()].find((s) => s.uri.endsWith(ending));
  const sphere = named('PanTiltSpaces/SphericalPositionSpaceDegrees');
  const half = (range: Range | null | undefined, most: number): number | null =>
    range && range.max - range.min <= 2 * most ? (range.max - range.min) / 2 : null;
  const focal = named('ZoomSpaces/PositionSpaceMillimeter')?.x;
  return {
    panDegrees: half(sphere?.x, 3600),
    tiltDegrees: half(sphere?.y, 360),
    focalMm: focal && focal.min > 0 ? { wide: focal.min, tele: focal.max } : null,
  };
}

/** Reads one PTZNode. */
export function readHead(node: Element): Head {
  const supported = at(node, 'SupportedPTZSpaces');
  const spaces: Head['spaces'] = {};
  const others = new Map<string, Space>();
  for (const kind of kinds) {
    const found = all(supported, kind)
      .slice(0, 16)
      .flatMap((element): Space[] => {
        const uri = textAt(element, 'URI') ?? '';
        const x = readRange(at(element, 'XRange'));
        return x === null ? [] : [{ uri, generic: /GenericSpace$/.test(uri), x, y: readRange(at(element, 'YRange')) }];
      });
    for (const space of found) others.set(space.uri, space);
    const best = found.find((s) => s.generic) ?? found[0];
    if (best) spaces[kind] = best;
  }
  return {
    spaces,
    others,
    facts: {
      continuous:
        spaces.ContinuousPanTiltVelocitySpace !== undefined || spaces.ContinuousZoomVelocitySpace !== undefined,
      absolute: spaces.AbsolutePanTiltPositionSpace !== undefined || spaces.AbsoluteZoomPositionSpace !== undefined,
      relative:
        spaces.RelativePanTiltTranslationSpace !== undefined || spaces.RelativeZoomTranslationSpace !== undefined,
      zoom: spaces.ContinuousZoomVelocitySpace !== undefined || spaces.AbsoluteZoomPositionSpace !== undefined,
      home: truth(textAt(node, 'HomeSupported')),
      homeFixed: truth(attribute(node, 'FixedHomePosition')),
      presets: Math.max(0, Math.min(100_000, Math.trunc(numberAt(node, 'MaximumNumberOfPresets') ?? 0))),
      lens: readLens(others),
    },
  };
}

/** For a head that tells nothing of itself: the generic spaces, as most have. */
export const unknownHead: Head = {
  facts: {
    continuous: true,
    absolute: false,
    relative: false,
    zoom: true,
    home: false,
    homeFixed: false,
    presets: 0,
    lens: { panDegrees: null, tiltDegrees: null, focalMm: null },
  },
  spaces: {},
  others: new Map(),
};

/** A value of −1 … 1 (`zoomed`: 0 … 1) in a space's own range. */
export function toSpace(value: number, range: Range | null | undefined, zoomed = false): number {
  if (!range) return value;
  const from = zoomed ? { min: 0, max: 1 } : { min: -1, max: 1 };
  return round(range.min + ((value - from.min) / (from.max - from.min)) * (range.max - range.min));
}

/** Movement by a share: 0 stays 0 whatever the range. */
export function byShare(value: number, range: Range | null | undefined): number {
  return range ? round(value * Math.min(Math.abs(range.max), Math.abs(range.min) || Math.abs(range.max))) : value;
}

/** The way back, clamped. */
export function fromSpace(value: number | null, range: Range | null | undefined, zoomed = false): number | null {
  if (value === null) return null;
  const to = zoomed ? { min: 0, max: 1 } : { min: -1, max: 1 };
  const scaled = range ? to.min + ((value - range.min) / (range.max - range.min)) * (to.max - to.min) : value;
  return Math.max(to.min, Math.min(to.max, round(scaled)));
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6;
