import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onnxFile, yoloxFile } from '../../../../tests/support/onnx-file.ts';
import { MediaError } from '../media-error.ts';
import { readOnnx, type OnnxSource } from './read-onnx.ts';

const sourceOf = (bytes: Uint8Array): OnnxSource => ({
  bytes: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
});
const codeOf = (bytes: Uint8Array): string => {
  try {
    readOnnx(sourceOf(bytes));
    return 'read';
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    return error.code;
  }
};
const value = fc.record({
  name: fc.stringMatching(/^[a-z]{1,20}$/),
  type: fc.integer({ min: 1, max: 20 }),
  dims: fc.option(fc.array(fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.constant('N')), { maxLength: 6 })),
});

describe('what an ONNX file says of itself', () => {
  it('is read as it was written, whatever weights it has', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 4 }),
        fc.array(value, { minLength: 1, maxLength: 4 }),
        fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 3 }),
        fc.nat(20),
        (inputs, outputs, sizes, nodes) => {
          const weights = sizes.map((bytes, n): [string, number] => [`W${n}`, bytes]);
          // Old files list their weights among the inputs too.
          const listed = weights.map(([name, bytes]) => ({ name, type: 2, dims: [bytes + 1] }));
          const face = readOnnx(sourceOf(onnxFile({ inputs: [...inputs, ...listed], outputs, weights, nodes })));
          const known = (v: (typeof inputs)[number]) => ({
            ...v,
            dims: v.dims?.map((d) => (typeof d === 'number' ? d : null)) ?? null,
          });
          expect(face).toEqual({
            irVersion: 8,
            producer: 'vigie-test',
            inputs: inputs.map(known),
            outputs: outputs.map(known),
            nodes,
          });
        },
      ),
    );
  });

  it('is refused as truncated wherever the file is cut after its first field, and as something else before', () => {
    const whole = yoloxFile(80, 300);
    const graphEnds = whole.length - 6; // the operator set after it has six bytes
    expect(codeOf(whole)).toBe('read');
    for (let cut = 0; cut < graphEnds; cut += 1)
      expect(codeOf(whole.subarray(0, cut)), String(cut)).toBe(cut < 2 ? 'malformed' : 'truncated');
  });

  it('never throws anything else, nor takes long, on other bytes', () => {
    const whole = yoloxFile(3, 40);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }), (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        codeOf(bytes);
      }),
      { numRuns: 2_000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void codeOf(bytes)));
    expect(codeOf(Buffer.from('<!DOCTYPE html><title>Not found</title>'))).toBe('malformed');
    expect(codeOf(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:1'))).toBe('malformed');
    expect(codeOf(Buffer.alloc(3_000_000, Buffer.from([8, 8])))).toBe('too-large');
  });

  const shared = join(
    process.env['VIGIE_TEST_SHARED'] ?? resolve(import.meta.dirname, '../../../../../shared'),
    'models',
  );
  it.skipIf(!existsSync(shared))('reads real models (of the folder beside the repository)', () => {
    const faceOf = (name: string) => {
      const fd = openSync(join(shared, name), 'r');
      try {
        const reads: number[] = [];
        const face = readOnnx({
          bytes: fstatSync(fd).size,
          read(offset, length) {
            reads.push(length);
            const piece = Buffer.alloc(length);
            return piece.subarray(0, readSync(fd, piece, 0, length, offset));
          },
        });
        return { ...face, reads: reads.length };
      } finally {
        closeSync(fd);
      }
    };
    expect(faceOf('yolox_nano_416.onnx')).toMatchObject({
      inputs: [{ name: 'images', type: 1, dims: [1, 3, 416, 416] }],
      outputs: [{ name: 'output', type: 1, dims: [1, 3549, 85] }],
    });
    expect(faceOf('cct_xs_v1_global.onnx')).toMatchObject({
      inputs: [{ name: 'input', type: 2, dims: [null, 64, 128, 3] }],
    });
  });
});
