/** RTSP requests as they come off a TCP connection (RFC 2326 §6, interleaved data §10.12), and answers to them. */
export type RtspRequest = {
  method: string;
  url: string;
  /** Names in lower case; of repeated ones the last. */
  headers: Map<string, string>;
  body: string;
};

const maxHeadBytes = 16_384;
const maxBodyBytes = 65_536;

/**
 * Collects bytes and calls back for each whole request or interleaved packet. `push` returns false when what came is not
 * RTSP or too large: the connection is then to be closed.
 */
export function createRequestReader(on: {
  request(request: RtspRequest): void;
  interleaved(channel: number, packet: Buffer): void;
}): {
  push(chunk: Buffer): boolean;
} {
  let pending: Buffer = Buffer.alloc(0);
  return {
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      for (;;) {
        while (pending[0] === 0x0d || pending[0] === 0x0a) pending = pending.subarray(1);
        if (pending.length < 4) return true;
        if (pending[0] === 0x24) {
          const size = 4 + pending.readUInt16BE(2);
          if (pending.length < size) return true;
          on.interleaved(pending[1] ?? 0, pending.subarray(4, size));
          pending = pending.subarray(size);
          continue;
        }
        const end = pending.indexOf('\r\n\r\n');
        if (end < 0) return pending.length <= maxHeadBytes;
        const [first = '', ...lines] = pending.toString('latin1', 0, end).split('\r\n');
        const start = /^([A-Z_]+) (\S+) RTSP\/1\.\d$/.exec(first);
        if (!start) return false;
        const headers = new Map<string, string>();
        for (const line of lines) {
          const colon = line.indexOf(':');
          if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
        }
        const length = Number(headers.get('content-length') ?? 0);
        if (!Number.isInteger(length) || length < 0 || length > maxBodyBytes) return false;
        if (pending.length < end + 4 + length) return true;
        const body = pending.toString('utf8', end + 4, end + 4 + length);
        pending = pending.subarray(end + 4 + length);
        on.request({ method: start[1] ?? '', url: start[2] ?? '', headers, body });
      }
    },
  };
}

const reasons: Record<number, string> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  451: 'Parameter Not Understood',
  453: 'Not Enough Bandwidth',
  454: 'Session Not Found',
  455: 'Method Not Valid In This State',
  457: 'Invalid Range',
  459: 'Aggregate Operation Not Allowed',
  461: 'Unsupported Transport',
  501: 'Not Implemented',
  551: 'Option Not Supported',
};

export type RtspAnswer = { status: number; headers?: [string, string][]; body?: string };

/** One answer as it goes on the wire. */
export function formatAnswer(answer: RtspAnswer, cseq: string): string {
  const { status, headers = [], body = '' } = answer;
  const lines = [`RTSP/1.0 ${status} ${reasons[status] ?? 'Error'}`, `CSeq: ${cseq}`, 'Server: Vigie demo camera'];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
