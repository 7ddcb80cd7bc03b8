/**
 * What devices say through events, in our words. The standard topics are in ONVIF Analytics Service Annex A, Device IO §5.9,
 * Imaging §5.2 and Core §9; makers add their own, known from their public manuals and from replies of their devices.
 */
import { plainTopic, type DeviceEvent } from '#domain/device-event.ts';
import { all, at, attribute, short, textAt, within, type Element } from './element.ts';
import { momentMs } from './time-text.ts';

type Kind = DeviceEvent['kind'];

/** First match wins; topics come without prefixes, in lower case. */
const topics: readonly [pattern: RegExp, kind: Kind][] = [
  [
    /cellmotiondetector|motionregiondetector|motionalarm|motiondetect|\/motion$|vmd|videomotion|peopledetect|vehicledetect|petdetect|dogcatdetect|animaldetect|humandetect|tpsmartevent/,
    'motion',
  ],
  [
    /tamper|globalscenechange|imagetoo(dark|bright|blurry)|videosource\/(imagetoo|signalloss|lost)|scenechange|shelter|cover(ed|ing)|videoblind|videoloss/,
    'tamper',
  ],
  [/linedetector|line_?cross(ed|ing)?|crosslinedetect|tripwire/, 'line-crossed'],
  [
    /fielddetector|objectsinside|fielddetect|intrusion|crossregion|regionentrance|loitering|enteringarea|objectisinside|fence/,
    'field-entered',
  ],
  [/digitalinput|virtualinput|io\/port|alarmin|manualtrigger/, 'digital-input'],
  [/relay/, 'relay'],
  [/audioanalytics|detectedsound|audiosource\/triggerlevel|audiodetect|soundalarm|babycry|audioalarm/, 'sound'],
  [/storagefailure|harddisk|recordingconfig.*fail|diskerror|diskfull|storage\/alert|disruption/, 'storage-failed'],
];

export function kindOfTopic(topic: string): Kind {
  const plain = plainTopic(topic).toLowerCase();
  return topics.find(([pattern]) => pattern.test(plain))?.[1] ?? 'other';
}

/** Names of the item that tells whether it is on, the usual ones first. */
const stateNames = [
  'state',
  'ismotion',
  'logicalstate',
  'active',
  'isinside',
  'istamper',
  'issounddetected',
  'triggered',
  'failed',
  'ispeople',
  'isvehicle',
  'ispet',
  'iscar',
  'isface',
  'isline',
  'iscrossed',
  'disrupted',
  'value',
  'alarm',
];

const spoken = (value: string): boolean | null => {
  if (/^(true|1|on|active|yes|high|start|open)$/i.test(value)) return true;
  return /^(false|0|off|inactive|no|low|stop|closed?)$/i.test(value) ? false : null;
};

function stateOf(items: Map<string, string>): boolean | null {
  for (const name of stateNames) {
    const state = spoken(items.get(name) ?? '');
    if (state !== null) return state;
  }
  // `IsTPSmartEvent`, `IsLineCross` …: every maker has names of its own, and all begin alike.
  for (const [name, value] of items) if (/^is[a-z]/.test(name) && spoken(value) !== null) return spoken(value);
  return null;
}

function itemsOf(element: Element | null): Map<string, string> {
  const out = new Map<string, string>();
  for (const item of all(element, 'SimpleItem').slice(0, 64)) {
    const name = attribute(item, 'Name');
    if (name !== null) out.set(name.toLowerCase(), (attribute(item, 'Value') ?? item.text).trim());
  }
  return out;
}

const pictureNames = ['videosourceconfigurationtoken', 'videosourcetoken', 'videosource', 'source'];
const sourceNames = [
  'rule',
  'inputtoken',
  'relaytoken',
  'port',
  'videosourceconfigurationtoken',
  'videosource',
  'source',
  'videosourcetoken',
];

/** Reads one NotificationMessage; `nowMs` (device time) where it tells no time. Null for what tells nothing. */
export function readNotification(notification: Element, nowMs: number): DeviceEvent | null {
  const topic = short(textAt(notification, 'Topic'), 300);
  if (topic === null) return null;
  const holder = at(notification, 'Message');
  let message: Element | null = null;
  if (holder) for (const e of within(holder)) if (e.name === 'Message' && e !== holder) message ??= e;
  message ??= holder;
  const operation = attribute(message, 'PropertyOperation')?.toLowerCase() ?? null;
  const source = itemsOf(at(message, 'Source'));
  const data = itemsOf(at(message, 'Data'));
  const chosen = sourceNames.map((name) => source.get(name)).find((value) => value !== undefined && value !== '');
  const picture = pictureNames.map((name) => source.get(name)).find((value) => value !== undefined && value !== '');
  const kind = kindOfTopic(topic);
  // A counter or a description is no state; a property that went away has ended.
  const state = operation === 'deleted' ? false : stateOf(data);
  return {
    kind,
    topic,
    source: short(chosen ?? [...source.values()].find((v) => v !== '') ?? null, 128),
    videoSource: short(picture ?? null, 128),
    active: state,
    deviceMs: momentMs(attribute(message, 'UtcTime')) ?? nowMs,
    initial: operation === 'initialized',
  };
}
