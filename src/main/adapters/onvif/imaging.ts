/** The imaging service: picture settings and focus (ONVIF Imaging Service). */
import type { Imaging, ImagingOptions } from '#domain/imaging.ts';
import type { Conversations } from './conversation.ts';
import { all, at, numberAt, textAt, type Element } from './element.ts';
import { operation } from './envelope.ts';
import { deviceError, optional } from './trouble.ts';
import { nothing, xml, type Xml } from './write-xml.ts';

type Numeric = 'brightness' | 'contrast' | 'saturation' | 'sharpness' | 'exposureTime' | 'gain' | 'iris';
type Choice = Exclude<keyof Imaging, Numeric>;

const numeric: Record<Numeric, string[]> = {
  brightness: ['Brightness'],
  contrast: ['Contrast'],
  saturation: ['ColorSaturation'],
  sharpness: ['Sharpness'],
  exposureTime: ['Exposure', 'ExposureTime'],
  gain: ['Exposure', 'Gain'],
  iris: ['Exposure', 'Iris'],
};
/** Where each choice is in settings and in options, and which words it may have. */
const choices: { key: Choice; setting: string[]; option: string[]; words: readonly string[] }[] = [
  { key: 'dayNight', setting: ['IrCutFilter'], option: ['IrCutFilterModes'], words: ['on', 'off', 'auto'] },
  {
    key: 'backlight',
    setting: ['BacklightCompensation', 'Mode'],
    option: ['BacklightCompensation', 'Mode'],
    words: ['on', 'off'],
  },
  {
    key: 'wideDynamicRange',
    setting: ['WideDynamicRange', 'Mode'],
    option: ['WideDynamicRange', 'Mode'],
    words: ['on', 'off'],
  },
  { key: 'exposure', setting: ['Exposure', 'Mode'], option: ['Exposure', 'Mode'], words: ['auto', 'manual'] },
  {
    key: 'whiteBalance',
    setting: ['WhiteBalance', 'Mode'],
    option: ['WhiteBalance', 'Mode'],
    words: ['auto', 'manual'],
  },
  { key: 'focus', setting: ['Focus', 'AutoFocusMode'], option: ['Focus', 'AutoFocusModes'], words: ['auto', 'manual'] },
];

/** Reads a GetImagingSettingsResponse. */
export function readImaging(response: Element): Imaging {
  const settings = at(response, 'ImagingSettings');
  const out: Record<string, unknown> = {};
  for (const [key, path] of Object.entries(numeric)) {
    const value = numberAt(settings, ...path);
    if (value !== null) out[key] = value;
  }
  for (const { key, setting, words } of choices) {
    const value = textAt(settings, ...setting)?.toLowerCase();
    if (value !== undefined && words.includes(value)) out[key] = value;
  }
  return out;
}

/** Reads a GetOptionsResponse; `move` is the GetMoveOptionsResponse where there is one. */
export function readImagingOptions(response: Element, move: Element | null): ImagingOptions {
  const options = at(response, 'ImagingOptions');
  const out: Record<string, unknown> = {};
  for (const [key, path] of Object.entries(numeric)) {
    const min = numberAt(options, ...path, 'Min');
    const max = numberAt(options, ...path, 'Max');
    if (min !== null && max !== null && max > min) out[key] = { min, max };
  }
  for (const { key, option, words } of choices) {
    const last = option.at(-1) ?? '';
    const found = all(at(options, ...option.slice(0, -1)), last)
      .flatMap((e) => e.text.toLowerCase().split(/\s+/))
      .filter((word) => words.includes(word));
    if (found.length > 0) out[key] = [...new Set(found)];
  }
  const offers = at(move, 'MoveOptions');
  const focusMove = ['Continuous', 'Relative', 'Absolute'].some((kind) => at(offers, kind) !== null);
  return { ...out, focusMove };
}

/**
 * The elements of a change, in the order of the schema (`tt:ImagingSettings20`, `tt:Exposure20`: sequences). Values of an exposure
 * hold where it is made by hand, and the element does not go without its mode.
 */
export function writeImaging(change: Imaging): Xml {
  const value = (name: string, n: number | undefined): Xml => (n === undefined ? nothing : raw(name, String(n)));
  const word = (name: string, w: string | undefined): Xml => (w === undefined ? nothing : raw(name, w.toUpperCase()));
  const mode = (name: string, w: string | undefined, inner = 'Mode'): Xml =>
    w === undefined ? nothing : { xml: `<tt:${name}>${word(inner, w).xml}</tt:${name}>` };
  const { exposureTime, gain, iris } = change;
  const byHand = exposureTime !== undefined || gain !== undefined || iris !== undefined;
  const exposure = change.exposure ?? (byHand ? 'manual' : undefined);
  const exposed: Xml =
    exposure === undefined
      ? nothing
      : {
          xml: `<tt:Exposure>${word('Mode', exposure).xml}${value('ExposureTime', exposureTime).xml}${value('Gain', gain).xml}${value('Iris', iris).xml}</tt:Exposure>`,
        };
  return xml`${mode('BacklightCompensation', change.backlight)}${value('Brightness', change.brightness)}${value('ColorSaturation', change.saturation)}${value('Contrast', change.contrast)}${exposed}${mode('Focus', change.focus, 'AutoFocusMode')}${word('IrCutFilter', change.dayNight)}${value('Sharpness', change.sharpness)}${mode('WideDynamicRange', change.wideDynamicRange)}${mode('WhiteBalance', change.whiteBalance)}`;
}
const raw = (name: string, text: string): Xml => ({ xml: `<tt:${name}>${xml`${text}`.xml}</tt:${name}>` });

const limitMs = 10_000;

export type ImagingDoor = {
  get(source: string): Promise<Imaging>;
  options(source: string): Promise<ImagingOptions>;
  set(source: string, change: Imaging): Promise<Imaging>;
  focus(source: string, speed: number): Promise<void>;
  stopFocus(source: string): Promise<void>;
};

export function createImaging(conversations: Conversations): ImagingDoor {
  const of = (source: string): Xml => xml`<VideoSourceToken>${source}</VideoSourceToken>`;

  async function get(source: string): Promise<Imaging> {
    const c = conversations.begin(limitMs);
    return readImaging(await c.ask(operation('imaging', 'GetImagingSettings', of(source))));
  }
  return {
    get,
    async options(source) {
      const c = conversations.begin(limitMs);
      const [response, move] = await Promise.all([
        c.ask(operation('imaging', 'GetOptions', of(source))),
        optional(c.ask(operation('imaging', 'GetMoveOptions', of(source)), { atMostMs: 4_000 }), null),
      ]);
      return readImagingOptions(response, move);
    },
    async set(source, change) {
      const c = conversations.begin(limitMs);
      await c.ask(
        operation(
          'imaging',
          'SetImagingSettings',
          xml`${of(source)}<ImagingSettings>${writeImaging(change)}</ImagingSettings><ForcePersistence>true</ForcePersistence>`,
        ),
      );
      return readImaging(await c.ask(operation('imaging', 'GetImagingSettings', of(source))));
    },
    async focus(source, speed) {
      const c = conversations.begin(limitMs);
      const move = await optional(c.ask(operation('imaging', 'GetMoveOptions', of(source)), { urgent: true }), null);
      const range = at(move, 'MoveOptions', 'Continuous', 'Speed');
      const max = Math.abs(numberAt(range, 'Max') ?? 1);
      const min = Math.abs(numberAt(range, 'Min') ?? max);
      const part = Math.max(-1, Math.min(1, Number.isFinite(speed) ? speed : 0));
      if (move !== null && at(move, 'MoveOptions', 'Continuous') === null)
        throw deviceError('unsupported', 'The lens cannot be moved continuously.');
      await c.ask(
        operation(
          'imaging',
          'Move',
          xml`${of(source)}<Focus><tt:Continuous><tt:Speed>${part < 0 ? part * min : part * max}</tt:Speed></tt:Continuous></Focus>`,
        ),
        { urgent: true },
      );
    },
    async stopFocus(source) {
      await conversations.begin(limitMs).ask(operation('imaging', 'Stop', of(source)), { urgent: true });
    },
  };
}
