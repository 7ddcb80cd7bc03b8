/** The pan-tilt-zoom head in the words of the schema (tt:PTZConfiguration, tt:PTZSpaces). */
import { tokenOf } from './media-settings.ts';
import type { Part, Xml } from './xml-write.ts';
import { el } from './xml-write.ts';

const spaces = 'http://www.onvif.org/ver10/tptz';
/** Generic spaces (ONVIF PTZ Service Specification §5.7). */
export const space = {
  position: `${spaces}/PanTiltSpaces/PositionGenericSpace`,
  zoomPosition: `${spaces}/ZoomSpaces/PositionGenericSpace`,
  translation: `${spaces}/PanTiltSpaces/TranslationGenericSpace`,
  zoomTranslation: `${spaces}/ZoomSpaces/TranslationGenericSpace`,
  velocity: `${spaces}/PanTiltSpaces/VelocityGenericSpace`,
  zoomVelocity: `${spaces}/ZoomSpaces/VelocityGenericSpace`,
  speed: `${spaces}/PanTiltSpaces/GenericSpeedSpace`,
  zoomSpeed: `${spaces}/ZoomSpaces/ZoomGenericSpeedSpace`,
  /** The same places in degrees from home, and as focal lengths. */
  degrees: `${spaces}/PanTiltSpaces/SphericalPositionSpaceDegrees`,
  millimetres: `${spaces}/ZoomSpaces/PositionSpaceMillimeter`,
} as const;

/** What the ends of the generic spaces are in the world: the yard's views were drawn so (68° across at home, 34° at zoom 0.7). */
export const reach = { panDegrees: 60, tiltDegrees: 30, wideMm: 4, teleMm: 10.9 } as const;

const bounds = (name: string, min: number, max: number): Xml => el(name, el('tt:Min', min), el('tt:Max', max));
const flat = (name: string, uri: string, min = -1): Xml =>
  el(name, el('tt:URI', uri), bounds('tt:XRange', min, 1), bounds('tt:YRange', min, 1));
const sphere = (name: string): Xml =>
  el(
    name,
    el('tt:URI', space.degrees),
    bounds('tt:XRange', -reach.panDegrees, reach.panDegrees),
    bounds('tt:YRange', -reach.tiltDegrees, reach.tiltDegrees),
  );
const focal = (name: string): Xml =>
  el(name, el('tt:URI', space.millimetres), bounds('tt:XRange', reach.wideMm, reach.teleMm));
const line = (name: string, uri: string, min: number): Xml => el(name, el('tt:URI', uri), bounds('tt:XRange', min, 1));

export const spacesXml = (name: string): Xml =>
  el(
    name,
    flat('tt:AbsolutePanTiltPositionSpace', space.position),
    sphere('tt:AbsolutePanTiltPositionSpace'),
    line('tt:AbsoluteZoomPositionSpace', space.zoomPosition, 0),
    focal('tt:AbsoluteZoomPositionSpace'),
    flat('tt:RelativePanTiltTranslationSpace', space.translation),
    line('tt:RelativeZoomTranslationSpace', space.zoomTranslation, -1),
    flat('tt:ContinuousPanTiltVelocitySpace', space.velocity),
    line('tt:ContinuousZoomVelocitySpace', space.zoomVelocity, -1),
    line('tt:PanTiltSpeedSpace', space.speed, 0),
    line('tt:ZoomSpeedSpace', space.zoomSpeed, 0),
  );

export const ptzConfiguration = (name: string, timeout: string, uses: number): Xml =>
  el(
    name,
    { token: tokenOf.ptz },
    el('tt:Name', 'Head'),
    el('tt:UseCount', uses),
    el('tt:NodeToken', tokenOf.ptzNode),
    el('tt:DefaultAbsolutePantTiltPositionSpace', space.position),
    el('tt:DefaultAbsoluteZoomPositionSpace', space.zoomPosition),
    el('tt:DefaultRelativePanTiltTranslationSpace', space.translation),
    el('tt:DefaultRelativeZoomTranslationSpace', space.zoomTranslation),
    el('tt:DefaultContinuousPanTiltVelocitySpace', space.velocity),
    el('tt:DefaultContinuousZoomVelocitySpace', space.zoomVelocity),
    el(
      'tt:DefaultPTZSpeed',
      el('tt:PanTilt', { x: 1, y: 1, space: space.speed }),
      el('tt:Zoom', { x: 1, space: space.zoomSpeed }),
    ),
    el('tt:DefaultPTZTimeout', timeout),
    el('tt:PanTiltLimits', flat('tt:Range', space.position)),
    el('tt:ZoomLimits', line('tt:Range', space.zoomPosition, 0)),
  );

export const vector = (at: { pan: number; tilt: number; zoom: number }): Part[] => {
  const n = (v: number): number => Math.round(v * 1e5) / 1e5;
  return [
    el('tt:PanTilt', { x: n(at.pan), y: n(at.tilt), space: space.position }),
    el('tt:Zoom', { x: n(at.zoom), space: space.zoomPosition }),
  ];
};
