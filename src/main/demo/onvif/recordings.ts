/** The one recording of a camera with a card, in the words of the schema (tt:RecordingInformation and its like). */
import { invalid } from './fault.ts';
import type { Identity } from './identity.ts';
import type { DeviceStream } from './media-settings.ts';
import { tokenOf } from './media-settings.ts';
import { ns } from './namespaces.ts';
import type { SdCard } from './sd-card.ts';
import type { Part, Xml } from './xml-write.ts';
import { el } from './xml-write.ts';
import { isoTime } from './xsd-time.ts';

export const recordingToken = 'recording-1';
export const videoTrack = 'VIDEO001';
export const jobToken = 'job-1';
export const replayPath = `/replay/${recordingToken}`;

export type RecordingParts = { identity: Identity; card: SdCard; stream: DeviceStream };

/** Throws for a token that is not the recording's. */
export function checkRecording(token: string | undefined): void {
  if (token !== recordingToken) throw invalid('NoRecording', 'There is no such recording.');
}

export const sourceInformation = ({ identity }: RecordingParts): Xml =>
  el(
    'tt:Source',
    el('tt:SourceId', `urn:uuid:${identity.uuid}`),
    el('tt:Name', identity.name),
    el('tt:Location', identity.location),
    el('tt:Description', `${identity.maker} ${identity.model}`),
    el('tt:Address', `http://www.onvif.org/ver10/schema/Profile/${tokenOf.profile('main')}`),
    el('tt:VideoSourceToken', tokenOf.source),
  );

const extent = (card: SdCard): { fromMs: number; toMs: number } | null => {
  const spans = card.spans();
  if (spans.length === 0) return null;
  return { fromMs: Math.min(...spans.map((s) => s.fromMs)), toMs: Math.max(...spans.map((s) => s.toMs)) };
};

const trackInformation = (name: string, card: SdCard): Xml => {
  const at = extent(card) ?? { fromMs: 0, toMs: 0 };
  return el(
    name,
    el('tt:TrackToken', videoTrack),
    el('tt:TrackType', 'Video'),
    el('tt:Description', 'Main stream'),
    el('tt:DataFrom', isoTime(at.fromMs)),
    el('tt:DataTo', isoTime(at.toMs)),
  );
};

export function recordingInformation(name: string, parts: RecordingParts): Xml {
  const at = extent(parts.card);
  return el(
    name,
    el('tt:RecordingToken', recordingToken),
    sourceInformation(parts),
    at && [el('tt:EarliestRecording', isoTime(at.fromMs)), el('tt:LatestRecording', isoTime(at.toMs))],
    el('tt:Content', 'Everything'),
    trackInformation('tt:Track', parts.card),
    el('tt:RecordingStatus', parts.card.isRecording() ? 'Recording' : 'Stopped'),
  );
}

export function mediaAttributes(name: string, { card, stream }: RecordingParts, atMs: number): Part {
  const span = card.spans().find((s) => atMs >= s.fromMs && atMs <= s.toMs);
  return (
    span &&
    el(
      name,
      el('tt:RecordingToken', recordingToken),
      el(
        'tt:TrackAttributes',
        trackInformation('tt:TrackInformation', card),
        el(
          'tt:VideoAttributes',
          el('tt:Bitrate', Math.round(stream.bitsPerSecond / 1000)),
          el('tt:Width', stream.width),
          el('tt:Height', stream.height),
          el('tt:Encoding', stream.codec.toUpperCase()),
          el('tt:Framerate', stream.fps),
        ),
      ),
      el('tt:From', isoTime(span.fromMs)),
      el('tt:Until', isoTime(span.toMs)),
    )
  );
}

export const summary = (name: string, card: SdCard): Xml => {
  const at = extent(card) ?? { fromMs: 0, toMs: 0 };
  return el(
    name,
    el('tt:DataFrom', isoTime(at.fromMs)),
    el('tt:DataUntil', isoTime(at.toMs)),
    el('tt:NumberRecordings', 1),
  );
};

/** Profile that the recording job takes its pictures from (tt:SourceReference). */
export const jobSource = (): Xml =>
  el('tt:SourceToken', { Type: `${ns.tt}/Profile` }, el('tt:Token', tokenOf.profile('main')));
