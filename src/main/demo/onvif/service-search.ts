/** Looking through what the card holds (ONVIF Recording Search Service Specification; search.wsdl). */
import type { Clock } from '#lib/clock.ts';
import type { EventHub, Happening } from './event-hub.ts';
import { messageParts } from './event-hub.ts';
import { readFilter, topics } from './event-topics.ts';
import { Fault, invalid, missing } from './fault.ts';
import type { RecordingParts } from './recordings.ts';
import {
  checkRecording,
  mediaAttributes,
  recordingInformation,
  recordingToken,
  summary,
  videoTrack,
} from './recordings.ts';
import type { Call, Handler, Service } from './service.ts';
import { isTrue, needed, numberIn } from './service.ts';
import { childOf, textOf } from './xml-read.ts';
import type { Xml } from './xml-write.ts';
import { el } from './xml-write.ts';
import { isoTime, readDuration, readTime } from './xsd-time.ts';

const maxSearches = 8;
const maxResults = 200;

/** All is found at once; what is left of it waits to be fetched until its time is over. */
type Search = { kind: 'recordings' | 'events'; left: Xml[]; keepMs: number; untilMs: number; endMs: number };

export function createSearchService(
  parts: RecordingParts & { clock: Pick<Clock, 'monoMs'>; hub: EventHub; deviceMs: () => number },
): Service {
  const { card, clock, hub } = parts;
  const searches = new Map<string, Search>();
  let next = 1;

  function begin(call: Call, kind: Search['kind'], found: Xml[], endMs: number): Xml {
    const now = clock.monoMs();
    for (const [token, s] of searches) if (s.untilMs < now) searches.delete(token);
    if (searches.size >= maxSearches)
      throw new Fault('Receiver', ['ter:Action', 'ter:ResourceProblem'], 'There are too many searches at once.');
    const keepMs = readDuration(needed(call, 'KeepAliveTime'));
    if (keepMs === null) throw missing('KeepAliveTime');
    const most = textOf(call.operation, 'MaxMatches');
    const left = found.slice(0, most === undefined ? found.length : (numberIn(most, 1, 1e9) ?? found.length));
    const kept = Math.min(Math.max(keepMs, 10_000), 600_000);
    const token = `search-${next++}`;
    searches.set(token, { kind, left, keepMs: kept, untilMs: now + kept, endMs });
    return el('tse:SearchToken', token);
  }
  function searchOf(call: Call, kind?: Search['kind']): Search {
    const token = needed(call, 'SearchToken');
    const s = searches.get(token);
    if (!s || s.untilMs < clock.monoMs() || (kind && s.kind !== kind)) {
      if (s && s.untilMs < clock.monoMs()) searches.delete(token);
      throw invalid('InvalidToken', 'There is no such search, or it has ended.');
    }
    s.untilMs = clock.monoMs() + s.keepMs;
    return s;
  }
  function results(call: Call, kind: Search['kind'], operation: string): Xml {
    const s = searchOf(call, kind);
    const most = numberIn(textOf(call.operation, 'MaxResults'), 1, 1e9) ?? maxResults;
    const now = s.left.splice(0, Math.min(most, maxResults));
    return el(
      `tse:${operation}Response`,
      el('tse:ResultList', el('tt:SearchState', s.left.length > 0 ? 'Searching' : 'Completed'), now),
    );
  }
  /** Whether this device's recording is within the scope of a search. */
  function isInScope(call: Call): boolean {
    const scope = childOf(call.operation, 'Scope');
    const wanted = (scope?.children ?? []).filter((c) => c.name === 'IncludedRecordings').map((c) => c.text);
    for (const token of wanted) checkRecording(token);
    return wanted.length === 0 || wanted.includes(recordingToken);
  }

  const resultXml = (h: Happening, isStart: boolean): Xml =>
    el(
      'tt:Result',
      el('tt:RecordingToken', recordingToken),
      el('tt:TrackToken', videoTrack),
      el('tt:Time', isoTime(h.deviceMs)),
      el('tt:Event', messageParts(h)),
      el('tt:StartStateEvent', isStart ? 'true' : 'false'),
    );

  /** What is recorded and what is not, told as the history of the track. */
  function history(): Happening[] {
    const source: [string, string][] = [
      ['RecordingToken', recordingToken],
      ['Track', videoTrack],
    ];
    const told = (present: boolean, deviceMs: number): Happening => ({
      topic: 'track',
      source,
      data: [['IsDataPresent', String(present)]],
      operation: 'Changed',
      deviceMs,
    });
    return card.spans().flatMap((s) => [told(true, s.fromMs), ...(s.open ? [] : [told(false, s.toMs)])]);
  }

  function findEvents(call: Call): Xml {
    const startMs = readTime(needed(call, 'StartPoint'));
    const endText = textOf(call.operation, 'EndPoint');
    const endMs = endText === undefined || endText === '' ? Number.POSITIVE_INFINITY : readTime(endText);
    if (startMs === null || endMs === null) throw missing('StartPoint or EndPoint');
    const filter = readFilter(childOf(call.operation, 'SearchFilter'));
    const [from, to] = [Math.min(startMs, endMs), Math.max(startMs, endMs)];
    const all = [...hub.past().filter((h) => h.topic !== 'track'), ...history()]
      .filter((h) => !filter || filter(topics[h.topic].path))
      .sort((a, b) => a.deviceMs - b.deviceMs);
    const within = all.filter((h) => h.deviceMs >= from && h.deviceMs <= to);
    const states = new Map<string, Happening>();
    if (isTrue(textOf(call.operation, 'IncludeStartState')))
      for (const h of all) if (h.deviceMs < from) states.set(JSON.stringify([h.topic, h.source]), h);
    const starts = [...states.values()].map((h) => resultXml({ ...h, deviceMs: from, operation: 'Initialized' }, true));
    const list = within.map((h) => resultXml(h, false));
    if (startMs > endMs) list.reverse();
    const found = isInScope(call) ? [...starts, ...list] : [];
    return el('tse:FindEventsResponse', begin(call, 'events', found, Number.isFinite(to) ? to : parts.deviceMs()));
  }

  const handlers: Record<string, Handler> = {
    GetRecordingSummary: () => el('tse:GetRecordingSummaryResponse', summary('tse:Summary', card)),
    GetRecordingInformation: (call) => {
      checkRecording(needed(call, 'RecordingToken'));
      return el('tse:GetRecordingInformationResponse', recordingInformation('tse:RecordingInformation', parts));
    },
    GetMediaAttributes: (call) => {
      const atMs = readTime(needed(call, 'Time'));
      if (atMs === null) throw missing('Time');
      for (const c of call.operation.children) if (c.name === 'RecordingTokens') checkRecording(c.text);
      return el('tse:GetMediaAttributesResponse', mediaAttributes('tse:MediaAttributes', parts, atMs));
    },
    FindRecordings: (call) => {
      const found = isInScope(call) ? [recordingInformation('tt:RecordingInformation', parts)] : [];
      return el('tse:FindRecordingsResponse', begin(call, 'recordings', found, parts.deviceMs()));
    },
    GetRecordingSearchResults: (call) => results(call, 'recordings', 'GetRecordingSearchResults'),
    FindEvents: findEvents,
    GetEventSearchResults: (call) => results(call, 'events', 'GetEventSearchResults'),
    GetSearchState: (call) =>
      el('tse:GetSearchStateResponse', el('tse:State', searchOf(call).left.length > 0 ? 'Searching' : 'Completed')),
    EndSearch: (call) => {
      const s = searchOf(call);
      searches.delete(needed(call, 'SearchToken'));
      return el('tse:EndSearchResponse', el('tse:Endpoint', isoTime(s.endMs)));
    },
  };
  return {
    prefix: 'tse',
    version: { major: 21, minor: 12 },
    capabilities: () => el('tse:Capabilities', { MetadataSearch: false, GeneralStartEvents: true }),
    handlers,
  };
}
