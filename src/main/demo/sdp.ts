/** The description of a mount (RFC 4566) in the words of RFC 6184 §8.2, RFC 7798 §7.2 and RFC 3640 §4.1. */
import type { Clip } from './clip.ts';
import { payloadType } from './packetize.ts';
import type { TrackName } from './session.ts';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const trackControl: Record<TrackName, string> = {
  video: 'trackID=0',
  audio: 'trackID=1',
  metadata: 'trackID=3',
};

function videoFormat(clip: Clip): string {
  const [first, second, third] = clip.parameterSets;
  if (!first || !second) return '';
  if (clip.codec === 'h264') {
    return `packetization-mode=1;profile-level-id=${hex(first.subarray(1, 4))};sprop-parameter-sets=${base64(first)},${base64(second)}`;
  }
  return third ? `sprop-vps=${base64(first)};sprop-sps=${base64(second)};sprop-pps=${base64(third)}` : '';
}

/** What a description says besides the clip. */
export type Extra = {
  /** A sendonly track through which the client talks (ONVIF Streaming Specification §5.3). */
  talk?: boolean;
  /** A recording: its video track's reference and the span that is there, without sound. */
  recording?: { track: string; range: string };
  /** What it sends beside its pictures (§5.2). */
  metadata?: boolean;
};

export const talkControl = 'trackID=2';

export function describe(clip: Clip, host: string, sessionId: number, extra: Extra = {}): string {
  const lines = [
    'v=0',
    `o=- ${sessionId} 1 IN IP4 ${host}`,
    's=Vigie demo camera',
    'c=IN IP4 0.0.0.0',
    't=0 0',
    `a=range:${extra.recording?.range ?? 'npt=now-'}`,
    'a=control:*',
    `m=video 0 RTP/AVP ${payloadType.video}`,
    `a=rtpmap:${payloadType.video} ${clip.codec.toUpperCase()}/90000`,
    `a=fmtp:${payloadType.video} ${videoFormat(clip)}`,
    `a=framerate:${clip.fps}`,
    `a=control:${trackControl.video}`,
  ];
  if (extra.recording) lines.push(`a=x-onvif-track:${extra.recording.track}`);
  if (extra.talk) lines.push('a=recvonly');
  if (clip.audio && !extra.recording) {
    const { sampleRate, channels, config } = clip.audio;
    lines.push(
      `m=audio 0 RTP/AVP ${payloadType.audio}`,
      `a=rtpmap:${payloadType.audio} MPEG4-GENERIC/${sampleRate}/${channels}`,
      `a=fmtp:${payloadType.audio} streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=${hex(config)}`,
      `a=control:${trackControl.audio}`,
    );
    if (extra.talk) lines.push('a=recvonly');
  }
  if (extra.metadata && !extra.recording)
    lines.push(
      `m=application 0 RTP/AVP ${payloadType.metadata}`,
      `a=rtpmap:${payloadType.metadata} vnd.onvif.metadata/90000`,
      `a=control:${trackControl.metadata}`,
      'a=recvonly',
    );
  if (extra.talk) lines.push('m=audio 0 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', `a=control:${talkControl}`, 'a=sendonly');
  return `${lines.join('\r\n')}\r\n`;
}
