/** Which events a device can send, and what is in them (ONVIF Core Specification §9.4, Imaging, Device IO, Recording Search). */
import { Fault } from './fault.ts';
import { ns } from './namespaces.ts';
import type { XmlElement } from './xml-read.ts';
import type { Part, Xml } from './xml-write.ts';
import { el } from './xml-write.ts';

export type Topic = {
  /** Below tns1: `VideoSource/MotionAlarm`. */
  path: string;
  source: [name: string, type: string][];
  data: [name: string, type: string][];
};

const token = 'tt:ReferenceToken';
export const topics = {
  motion: { path: 'VideoSource/MotionAlarm', source: [['Source', token]], data: [['State', 'xs:boolean']] },
  cellMotion: {
    path: 'RuleEngine/CellMotionDetector/Motion',
    source: [
      ['VideoSourceConfigurationToken', token],
      ['VideoAnalyticsConfigurationToken', token],
      ['Rule', 'xs:string'],
    ],
    data: [['IsMotion', 'xs:boolean']],
  },
  tamper: {
    path: 'VideoSource/GlobalSceneChange/ImagingService',
    source: [['Source', token]],
    data: [['State', 'xs:boolean']],
  },
  input: {
    path: 'Device/Trigger/DigitalInput',
    source: [['InputToken', token]],
    data: [['LogicalState', 'xs:boolean']],
  },
  relay: {
    path: 'Device/Trigger/Relay',
    source: [['RelayToken', token]],
    data: [['LogicalState', 'tt:RelayLogicalState']],
  },
  recording: {
    path: 'RecordingHistory/Recording/State',
    source: [['RecordingToken', 'tt:RecordingReference']],
    data: [['IsRecording', 'xs:boolean']],
  },
  track: {
    path: 'RecordingHistory/Track/State',
    source: [
      ['RecordingToken', 'tt:RecordingReference'],
      ['Track', 'tt:TrackReference'],
    ],
    data: [['IsDataPresent', 'xs:boolean']],
  },
} as const satisfies Record<
  string,
  { path: string; source: readonly (readonly [string, string])[]; data: readonly (readonly [string, string])[] }
>;

export type TopicName = keyof typeof topics;

const items = (name: string, list: readonly (readonly [string, string])[]): Xml =>
  el(
    name,
    list.map(([n, type]) => el('tt:SimpleItemDescription', { Name: n, Type: type })),
  );

/** The topics as a tree (WS-Topics 1.3 §6). */
export function topicSet(names: readonly TopicName[]): Xml {
  type Node = { topic: TopicName | null; below: Map<string, Node> };
  const empty = (): Node => ({ topic: null, below: new Map() });
  const root = empty();
  for (const name of names) {
    let at = root;
    for (const step of topics[name].path.split('/')) {
      const next = at.below.get(step) ?? empty();
      at.below.set(step, next);
      at = next;
    }
    at.topic = name;
  }
  const write = (node: Node, prefix: string): Part[] =>
    [...node.below].map(([step, inner]) => {
      const topic = inner.topic && topics[inner.topic];
      return el(
        prefix + step,
        { 'wstop:topic': topic ? true : undefined },
        topic &&
          el(
            'tt:MessageDescription',
            { IsProperty: true },
            items('tt:Source', topic.source),
            items('tt:Data', topic.data),
          ),
        write(inner, ''),
      );
    });
  return el('wstop:TopicSet', write(root, 'tns1:'));
}

export const concreteSet = 'http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet';
const simple = 'http://docs.oasis-open.org/wsn/t-1/TopicExpression/Concrete';
export const topicDialects = [concreteSet, simple];

const badFilter = (reason: string): Fault =>
  new Fault('Sender', ['ter:InvalidArgVal', 'ter:InvalidFilterFault'], reason, el('wsnt:InvalidFilterFault'));

/** What a filter lets through: `tns1:A/B|tns1:C//.` (ONVIF Core §9.6.3). Null: everything. */
export function readFilter(filter: XmlElement | undefined): ((path: string) => boolean) | null {
  const parts = filter?.children ?? [];
  if (parts.length === 0) return null;
  const tests: ((path: string) => boolean)[] = [];
  for (const part of parts) {
    if (part.name !== 'TopicExpression') throw badFilter('Only filters by topic are understood.');
    const dialect = part.attributes.get('Dialect');
    if (dialect !== undefined && !topicDialects.includes(dialect)) throw badFilter('That dialect is not understood.');
    const paths = part.text.split('|').map((text) => {
      const m = /^\s*(?:([A-Za-z_][\w.-]*):)?([\w./-]+?)(\/\/\.)?\s*$/.exec(text);
      if (!m) throw badFilter('The topic expression cannot be read.');
      if (m[1] !== undefined && part.namespaceOf(m[1]) !== ns.tns1)
        throw badFilter('There is no such topic namespace.');
      const path = (m[2] ?? '').replace(/\b[A-Za-z_][\w.-]*:/g, '');
      return { path, below: m[3] !== undefined };
    });
    tests.push((topic) => paths.some((p) => topic === p.path || (p.below && topic.startsWith(`${p.path}/`))));
  }
  return (path) => tests.every((test) => test(path));
}
