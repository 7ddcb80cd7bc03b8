/** The Transport header (RFC 2326 §12.39; RFC 7826 §18.54 writes addresses as dest_addr and src_addr). */
export type TransportAnswer = {
  tcp: boolean;
  interleaved: [rtp: number, rtcp: number] | null;
  serverPort: [rtp: number, rtcp: number] | null;
  /** Where the packets come from, if not from the camera's own address. */
  source: string | null;
  ssrc: number | null;
};

const pair = (text: string | undefined, most: number): [number, number] | null => {
  const m = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text ?? '');
  if (!m) return null;
  const first = Number(m[1]);
  const second = m[2] === undefined ? first + 1 : Number(m[2]);
  return first <= most && second <= most ? [first, second] : null;
};

/** Reads the first transport of an answer. Null if it cannot be understood. */
export function parseTransport(value: string): TransportAnswer | null {
  const [profile = '', ...rest] = (value.slice(0, 2048).split(',')[0] ?? '').split(';').map((part) => part.trim());
  const spec = profile.toUpperCase();
  if (!spec.startsWith('RTP/')) return null;
  const answer: TransportAnswer = {
    tcp: spec.endsWith('/TCP'),
    interleaved: null,
    serverPort: null,
    source: null,
    ssrc: null,
  };
  for (const part of rest) {
    const [name = '', given = ''] = part.split('=').map((s) => s.trim());
    switch (name.toLowerCase()) {
      case 'interleaved':
        answer.interleaved = pair(given, 255);
        answer.tcp = true; // some answer RTP/AVP with channels
        break;
      case 'server_port':
        answer.serverPort = pair(given, 65_535);
        break;
      case 'src_addr': {
        const ports = [...given.matchAll(/:(\d{1,5})"/g)].map((m) => Number(m[1]));
        if (ports[0] !== undefined && ports[0] <= 65_535) answer.serverPort = [ports[0], ports[1] ?? ports[0] + 1];
        break;
      }
      case 'source':
        if (/^[0-9a-f:.]+$/i.test(given)) answer.source = given;
        break;
      case 'ssrc':
        if (/^[0-9a-f]{1,8}$/i.test(given)) answer.ssrc = Number.parseInt(given, 16);
        break;
    }
  }
  return answer;
}

/** The Session header: id and timeout in seconds, null if it does not say (60 is meant then; RFC 2326 §12.37). */
export function parseSession(value: string): { id: string; timeoutSeconds: number | null } {
  const [id = '', ...rest] = value.split(';').map((s) => s.trim());
  const said = /^timeout\s*=\s*(\d{1,6})$/i.exec(rest.find((p) => /^timeout/i.test(p)) ?? '')?.[1];
  return { id: id.slice(0, 512), timeoutSeconds: said === undefined || Number(said) === 0 ? null : Number(said) };
}
