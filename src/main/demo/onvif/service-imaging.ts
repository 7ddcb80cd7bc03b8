/** Picture settings and focus (ONVIF Imaging Service Specification; ver20/imaging.wsdl). They are kept and told; the clips stay as they are. */
import { Fault, invalid, missing } from './fault.ts';
import type { MediaSettings } from './media-settings.ts';
import { range } from './media-xml.ts';
import type { PtzHead } from './ptz-head.ts';
import type { Call, Handler, Service } from './service.ts';
import { needed, numberIn } from './service.ts';
import { childOf, pathOf, textOf } from './xml-read.ts';
import type { Part, Xml } from './xml-write.ts';
import { el } from './xml-write.ts';

const level = { min: 0, max: 100 } as const;
const levels = ['Brightness', 'ColorSaturation', 'Contrast', 'Sharpness'] as const;
const dayNight = ['ON', 'OFF', 'AUTO'] as const;
/** Of exposure by hand: microseconds, dB, dB that the iris takes away. A fixed lens has no iris to turn. */
const exposures = {
  ExposureTime: { min: 100, max: 66_000 },
  Gain: { min: 0, max: 36 },
  Iris: { min: 0, max: 20 },
} as const;
type ExposureName = keyof typeof exposures;

type Settings = {
  levels: Record<(typeof levels)[number], number>;
  backlight: string;
  backlightLevel: number;
  exposure: string;
  exposed: Record<ExposureName, number>;
  focus: string;
  dayNight: string;
  wide: string;
  wideLevel: number;
  white: string;
};

const defaults = (): Settings => ({
  levels: { Brightness: 50, ColorSaturation: 50, Contrast: 50, Sharpness: 50 },
  backlight: 'OFF',
  backlightLevel: 0,
  exposure: 'AUTO',
  exposed: { ExposureTime: 20_000, Gain: 6, Iris: 0 },
  focus: 'AUTO',
  dayNight: 'AUTO',
  wide: 'OFF',
  wideLevel: 0,
  white: 'AUTO',
});

/** `lens`: moves like a head's zoom axis; null for a lens that is fixed. */
export function createImagingService(parts: { settings: MediaSettings; lens: PtzHead | null }): Service {
  const { lens } = parts;
  const exposed: ExposureName[] = lens ? ['ExposureTime', 'Gain', 'Iris'] : ['ExposureTime', 'Gain'];
  let now = defaults();
  const source = (call: Call): void => {
    if (needed(call, 'VideoSourceToken') !== parts.settings.source)
      throw invalid('NoSource', 'There is no such video source.');
  };
  const onOff = (mode: string, lvl: number): Part[] => [el('tt:Mode', mode), mode === 'ON' && el('tt:Level', lvl)];

  const settingsXml = (): Xml =>
    el(
      'timg:ImagingSettings',
      el('tt:BacklightCompensation', onOff(now.backlight, now.backlightLevel)),
      el('tt:Brightness', now.levels.Brightness),
      el('tt:ColorSaturation', now.levels.ColorSaturation),
      el('tt:Contrast', now.levels.Contrast),
      el(
        'tt:Exposure',
        el('tt:Mode', now.exposure),
        exposed.map((name) => el(`tt:${name}`, now.exposed[name])),
      ),
      lens && el('tt:Focus', el('tt:AutoFocusMode', now.focus)),
      el('tt:IrCutFilter', now.dayNight),
      el('tt:Sharpness', now.levels.Sharpness),
      el('tt:WideDynamicRange', onOff(now.wide, now.wideLevel)),
      el('tt:WhiteBalance', el('tt:Mode', now.white)),
    );

  const modes = (...list: string[]): Xml[] => list.map((m) => el('tt:Mode', m));
  const optionsXml = (): Xml =>
    el(
      'timg:ImagingOptions',
      el('tt:BacklightCompensation', modes('OFF', 'ON'), range('tt:Level', level)),
      range('tt:Brightness', level),
      range('tt:ColorSaturation', level),
      range('tt:Contrast', level),
      el(
        'tt:Exposure',
        modes('AUTO', 'MANUAL'),
        exposed.map((name) => range(`tt:${name}`, exposures[name])),
      ),
      lens &&
        el(
          'tt:Focus',
          ['AUTO', 'MANUAL'].map((m) => el('tt:AutoFocusModes', m)),
        ),
      dayNight.map((m) => el('tt:IrCutFilterModes', m)),
      range('tt:Sharpness', level),
      el('tt:WideDynamicRange', modes('OFF', 'ON'), range('tt:Level', level)),
      el('tt:WhiteBalance', modes('AUTO', 'MANUAL')),
    );

  function set(call: Call): Xml {
    source(call);
    const wish = childOf(call.operation, 'ImagingSettings');
    if (!wish) throw missing('ImagingSettings');
    const refuse = (): Fault => invalid('SettingsInvalid', 'A setting is outside of what is offered.');
    const number = (
      text: string | undefined,
      otherwise: number,
      within: { min: number; max: number } = level,
    ): number => {
      if (text === undefined) return otherwise;
      const v = numberIn(text, within.min, within.max);
      if (v === undefined) throw refuse();
      return v;
    };
    const mode = (text: string | undefined, offered: readonly string[], otherwise: string): string => {
      if (text === undefined) return otherwise;
      if (!offered.includes(text)) throw refuse();
      return text;
    };
    const autoManual = ['AUTO', 'MANUAL'];
    const next: Settings = {
      levels: Object.fromEntries(levels.map((n) => [n, number(textOf(wish, n), now.levels[n])])) as Settings['levels'],
      backlight: mode(pathOf(wish, 'BacklightCompensation', 'Mode')?.text, ['ON', 'OFF'], now.backlight),
      backlightLevel: number(pathOf(wish, 'BacklightCompensation', 'Level')?.text, now.backlightLevel),
      exposure: mode(pathOf(wish, 'Exposure', 'Mode')?.text, autoManual, now.exposure),
      exposed: {
        ...now.exposed,
        ...Object.fromEntries(
          exposed.map((n) => [n, number(pathOf(wish, 'Exposure', n)?.text, now.exposed[n], exposures[n])]),
        ),
      },
      focus: mode(pathOf(wish, 'Focus', 'AutoFocusMode')?.text, lens ? autoManual : [], now.focus),
      dayNight: mode(textOf(wish, 'IrCutFilter'), dayNight, now.dayNight),
      wide: mode(pathOf(wish, 'WideDynamicRange', 'Mode')?.text, ['ON', 'OFF'], now.wide),
      wideLevel: number(pathOf(wish, 'WideDynamicRange', 'Level')?.text, now.wideLevel),
      white: mode(pathOf(wish, 'WhiteBalance', 'Mode')?.text, autoManual, now.white),
    };
    // All or nothing: what is wrong anywhere leaves everything as it was.
    now = next;
    return el('timg:SetImagingSettingsResponse');
  }

  const fixed = (): Fault =>
    new Fault('Receiver', ['ter:ActionNotSupported', 'ter:NoImagingForSource'], 'This lens cannot be moved.');

  function move(call: Call): Xml {
    source(call);
    if (!lens) throw fixed();
    const focus = childOf(call.operation, 'Focus');
    const value = (kind: string, name: string, least: number): number | undefined => {
      const text = pathOf(focus, kind, name)?.text;
      if (text === undefined) return undefined;
      const v = numberIn(text, least, 1);
      if (v === undefined) throw invalid('SettingsInvalid', 'That is outside of what the lens can do.');
      return v;
    };
    const [to, by, speed] = [
      value('Absolute', 'Position', 0),
      value('Relative', 'Distance', -1),
      value('Continuous', 'Speed', -1),
    ];
    if (to !== undefined) lens.go({ zoom: to }, { zoom: value('Absolute', 'Speed', 0) ?? 1 });
    else if (by !== undefined) lens.go({ zoom: lens.position().zoom + by });
    else if (speed !== undefined) lens.run({ zoom: speed }, 60_000);
    else throw missing('Focus');
    now.focus = 'MANUAL';
    return el('timg:MoveResponse');
  }

  const handlers: Record<string, Handler> = {
    GetImagingSettings: (call) => {
      source(call);
      return el('timg:GetImagingSettingsResponse', settingsXml());
    },
    SetImagingSettings: set,
    GetOptions: (call) => {
      source(call);
      return el('timg:GetOptionsResponse', optionsXml());
    },
    Move: move,
    Stop: (call) => {
      source(call);
      if (!lens) throw fixed();
      lens.stop(['zoom']);
      return el('timg:StopResponse');
    },
    GetMoveOptions: (call) => {
      source(call);
      const speed = range('tt:Speed', { min: 0, max: 1 });
      return el(
        'timg:GetMoveOptionsResponse',
        el(
          'timg:MoveOptions',
          lens && [
            el('tt:Absolute', range('tt:Position', { min: 0, max: 1 }), speed),
            el('tt:Relative', range('tt:Distance', { min: -1, max: 1 })),
            el('tt:Continuous', range('tt:Speed', { min: -1, max: 1 })),
          ],
        ),
      );
    },
    GetStatus: (call) => {
      source(call);
      return el(
        'timg:GetStatusResponse',
        el(
          'timg:Status',
          lens &&
            el(
              'tt:FocusStatus20',
              el('tt:Position', Math.round(lens.position().zoom * 1e4) / 1e4),
              el('tt:MoveStatus', lens.moving().zoom ? 'MOVING' : 'IDLE'),
            ),
        ),
      );
    },
  };
  return {
    prefix: 'timg',
    version: { major: 21, minor: 12 },
    capabilities: () => el('timg:Capabilities', { ImageStabilization: false, Presets: false }),
    handlers,
  };
}
