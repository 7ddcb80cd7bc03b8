/**
 * Cuts a stream of bytes into RTSP messages and interleaved frames (RFC 2326 §10.12), in place: a frame is given as a range
 * of the caller's own buffer. Bounded: a head of at most 64 KiB, a body of at most 256 KiB, and 64 KiB of rubbish between
 * messages, else a `StreamFault`.
 */
import { printable, StreamFault } from '../fault.ts';

export const maxHeadBytes = 64 * 1024;
export const maxBodyBytes = 256 * 1024;
const maxRubbishBytes = 64 * 1024;

export type RtspMessage = {
  /** A status code for an answer, null for a request of the server. */
  status: number | null;
  reason: string;
  /** Of a request: upper case. */
  method: string;
  uri: string;
  /** Names in lower case; all values in order. */
  headers: Map<string, string[]>;
  body: string;
};

export type WireHandler = {
  message(message: RtspMessage): void;
  /** `buffer[from, to)` is the payload of one interleaved frame; valid during the call, and afterwards as far as it is kept. */
  frame(channel: number, buffer: Buffer, from: number, to: number): void;
  /**
   * A frame of this channel was taken, and the next thing begins at `at`. Who expects more of the same may take whole frames from there on
   * without being asked for each, and says where it stopped.
   */
  run?(channel: number, buffer: Buffer, at: number, to: number): number;
  /** Is this a channel that frames are expected on? Only asked while looking for the way back out of rubbish. */
  known(channel: number): boolean;
};

const dollar = 0x24;
const lf = 0x0a;
const cr = 0x0d;
const isUpper = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;

export const header = (message: RtspMessage, name: string): string | null => message.headers.get(name)?.[0] ?? null;

/** Reads the lines of a head (without the empty line). Null if its first line is neither a status nor a request line. */
export function parseHead(text: string): RtspMessage | null {
  const lines = text.split(/\r?\n/);
  const first = lines[0] ?? '';
  const message: RtspMessage = { status: null, reason: '', method: '', uri: '', headers: new Map(), body: '' };
  const answer = /^RTSP\/\d{1,2}\.\d{1,2} +(\d{3})(?: +(.*))?$/i.exec(first);
  const request = answer ? null : /^([A-Z_]{1,32}) +(\S{1,4096}) +RTSP\/\d{1,2}\.\d{1,2} *$/.exec(first);
  if (answer) {
    message.status = Number(answer[1]);
    message.reason = printable(answer[2] ?? '');
  } else if (request) {
    message.method = request[1] ?? '';
    message.uri = request[2] ?? '';
  } else return null;
  let last: string[] | null = null;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (/^[ \t]/.test(line)) {
      // folded header line (RFC 2822 §2.2.3): still seen from old firmware
      if (last && last.length > 0) last[last.length - 1] = `${last[last.length - 1] ?? ''} ${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1) continue; // makers put rubbish here; nothing of it is needed
    const name = line.slice(0, colon).trim().toLowerCase();
    last = message.headers.get(name) ?? null;
    if (!last) {
      last = [];
      message.headers.set(name, last);
    }
    last.push(line.slice(colon + 1).trim());
  }
  return message;
}

export type Wire = {
  /**
   * Takes what is whole of `buffer[from, to)` and returns where the rest begins. Call again with the rest and what follows
   * it; the rest may lie elsewhere then. Throws `StreamFault`.
   */
  take(buffer: Buffer, from: number, to: number): number;
  /** Bytes of rubbish skipped so far. */
  skipped(): number;
};

export function createWire(on: WireHandler): Wire {
  /** Bytes of the message at the start of the rest that were already searched for its end. */
  let searched = 0;
  /** Whole message of the rest: head bytes and body bytes, once the head is there. */
  let head: RtspMessage | null = null;
  let headBytes = 0;
  let bodyBytes = 0;
  let spoken = false;
  let rubbishRun = 0;
  let skipped = 0;
  /** Between rubbish and the first thing that makes sense again. */
  let astray = false;

  /** Length of the head that starts at `from` including its empty line; 0 if its end is not there yet. */
  function findHead(buffer: Buffer, from: number, to: number): number {
    let at = from + searched;
    for (;;) {
      const end = buffer.indexOf(lf, at);
      if (end === -1 || end >= to) break;
      if (end + 1 < to && buffer[end + 1] === lf) return end + 2 - from;
      if (end + 2 < to && buffer[end + 1] === cr && buffer[end + 2] === lf) return end + 3 - from;
      if (end + 2 >= to) {
        searched = end - from; // the byte after it decides, and is not there yet
        return 0;
      }
      at = end + 1;
    }
    searched = Math.max(0, to - from);
    return 0;
  }

  function refuse(buffer: Buffer, from: number, to: number): never {
    const text = printable(buffer.toString('latin1', from, Math.min(to, from + 64)), 40);
    throw new StreamFault(
      'not-rtsp',
      /^HTTP\//.test(text)
        ? 'A web server answers at this port, not RTSP: check the port (often 554).'
        : `What answers at this port does not speak RTSP (it said "${text}"): check address and port.`,
    );
  }

  /** Where sense may begin again at or after `from`; `to` if nowhere. */
  function resync(buffer: Buffer, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = buffer[at];
      if (byte === dollar) {
        if (at + 6 > to) return at;
        // an RTP or RTCP packet (version 2) of a plausible length on a channel that was agreed
        const length = buffer.readUInt16BE(at + 2);
        if (on.known(buffer[at + 1] ?? 0) && length >= 8 && ((buffer[at + 4] ?? 0) & 0xc0) === 0x80) return at;
      } else if (byte === 0x52) {
        const part = buffer.toString('latin1', at, Math.min(to, at + 5));
        if ('RTSP/'.startsWith(part)) return at;
      }
    }
    return to;
  }

  return {
    skipped: () => skipped,
    take(buffer, from, to) {
      let at = from;
      while (at < to) {
        const byte = buffer[at] ?? 0;
        if (head === null && byte === dollar) {
          if (!spoken) refuse(buffer, at, to);
          if (at + (astray ? 6 : 4) > to) return at;
          if (astray && resync(buffer, at, at + 6) !== at) {
            at++;
            skipped++;
            rubbishRun++;
            continue;
          }
          const end = at + 4 + (((buffer[at + 2] ?? 0) << 8) | (buffer[at + 3] ?? 0));
          if (end > to) return at;
          searched = 0;
          rubbishRun = 0;
          astray = false;
          const channel = buffer[at + 1] ?? 0;
          on.frame(channel, buffer, at + 4, end);
          at = on.run === undefined ? end : on.run(channel, buffer, end, to);
          continue;
        }
        if (head === null && (byte === cr || byte === lf) && searched === 0) {
          at++; // empty lines between messages are allowed (RFC 2326 §4.1)
          continue;
        }
        if (head === null && isUpper(byte)) {
          if (!spoken && !'RTSP/'.startsWith(buffer.toString('latin1', at, Math.min(to, at + 5))))
            refuse(buffer, at, to);
          const bytes = findHead(buffer, at, to);
          if (bytes === 0) {
            if (to - at > maxHeadBytes)
              throw new StreamFault('protocol', `The camera sent a header of more than ${maxHeadBytes} bytes.`);
            return at;
          }
          if (bytes > maxHeadBytes)
            throw new StreamFault('protocol', `The camera sent a header of more than ${maxHeadBytes} bytes.`);
          searched = 0;
          head = parseHead(buffer.toString('latin1', at, at + bytes).trimEnd());
          if (head !== null) {
            spoken = true;
            headBytes = bytes;
            const given = header(head, 'content-length');
            bodyBytes = given === null ? 0 : /^\d{1,9}$/.test(given) ? Number(given) : -1;
            if (bodyBytes < 0 || bodyBytes > maxBodyBytes) {
              head = null;
              throw new StreamFault(
                'protocol',
                `The camera announced a body of ${printable(given ?? '', 20)} bytes; at most ${maxBodyBytes} are taken.`,
              );
            }
          }
        }
        if (head !== null) {
          if (to - at < headBytes + bodyBytes) return at;
          const message = head;
          message.body = buffer.toString('utf8', at + headBytes, at + headBytes + bodyBytes);
          at += headBytes + bodyBytes;
          head = null;
          rubbishRun = 0;
          astray = false;
          on.message(message);
          continue;
        }
        if (!spoken) refuse(buffer, at, to);
        searched = 0;
        astray = true;
        const next = resync(buffer, at + 1, to);
        skipped += next - at;
        rubbishRun += next - at;
        at = next;
        if (rubbishRun > maxRubbishBytes)
          throw new StreamFault('protocol', `The camera sent ${rubbishRun} bytes that are neither RTSP nor video.`);
      }
      return at;
    },
  };
}
