/** What devices recorded by themselves (ONVIF Recording Search Service, Replay Service): Profile G. */
import type { DeviceRecording } from '../../engine/device-port.ts';
import { mediaUrl } from './address.ts';
import type { Conversation } from './conversation.ts';
import { all, at, attribute, short, textAt, type Element } from './element.ts';
import { operation } from './envelope.ts';
import { momentMs, momentText } from './time-text.ts';
import { deviceError, isPassing } from './trouble.ts';
import { xml, type Xml } from './write-xml.ts';

export type Span = { fromMs: number; toMs: number };

const keepAlive = 'PT20S';
const most = 4_096;

/** Reads one RecordingInformation. */
function readRecording(element: Element): DeviceRecording | null {
  const token = short(textAt(element, 'RecordingToken'), 128);
  if (token === null) return null;
  const tracks = all(element, 'Track').slice(0, 32);
  const edges = (name: string): number[] =>
    [
      textAt(element, name === 'DataFrom' ? 'EarliestRecording' : 'LatestRecording'),
      ...tracks.map((t) => textAt(t, name)),
    ]
      .map(momentMs)
      .filter((ms) => ms !== null);
  const from = edges('DataFrom');
  const to = edges('DataTo');
  return {
    token,
    source: short(textAt(element, 'Source', 'SourceId') ?? textAt(element, 'Source', 'Name'), 128),
    fromMs: from.length > 0 ? Math.min(...from) : null,
    toMs: to.length > 0 ? Math.max(...to) : null,
    tracks: tracks.flatMap((track) => {
      const own = short(textAt(track, 'TrackToken'), 128);
      const kind = textAt(track, 'TrackType')?.toLowerCase();
      return own === null || (kind !== 'video' && kind !== 'audio' && kind !== 'metadata')
        ? []
        : [{ token: own, kind }];
    }),
  };
}

/** Runs a search to its end (Recording Search §5.3): start, results until `Completed`, end. */
async function search(
  c: Conversation,
  start: { name: string; inner: Xml },
  results: { name: string; item: string },
): Promise<Element[]> {
  const token = textAt(await c.ask(operation('search', start.name, start.inner)), 'SearchToken');
  if (token === null) throw deviceError('invalid-answer', 'The device started a search without a name for it.');
  const found: Element[] = [];
  try {
    for (let round = 0; round < 200 && found.length < most; round++) {
      const response = await c.ask(
        operation(
          'search',
          results.name,
          xml`<SearchToken>${token}</SearchToken><MinResults>1</MinResults><MaxResults>200</MaxResults><WaitTime>PT2S</WaitTime>`,
        ),
      );
      const list = at(response, 'ResultList');
      const items = all(list, results.item);
      found.push(...items);
      const state = textAt(list, 'SearchState')?.toLowerCase();
      if (state === 'completed' || (state === undefined && items.length === 0)) break;
      if (c.leftMs() < 500) throw deviceError('timeout', 'The search on the device took too long.');
      // A device that does not wait for results though it was asked to.
      if (items.length === 0) await new Promise((resolve) => setTimeout(resolve, 200));
    }
  } finally {
    if (c.leftMs() > 0)
      await c
        .ask(operation('search', 'EndSearch', xml`<SearchToken>${token}</SearchToken>`), { atMostMs: 3_000 })
        .catch(() => undefined);
  }
  return found.slice(0, most);
}

export async function askRecordings(c: Conversation): Promise<DeviceRecording[]> {
  let infos: Element[] | null = null;
  if (await c.offers('search')) {
    try {
      infos = await search(
        c,
        {
          name: 'FindRecordings',
          inner: xml`<Scope/><MaxMatches>256</MaxMatches><KeepAliveTime>${keepAlive}</KeepAliveTime>`,
        },
        { name: 'GetRecordingSearchResults', item: 'RecordingInformation' },
      );
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }
  if (infos === null) infos = await informations(c);
  const seen = new Set<string>();
  return infos
    .map(readRecording)
    .filter((r) => r !== null)
    .filter((r) => !seen.has(r.token) && seen.add(r.token).size > 0)
    .slice(0, 256);
}

/** For devices that list recordings but do not search: one question for each. */
async function informations(c: Conversation): Promise<Element[]> {
  const tokens = all(await c.ask(operation('recording', 'GetRecordings')), 'RecordingItem')
    .map((item) => textAt(item, 'RecordingToken'))
    .filter((token) => token !== null)
    .slice(0, 64);
  const out: Element[] = [];
  for (const token of tokens) {
    const info = await askInformation(c, token);
    if (info) out.push(info);
  }
  return out;
}

async function askInformation(c: Conversation, token: string): Promise<Element | null> {
  if (!(await c.offers('search'))) return null;
  const response = await c.ask(
    operation('search', 'GetRecordingInformation', xml`<RecordingToken>${token}</RecordingToken>`),
  );
  return at(response, 'RecordingInformation');
}

/**
 * Spans with video between two moments. Told by the device's own history of its recording (`tns1:RecordingHistory/Recording/State`
 * or `Track/State`); where it keeps none, the whole from first to last.
 */
export async function askSpans(c: Conversation, recording: string, fromMs: number, toMs: number): Promise<Span[]> {
  if (toMs <= fromMs) return [];
  const info = await askInformation(c, recording);
  const known = info === null ? null : readRecording(info);
  const video = new Set((known?.tracks ?? []).filter((t) => t.kind === 'video').map((t) => t.token));
  let history: Element[] = [];
  try {
    history = await search(
      c,
      {
        name: 'FindEvents',
        inner: xml`<StartPoint>${momentText(fromMs)}</StartPoint><EndPoint>${momentText(toMs)}</EndPoint><Scope><tt:IncludedRecordings>${recording}</tt:IncludedRecordings></Scope><SearchFilter><wsnt:TopicExpression xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tns1="http://www.onvif.org/ver10/topics" Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">tns1:RecordingHistory//.</wsnt:TopicExpression></SearchFilter><IncludeStartState>true</IncludeStartState><MaxMatches>${most}</MaxMatches><KeepAliveTime>${keepAlive}</KeepAliveTime>`,
      },
      { name: 'GetEventSearchResults', item: 'Result' },
    );
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
  const changes = history.map((e) => readChange(e, recording, video)).filter((change) => change !== null);
  const edges = { fromMs: Math.max(fromMs, known?.fromMs ?? fromMs), toMs: Math.min(toMs, known?.toMs ?? toMs) };
  if (changes.length === 0) return edges.toMs > edges.fromMs && known?.fromMs != null ? [edges] : [];
  return spansOf(changes, fromMs, Math.min(toMs, known?.toMs ?? toMs));
}

export type Change = { atMs: number; on: boolean; track: string | null };

/** Reads one FindEventResult: when recording, or a video track of it, went on or off. */
export function readChange(result: Element, recording: string, video: ReadonlySet<string>): Change | null {
  const own = textAt(result, 'RecordingToken');
  if (own !== null && own !== recording) return null;
  const event = at(result, 'Event');
  const topic = textAt(event, 'Topic') ?? '';
  const ofTrack = /Track\/State/.test(topic);
  if (!ofTrack && !/Recording\/State/.test(topic)) return null;
  const track = ofTrack ? textAt(result, 'TrackToken') : null;
  if (ofTrack && track !== null && video.size > 0 && !video.has(track)) return null;
  const message = at(event, 'Message', 'Message') ?? at(event, 'Message');
  const atMs = momentMs(textAt(result, 'Time')) ?? momentMs(attribute(message, 'UtcTime'));
  const items = all(at(message, 'Data'), 'SimpleItem');
  const value = items.map((i) => ({ name: attribute(i, 'Name') ?? '', value: attribute(i, 'Value') ?? '' }));
  const on = value.find((i) => /^(IsRecording|IsDataPresent|State)$/i.test(i.name))?.value.toLowerCase();
  return atMs === null || on === undefined ? null : { atMs, on: on === 'true' || on === '1' || on === 'active', track };
}

/**
 * Spans from changes. Where tracks tell, they count (there is data); else the recording's own state does (it was told to
 * record). Several tracks: any.
 */
export function spansOf(changes: Change[], fromMs: number, toMs: number): Span[] {
  const ofTracks = changes.filter((c) => c.track !== null);
  const used = (ofTracks.length > 0 ? ofTracks : changes).toSorted((a, b) => a.atMs - b.atMs);
  const on = new Set<string>();
  const spans: Span[] = [];
  let sinceMs: number | null = null;
  const close = (ms: number): void => {
    if (sinceMs !== null && ms > sinceMs) {
      const last = spans.at(-1);
      if (last && last.toMs >= sinceMs) last.toMs = Math.max(last.toMs, ms);
      else spans.push({ fromMs: sinceMs, toMs: ms });
    }
    sinceMs = null;
  };
  for (const change of used) {
    const atMs = Math.min(toMs, Math.max(fromMs, change.atMs));
    if (change.on) on.add(change.track ?? '');
    else on.delete(change.track ?? '');
    if (on.size > 0) sinceMs ??= atMs;
    else close(atMs);
  }
  close(toMs);
  return spans;
}

export async function askReplayUrl(c: Conversation, recording: string): Promise<string> {
  const response = await c.ask(
    operation(
      'replay',
      'GetReplayUri',
      xml`<StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></StreamSetup><RecordingToken>${recording}</RecordingToken>`,
    ),
  );
  const url = mediaUrl(textAt(response, 'Uri'), c.session.base());
  if (url === null || !url.startsWith('rtsp'))
    throw deviceError('invalid-answer', 'The device gives no usable address to replay from.');
  return url;
}
