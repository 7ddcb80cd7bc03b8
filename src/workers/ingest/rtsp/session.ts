/** One playing RTSP session: set up, played, kept alive, reported to, ended. */
import { createAudioDepacketizer } from '../depacketize/audio.ts';
import { createH264Depacketizer } from '../depacketize/h264.ts';
import { createH265Depacketizer } from '../depacketize/h265.ts';
import { createMjpegDepacketizer } from '../depacketize/mjpeg.ts';
import type { AudioHandler, Depacketizer, VideoHandler } from '../depacketize/handler.ts';
import { printable, StreamFault } from '../fault.ts';
import { isRtcp } from '../rtp/packet.ts';
import { createReceiver, type Receiver } from '../rtp/receiver.ts';
import type { Holds, SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';
import { resolveControl } from './address.ts';
import { describe, type Described, redirectTarget } from './describe.ts';
import { type Credentials, mayBeTransport, refusal } from './dialogue.ts';
import { chooseMetadata, type MetadataTaker } from './metadata-media.ts';
import { decodeParameterSets, type Sdp, type SdpMedia } from './sdp.ts';
import { parseSession, parseTransport } from './transport.ts';
import { openUdpPair, type UdpPair } from './udp-pair.ts';
import { redirectInMs } from './redirect.ts';
import { header, type RtspMessage } from './wire.ts';

export type Session = {
  transport: 'tcp' | 'udp' | 'tls';
  /** About the certificate, where it is not from a known authority. */
  note: string | null;
  /** RTP packets of video taken so far. */
  packets(): number;
  /** RTP packets lost so far, of pictures and sound. */
  lost(): number;
  /** Of the video over UDP, ms; null else. */
  jitterMs(): number | null;
  clockOffsetMs(): number | null;
  /** Says good-bye and closes. */
  close(): void;
};

export type SessionHandler = {
  video: VideoHandler;
  audio: AudioHandler;
  clockRates(video: number, audio: number | null): void;
  /** The sender of a track started anew. */
  restart(track: 'video' | 'audio'): void;
  /** Absent: the metadata beside the pictures is left. */
  metadata?: MetadataTaker | undefined;
  /** Once, unless it was closed by us. `moved`: the camera sends us to another address. */
  lost(fault: StreamFault, moved: string | null): void;
};

export type SessionOptions = Credentials & {
  /** The camera's own address. */
  url: string;
  /** Where it sent us: taken instead. */
  at?: string | null;
  transport: 'auto' | 'tcp' | 'udp';
  ticker: Ticker;
  slabs: SlabPool;
  nowUs(): number;
  signal: AbortSignal;
};

type TrackName = 'video' | 'audio' | 'metadata';
type Flow = {
  track: TrackName;
  media: SdpMedia;
  receiver: Receiver;
  channels: [number, number];
  udp: UdpPair | null;
  to: { host: string; ports: [number, number] } | null;
};

const reportMs = 5000;

function videoDepacketizer(media: SdpMedia, on: VideoHandler, holds: Holds): Depacketizer | null {
  const sets = (...names: string[]): Uint8Array[] =>
    names.flatMap((name) => decodeParameterSets(media.parameters.get(name)));
  switch (media.encoding) {
    case 'H264':
      return createH264Depacketizer(sets('sprop-parameter-sets'), on, holds);
    case 'H265': {
      const donl = ['sprop-max-don-diff', 'sprop-depack-buf-nalus'].some(
        (name) => Number(media.parameters.get(name) ?? 0) > 0,
      );
      return createH265Depacketizer(
        sets('sprop-vps', 'sprop-sps', 'sprop-pps', 'sprop-parameter-sets'),
        donl,
        on,
        holds,
      );
    }
    case 'JPEG':
      return createMjpegDepacketizer(media.size, on, holds);
    default:
      return null;
  }
}

/** The first video that can be taken. Throws `StreamFault`. */
export function chooseVideo(sdp: Sdp, on: VideoHandler, holds: Holds): { media: SdpMedia; depacketizer: Depacketizer } {
  const videos = sdp.media.filter((m) => m.kind === 'video' || m.encoding === 'MP2T');
  for (const media of videos) {
    const depacketizer = videoDepacketizer(media, on, holds);
    if (depacketizer !== null) return { media, depacketizer };
  }
  const first = videos[0];
  if (first === undefined) throw new StreamFault('no-video', 'The camera describes a stream without video.');
  throw new StreamFault(
    'codec',
    `The camera sends ${printable(first.encoding || 'an unnamed codec', 30)}, which cannot be taken directly: set it to H.264 or H.265.`,
    { fallback: true },
  );
}

function chooseAudio(described: Described, on: AudioHandler): { media: SdpMedia; depacketizer: Depacketizer } | null {
  for (const media of described.sdp.media) {
    // sendonly is the way to the camera's loudspeaker (ONVIF Streaming §5.3)
    if (media.kind !== 'audio' || media.direction === 'sendonly' || media.direction === 'inactive') continue;
    const depacketizer = createAudioDepacketizer(media, on);
    if (depacketizer !== null) return { media, depacketizer };
  }
  return null;
}

/** Plays a stream. Rejects with `StreamFault`; nothing is left open then. */
export async function openSession(options: SessionOptions, on: SessionHandler): Promise<Session> {
  const { ticker, nowUs } = options;
  const flows: Flow[] = [];
  const rtpOf: (Flow | undefined)[] = [];
  const rtcpOf: (Flow | undefined)[] = [];
  let described: Described | null = null;
  let closed = false;
  let playing = false;
  /** The camera sends us on. `to`: null where it did not say where to. */
  let moving: { to: string | null; monoMs: number } | null = null;
  let playedSince = ticker.monoMs();
  let leave = (): void => undefined;
  let stopTicking = (): void => undefined;
  const isClosed = (): boolean => closed;

  function release(): void {
    closed = true;
    stopTicking();
    for (const flow of flows) flow.udp?.close();
    described?.connection.close();
  }

  function lost(fault: StreamFault): void {
    if (closed) return;
    release();
    if (playing) on.lost(fault, moving?.to ?? null);
  }

  function move(): void {
    leave();
    lost(new StreamFault('closed', 'The camera sends us to another address.'));
  }

  /** RFC 2326 §10.10: what comes goes on to be taken until the redirection takes effect. */
  function redirected(message: RtspMessage): void {
    let to: string | null = null;
    try {
      to = redirectTarget({ ...message, status: 302 }).uri;
    } catch (error) {
      if (!(error instanceof StreamFault)) throw error; // no usable address: the camera's own is tried again
    }
    const now = ticker.monoMs();
    const cameraMs = nowUs() / 1000 + (flows[0]?.receiver.clockOffsetMs() ?? 0);
    moving = { to, monoMs: now + redirectInMs(header(message, 'range'), cameraMs, now - playedSince) };
    if (moving.monoMs <= now) move();
  }

  /** A frame on a channel that nobody agreed on: told by what is in it. */
  function adopt(channel: number, buffer: Buffer, from: number, to: number): Flow | undefined {
    if (isRtcp(buffer, from, to)) return undefined;
    const type = (buffer[from + 1] ?? 0) & 0x7f;
    const flow = flows.find((f) => f.media.payloadType === type);
    if (flow !== undefined && flow.receiver.packets() === 0) {
      rtpOf[channel] = flow;
      return flow;
    }
    return undefined;
  }

  described = await describe(
    options.url,
    options.at ?? null,
    options,
    {
      frame(channel, buffer, from, to) {
        const rtcp = rtcpOf[channel];
        if (rtcp !== undefined) {
          rtcp.receiver.rtcp(buffer, from, to);
          return;
        }
        const flow = rtpOf[channel] ?? adopt(channel, buffer, from, to);
        if (flow === undefined) return;
        // some firmware sends both on one channel
        if (isRtcp(buffer, from, to)) flow.receiver.rtcp(buffer, from, to);
        else flow.receiver.rtp(buffer, from, to);
      },
      run: (channel, buffer, at, to) => rtpOf[channel]?.receiver.run(channel, buffer, at, to) ?? at,
      knownChannel: (channel) => rtpOf[channel] !== undefined || rtcpOf[channel] !== undefined,
      serverRequest(message) {
        if (message.method === 'TEARDOWN') lost(new StreamFault('closed', 'The camera ended the stream.'));
        if (message.method === 'REDIRECT') redirected(message);
      },
      lost: (fault) => lost(fault),
    },
    options,
  );
  const { connection, dialogue, sdp, base, address, methods } = described;

  try {
    const video = chooseVideo(sdp, on.video, options.slabs);
    const audio = chooseAudio(described, on.audio);
    const metadata = chooseMetadata(sdp, on.metadata);
    on.clockRates(video.media.clockRate, audio?.media.clockRate ?? null);
    let udp = options.transport === 'udp' && !address.tls;
    let timeoutSeconds = 60;

    const setUp = async (medium: { media: SdpMedia; depacketizer: Depacketizer }, track: TrackName): Promise<void> => {
      const uri = resolveControl(base, medium.media.control);
      const channel = flows.length * 2;
      const flow: Flow = {
        track,
        media: medium.media,
        receiver: receiver(medium, track),
        channels: [channel, channel + 1],
        udp: null,
        to: null,
      };
      if (udp) {
        const { address: local, family } = connection.local();
        const trusted = new Set([connection.peer()]);
        flow.udp = await openUdpPair(local, family, {
          accept: (host) => trusted.has(host),
          packet(which, data) {
            if (closed) return;
            if (which === 'rtp') flow.receiver.rtp(data, 0, data.length);
            else flow.receiver.rtcp(data, 0, data.length);
          },
        });
        flows.push(flow); // from here on it is closed with the rest
        const message = await dialogue.ask('SETUP', uri, {
          Transport: `RTP/AVP;unicast;client_port=${flow.udp.ports[0]}-${flow.udp.ports[1]}`,
        });
        if ((message.status ?? 0) >= 300) {
          flows.pop();
          flow.udp.close();
          throw refusal('SETUP', message);
        }
        const answer = parseTransport(header(message, 'transport') ?? '');
        if (answer?.source != null) trusted.add(answer.source);
        if (answer?.serverPort) {
          flow.to = { host: answer.source ?? connection.peer(), ports: answer.serverPort };
          // opens the way back through firewalls: RTP and RTCP of nothing
          flow.udp.send('rtp', Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), flow.to.host, flow.to.ports[0]);
          flow.udp.send('rtcp', Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 0), flow.to.host, flow.to.ports[1]);
        }
        keepSession(header(message, 'session'));
        return;
      }
      // frames may overtake the answer
      rtpOf[channel] = flow;
      rtcpOf[channel + 1] = flow;
      flows.push(flow);
      const message = await dialogue.ask('SETUP', uri, {
        Transport: `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`,
      });
      if ((message.status ?? 0) >= 300) {
        flows.pop();
        rtpOf[channel] = undefined;
        rtcpOf[channel + 1] = undefined;
        throw Object.assign(refusal('SETUP', message), { status: message.status });
      }
      const answer = parseTransport(header(message, 'transport') ?? '');
      if (answer?.interleaved) {
        rtpOf[channel] = undefined;
        rtcpOf[channel + 1] = undefined;
        flow.channels = answer.interleaved;
        rtcpOf[answer.interleaved[1]] = flow;
        rtpOf[answer.interleaved[0]] = flow;
        if (answer.interleaved[0] === answer.interleaved[1]) rtcpOf[answer.interleaved[1]] = undefined;
      }
      keepSession(header(message, 'session'));
    };

    const keepSession = (value: string | null): void => {
      if (value === null) return;
      const { id, timeoutSeconds: seconds } = parseSession(value);
      dialogue.session(id);
      timeoutSeconds = seconds ?? timeoutSeconds;
    };

    const receiver = (medium: { media: SdpMedia; depacketizer: Depacketizer }, track: TrackName): Receiver =>
      createReceiver({
        payloadType: medium.media.payloadType,
        udp,
        depacketizer: medium.depacketizer,
        restart: () => track !== 'metadata' && on.restart(track),
        nowUs,
        monoMs: () => ticker.monoMs(),
        ssrc: Math.floor(Math.random() * 0xffff_ffff),
      });

    try {
      await setUp(video, 'video');
    } catch (error) {
      const unsupported = error instanceof StreamFault && 'status' in error && mayBeTransport(Number(error.status));
      if (!unsupported || options.transport !== 'auto' || address.tls) throw error;
      udp = true;
      await setUp(video, 'video');
    }
    if (audio !== null)
      try {
        await setUp(audio, 'audio');
      } catch (error) {
        // a stream without sound is better than none
        if (!(error instanceof StreamFault) || error.trouble === 'closed' || error.trouble === 'timeout') throw error;
        on.clockRates(video.media.clockRate, null);
      }
    if (metadata !== null)
      try {
        await setUp(metadata, 'metadata');
        on.metadata?.opened(true);
      } catch (error) {
        if (!(error instanceof StreamFault) || error.trouble === 'closed' || error.trouble === 'timeout') throw error;
        on.metadata?.opened(false);
      }

    const aggregate = flows.length > 1 || sdp.control !== null ? resolveControl(base, sdp.control) : base;
    let message = await dialogue.ask('PLAY', aggregate, { Range: 'npt=0.000-' });
    if (message.status === 457) message = await dialogue.ask('PLAY', aggregate);
    if (message.status === 460 || message.status === 459)
      for (const flow of flows) message = await dialogue.ask('PLAY', resolveControl(base, flow.media.control));
    if ((message.status ?? 0) >= 300) throw refusal('PLAY', message);
    keepSession(header(message, 'session'));

    let keepAlive = methods.has('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS';
    const keepAliveMs = Math.max(1000, (timeoutSeconds * 1000) / 2);
    const begun = ticker.monoMs();
    playedSince = begun;
    leave = () => dialogue.tell('TEARDOWN', aggregate);
    let nextKeepAlive = begun + keepAliveMs;
    let nextReport = begun + 1000;
    const stayAlive = async (): Promise<void> => {
      try {
        const answer = await dialogue.ask(keepAlive, aggregate);
        if (answer.status === 454) lost(refusal(keepAlive, answer));
        else if ((answer.status ?? 0) >= 400 && keepAlive === 'GET_PARAMETER') keepAlive = 'OPTIONS';
      } catch (error) {
        // a camera that answers nothing while it plays goes on: pictures are watched, not answers
        if (!(error instanceof StreamFault) || error.trouble !== 'timeout')
          lost(
            error instanceof StreamFault
              ? error
              : new StreamFault('protocol', 'Keeping the session alive failed.', { cause: error }),
          );
      }
    };
    // what waits for a packet that was overtaken (UDP) is looked after at once
    stopTicking = (udp ? ticker.add : ticker.addSeldom)((now) => {
      if (moving !== null && now >= moving.monoMs) {
        move();
        return;
      }
      for (const flow of flows) flow.receiver.tick(now);
      if (now >= nextKeepAlive) {
        nextKeepAlive = now + keepAliveMs;
        void stayAlive();
      }
      if (now >= nextReport) {
        nextReport = now + reportMs;
        for (const flow of flows) {
          const report = flow.receiver.report();
          if (report === null) continue;
          if (flow.udp === null) connection.frame(flow.channels[1], report);
          else if (flow.to !== null) flow.udp.send('rtcp', report, flow.to.host, flow.to.ports[1]);
        }
      }
    });
    if (isClosed()) throw new StreamFault('closed', 'The camera ended the connection.');
    playing = true;
    const sum = (of: (r: Receiver) => number): number =>
      flows.reduce((total, flow) => total + (flow.track === 'metadata' ? 0 : of(flow.receiver)), 0);
    return {
      transport: address.tls ? 'tls' : udp ? 'udp' : 'tcp',
      note: connection.certificateNote(),
      packets: () => flows[0]?.receiver.packets() ?? 0,
      lost: () => sum((r) => r.lost()),
      jitterMs: () => flows[0]?.receiver.jitterMs() ?? null,
      clockOffsetMs: () => flows[0]?.receiver.clockOffsetMs() ?? null,
      close() {
        if (closed) return;
        leave();
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
