/** Motion JPEG over RTP (RFC 2435): header and tables rebuilt, restart markers, every picture whole or not at all. */
import { mjpegTrack } from '#media/jpeg.ts';
import { createSample } from '../rtp/sample.ts';
import { type Holds, noHolds } from '../slab-pool.ts';
import type { Depacketizer, VideoHandler } from './handler.ts';
import { mostPictureBytes } from './handler.ts';
import { jpegHeader, tablesOfQuality } from './jpeg-header.ts';

const endOfImage = Uint8Array.of(0xff, 0xd9);

/** `size`: from the description, for pictures of more than 2040 pixels, which the RTP header cannot say. */
export function createMjpegDepacketizer(
  size: { width: number; height: number } | null,
  on: VideoHandler,
  holds: Holds = noHolds,
): Depacketizer {
  const sample = createSample(holds);
  const tablesOf = new Map<number, { tables: Uint8Array; precision: number }>();
  let timestamp = 0;
  let head: Buffer | null = null;
  let headKey = '';
  let active = false;
  let next = 0;
  let width = 0;
  let height = 0;
  let known = '';
  let last = 0;
  let beforeLast = 0;

  function spoil(): void {
    if (active) on.damaged(true);
    active = false;
    sample.clear();
  }

  function finish(): void {
    if (!active || head === null) return;
    active = false;
    const body = sample.bytes();
    const data = [head, ...sample.take()];
    const ended = beforeLast === 0xff && last === 0xd9;
    if (!ended) data.push(endOfImage);
    if (known !== `${width}x${height}`) {
      known = `${width}x${height}`;
      on.format(mjpegTrack(width, height), 0);
    }
    on.picture(timestamp, true, data, head.length + body + (ended ? 0 : 2));
    sample.done();
  }

  return {
    loss: spoil,
    packet({ buffer, from, to, marker }, ticks) {
      if (active && ticks !== timestamp) finish(); // its marker was not set
      timestamp = ticks;
      if (to - from < 8) {
        spoil();
        return;
      }
      const offset = buffer.readUIntBE(from + 1, 3);
      const type = buffer[from + 4] ?? 0;
      const quality = buffer[from + 5] ?? 0;
      let at = from + 8;
      let restart = 0;
      if (type >= 64 && type <= 127) {
        if (at + 4 > to) {
          spoil();
          return;
        }
        restart = buffer.readUInt16BE(at);
        at += 4;
      }
      if (offset === 0) {
        if (active) spoil();
        if ((type & 0x3f) > 1 || type > 127 || quality === 0) return;
        let tables = tablesOf.get(quality);
        if (quality >= 128) {
          if (at + 4 > to) return;
          const length = buffer.readUInt16BE(at + 2);
          const precision = buffer[at + 1] ?? 0;
          at += 4;
          if (at + length > to) return;
          if (length > 0) {
            if (length < 64 || length > 256) return;
            tables = { tables: Uint8Array.from(buffer.subarray(at, at + length)), precision };
            if (quality !== 255) tablesOf.set(quality, tables);
          }
          at += length;
        } else if (tables === undefined) {
          tables = { tables: tablesOfQuality(quality), precision: 0 };
          tablesOf.set(quality, tables);
        }
        if (tables === undefined) return;
        width = (buffer[from + 6] ?? 0) * 8;
        height = (buffer[from + 7] ?? 0) * 8;
        // 0: too large to say; and firmware that lets the number overflow
        if (size !== null && (width === 0 || height === 0 || size.width > 2040 || size.height > 2040))
          ({ width, height } = size);
        if (width === 0 || height === 0) return;
        const key = `${type & 0x3f}/${width}/${height}/${quality}/${restart}`;
        if (head === null || key !== headKey || quality === 255) {
          head = jpegHeader({ type: type & 0x3f, width, height, ...tables, restart });
          headKey = quality === 255 ? '' : key;
        }
        active = true;
        next = 0;
      } else if (!active || offset !== next) {
        spoil();
        return;
      }
      if (to > at) {
        beforeLast = to - at > 1 ? (buffer[to - 2] ?? 0) : last;
        last = buffer[to - 1] ?? 0;
        sample.add(buffer, at, to);
        next += to - at;
      }
      if (sample.bytes() > mostPictureBytes) {
        spoil();
        return;
      }
      if (marker) finish();
    },
  };
}
