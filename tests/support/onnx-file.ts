/** Writes small ONNX files (onnx.proto, Protocol Buffers wire format): what a model says of itself, and weights of any size. */

export type WrittenValue = { name: string; type: number; dims: (number | string)[] | null };
export type WrittenModel = {
  inputs: WrittenValue[];
  outputs: WrittenValue[];
  /** Names of initializers, and how many bytes each has. */
  weights?: [string, number][];
  nodes?: number;
};

const varint = (value: number): number[] => {
  const out: number[] = [];
  let rest = value;
  do {
    const byte = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(rest > 0 ? byte + 128 : byte);
  } while (rest > 0);
  return out;
};
const number = (field: number, value: number): Buffer => Buffer.from([...varint(field * 8), ...varint(value)]);
const part = (field: number, ...bodies: (Buffer | string)[]): Buffer => {
  const body = Buffer.concat(bodies.map((b) => (typeof b === 'string' ? Buffer.from(b) : b)));
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(body.length)]), body]);
};

const value = (field: number, v: WrittenValue): Buffer => {
  const shape =
    v.dims === null ? [] : [part(2, ...v.dims.map((d) => part(1, typeof d === 'number' ? number(1, d) : part(2, d))))];
  return part(field, part(1, v.name), part(2, part(1, number(1, v.type), ...shape)));
};

export function onnxFile(model: WrittenModel): Buffer {
  const nodes = Array.from({ length: model.nodes ?? 1 }, (_, n) =>
    part(1, part(1, `in${n}`), part(2, `out${n}`), part(4, 'Relu')),
  );
  const weights = (model.weights ?? []).map(([name, bytes]) =>
    part(5, number(1, bytes), number(2, 2), part(8, name), part(9, Buffer.alloc(bytes, 7))),
  );
  const graph = part(
    7,
    ...nodes,
    part(2, 'graph'),
    ...weights,
    ...model.inputs.map((v) => value(11, v)),
    ...model.outputs.map((v) => value(12, v)),
  );
  return Buffer.concat([number(1, 8), part(2, 'vigie-test'), graph, part(8, part(1, ''), number(2, 17))]);
}

/** A detector as YOLOX exports it, of this many classes. */
export const yoloxFile = (classes: number, bytes = 4_000): Buffer =>
  onnxFile({
    inputs: [{ name: 'images', type: 1, dims: [1, 3, 416, 416] }],
    outputs: [{ name: 'output', type: 1, dims: [1, 3549, 5 + classes] }],
    weights: [['w', bytes]],
  });
