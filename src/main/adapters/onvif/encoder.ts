/** Video encoder settings and what they may be (Media Service §5.5; Media2 Service §5.4). */
import type { Encoder, EncoderOptions } from '#domain/encoder.ts';
import type { VideoCodec } from '#domain/device.ts';
import type { Conversation } from './conversation.ts';
import { all, at, attribute, numberAt, textAt, type Element } from './element.ts';
import { operation } from './envelope.ts';
import { codecOf, type MediaProfile } from './profiles.ts';
import { deviceError } from './trouble.ts';
import { nothing, written, xml, type Xml } from './write-xml.ts';

type Range = { min: number; max: number };
type EncoderOption = EncoderOptions[number];

const names: Record<VideoCodec, string> = {
  h264: 'H264',
  h265: 'H265',
  mjpeg: 'JPEG',
  mpeg4: 'MPV4-ES',
  other: 'H264',
};

function rangeAt(element: Element | null, scale = 1): Range | null {
  const min = numberAt(element, 'Min');
  const max = numberAt(element, 'Max');
  return min === null || max === null || max < min ? null : { min: min * scale, max: max * scale };
}
const numbers = (text: string | null): number[] =>
  (text ?? '')
    .split(/[\s,]+/)
    .map(Number)
    .filter((n) => Number.isFinite(n) && n > 0)
    .slice(0, 64);
const sizes = (element: Element | null): EncoderOption['sizes'] =>
  all(element, 'ResolutionsAvailable')
    .slice(0, 64)
    .map((r) => ({ width: Math.trunc(numberAt(r, 'Width') ?? 0), height: Math.trunc(numberAt(r, 'Height') ?? 0) }))
    .filter((s) => s.width > 0 && s.height > 0 && s.width <= 32_768 && s.height <= 32_768);

/** Reads a GetVideoEncoderConfigurationOptionsResponse of Media2: one `Options` per encoding. */
export function readOptions2(response: Element): EncoderOptions {
  return all(response, 'Options')
    .slice(0, 16)
    .map((o): EncoderOption => {
      const rates = numbers(attribute(o, 'FrameRatesSupported'));
      const groups = numbers(attribute(o, 'GovLengthRange'));
      const fps =
        rates.length > 0 ? { min: Math.min(...rates), max: Math.max(...rates) } : rangeAt(at(o, 'FrameRateRange'));
      return {
        codec: codecOf(textAt(o, 'Encoding')),
        sizes: sizes(o),
        fps: {
          ...(fps ?? { min: 1, max: 60 }),
          only: rates.length > 0 ? [...new Set(rates)].sort((a, b) => a - b) : null,
        },
        bitsPerSecond: rangeAt(at(o, 'BitrateRange'), 1000),
        keyEvery: groups.length >= 2 ? { min: Math.min(...groups), max: Math.max(...groups) } : null,
      };
    });
}

/** Reads a GetVideoEncoderConfigurationOptionsResponse of Media: one element per encoding, bit rates in an extension. */
export function readOptions1(response: Element): EncoderOptions {
  const options = at(response, 'Options');
  const out: EncoderOptions = [];
  for (const name of ['H264', 'H265', 'JPEG', 'MPEG4']) {
    const own = at(options, name);
    const more = at(options, 'Extension', name);
    if (own === null && more === null) continue;
    const available = sizes(own).length > 0 ? sizes(own) : sizes(more);
    if (available.length === 0) continue;
    const fps = rangeAt(at(own, 'FrameRateRange')) ?? rangeAt(at(more, 'FrameRateRange')) ?? { min: 1, max: 60 };
    out.push({
      codec: codecOf(name),
      sizes: available,
      fps: { ...fps, only: null },
      bitsPerSecond: rangeAt(at(more, 'BitrateRange'), 1000),
      keyEvery: rangeAt(at(own, 'GovLengthRange')) ?? rangeAt(at(more, 'GovLengthRange')),
    });
  }
  return out;
}

/** Reads a video encoder configuration of either service. */
export function readEncoder(config: Element): Encoder {
  const codec = codecOf(textAt(config, 'Encoding'));
  const group = Number(
    attribute(config, 'GovLength') ??
      numberAt(config, 'H264', 'GovLength') ??
      numberAt(config, 'MPEG4', 'GovLength') ??
      0,
  );
  const rate = at(config, 'RateControl');
  const fps = (numberAt(rate, 'FrameRateLimit') ?? 0) / Math.max(1, numberAt(rate, 'EncodingInterval') ?? 1);
  const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));
  return {
    token: (attribute(config, 'token') ?? '').slice(0, 128),
    codec,
    width: within(Math.trunc(numberAt(config, 'Resolution', 'Width') ?? 1), 1, 32_768),
    height: within(Math.trunc(numberAt(config, 'Resolution', 'Height') ?? 1), 1, 32_768),
    fps: within(fps, 0.1, 240),
    bitsPerSecond: within(Math.round((numberAt(rate, 'BitrateLimit') ?? 1) * 1000), 1_000, 1_000_000_000),
    keyEvery: codec === 'mjpeg' ? 1 : within(Math.round(Number.isFinite(group) ? group : 1), 1, 3_000),
  };
}

const tokenOf = (profile: MediaProfile): string => {
  if (profile.video === null) throw deviceError('unsupported', 'This profile has no video encoder.');
  return profile.video.encoder;
};

async function askConfig(c: Conversation, profile: MediaProfile): Promise<Element> {
  const token = tokenOf(profile);
  const response =
    profile.service === 'media2'
      ? await c.ask(
          operation('media2', 'GetVideoEncoderConfigurations', xml`<ConfigurationToken>${token}</ConfigurationToken>`),
        )
      : await c.ask(
          operation('media', 'GetVideoEncoderConfiguration', xml`<ConfigurationToken>${token}</ConfigurationToken>`),
        );
  const configs = [...all(response, 'Configurations'), ...all(response, 'Configuration')];
  const found = configs.find((e) => attribute(e, 'token') === token) ?? configs[0];
  if (!found) throw deviceError('invalid-answer', 'The device tells nothing of its encoder.');
  return found;
}

export const askEncoder = async (c: Conversation, profile: MediaProfile): Promise<Encoder> =>
  readEncoder(await askConfig(c, profile));

export async function askEncoderOptions(c: Conversation, profile: MediaProfile): Promise<EncoderOptions> {
  const inner = xml`<ConfigurationToken>${tokenOf(profile)}</ConfigurationToken><ProfileToken>${profile.token}</ProfileToken>`;
  const response = await c.ask(operation(profile.service, 'GetVideoEncoderConfigurationOptions', inner));
  return profile.service === 'media2' ? readOptions2(response) : readOptions1(response);
}

/** Sets what is wanted, keeps everything else as the device has it, and reads back what came of it. */
export async function setEncoder(
  c: Conversation,
  profile: MediaProfile,
  wanted: Omit<Encoder, 'token'>,
): Promise<Encoder> {
  const config = await askConfig(c, profile);
  const configuration = profile.service === 'media2' ? write2(config, wanted) : write1(config, wanted);
  await c.ask(
    operation(
      profile.service,
      'SetVideoEncoderConfiguration',
      profile.service === 'media2' ? configuration : xml`${configuration}<ForcePersistence>true</ForcePersistence>`,
    ),
  );
  return askEncoder(c, profile);
}

const keep = (config: Element, name: string): Xml => {
  const found = at(config, name);
  return found ? written(found, 'tt') : nothing;
};
const size = (w: Omit<Encoder, 'token'>): Xml =>
  xml`<tt:Resolution><tt:Width>${w.width}</tt:Width><tt:Height>${w.height}</tt:Height></tt:Resolution>`;
const kilobits = (w: Omit<Encoder, 'token'>): number => Math.max(1, Math.round(w.bitsPerSecond / 1000));

function write2(config: Element, w: Omit<Encoder, 'token'>): Xml {
  const sameCodec = codecOf(textAt(config, 'Encoding')) === w.codec;
  const profile = sameCodec ? attribute(config, 'Profile') : null; // another codec has other profiles: the device chooses
  const constant = attribute(at(config, 'RateControl'), 'ConstantBitRate');
  return xml`<Configuration token="${attribute(config, 'token') ?? ''}" GovLength="${w.keyEvery}"${profile === null ? nothing : xml` Profile="${profile}"`}>${keep(config, 'Name')}${keep(config, 'UseCount')}<tt:Encoding>${names[w.codec]}</tt:Encoding>${size(w)}<tt:RateControl${constant === null ? nothing : xml` ConstantBitRate="${constant}"`}><tt:FrameRateLimit>${w.fps}</tt:FrameRateLimit><tt:BitrateLimit>${kilobits(w)}</tt:BitrateLimit></tt:RateControl>${keep(config, 'Multicast')}<tt:Quality>${textAt(config, 'Quality') ?? '5'}</tt:Quality></Configuration>`;
}

function write1(config: Element, w: Omit<Encoder, 'token'>): Xml {
  const encoding = w.codec === 'mpeg4' ? 'MPEG4' : names[w.codec];
  if (w.codec === 'h265' || w.codec === 'other')
    throw deviceError('unsupported', 'The device sets H.265 only over a newer service that it has not.');
  const profile = textAt(config, 'H264', 'H264Profile') ?? 'Main';
  const codec =
    w.codec === 'h264'
      ? xml`<tt:H264><tt:GovLength>${w.keyEvery}</tt:GovLength><tt:H264Profile>${profile}</tt:H264Profile></tt:H264>`
      : w.codec === 'mpeg4'
        ? xml`<tt:MPEG4><tt:GovLength>${w.keyEvery}</tt:GovLength><tt:Mpeg4Profile>${textAt(config, 'MPEG4', 'Mpeg4Profile') ?? 'SP'}</tt:Mpeg4Profile></tt:MPEG4>`
        : nothing;
  return xml`<Configuration token="${attribute(config, 'token') ?? ''}">${keep(config, 'Name')}${keep(config, 'UseCount')}<tt:Encoding>${encoding}</tt:Encoding>${size(w)}<tt:Quality>${textAt(config, 'Quality') ?? '5'}</tt:Quality><tt:RateControl><tt:FrameRateLimit>${Math.max(1, Math.round(w.fps))}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>${kilobits(w)}</tt:BitrateLimit></tt:RateControl>${codec}${keep(config, 'Multicast')}${keep(config, 'SessionTimeout')}</Configuration>`;
}
