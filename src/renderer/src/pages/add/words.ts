/** Found devices, streams and advice in words. */
import type { DeviceFacts, DeviceProfile, VideoCodec } from '#domain/device.ts';
import type { Advice, FoundView, ProposedCamera } from '#domain/finding.ts';
import { durationOf, numberOf } from '../../text/format.ts';
import { t } from '../../text/index.ts';
import { addressOf, modelOf } from './arrange-found.ts';
import { type Draft, type FineLook, profileOf } from './draft.ts';

export function nameOfFound(device: FoundView): string {
  if (device.name !== null && device.name !== '') return device.name;
  const model = modelOf(device);
  return model === '' ? t('finding.list.nameless', { address: addressOf(device) }) : model;
}

const codecs: Record<Exclude<VideoCodec, 'other'>, string> = {
  h264: 'H.264',
  h265: 'H.265',
  mjpeg: 'Motion JPEG',
  mpeg4: 'MPEG-4',
};
const codecOf = (codec: VideoCodec): string => (codec === 'other' ? t('finding.fact.otherCodec') : codecs[codec]);

/** 1920 × 1080 H.264 */
export const videoPlain = ({ width, height, codec }: NonNullable<DeviceProfile['video']>): string =>
  t('finding.fact.videoPlain', { width, height, codec: codecOf(codec) });

/** 1920 × 1080 H.264, 25 pictures a second */
export function videoWords(video: NonNullable<DeviceProfile['video']>): string {
  const { width, height, fps } = video;
  const codec = codecOf(video.codec);
  return fps === null || fps === 0
    ? videoPlain(video)
    : t('finding.fact.video', { width, height, codec, fps: numberOf(fps, Number.isInteger(fps) ? 0 : 1) });
}

export const profileWords = (profile: DeviceProfile): string =>
  profile.video === null
    ? profile.name
    : t('finding.fact.profile', { name: profile.name, video: videoWords(profile.video) });

/** What a camera is and can do, as short statements, the streams first. */
export function factWords(look: FineLook, draft: Draft): string[] {
  const { facts } = look;
  const main = profileOf(look, draft.mainProfile);
  const sub = profileOf(look, draft.subProfile);
  const words: string[] = [];
  if (main?.video) words.push(videoWords(main.video));
  if (sub?.video) words.push(t('finding.fact.small', { width: sub.video.width, height: sub.video.height }));
  else if (sub === null) words.push(t('finding.fact.noSmall'));
  return [...words, ...abilityWords(facts, main)];
}

/** `profile`: the one whose camera is meant, on a device with several. */
export function abilityWords(facts: DeviceFacts, profile: DeviceProfile | null): string[] {
  const words: string[] = [];
  if (profile ? profile.ptz : facts.ptz) words.push(t('finding.fact.ptz'));
  if (profile ? profile.audio !== null : facts.microphone) words.push(t('finding.fact.sound'));
  if (facts.talk) words.push(t('finding.fact.talk'));
  if (facts.events) words.push(t('finding.fact.motion'));
  if (facts.storage) words.push(t('finding.fact.storage'));
  if (facts.relays.length > 0) words.push(t('finding.fact.relays', { count: facts.relays.length }));
  if (facts.inputs > 0) words.push(t('finding.fact.inputs', { count: facts.inputs }));
  return words;
}

/** What is usual and needs nobody's attention now is told quietly. */
export const isQuiet = (code: Advice): boolean => code === 'unencrypted' || code === 'no-sub';

export function adviceWords({ code, value }: ProposedCamera['advice'][number]): { title: string; text: string } {
  switch (code) {
    case 'clock-off':
      return typeof value === 'number'
        ? {
            title: t('finding.advice.clock-off.title', { value: durationOf(Math.abs(value)) }),
            text: t('finding.advice.clock-off.text'),
          }
        : { title: t('finding.advice.clock-off-plain.title'), text: t('finding.advice.clock-off-plain.text') };
    case 'foreign-host':
      return typeof value === 'string'
        ? { title: t('finding.advice.foreign-host.title', { value }), text: t('finding.advice.foreign-host.text') }
        : { title: t('finding.advice.foreign-host-plain.title'), text: t('finding.advice.foreign-host-plain.text') };
    default:
      return { title: t(`finding.advice.${code}.title`), text: t(`finding.advice.${code}.text`) };
  }
}
