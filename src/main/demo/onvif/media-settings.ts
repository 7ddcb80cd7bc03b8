/** What a device sends and how it is set: sources, encoders, profiles. The media services are two ways to speak of it. */
import { Fault, invalid } from './fault.ts';

/** A stream as its clip is: nothing of this can be set. */
export type DeviceStream = {
  /** `main`, `sub`: name of the profile and of the snapshot. */
  name: string;
  codec: 'h264' | 'h265';
  width: number;
  height: number;
  fps: number;
  /** Pictures from one key picture to the next. */
  keyEvery: number;
  bitsPerSecond: number;
  /** Path at the RTSP server. */
  path: string;
};

export type DeviceAudio = { sampleRate: number; channels: number; bitsPerSecond: number };

export type EncoderSettings = { name: string; quality: number; kbps: number; constant: boolean; sessionMs: number };

/** What was asked for, whichever service asked. */
export type EncoderWish = {
  encoding: string;
  width: number;
  height: number;
  fps: number;
  keyEvery: number;
  profile: string | undefined;
  settings: EncoderSettings;
};

export const qualityRange = { min: 0, max: 10 } as const;

export type StreamEntry = { stream: DeviceStream; settings: EncoderSettings; kbpsRange: { min: number; max: number } };

export type MediaSettings = {
  entries: StreamEntry[];
  audio: DeviceAudio | null;
  /** A loudspeaker behind the backchannel. */
  speaker: boolean;
  ptz: boolean;
  /** Token of the video source of this device. */
  source: string;
  sourceSize: { width: number; height: number; fps: number };
  /** Throws the fault for a token that there is not. */
  byProfile(token: string): StreamEntry;
  byEncoder(token: string): StreamEntry;
  /** Keeps what can be kept; throws `ter:ConfigModify` for what a clip made beforehand cannot follow. */
  setEncoder(token: string, wish: EncoderWish): void;
  names: Map<string, string>;
  metadata: { ptzStatus: boolean; ptzPosition: boolean; events: boolean; analytics: boolean };
  /** Its analysis tells what it sees. */
  analytics: boolean;
};

export const tokenOf = {
  source: 'video-source-1',
  sourceConfiguration: 'video-source-config-1',
  encoder: (stream: string): string => `encoder-${stream}`,
  profile: (stream: string): string => `profile-${stream}`,
  audioSource: 'audio-source-1',
  audioSourceConfiguration: 'audio-source-config-1',
  audioEncoder: 'audio-encoder-1',
  audioOutput: 'audio-output-1',
  audioOutputConfiguration: 'audio-output-config-1',
  audioDecoder: 'audio-decoder-1',
  metadata: 'metadata-config-1',
  ptz: 'ptz-config-1',
  ptzNode: 'ptz-node-1',
} as const;

export const mimeName = { h264: 'H264', h265: 'H265' } as const;
export const codecProfile = { h264: 'High', h265: 'Main' } as const;

const fixedByClip = (what: string): Fault =>
  new Fault(
    'Receiver',
    ['ter:Action', 'ter:ConfigModify'],
    `${what} cannot be set: this camera sends a clip made beforehand.`,
  );

export const noProfile = (): Fault => invalid('NoProfile', 'There is no such profile.');
export const noConfig = (): Fault => invalid('NoConfig', 'There is no such configuration.');

export function createMediaSettings(options: {
  streams: DeviceStream[];
  audio: DeviceAudio | null;
  speaker: boolean;
  ptz: boolean;
  analytics: boolean;
}): MediaSettings {
  const entries = options.streams.map((stream): StreamEntry => {
    const kbps = Math.max(32, Math.round(stream.bitsPerSecond / 1000));
    return {
      stream,
      settings: { name: `${stream.name} encoder`, quality: 6, kbps, constant: false, sessionMs: 60_000 },
      kbpsRange: { min: Math.min(32, kbps), max: stream.width > 1000 ? 8192 : 2048 },
    };
  });
  const first = options.streams[0];
  if (!first) throw new Error('a device needs a stream');
  return {
    entries,
    audio: options.audio,
    speaker: options.speaker,
    ptz: options.ptz,
    source: tokenOf.source,
    sourceSize: { width: first.width, height: first.height, fps: first.fps },
    byProfile(token) {
      const found = entries.find((e) => tokenOf.profile(e.stream.name) === token);
      if (!found) throw noProfile();
      return found;
    },
    byEncoder(token) {
      const found = entries.find((e) => tokenOf.encoder(e.stream.name) === token);
      if (!found) throw noConfig();
      return found;
    },
    setEncoder(token, wish) {
      const entry = this.byEncoder(token);
      const { stream, kbpsRange } = entry;
      const { settings } = wish;
      if (wish.encoding !== mimeName[stream.codec]) throw fixedByClip('The codec');
      if (wish.width !== stream.width || wish.height !== stream.height) throw fixedByClip('The resolution');
      if (Math.abs(wish.fps - stream.fps) > 0.01) throw fixedByClip('The frame rate');
      if (wish.keyEvery !== stream.keyEvery) throw fixedByClip('The distance of key pictures');
      if (wish.profile !== undefined && wish.profile !== codecProfile[stream.codec])
        throw fixedByClip('The codec profile');
      if (settings.quality < qualityRange.min || settings.quality > qualityRange.max)
        throw new Fault('Receiver', ['ter:Action', 'ter:ConfigModify'], 'The quality is outside of its range.');
      if (!Number.isInteger(settings.kbps) || settings.kbps < kbpsRange.min || settings.kbps > kbpsRange.max)
        throw new Fault('Receiver', ['ter:Action', 'ter:ConfigModify'], 'The bit rate is outside of its range.');
      entry.settings = settings;
    },
    names: new Map(),
    metadata: { ptzStatus: options.ptz, ptzPosition: options.ptz, events: true, analytics: options.analytics },
    analytics: options.analytics,
  };
}
