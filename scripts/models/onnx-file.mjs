// Writes ONNX files: as much of onnx.proto3 as the project's own conversion needs.

const varint = (value) => {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
};
const key = (field, wire) => varint(field * 8 + wire);
const number = (field, value) => Buffer.concat([key(field, 0), varint(value)]);
const block = (field, content) => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([key(field, 2), varint(bytes.length), bytes]);
};
const float = (field, value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([key(field, 5), bytes]);
};

/** Attributes of a node (AttributeProto): of one number, one float, one text, or several numbers. */
export const attribute = {
  number: (name, value) => Buffer.concat([block(1, name), number(3, value), number(20, 2)]),
  float: (name, value) => Buffer.concat([block(1, name), float(2, value), number(20, 1)]),
  text: (name, value) => Buffer.concat([block(1, name), block(4, value), number(20, 3)]),
  numbers: (name, values) => Buffer.concat([block(1, name), ...values.map((v) => number(8, v)), number(20, 7)]),
};

/** A node of one output, called as that (NodeProto). */
export const node = (op, inputs, output, attributes = []) =>
  Buffer.concat([
    ...inputs.map((name) => block(1, name)),
    block(2, output),
    block(3, output),
    block(4, op),
    ...attributes.map((a) => block(5, a)),
  ]);

/** A constant (TensorProto): Float32Array, or BigInt64Array for shapes. */
export const tensor = (name, dims, data) =>
  Buffer.concat([
    ...dims.map((d) => number(1, d)),
    number(2, data instanceof BigInt64Array ? 7 : 1),
    block(8, name),
    block(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)),
  ]);

/** A value of floats; a dimension that is a text is free (ValueInfoProto). */
export const floats = (name, dims) => {
  const shape = dims.map((d) => block(1, typeof d === 'string' ? block(2, d) : number(1, d)));
  return Buffer.concat([
    block(1, name),
    block(2, block(1, Buffer.concat([number(1, 1), block(2, Buffer.concat(shape))]))),
  ]);
};

/** The file (ModelProto), of operator set 13. */
export function onnxFile({ name, producer, nodes, constants, inputs, outputs }) {
  const graph = Buffer.concat([
    ...nodes.map((n) => block(1, n)),
    block(2, name),
    ...constants.map((c) => block(5, c)),
    ...inputs.map((v) => block(11, v)),
    ...outputs.map((v) => block(12, v)),
  ]);
  return Buffer.concat([
    number(1, 7),
    block(2, producer),
    block(7, graph),
    block(8, Buffer.concat([block(1, ''), number(2, 13)])),
  ]);
}
