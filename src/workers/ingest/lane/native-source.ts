import { openSession } from '../rtsp/session.ts';
import type { Source, SourceDeps, SourceHandler, SourceRequest } from './source.ts';
import { createTimeline } from './timeline.ts';

/** Takes a stream with our own RTSP client. Rejects with `StreamFault`. */
export async function openNativeSource(request: SourceRequest, on: SourceHandler, deps: SourceDeps): Promise<Source> {
  const timeline = createTimeline({
    time: deps.time,
    sink: on.sink,
    jumped: on.jumped,
    stepped: on.stepped,
    damaged: on.damaged,
  });
  const session = await openSession(
    { ...request, ticker: deps.ticker, slabs: deps.slabs, nowUs: deps.time.nowUs, signal: deps.signal },
    {
      video: timeline.video,
      audio: timeline.audio,
      clockRates: timeline.clockRates,
      restart: timeline.restart,
      metadata: on.metadata,
      lost: on.lost,
    },
  );
  return {
    via: 'native',
    transport: session.transport,
    note: session.note,
    activity: session.packets,
    lost: session.lost,
    jitterMs: session.jitterMs,
    clockOffsetMs: session.clockOffsetMs,
    step: timeline.step,
    interrupt: timeline.interrupt,
    close: session.close,
  };
}
