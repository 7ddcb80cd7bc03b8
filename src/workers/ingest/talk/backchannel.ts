/**
 * The way to a camera's loudspeaker: an RTSP session of its own with nothing but the backchannel in it (ONVIF Streaming
 * Specification §5.3). G.711, 8000 samples a second (RFC 3551 §4.5.14): µ-law, else A-law; inside TCP first, over UDP where that
 * is refused.
 */
import { StreamFault } from '../fault.ts';
import { resolveControl } from '../rtsp/address.ts';
import { describe, type Described } from '../rtsp/describe.ts';
import { type Credentials, mayBeTransport, refusal } from '../rtsp/dialogue.ts';
import { parseSession, parseTransport } from '../rtsp/transport.ts';
import { openUdpPair, type UdpPair } from '../rtsp/udp-pair.ts';
import { header, type RtspMessage } from '../rtsp/wire.ts';
import type { SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';

export type Backchannel = {
  /** One RTP packet. */
  send(packet: Uint8Array): void;
  payloadType: number;
  law: 'mu' | 'a';
  /** Says good-bye and closes. */
  close(): void;
};

const require = { Require: 'www.onvif.org/ver20/backchannel' };
const noSpeaker = (why: string): StreamFault =>
  new StreamFault('codec', `The camera has no loudspeaker that Vigie can talk through: ${why}.`);

/** 551: it does not know the feature (RFC 2326 §11.3.14). */
const refused = (method: string, message: RtspMessage): StreamFault =>
  message.status === 551 ? noSpeaker('it does not know the backchannel') : refusal(method, message);

/** Opens it. Rejects with `StreamFault`; nothing is left open then. `lost` is told once, unless it was closed by us. */
export async function openBackchannel(
  options: Credentials & { url: string; ticker: Ticker; slabs: SlabPool; signal: AbortSignal },
  lost: (fault: StreamFault) => void,
): Promise<Backchannel> {
  const { ticker } = options;
  let closed = false;
  let talking = false;
  let udp: UdpPair | null = null;
  let described: Described | null = null;
  let stopTicking = (): void => undefined;
  const release = (): void => {
    closed = true;
    stopTicking();
    udp?.close();
    described?.connection.close();
  };
  const end = (fault: StreamFault): void => {
    if (closed) return;
    release();
    if (talking) lost(fault);
  };
  const isClosed = (): boolean => closed;

  described = await describe(
    options.url,
    null,
    options,
    {
      frame: () => undefined, // receiver reports
      knownChannel: (channel) => channel < 2,
      serverRequest(message) {
        if (message.method === 'TEARDOWN' || message.method === 'REDIRECT')
          end(new StreamFault('closed', 'The camera ended the talk.'));
      },
      lost: end,
    },
    { ...options, headers: require, refused },
  );
  const { connection, dialogue, sdp, base, address, methods } = described;
  try {
    const ways = sdp.media.filter((m) => m.kind === 'audio' && m.direction === 'sendonly');
    const speaks = (encoding: string) =>
      ways.find((m) => m.encoding === encoding && m.clockRate === 8000 && m.channels === 1);
    const media = speaks('PCMU') ?? speaks('PCMA');
    if (media === undefined)
      throw noSpeaker(
        ways.length === 0 ? 'it describes none' : `it takes ${ways[0]?.encoding ?? 'something else'} only`,
      );
    const uri = resolveControl(base, media.control);
    let send: ((packet: Uint8Array) => void) | null = null;
    let timeoutSeconds = 60;

    let message = await dialogue.ask('SETUP', uri, { ...require, Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1' });
    if (mayBeTransport(message.status) && !address.tls) {
      const { address: local, family } = connection.local();
      const pair = await openUdpPair(local, family, { accept: () => false, packet: () => undefined });
      udp = pair;
      const [rtp, rtcp] = pair.ports;
      message = await dialogue.ask('SETUP', uri, {
        ...require,
        Transport: `RTP/AVP;unicast;client_port=${String(rtp)}-${String(rtcp)}`,
      });
      const answer = parseTransport(header(message, 'transport') ?? '');
      const port = answer?.serverPort?.[0];
      const host = answer?.source ?? connection.peer();
      if (port !== undefined) send = (packet) => pair.send('rtp', packet, host, port);
    } else {
      const channel = parseTransport(header(message, 'transport') ?? '')?.interleaved?.[0] ?? 0;
      send = (packet) => connection.frame(channel, packet);
    }
    if ((message.status ?? 0) >= 300) throw refused('SETUP', message);
    if (send === null) throw new StreamFault('protocol', 'The camera does not say where to send the sound.');
    const session = header(message, 'session');
    if (session !== null) {
      const { id, timeoutSeconds: seconds } = parseSession(session);
      dialogue.session(id);
      timeoutSeconds = seconds ?? timeoutSeconds;
    }
    const whole = sdp.control !== null ? resolveControl(base, sdp.control) : base;
    message = await dialogue.ask('PLAY', whole, require);
    if (message.status === 459 || message.status === 460) message = await dialogue.ask('PLAY', uri, require);
    if ((message.status ?? 0) >= 300) throw refused('PLAY', message);
    if (isClosed()) throw new StreamFault('closed', 'The camera ended the connection.');

    const keepAlive = methods.has('GET_PARAMETER') ? 'GET_PARAMETER' : 'OPTIONS';
    const everyMs = Math.max(1000, (timeoutSeconds * 1000) / 2);
    let nextMs = ticker.monoMs() + everyMs;
    stopTicking = ticker.add((now) => {
      if (now < nextMs) return;
      nextMs = now + everyMs;
      dialogue.ask(keepAlive, whole).catch(() => undefined); // a connection that is gone says so itself
    });
    talking = true;
    const out = send;
    return {
      payloadType: media.payloadType,
      law: media.encoding === 'PCMA' ? 'a' : 'mu',
      send(packet) {
        if (!closed) out(packet);
      },
      close() {
        if (closed) return;
        dialogue.tell('TEARDOWN', whole);
        release();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
