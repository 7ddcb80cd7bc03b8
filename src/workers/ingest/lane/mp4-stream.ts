/**
 * Reads a fragmented MP4 as it comes through a pipe: whole boxes are cut from the stream, the header gives the tracks, each
 * fragment its units. Times are the stream's own (they start anywhere), in microseconds.
 */
import type { AccessUnit } from '#media/format.ts';
import { parseFragment } from '#media/mp4/read-fragment.ts';
import { type Mp4Init, parseInit } from '#media/mp4/read-init.ts';

const maxBoxBytes = 32 * 1024 * 1024;

/**
 * A producer reference time (ISO/IEC 14496-12 §8.16.5) that ties media time 0 to the year 2000: pipes from ffmpeg carry none,
 * and only differences are used.
 */
function anchorBox(trackId: number): Buffer {
  const box = Buffer.alloc(32);
  box.writeUInt32BE(32, 0);
  box.write('prft', 4, 'latin1');
  box.writeUInt8(1, 8);
  box.writeUInt32BE(trackId, 12);
  box.writeUInt32BE(2_208_988_800 + 946_684_800, 16);
  return box;
}

export type Mp4Stream = {
  /** Takes the next bytes. Throws `MediaError` on what cannot be read, and `RangeError` on a box of more than 32 MiB. */
  push(chunk: Buffer): void;
};

export function createMp4Stream(on: { init(init: Mp4Init): void; units(units: AccessUnit[]): void }): Mp4Stream {
  let chunks: Buffer[] = [];
  let held = 0;
  /** Bytes that must be there before there is anything to do. */
  let need = 8;
  let header: Buffer | null = null;
  let init: Mp4Init | null = null;
  let moof: Buffer | null = null;

  function box(type: string, bytes: Buffer): void {
    switch (type) {
      case 'ftyp':
        header = bytes;
        break;
      case 'moov':
        init = parseInit(Buffer.concat(header === null ? [bytes] : [header, bytes]));
        on.init(init);
        break;
      case 'moof':
        moof = bytes;
        break;
      case 'mdat':
        if (moof !== null && init !== null)
          on.units(parseFragment(Buffer.concat([anchorBox(init.video.id), moof, bytes]), init).units);
        moof = null;
        break;
    }
  }

  return {
    push(chunk) {
      chunks.push(chunk);
      held += chunk.length;
      if (held < need) return;
      let all = chunks.length === 1 ? chunk : Buffer.concat(chunks);
      for (;;) {
        if (all.length < 8) {
          need = 8;
          break;
        }
        const size = all.readUInt32BE(0);
        if (size < 8 || size > maxBoxBytes) throw new RangeError('a box of impossible size');
        if (all.length < size) {
          need = size;
          break;
        }
        box(all.toString('latin1', 4, 8), all.subarray(0, size));
        all = all.subarray(size);
      }
      chunks = [all];
      held = all.length;
    },
  };
}
