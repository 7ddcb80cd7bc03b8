/**
 * The metadata of one stream: documents are read as far as somebody wants them and the limits go, and reported. Nothing of it may
 * cost the pictures anything: what is wrong here is counted and left out, and a camera whose stream does not survive being asked
 * for it is asked no more.
 */
import type { CameraObjects } from '#domain/camera-objects.ts';
import { readMetadataDocument } from '../../../main/adapters/onvif/metadata-door.ts';
import { createMetadataDepacketizer, splitDocuments } from '../depacketize/metadata.ts';
import type { StationTime } from '../lane/station-time.ts';
import type { IngestReport, IngestStream, MetadataLine, MetadataWant } from '../port.ts';
import type { MetadataTaker } from '../rtsp/metadata-media.ts';
import type { Ticker } from '../ticker.ts';

/** Bytes of XML that are read of one stream: a second's worth, and how much may come at once. */
export const readBytesPerSecond = 64 * 1024;
export const readBytesAtOnce = 256 * 1024;
/** Pictures' objects are read this often at most: where somebody looks, and for knowing what was seen. */
export const liveEveryMs = 90;
export const slowEveryMs = 2_000;
/** What was left out is told this often. */
const tellEveryMs = 10_000;
/** A camera that ended its stream over it is not asked for it again for so long. */
const avoidMs = 3_600_000;

const notification = Buffer.from('NotificationMessage');
const analytics = Buffer.from('VideoAnalytics');

export type MetadataReader = {
  /** null: it is not taken at the next connection. */
  want(want: MetadataWant | null): void;
  /** For the next session. */
  taker: MetadataTaker;
  /** The session ended, or did not come about. `pictures`: some came, so that being asked for it did the stream no harm. */
  closed(pictures: boolean): void;
};

export function createMetadataReader(
  stream: Pick<IngestStream, 'streamId' | 'metadata'>,
  deps: { time: Pick<StationTime, 'nowMs'>; ticker: Pick<Ticker, 'monoMs'>; post(report: IngestReport): void },
): MetadataReader {
  const { streamId } = stream;
  const { time, post } = deps;
  const monoMs = (): number => deps.ticker.monoMs();
  let want = stream.metadata ?? null;
  let line: MetadataLine | null = null;
  let leftOut = 0;
  let toldMono = 0;
  let credit = readBytesAtOnce;
  let creditMono = monoMs();
  let objectsMono = Number.NEGATIVE_INFINITY;
  /** `trying`: asked for in a session that has shown no picture yet; `without`: left out of one, after such a one ended. */
  let trial: 'none' | 'trying' | 'ended' | 'without' = 'none';
  let avoidTo = Number.NEGATIVE_INFINITY;

  function tell(is: MetadataLine['is']): void {
    if (line?.is === is && line.leftOut === leftOut) return;
    line = { is, leftOut };
    toldMono = monoMs();
    post({ op: 'metadata-line', streamId, line });
  }
  function left(): void {
    leftOut++;
    tellLeft();
  }
  /** The first at once, what follows now and then. */
  function tellLeft(): void {
    if (line?.is !== 'reading' || line.leftOut === leftOut) return;
    if (line.leftOut === 0 || monoMs() - toldMono >= tellEveryMs) tell('reading');
  }
  /** Takes from the credit; objects alone leave half of it to events. */
  function affords(bytes: number, floor: number): boolean {
    const now = monoMs();
    credit = Math.min(readBytesAtOnce, credit + ((now - creditMono) / 1000) * readBytesPerSecond);
    creditMono = now;
    if (credit - bytes < floor) return false;
    credit -= bytes;
    return true;
  }

  function read(bytes: Buffer): void {
    if (want === null) return;
    const events = want.events && bytes.includes(notification);
    const everyMs = want.objects === 'live' ? liveEveryMs : want.objects === 'slow' ? slowEveryMs : null;
    const now = monoMs();
    const objects = everyMs !== null && now - objectsMono >= everyMs && bytes.includes(analytics);
    if (!events && !objects) return;
    if (!affords(bytes.length, events ? 0 : readBytesAtOnce / 2)) {
      left();
      return;
    }
    const atMs = time.nowMs();
    const found = readMetadataDocument(bytes, atMs);
    const seen: CameraObjects | null = objects && found.objects !== null ? { atMs, objects: found.objects } : null;
    if (seen !== null) objectsMono = now;
    const told = events ? found.events : [];
    if (told.length > 0 || seen !== null) post({ op: 'metadata', streamId, events: told, objects: seen });
  }

  function unit(bytes: Buffer): void {
    const documents = splitDocuments(bytes);
    if (documents.length === 0) left();
    for (const document of documents) {
      try {
        read(document);
      } catch {
        left(); // broken or hostile: what a camera sends here is never more than left out
      }
    }
    tellLeft();
  }

  return {
    want(next) {
      want = next;
    },
    taker: {
      offered(form) {
        if (form !== 'xml') {
          tell(form ?? 'none');
          return null;
        }
        if (want === null) {
          tell('left');
          return null;
        }
        if (monoMs() < avoidTo) {
          tell('refused');
          return null;
        }
        if (trial === 'ended') {
          trial = 'without';
          tell('refused');
          return null;
        }
        trial = 'trying';
        return createMetadataDepacketizer({ unit, damaged: left });
      },
      opened(given) {
        trial = given ? trial : 'none';
        leftOut = 0;
        tell(given ? 'reading' : 'refused');
      },
    },
    closed(pictures) {
      if (trial === 'without' && pictures) avoidTo = monoMs() + avoidMs;
      trial = trial === 'trying' && !pictures ? 'ended' : 'none';
      if (line !== null) tell('closed');
    },
  };
}
