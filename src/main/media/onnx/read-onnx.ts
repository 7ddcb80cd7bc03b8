/**
 * Reads what an ONNX file says of itself (its inputs and outputs) without its weights and without running it. Hostile input: throws
 * nothing but `MediaError` and what the source throws. Field numbers: onnx.proto of ONNX 1.17 (ModelProto, GraphProto,
 * ValueInfoProto, TensorProto); wire format: Protocol Buffers, "Encoding".
 */
import { MediaError } from '../media-error.ts';

/** A file, read in small pieces. `read` gives fewer bytes only at its end. */
export type OnnxSource = { bytes: number; read(offset: number, length: number): Uint8Array };

/** null: any size. */
export type OnnxDim = number | null;
/** `type`: number of TensorProto.DataType (1 float, 2 uint8, 7 int64, 10 float16); `dims` null: not said. */
export type OnnxValue = { name: string; type: number; dims: OnnxDim[] | null };
export type OnnxFace = {
  irVersion: number;
  producer: string;
  /** What a caller gives: weights that are listed among the inputs are left out. */
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  nodes: number;
};

/** More parts than these, and a model is refused: none of use has so many. */
const mostParts = 400_000;
const mostValues = 64;
const mostDims = 16;
const windowBytes = 1 << 16;

type Field = { number: number; wire: number; value: number; start: number; end: number };

/** Looks at the file through a window that moves on. */
function createWindow(source: OnnxSource): (at: number) => number {
  let from = 0;
  let held: Uint8Array = new Uint8Array(0);
  return (at) => {
    if (at < from || at >= from + held.length) {
      from = at;
      held = source.read(at, Math.min(windowBytes, source.bytes - at));
    }
    const byte = held[at - from];
    if (byte === undefined) throw new MediaError('truncated', 'the file ends in the middle');
    return byte;
  };
}

function createFields(source: OnnxSource) {
  const byteAt = createWindow(source);
  let parts = 0;

  const varint = (from: number, end: number): { value: number; next: number } => {
    let value = 0;
    for (let n = 0; n < 10; n += 1) {
      if (from + n >= end) throw new MediaError('truncated', 'the file ends in a number');
      const byte = byteAt(from + n);
      value += (byte & 0x7f) * 2 ** (7 * n);
      if (byte < 0x80) return { value, next: from + n + 1 };
    }
    throw new MediaError('malformed', 'a number is too long');
  };

  /** The fields in [from, end), in order. A field that leads beyond `end` is `truncated`. */
  function* fields(from: number, end: number): Generator<Field> {
    let at = from;
    while (at < end) {
      parts += 1;
      if (parts > mostParts) throw new MediaError('too-large', 'it has too many parts');
      const key = varint(at, end);
      const number = Math.floor(key.value / 8);
      const wire = key.value % 8;
      if (number < 1 || number > 0x1fff_ffff) throw new MediaError('malformed', 'a field has no valid number');
      let start = key.next;
      let stop: number;
      let value = 0;
      if (wire === 0) {
        const read = varint(start, end);
        ({ value } = read);
        stop = read.next;
      } else if (wire === 2) {
        const length = varint(start, end);
        start = length.next;
        stop = start + length.value;
      } else if (wire === 1 || wire === 5) stop = start + (wire === 1 ? 8 : 4);
      else throw new MediaError('malformed', `a field has the unknown wire type ${wire}`);
      if (stop > end) throw new MediaError('truncated', 'a part is longer than what holds it');
      yield { number, wire, value, start, end: stop };
      at = stop;
    }
  }

  const text = (field: Field, most: number): string => {
    const bytes = new Uint8Array(Math.min(most, field.end - field.start));
    for (let n = 0; n < bytes.length; n += 1) bytes[n] = byteAt(field.start + n);
    let out = '';
    for (const byte of bytes) out += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?';
    return out;
  };
  return { fields, text };
}

type Fields = ReturnType<typeof createFields>;

/** Of ModelProto: wire type by field number; anything else at the top is no ONNX file. */
const topFields = new Map([
  [1, 0], // ir_version
  [2, 2], // producer_name
  [3, 2], // producer_version
  [4, 2], // domain
  [5, 0], // model_version
  [6, 2], // doc_string
  [7, 2], // graph
  [8, 2], // opset_import
  [14, 2], // metadata_props
  [20, 2], // training_info
  [25, 2], // functions
  [26, 2], // configuration
]);

/** Throws `MediaError`: 'malformed' where it is no ONNX file, 'truncated', 'too-large'. */
export function readOnnx(source: OnnxSource): OnnxFace {
  const f = createFields(source);
  let irVersion = 0;
  let producer = '';
  let graph: Pick<OnnxFace, 'inputs' | 'outputs' | 'nodes'> | null = null;
  try {
    for (const field of f.fields(0, source.bytes)) {
      if (topFields.get(field.number) !== field.wire) throw notOnnx();
      if (field.number === 1) irVersion = field.value;
      if (field.number === 2) producer = f.text(field, 80);
      if (field.number === 7) graph = readGraph(f, field.start, field.end);
    }
  } catch (error) {
    // Before anything of a model was seen, a wrong length is no sign of a truncated one: it is something else.
    if (error instanceof MediaError && error.code !== 'too-large' && !isVersion(irVersion)) throw notOnnx();
    throw error;
  }
  if (!isVersion(irVersion)) throw notOnnx();
  if (graph === null) throw new MediaError('truncated', 'the file ends before its graph');
  return { irVersion, producer, ...graph };
}

const isVersion = (version: number): boolean => version >= 1 && version < 1000;
const notOnnx = (): MediaError => new MediaError('malformed', 'this is no ONNX file');

function readGraph(f: Fields, from: number, end: number): Pick<OnnxFace, 'inputs' | 'outputs' | 'nodes'> {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const weights = new Set<string>();
  let nodes = 0;
  for (const field of f.fields(from, end)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) nodes += 1;
    else if (field.number === 5) {
      for (const part of f.fields(field.start, field.end))
        if (part.number === 8 && part.wire === 2) weights.add(f.text(part, 200));
    } else if (field.number === 11) inputs.push(readValue(f, field));
    else if (field.number === 12) outputs.push(readValue(f, field));
    if (outputs.length > mostValues) throw new MediaError('too-large', 'it has too many outputs');
  }
  const given = inputs.filter((input) => !weights.has(input.name));
  if (given.length > mostValues) throw new MediaError('too-large', 'it has too many inputs');
  return { inputs: given, outputs, nodes };
}

function readValue(f: Fields, value: Field): OnnxValue {
  const out: OnnxValue = { name: '', type: 0, dims: null };
  for (const field of f.fields(value.start, value.end)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) out.name = f.text(field, 200);
    if (field.number !== 2) continue;
    for (const kind of f.fields(field.start, field.end)) {
      if (kind.number !== 1 || kind.wire !== 2) continue; // tensor_type alone
      for (const part of f.fields(kind.start, kind.end)) {
        if (part.number === 1 && part.wire === 0) out.type = part.value;
        if (part.number === 2 && part.wire === 2) out.dims = readDims(f, part);
      }
    }
  }
  return out;
}

function readDims(f: Fields, shape: Field): OnnxDim[] {
  const dims: OnnxDim[] = [];
  for (const dim of f.fields(shape.start, shape.end)) {
    if (dim.number !== 1 || dim.wire !== 2) continue;
    let size: OnnxDim = null;
    for (const part of f.fields(dim.start, dim.end))
      if (part.number === 1 && part.wire === 0 && part.value > 0 && part.value < 2 ** 31) size = part.value;
    dims.push(size);
    if (dims.length > mostDims) throw new MediaError('too-large', 'a shape has too many sides');
  }
  return dims;
}
