/** Texts that a device says it burns into its picture (ONVIF Media2 Service Specification §5.11). */
import { Fault, invalid, missing } from './fault.ts';
import { tokenOf } from './media-settings.ts';
import type { XmlElement } from './xml-read.ts';
import { childOf, pathOf, textOf } from './xml-read.ts';
import type { Xml } from './xml-write.ts';
import { el } from './xml-write.ts';

const kinds = ['Plain', 'Date', 'Time', 'DateAndTime'] as const;
const places = ['UpperLeft', 'UpperRight', 'LowerLeft', 'LowerRight', 'Custom'] as const;
const dateFormats = ['yyyy-MM-dd', 'MM/dd/yyyy'];
const timeFormats = ['HH:mm:ss', 'hh:mm:ss tt'];
const most = 4;

type Osd = {
  token: string;
  place: (typeof places)[number];
  at: { x: number; y: number } | null;
  kind: (typeof kinds)[number];
  text: string | null;
  dateFormat: string | null;
  timeFormat: string | null;
  fontSize: number | null;
};

const oneOf = <T extends string>(list: readonly T[], text: string | undefined): T | undefined =>
  list.find((x) => x === text);

const modify = (reason: string): Fault => new Fault('Sender', ['ter:InvalidArgVal', 'ter:ConfigModify'], reason);

function read(osd: XmlElement | undefined, token: string): Osd {
  if (textOf(osd, 'VideoSourceConfigurationToken') !== tokenOf.sourceConfiguration)
    throw invalid('NoConfig', 'There is no such video source configuration.');
  if (textOf(osd, 'Type') !== 'Text') throw modify('Only texts are offered.');
  const place = oneOf(places, pathOf(osd, 'Position', 'Type')?.text);
  const string = childOf(osd, 'TextString');
  const kind = oneOf(kinds, textOf(string, 'Type'));
  if (!place || !kind) throw missing('position or kind of the text');
  const pos = pathOf(osd, 'Position', 'Pos');
  const [x, y] = [Number(pos?.attributes.get('x') ?? Number.NaN), Number(pos?.attributes.get('y') ?? Number.NaN)];
  const custom = place === 'Custom';
  if (custom && !(Math.abs(x) <= 1 && Math.abs(y) <= 1)) throw modify('The place is outside of the picture.');
  const text = textOf(string, 'PlainText') ?? null;
  if (kind === 'Plain' && (text === null || text.length > 128)) throw modify('A text has 1 to 128 characters.');
  const [dateFormat, timeFormat] = [textOf(string, 'DateFormat') ?? null, textOf(string, 'TimeFormat') ?? null];
  if (dateFormat !== null && !dateFormats.includes(dateFormat)) throw modify('That date format is not offered.');
  if (timeFormat !== null && !timeFormats.includes(timeFormat)) throw modify('That time format is not offered.');
  const fontSize = textOf(string, 'FontSize') === undefined ? null : Number(textOf(string, 'FontSize'));
  if (fontSize !== null && !(fontSize >= 8 && fontSize <= 72)) throw modify('That font size is not offered.');
  return {
    token,
    place,
    at: custom ? { x, y } : null,
    kind,
    text: kind === 'Plain' ? text : null,
    dateFormat,
    timeFormat,
    fontSize,
  };
}

const write = (name: string, osd: Osd): Xml =>
  el(
    name,
    { token: osd.token },
    el('tt:VideoSourceConfigurationToken', tokenOf.sourceConfiguration),
    el('tt:Type', 'Text'),
    el('tt:Position', el('tt:Type', osd.place), osd.at && el('tt:Pos', osd.at)),
    el(
      'tt:TextString',
      el('tt:Type', osd.kind),
      osd.dateFormat !== null && el('tt:DateFormat', osd.dateFormat),
      osd.timeFormat !== null && el('tt:TimeFormat', osd.timeFormat),
      osd.fontSize !== null && el('tt:FontSize', osd.fontSize),
      osd.text !== null && el('tt:PlainText', osd.text),
    ),
  );

export type Osds = {
  list(name: string, token?: string, configuration?: string): Xml[];
  options(name: string): Xml;
  set(osd: XmlElement | undefined): void;
  create(osd: XmlElement | undefined): string;
  remove(token: string): void;
};

export function createOsds(name: string): Osds {
  const all = new Map<string, Osd>();
  let next = 3;
  const base = { at: null, dateFormat: null, timeFormat: null, fontSize: 32 };
  all.set('osd-1', { ...base, token: 'osd-1', place: 'UpperLeft', kind: 'Plain', text: name });
  all.set('osd-2', { ...base, token: 'osd-2', place: 'UpperLeft', kind: 'Time', text: null, timeFormat: 'HH:mm:ss' });
  const there = (token: string | undefined): string => {
    if (token === undefined || !all.has(token)) throw invalid('NoConfig', 'There is no such text.');
    return token;
  };
  return {
    list(element, token, configuration) {
      if (configuration !== undefined && configuration !== tokenOf.sourceConfiguration)
        throw invalid('NoConfig', 'There is no such video source configuration.');
      if (token !== undefined) there(token);
      return [...all.values()].filter((o) => token === undefined || o.token === token).map((o) => write(element, o));
    },
    options: (element) =>
      el(
        element,
        el('tt:MaximumNumberOfOSDs', { Total: most, PlainText: most, Date: most, Time: most, DateAndTime: most }),
        el('tt:Type', 'Text'),
        places.map((p) => el('tt:PositionOption', p)),
        el(
          'tt:TextOption',
          kinds.map((k) => el('tt:Type', k)),
          el('tt:FontSizeRange', el('tt:Min', 8), el('tt:Max', 72)),
          dateFormats.map((f) => el('tt:DateFormat', f)),
          timeFormats.map((f) => el('tt:TimeFormat', f)),
        ),
      ),
    set(osd) {
      const token = there(osd?.attributes.get('token'));
      all.set(token, read(osd, token));
    },
    create(osd) {
      if (all.size >= most)
        throw new Fault('Receiver', ['ter:Action', 'ter:MaxOSDs'], 'There is no room for another text.');
      const token = `osd-${next}`;
      all.set(token, read(osd, token));
      next++;
      return token;
    },
    remove(token) {
      all.delete(there(token));
    },
  };
}
