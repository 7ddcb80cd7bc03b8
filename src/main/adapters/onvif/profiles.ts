/** Media profiles of both media services (Media Service §5.2, Media2 Service §5.2), read into one form. */
import type { DeviceProfile, VideoCodec } from '#domain/device.ts';
import { all, at, attribute, numberAt, numberOf, short, textAt, type Element } from './element.ts';
import { operation } from './envelope.ts';
import type { Conversation } from './conversation.ts';
import { optional } from './trouble.ts';
import { xml } from './write-xml.ts';

/** A profile with what other services need of it. */
export type MediaProfile = Omit<DeviceProfile, 'streamUrl' | 'snapshotUrl'> & {
  service: 'media' | 'media2';
  videoSourceConfiguration: string | null;
  ptzNode: string | null;
  audioOutput: boolean;
};

export function codecOf(name: string | null): VideoCodec {
  const plain = (name ?? '').toLowerCase().replace(/[^a-z0-9]/g, '');
  if (plain === 'h264') return 'h264';
  if (plain === 'h265' || plain === 'hevc') return 'h265';
  if (plain === 'jpeg' || plain === 'mjpeg') return 'mjpeg';
  if (plain === 'mpeg4' || plain === 'mpv4es') return 'mpeg4';
  return 'other';
}

const token = (element: Element | null): string | null => short(attribute(element, 'token'), 128);
const whole = (value: number | null, most: number): number | null =>
  value === null || value < 0 ? null : Math.min(most, Math.round(value));

function readVideo(encoder: Element): DeviceProfile['video'] {
  const codec = codecOf(textAt(encoder, 'Encoding'));
  const rate = at(encoder, 'RateControl');
  const interval = numberAt(rate, 'EncodingInterval') ?? 1;
  const fps = numberAt(rate, 'FrameRateLimit');
  const bitrate = numberAt(rate, 'BitrateLimit');
  const group =
    numberOf(attribute(encoder, 'GovLength')) ??
    numberAt(encoder, 'H264', 'GovLength') ??
    numberAt(encoder, 'H265', 'GovLength') ??
    numberAt(encoder, 'MPEG4', 'GovLength');
  return {
    codec,
    width: whole(numberAt(encoder, 'Resolution', 'Width'), 32_768) ?? 0,
    height: whole(numberAt(encoder, 'Resolution', 'Height'), 32_768) ?? 0,
    fps: fps === null || fps <= 0 ? null : fps / Math.max(1, interval),
    bitsPerSecond: bitrate === null || bitrate <= 0 ? null : bitrate * 1000,
    keyEvery: codec === 'mjpeg' ? 1 : group === null || group < 1 ? null : whole(group, 100_000),
    encoder: token(encoder) ?? '',
  };
}

type Parts = {
  source: Element | null;
  encoder: Element | null;
  audio: Element | null;
  ptz: Element | null;
  metadata: Element | null;
  output: Element | null;
  decoder: Element | null;
};

function readProfile(profile: Element, service: 'media' | 'media2', parts: Parts): MediaProfile | null {
  const own = token(profile);
  if (own === null) return null;
  return {
    service,
    token: own,
    name: short(textAt(profile, 'Name')) ?? own,
    source: short(textAt(parts.source, 'SourceToken'), 128),
    video: parts.encoder === null ? null : readVideo(parts.encoder),
    audio: short(textAt(parts.audio, 'Encoding'), 40),
    ptz: parts.ptz !== null,
    metadata: parts.metadata !== null,
    videoSourceConfiguration: token(parts.source),
    ptzNode: short(textAt(parts.ptz, 'NodeToken'), 128),
    audioOutput: parts.output !== null && parts.decoder !== null,
  };
}

/** Reads a GetProfilesResponse of Media2. */
export const readProfiles2 = (response: Element): MediaProfile[] =>
  read(response, (profile) => {
    const c = at(profile, 'Configurations');
    return readProfile(profile, 'media2', {
      source: at(c, 'VideoSource'),
      encoder: at(c, 'VideoEncoder'),
      audio: at(c, 'AudioEncoder'),
      ptz: at(c, 'PTZ'),
      metadata: at(c, 'Metadata'),
      output: at(c, 'AudioOutput'),
      decoder: at(c, 'AudioDecoder'),
    });
  });

/** Reads a GetProfilesResponse of Media. */
export const readProfiles1 = (response: Element): MediaProfile[] =>
  read(response, (p) =>
    readProfile(p, 'media', {
      source: at(p, 'VideoSourceConfiguration'),
      encoder: at(p, 'VideoEncoderConfiguration'),
      audio: at(p, 'AudioEncoderConfiguration'),
      ptz: at(p, 'PTZConfiguration'),
      metadata: at(p, 'MetadataConfiguration'),
      output: at(p, 'Extension', 'AudioOutputConfiguration'),
      decoder: at(p, 'Extension', 'AudioDecoderConfiguration'),
    }),
  );

function read(response: Element, one: (profile: Element) => MediaProfile | null): MediaProfile[] {
  const seen = new Set<string>();
  const out: MediaProfile[] = [];
  for (const element of all(response, 'Profiles')) {
    const profile = one(element);
    if (profile === null || seen.has(profile.token)) continue;
    seen.add(profile.token);
    out.push(profile);
    if (out.length >= 64) break;
  }
  return out;
}

/**
 * The device's profiles: Media2 first; Media where there is no Media2, where it fails or has no profile with a picture (seen
 * in firmware that names the service and does not serve it).
 */
export async function askProfiles(c: Conversation): Promise<MediaProfile[]> {
  let newer: MediaProfile[] = [];
  const older = await c.offers('media');
  if (await c.offers('media2')) {
    const asked = c
      .ask(operation('media2', 'GetProfiles', xml`<Type>All</Type>`), { atMostMs: 8_000 })
      .then(readProfiles2);
    newer = older ? await optional(asked, []) : await asked;
    if (newer.some((p) => p.video !== null && p.source !== null)) return newer;
  }
  if (!older) return newer;
  const profiles = readProfiles1(await c.ask(operation('media', 'GetProfiles'), { atMostMs: 8_000 }));
  return profiles.length > 0 ? profiles : newer;
}
