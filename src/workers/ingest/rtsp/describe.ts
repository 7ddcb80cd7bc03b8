/** From an address to a described presentation: connect, OPTIONS, DESCRIBE, redirects followed. */
import { printable, StreamFault } from '../fault.ts';
import type { SlabPool } from '../slab-pool.ts';
import type { Ticker } from '../ticker.ts';
import { controlBase, hostPort, parseAddress, type RtspAddress } from './address.ts';
import { type Connection, type ConnectionEvents, openConnection } from './connection.ts';
import { createDialogue, type Credentials, type Dialogue, refusal } from './dialogue.ts';
import { parseSdp, type Sdp } from './sdp.ts';
import { header, type RtspMessage } from './wire.ts';

export type Described = {
  connection: Connection;
  dialogue: Dialogue;
  address: RtspAddress;
  sdp: Sdp;
  /** The base of control addresses. */
  base: string;
  /** Methods that the camera says it knows; empty if it did not say. */
  methods: Set<string>;
};

const connectMs = 5000;
const answerMs = 7000;
const mostRedirects = 5;

/** Where an answer of 3xx sends us. Throws `StreamFault`. */
export function redirectTarget(message: RtspMessage): RtspAddress {
  const location = header(message, 'location');
  if (location === null)
    throw new StreamFault('protocol', `The camera redirects (${message.status ?? ''}) and does not say where to.`);
  if (!/^rtsps?:\/\//i.test(location))
    throw new StreamFault(
      'protocol',
      `The camera redirects to "${printable(location.replace(/\/\/[^/@]*@/, '//'), 60)}", which is no RTSP address.`,
      { fallback: true },
    );
  return parseAddress(location);
}

/** Throws where a camera of a protected address sends us to an open one. */
export function refuseDowngrade(own: RtspAddress, target: RtspAddress): void {
  if (own.tls && !target.tls)
    throw new StreamFault('protocol', 'The camera redirects from a protected address to an open one: refused.');
}

/**
 * `at`: where to begin instead, as the camera said in an earlier session. Rejects with `StreamFault`; nothing is left open then.
 */
export async function describe(
  url: string,
  at: string | null,
  who: Credentials,
  on: ConnectionEvents,
  options: {
    ticker: Ticker;
    slabs: SlabPool;
    signal: AbortSignal;
    maxReadBytes?: number;
    /** Sent with DESCRIBE. */
    headers?: Record<string, string>;
    /** What a refusal means, where it means more than usual. */
    refused?: (method: string, message: RtspMessage) => StreamFault;
  },
): Promise<Described> {
  const first = parseAddress(url);
  let address = at === null ? first : parseAddress(at);
  refuseDowngrade(first, address);
  let peer = address; // differs from the address behind a 305
  for (let hops = 0; ; hops++) {
    const connection = await openConnection(peer, on, { timeoutMs: connectMs, answerMs, ...options });
    try {
      const dialogue = createDialogue(connection, who, peer.host === first.host);
      const methods = new Set<string>();
      // some cameras take no DESCRIBE before OPTIONS, some know no OPTIONS: its answer is taken as it comes
      let message = await dialogue.ask('OPTIONS', address.uri);
      for (const value of [...(message.headers.get('public') ?? []), ...(message.headers.get('allow') ?? [])])
        for (const method of value.split(',')) methods.add(method.trim().toUpperCase());
      const status = message.status ?? 0;
      if (status < 300 || status > 305)
        message = await dialogue.ask('DESCRIBE', address.uri, { Accept: 'application/sdp', ...options.headers });
      const answer = message.status ?? 0;
      if (answer >= 300 && answer <= 308 && answer !== 304) {
        if (hops >= mostRedirects) throw new StreamFault('protocol', 'The camera redirects in circles.');
        const target = redirectTarget(message);
        refuseDowngrade(first, target);
        connection.close();
        peer = target;
        if (answer !== 305) address = target;
        continue;
      }
      if (answer < 200 || answer >= 300) throw (options.refused ?? refusal)('DESCRIBE', message);
      const type = header(message, 'content-type');
      if (message.body === '' || (type !== null && !/sdp/i.test(type) && !/^v=0/m.test(message.body)))
        throw new StreamFault('protocol', `${hostPort(address)} describes its stream in a form that is not SDP.`, {
          fallback: true,
        });
      return {
        connection,
        dialogue,
        address,
        sdp: parseSdp(message.body),
        base: controlBase(address.uri, header(message, 'content-base'), header(message, 'content-location')),
        methods,
      };
    } catch (error) {
      connection.close();
      throw error;
    }
  }
}
