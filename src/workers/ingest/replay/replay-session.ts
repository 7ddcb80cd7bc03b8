/**
 * One replay of what a camera recorded by itself, by RTSP (ONVIF Streaming Specification §6): video only, inside TCP, as fast as
 * it is taken. How fast that is says TCP: who does not read is not sent more.
 */
import { StreamFault } from '../fault.ts';
import { createReceiver } from '../rtp/receiver.ts';
import { describe } from '../rtsp/describe.ts';
import { refusal } from '../rtsp/dialogue.ts';
import { resolveControl } from '../rtsp/address.ts';
import { chooseVideo } from '../rtsp/session.ts';
import { parseSession, parseTransport } from '../rtsp/transport.ts';
import { header } from '../rtsp/wire.ts';
import type { VideoHandler } from '../depacketize/handler.ts';
import type { SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';
import { readReplayMarks, type ReplayMarks } from './replay-clock.ts';

export type ReplaySession = {
  /** Reads nothing more for a while, or goes on. */
  hold(on: boolean): void;
  close(): void;
};

export type ReplayEvents = {
  video: VideoHandler;
  /** Before the picture that it belongs to; `timestamp` as in `video.picture`. */
  marks(timestamp: number, marks: ReplayMarks): void;
  /** Bytes taken from the network. */
  bytes(count: number): void;
  /** Packets are missing, or the sender began anew. */
  broken(): void;
  /** Once, unless it was closed by us. */
  lost(fault: StreamFault): void;
};

export type ReplayRequest = {
  url: string;
  username: string | null;
  password: string | null;
  /** The camera's own time, UTC ms. */
  fromMs: number;
  toMs: number;
};

const feature = { Require: 'onvif-replay' };
const keepAliveMs = 20_000;
/** Larger reads would make the rate limit coarse. */
const maxReadBytes = 16 * 1024;

/** `20261122T140312.345Z` (RFC 2326 §3.7). */
export const clockText = (ms: number): string => new Date(ms).toISOString().replace(/[-:]/g, '');

/** The camera has nothing there: said by 457 Invalid Range. */
export class NothingThere extends StreamFault {
  constructor() {
    super('not-found', 'The camera has no recording of this span.');
    this.name = 'NothingThere';
  }
}

/** Sets up and plays. Rejects with `StreamFault` (`NothingThere` for a span without recording); nothing is left open then. */
export async function openReplay(
  request: ReplayRequest,
  on: ReplayEvents,
  deps: { ticker: Ticker; slabs: SlabPool; nowUs(): number; signal: AbortSignal },
): Promise<ReplaySession> {
  const { ticker } = deps;
  let channels: [number, number] = [0, 1];
  let receiver: ReturnType<typeof createReceiver> | null = null;
  let closed = false;
  let stopTicking = (): void => undefined;
  const lost = (fault: StreamFault): void => {
    if (closed) return;
    closed = true;
    stopTicking();
    connection.close();
    on.lost(fault);
  };

  const { connection, dialogue, sdp, base } = await describe(
    request.url,
    null,
    request,
    {
      frame(channel, buffer, from, to) {
        on.bytes(to - from);
        if (channel === channels[0]) receiver?.rtp(buffer, from, to);
        else if (channel === channels[1]) receiver?.rtcp(buffer, from, to);
      },
      knownChannel: (channel) => channels.includes(channel),
      serverRequest(message) {
        if (message.method === 'TEARDOWN') lost(new StreamFault('closed', 'The camera ended the replay.'));
      },
      lost: (fault) => {
        lost(fault);
      },
    },
    { ...deps, headers: feature, maxReadBytes },
  );

  try {
    const { media, depacketizer } = chooseVideo(sdp, on.video, deps.slabs);
    receiver = createReceiver({
      payloadType: media.payloadType,
      udp: false,
      depacketizer: {
        packet(packet, timestamp) {
          const marks = readReplayMarks(packet);
          if (marks !== null) on.marks(timestamp, marks);
          depacketizer.packet(packet, timestamp);
        },
        loss() {
          depacketizer.loss();
          on.broken();
        },
      },
      restart: () => {
        on.broken();
      },
      nowUs: deps.nowUs,
      monoMs: () => ticker.monoMs(),
      ssrc: Math.floor(Math.random() * 0xffff_ffff),
    });
    const setUp = await dialogue.ask('SETUP', resolveControl(base, media.control), {
      ...feature,
      Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1',
    });
    if ((setUp.status ?? 0) >= 300) throw refusal('SETUP', setUp);
    channels = parseTransport(header(setUp, 'transport') ?? '')?.interleaved ?? channels;
    const session = header(setUp, 'session');
    if (session !== null) dialogue.session(parseSession(session).id);
    const aggregate = sdp.control === null ? base : resolveControl(base, sdp.control);
    const play = await dialogue.ask('PLAY', aggregate, {
      ...feature,
      Range: `clock=${clockText(request.fromMs)}-${clockText(request.toMs)}`,
      'Rate-Control': 'no',
    });
    if (play.status === 457) throw new NothingThere();
    if ((play.status ?? 0) >= 300) throw refusal('PLAY', play);

    let nextKeepAlive = ticker.monoMs() + keepAliveMs;
    stopTicking = ticker.add((now) => {
      if (now < nextKeepAlive) return;
      nextKeepAlive = now + keepAliveMs;
      // Pictures are watched, not answers: who reads slowly hears them late.
      dialogue.tell('GET_PARAMETER', aggregate);
    });
    return {
      hold: (paused) => {
        connection.hold(paused);
      },
      close() {
        if (closed) return;
        closed = true;
        stopTicking();
        dialogue.tell('TEARDOWN', aggregate);
        connection.hold(false);
        connection.close();
      },
    };
  } catch (error) {
    closed = true;
    connection.close();
    throw error;
  }
}
