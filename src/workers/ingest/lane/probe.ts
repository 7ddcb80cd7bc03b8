/** One try of an address: what it sends, and its first picture. */
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import { StreamFault } from '../fault.ts';
import type { ProbeOutcome } from '../port.ts';
import type { LaneDeps } from './lane.ts';
import type { Source, SourceHandler, SourceRequest } from './source.ts';

const probeMs = 10_000;
/** After the first key frame, so long and so many pictures are looked at for the frame rate. */
const rateMs = 1200;
const ratePictures = 30;

const failed = (fault: StreamFault): ProbeOutcome => ({ ok: false, trouble: fault.trouble, detail: fault.message });

/** Never rejects; takes 10 s at most. */
export function probe(
  request: SourceRequest,
  deps: Pick<LaneDeps, 'time' | 'ticker' | 'slabs' | 'native' | 'fallback'>,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const { promise, resolve } = Promise.withResolvers<ProbeOutcome>();
  const { ticker, time } = deps;
  const controller = new AbortController();
  const startedAt = ticker.monoMs();
  let source: Source | null = null;
  let tracks: { video: VideoTrack; audio: AudioTrack | null } | null = null;
  let picture: Uint8Array | null = null;
  let pictureAt = 0;
  let keyUs: number | null = null;
  let keyIntervalMs: number | null = null;
  const times: number[] = [];
  let done = false;

  function end(outcome: ProbeOutcome): void {
    if (done) return;
    done = true;
    stopTicking();
    signal.removeEventListener('abort', stop);
    source?.close();
    controller.abort();
    resolve(outcome);
  }
  const stop = (): void => end(failed(new StreamFault('closed', 'Stopped.')));

  function succeed(): void {
    if (tracks === null || picture === null || source === null) return;
    const sorted = times.toSorted((a, b) => a - b);
    const span = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
    const { video, audio } = tracks;
    end({
      ok: true,
      video: { codec: video.codecString, width: video.width, height: video.height },
      audio:
        audio === null ? null : { codec: audio.codecString, sampleRate: audio.sampleRate, channels: audio.channels },
      fps: span > 0 ? Math.round(((sorted.length - 1) * 10_000_000) / span) / 10 : 0,
      via: source.via,
      transport: source.transport,
      keyIntervalMs,
      config: Uint8Array.from(video.config),
      picture,
    });
  }

  const handler: SourceHandler = {
    sink: {
      format(video, audio) {
        tracks = { video, audio };
      },
      unit(unit) {
        if (unit.track !== 'video' || done) return;
        if (unit.key) {
          if (keyUs !== null) keyIntervalMs ??= Math.round((unit.ptsUs - keyUs) / 1000);
          keyUs = unit.ptsUs;
          if (picture === null) {
            picture = Uint8Array.from(Buffer.concat(unit.data));
            pictureAt = ticker.monoMs();
          }
        }
        times.push(unit.ptsUs);
        if (times.length >= ratePictures) succeed();
      },
      interrupt() {
        times.length = 0;
      },
    },
    jumped() {},
    stepped() {},
    damaged() {},
    lost(fault) {
      if (picture !== null) succeed();
      end(failed(fault));
    },
  };

  const stopTicking = ticker.add((now) => {
    if (picture !== null && now - pictureAt > rateMs) succeed();
    if (now - startedAt <= probeMs || done) return;
    if (picture !== null) succeed();
    else if (source !== null)
      end(
        failed(
          new StreamFault(
            'no-data',
            source.activity() > 0
              ? 'The camera sends data, but no key frame came within 10 s.'
              : 'The camera takes the connection and sends no picture.',
          ),
        ),
      );
    else end(failed(new StreamFault('timeout', 'The camera did not get as far as a picture within 10 s.')));
  });

  function open(how: 'native' | 'copy' | 'transcode'): void {
    const common = { time, ticker, slabs: deps.slabs, signal: controller.signal };
    const opening =
      how === 'native' || deps.fallback === null
        ? deps.native(request, handler, common)
        : deps.fallback(request, handler, { ...common, transcode: how === 'transcode' });
    opening.then(
      (opened) => {
        source = opened;
        if (done) opened.close();
      },
      (error: unknown) => {
        const fault =
          error instanceof StreamFault
            ? error
            : new StreamFault('protocol', 'The stream could not be opened.', { cause: error });
        if (!done && fault.fallback && how === 'native' && deps.fallback !== null)
          open(fault.trouble === 'codec' ? 'transcode' : 'copy');
        else end(failed(fault));
      },
    );
  }
  signal.addEventListener('abort', stop, { once: true });
  open('native');
  return promise;
}
