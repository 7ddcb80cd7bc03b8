import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mjpegTrack } from '../jpeg.ts';
import { parseInit } from './read-init.ts';
import { readKeyIndex, readerOf, scanFragments } from './scan.ts';
import { lengthenData, roundUpInit, upTo } from './spare-room.ts';
import { parseFragment } from './read-fragment.ts';
import { bytesBeforeMoof, writeFragmentHead, writeIndex } from './write-fragment.ts';
import { writeInit } from './write-init.ts';

const track = mjpegTrack(1280, 720);
const t0 = 1_790_000_000_000_000;

describe('a segment whose writes end on blocks', () => {
  it('is read as the same pictures, fragments and key frames, wherever its bytes end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(1, 512, 4096),
        fc.array(fc.array(fc.integer({ min: 1, max: 6000 }), { minLength: 1, maxLength: 4 }), {
          minLength: 1,
          maxLength: 6,
        }),
        async (block, sizes) => {
          const init = roundUpInit(writeInit(track, null, t0), block);
          expect(init.length % block).toBe(0);
          expect(parseInit(init)).toEqual({ ...parseInit(writeInit(track, null, t0)), bytes: init.length });
          const parts: Uint8Array[] = [init];
          let position = init.length;
          let dtsUs = t0;
          const keys: { moofOffset: number; timeUs: number }[] = [];
          for (const [i, of] of sizes.entries()) {
            const video = of.map((bytes, n) => ({
              track: 'video' as const,
              key: true,
              ptsUs: dtsUs + n * 40_000,
              dtsUs: dtsUs + n * 40_000,
              data: [new Uint8Array(bytes).fill(i + 1)],
              bytes,
            }));
            keys.push({ moofOffset: position + bytesBeforeMoof, timeUs: dtsUs - t0 });
            dtsUs += of.length * 40_000;
            const head = writeFragmentHead({
              sequence: i + 1,
              originUs: t0,
              delayUs: 0,
              video,
              videoEndUs: dtsUs,
              audio: [],
              audioEndUs: 0,
            });
            const bytes = head.length + of.reduce((a, b) => a + b, 0);
            const room = upTo(position + bytes, block);
            lengthenData(head, room);
            parts.push(head, ...video.flatMap((u) => u.data), new Uint8Array(room));
            position += bytes + room;
            expect(position % block).toBe(0);
          }
          parts.push(writeIndex(keys, 0, position, block));
          const file = new Uint8Array(Buffer.concat(parts));
          expect(file.length % block).toBe(0);
          const read = parseInit(file);
          const scan = await scanFragments(readerOf(file), file.length, read);
          expect(scan.rest).toBe('index');
          expect(scan.fragments.map((f) => f.startUs)).toEqual(keys.map((k) => t0 + k.timeUs));
          expect(await readKeyIndex(readerOf(file), file.length, read)).toEqual(
            keys.map((k) => ({ offset: k.moofOffset - bytesBeforeMoof, timeUs: k.timeUs })),
          );
          const back = scan.fragments.flatMap(
            (f) => parseFragment(file.subarray(f.offset, f.offset + f.bytes), read).units,
          );
          expect(back.map((u) => u.data.map((d) => d.length))).toEqual(sizes.flat().map((n) => [n]));
          // Without its index it ends with its last fragment: nothing is left over.
          const open = file.subarray(0, position);
          expect(await scanFragments(readerOf(open), open.length, read)).toMatchObject({
            rest: 'nothing',
            wholeBytes: position,
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
