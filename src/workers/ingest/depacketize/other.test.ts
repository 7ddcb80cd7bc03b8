/** Audio and Motion JPEG. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioTrack, VideoTrack } from '#media/format.ts';
import { jpegSize } from '#media/jpeg.ts';
import { emptyPacket } from '../rtp/packet.ts';
import { parseSdp } from '../rtsp/sdp.ts';
import { createAudioDepacketizer } from './audio.ts';
import type { Depacketizer } from './handler.ts';
import { createMjpegDepacketizer } from './mjpeg.ts';

const give = (to: Depacketizer | null, payload: Uint8Array, timestamp: number, marker = true): void => {
  const buffer = Buffer.concat([Buffer.alloc(16), payload]);
  to?.packet({ ...emptyPacket(), buffer, from: 16, to: buffer.length, marker }, timestamp);
};

function audio(sdp: string) {
  const media = parseSdp(sdp).media[0];
  if (media === undefined) throw new Error('no medium');
  const out: { track: AudioTrack | null; frames: [number, string][] } = { track: null, frames: [] };
  const depacketizer = createAudioDepacketizer(media, {
    format: (track) => {
      out.track = track;
    },
    frame: (timestamp, data) => void out.frames.push([timestamp, Buffer.from(data).toString('hex')]),
  });
  return { depacketizer, out };
}

const aacSdp =
  'm=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/16000/1\na=fmtp:97 mode=AAC-hbr;config=1408;sizelength=13;indexlength=3;indexdeltalength=3';

describe('audio', () => {
  test('G.711 and Opus', () => {
    const law = audio('m=audio 0 RTP/AVP 8');
    give(law.depacketizer, Uint8Array.of(1, 2, 3), 160);
    expect(law.out).toMatchObject({
      track: { codec: 'pcma', sampleRate: 8000, channels: 1 },
      frames: [[160, '010203']],
    });
    expect(audio('m=audio 0 RTP/AVP 96\na=rtpmap:96 opus/48000/2').out.track).toMatchObject({
      codec: 'opus',
      sampleRate: 48_000,
    });
    expect(audio('m=audio 0 RTP/AVP 18').depacketizer).toBeNull();
  });

  test('AAC: several frames in one packet, and one over several', () => {
    const { depacketizer, out } = audio(aacSdp);
    expect(out.track).toMatchObject({ codecString: 'mp4a.40.2', sampleRate: 16_000, channels: 1 });
    give(depacketizer, Uint8Array.of(0, 32, 0, 2 << 3, 0, 3 << 3, 1, 2, 3, 4, 5), 1000);
    expect(out.frames).toEqual([
      [1000, '0102'],
      [2024, '030405'],
    ]);
    out.frames.length = 0;
    give(depacketizer, Uint8Array.of(0, 16, 0, 4 << 3, 1, 2), 5000, false);
    give(depacketizer, Uint8Array.of(0, 16, 0, 4 << 3, 3, 4), 5000, true);
    expect(out.frames).toEqual([[5000, '01020304']]);
    out.frames.length = 0;
    give(depacketizer, Uint8Array.of(0, 16, 0, 4 << 3, 1, 2), 6000, false);
    depacketizer?.loss();
    give(depacketizer, Uint8Array.of(0, 16, 0, 4 << 3, 3, 4), 6000, true);
    expect(out.frames).toEqual([]);
  });

  test('AAC in LATM with its configuration out of band', () => {
    const { depacketizer, out } = audio(
      'm=audio 0 RTP/AVP 96\na=rtpmap:96 MP4A-LATM/16000/1\na=fmtp:96 cpresent=0;config=40002810fe00',
    );
    give(depacketizer, Uint8Array.of(3, 1, 2, 3), 0);
    expect(out.track?.codec).toBe('aac');
    expect(out.frames).toEqual([[0, '010203']]);
  });

  test('any payload: no exception', () => {
    for (const sdp of [
      aacSdp,
      'm=audio 0 RTP/AVP 96\na=rtpmap:96 MP4A-LATM/16000/1\na=fmtp:96 cpresent=0;config=40002810fe00',
      'm=audio 0 RTP/AVP 0',
    ])
      fc.assert(
        fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (payloads) => {
          const { depacketizer } = audio(sdp);
          payloads.forEach((p, i) => {
            give(depacketizer, p, i * 100, i % 2 === 0);
          });
        }),
      );
    fc.assert(
      fc.property(
        fc.string({ maxLength: 80 }),
        (fmtp) =>
          void audio(
            `m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/16000/1\na=fmtp:97 ${fmtp.replace(/[\r\n]/g, '')}`,
          ),
      ),
    );
  });
});

function jpeg(size: { width: number; height: number } | null = null) {
  const out: { tracks: VideoTrack[]; pictures: Buffer[]; spoiled: number } = { tracks: [], pictures: [], spoiled: 0 };
  const depacketizer = createMjpegDepacketizer(size, {
    format: (track) => void out.tracks.push(track),
    picture(_timestamp, key, data, bytes) {
      const whole = Buffer.concat(data);
      expect([key, whole.length]).toEqual([true, bytes]);
      out.pictures.push(whole);
    },
    damaged: () => {
      out.spoiled++;
    },
  });
  return { depacketizer, out };
}

const head = (offset: number, type: number, q: number, more: number[] = []): number[] => [
  0,
  offset >> 16,
  (offset >> 8) & 255,
  offset & 255,
  type,
  q,
  80,
  45,
  ...more,
];

describe('Motion JPEG', () => {
  test('header and tables are rebuilt around the scan', () => {
    const { depacketizer, out } = jpeg();
    give(depacketizer, Uint8Array.from([...head(0, 1, 50), 1, 2, 3]), 0, false);
    give(depacketizer, Uint8Array.from([...head(3, 1, 50), 4, 5]), 0, true);
    const picture = out.pictures[0] ?? Buffer.alloc(0);
    expect(jpegSize(picture)).toEqual({ width: 640, height: 360 });
    expect(picture.subarray(-7).toString('hex')).toBe('0102030405ffd9');
    // at quality 50 the tables are those of the standard: 16 11 12 14 …
    expect(picture.subarray(2, 11).toString('hex')).toBe('ffdb004300100b0c0e');
    expect(out.tracks).toMatchObject([{ codec: 'mjpeg', width: 640, height: 360 }]);
  });

  test('tables in band, restart markers, sizes that the RTP header cannot say', () => {
    const { depacketizer, out } = jpeg({ width: 2560, height: 1440 });
    const tables = Array.from({ length: 128 }, (_, i) => i + 1);
    give(
      depacketizer,
      Uint8Array.from([...head(0, 65, 255, [0, 4, 0xff, 0xff]), 0, 0, 0, 128, ...tables, 9, 0xff, 0xd9]),
      0,
    );
    const picture = out.pictures[0] ?? Buffer.alloc(0);
    expect(jpegSize(picture)).toEqual({ width: 2560, height: 1440 });
    expect(picture.includes(Buffer.from([0xff, 0xdd, 0, 4, 0, 4]))).toBe(true);
    expect(picture.subarray(-3).toString('hex')).toBe('09ffd9');
  });

  test('a picture with a missing part is dropped', () => {
    const { depacketizer, out } = jpeg();
    give(depacketizer, Uint8Array.from([...head(0, 1, 50), 1, 2, 3]), 0, false);
    depacketizer.loss();
    give(depacketizer, Uint8Array.from([...head(6, 1, 50), 4, 5]), 0, true);
    give(depacketizer, Uint8Array.from([...head(0, 1, 50), 1]), 3000, true);
    expect([out.pictures.length, out.spoiled]).toEqual([1, 1]);
  });

  test('any payload: no exception', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (payloads) => {
        const { depacketizer } = jpeg();
        payloads.forEach((p, i) => {
          give(depacketizer, p, i >> 1, i % 3 === 0);
        });
      }),
    );
  });
});
