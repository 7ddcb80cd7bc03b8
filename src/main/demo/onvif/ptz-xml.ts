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
} as const;

const bounds = (name: string, min: number, max: number): Xml => el(name, el('tt:Min', min), el('tt:Max', max));
const flat = (name: string, uri: string, min = -1): Xml =>
  el(name, el('tt:URI', uri), bounds('tt:XRange', min, 1), bounds('tt:YRange', min, 1));
const line = (name: string, uri: string, min: number): Xml => el(name, el('tt:URI', uri), bounds('tt:XRange', min, 1));

export const spacesXml = (name: string): Xml =>
  el(
    name,
    flat('tt:AbsolutePanTiltPositionSpace', space.position),
    line('tt:AbsoluteZoomPositionSpace', space.zoomPosition, 0),
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
