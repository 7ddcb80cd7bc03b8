/**
 * The parts of a session description (RFC 8866) that say how to take its media. Forgiving: what makers write wrong and can
 * be understood is understood; an unknown line is skipped. Never throws.
 */
export type SdpMedia = {
  /** video, audio, application …, lower case. */
  kind: string;
  protocol: string;
  payloadType: number;
  /** From rtpmap or the static table (RFC 3551 §6), upper case; empty if neither says. */
  encoding: string;
  clockRate: number;
  channels: number;
  /** Format parameters, names in lower case. */
  parameters: Map<string, string>;
  control: string | null;
  direction: 'sendrecv' | 'recvonly' | 'sendonly' | 'inactive';
  /** Picture size where an attribute gives one (`framesize`, `x-dimensions`, `cliprect`). */
  size: { width: number; height: number } | null;
};

export type Sdp = { control: string | null; media: SdpMedia[] };

const maxMedia = 64;

const staticTypes: Record<number, [encoding: string, clockRate: number, channels: number]> = {
  0: ['PCMU', 8000, 1],
  3: ['GSM', 8000, 1],
  4: ['G723', 8000, 1],
  8: ['PCMA', 8000, 1],
  9: ['G722', 8000, 1],
  10: ['L16', 44_100, 2],
  11: ['L16', 44_100, 1],
  14: ['MPA', 90_000, 1],
  18: ['G729', 8000, 1],
  26: ['JPEG', 90_000, 1],
  31: ['H261', 90_000, 1],
  32: ['MPV', 90_000, 1],
  33: ['MP2T', 90_000, 1],
  34: ['H263', 90_000, 1],
};

const aliases: Record<string, string> = {
  HEVC: 'H265',
  AVC: 'H264',
  'X-H265': 'H265',
  MJPEG: 'JPEG',
  'MPEG4-GENERIC': 'MPEG4-GENERIC',
  ULAW: 'PCMU',
  ALAW: 'PCMA',
};

function readParameters(text: string, into: Map<string, string>): void {
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name !== '')
      into.set(
        name,
        equals === -1
          ? ''
          : part
              .slice(equals + 1)
              .trim()
              .replace(/^"(.*)"$/, '$1'),
      );
  }
}

const whole = (text: string | undefined, most: number): number | null => {
  const value = text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
  return value !== null && value <= most ? value : null;
};

type Draft = SdpMedia & { listed: number[]; maps: Map<number, string>; formats: Map<number, string> };

function finish(draft: Draft): SdpMedia {
  const { listed, maps, formats, ...media } = draft;
  // some firmware lists one payload type and describes another: what is described counts
  const payloadType =
    listed.find((pt) => maps.has(pt)) ??
    listed.find((pt) => pt in staticTypes) ??
    maps.keys().next().value ??
    listed[0] ??
    0;
  const known = staticTypes[payloadType];
  const [name = '', rate, channels] = (maps.get(payloadType) ?? '').split('/').map((part) => part.trim());
  const upper = name.toUpperCase();
  media.payloadType = payloadType;
  media.encoding = (aliases[upper] ?? upper) || (known?.[0] ?? '');
  media.clockRate = whole(rate, 10_000_000) || (known?.[1] ?? (media.kind === 'audio' ? 8000 : 90_000));
  media.channels = Math.min(8, whole(channels, 64) || (known?.[2] ?? 1));
  const format = formats.get(payloadType) ?? (formats.size === 1 ? [...formats.values()][0] : undefined);
  if (format !== undefined) readParameters(format, media.parameters);
  return media;
}

function readAttribute(text: string, into: Draft): void {
  const colon = text.indexOf(':');
  const name = (colon === -1 ? text : text.slice(0, colon)).trim().toLowerCase();
  const value = colon === -1 ? '' : text.slice(colon + 1).trim();
  const split = /^(\d{1,3})\s+(.*)$/.exec(value);
  const numbered = split !== null && Number(split[1]) <= 127 ? split : null;
  switch (name) {
    case 'rtpmap':
      if (numbered) into.maps.set(Number(numbered[1]), numbered[2] ?? '');
      break;
    case 'fmtp':
      if (numbered)
        into.formats.set(Number(numbered[1]), `${into.formats.get(Number(numbered[1])) ?? ''};${numbered[2] ?? ''}`);
      break;
    case 'control':
      into.control = value;
      break;
    case 'sendrecv':
    case 'recvonly':
    case 'sendonly':
    case 'inactive':
      into.direction = name;
      break;
    case 'framesize':
    case 'x-dimensions':
    case 'x-framesize':
    case 'cliprect': {
      const size = /(?:^|\s)(\d{1,5})[-,x ](\d{1,5})$/.exec(value.replace(/^0,0,/, ''));
      const width = Number(size?.[1] ?? 0);
      const height = Number(size?.[2] ?? 0);
      // cliprect gives top,left,bottom,right: height before width
      if (width > 0 && height > 0)
        into.size = name === 'cliprect' ? { width: height, height: width } : { width, height };
      break;
    }
  }
}

/** Reads a session description. */
export function parseSdp(text: string): Sdp {
  const sdp: Sdp = { control: null, media: [] };
  let draft: Draft | null = null;
  const end = (): void => {
    if (draft !== null && sdp.media.length < maxMedia) sdp.media.push(finish(draft));
  };
  let direction: SdpMedia['direction'] = 'sendrecv';
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = raw.trim();
    if (line.startsWith('m=')) {
      end();
      const [kind = '', , protocol = '', ...formats] = line.slice(2).trim().split(/\s+/);
      draft = {
        kind: kind.toLowerCase(),
        protocol: protocol.toUpperCase(),
        payloadType: 0,
        encoding: '',
        clockRate: 0,
        channels: 1,
        parameters: new Map(),
        control: null,
        direction,
        size: null,
        listed: formats.slice(0, 32).flatMap((f) => whole(f, 127) ?? []),
        maps: new Map(),
        formats: new Map(),
      };
    } else if (line.startsWith('a=')) {
      if (draft !== null) readAttribute(line.slice(2), draft);
      else if (/^a=control:/i.test(line)) sdp.control = line.slice(10).trim();
      else {
        const said = /^a=(sendrecv|recvonly|sendonly|inactive)$/i.exec(line)?.[1]?.toLowerCase();
        if (said === 'recvonly' || said === 'sendonly' || said === 'inactive') direction = said;
      }
    }
  }
  end();
  return sdp;
}

/**
 * Parameter sets given as base64 in a format parameter. Cameras leave padding off, add start codes or empty parts: what is
 * left is returned as NAL units of 2 … 65,535 bytes, at most 16.
 */
export function decodeParameterSets(text: string | undefined): Uint8Array[] {
  const out: Uint8Array[] = [];
  for (const part of (text ?? '').split(',')) {
    let nal = Buffer.from(part.trim(), 'base64');
    if (nal.length > 4 && nal.readUInt32BE(0) === 1) nal = nal.subarray(4);
    else if (nal.length > 3 && nal.readUIntBE(0, 3) === 1) nal = nal.subarray(3);
    if (nal.length >= 2 && nal.length <= 65_535 && out.length < 16) out.push(new Uint8Array(nal));
  }
  return out;
}
