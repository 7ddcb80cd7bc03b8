/** A model without sizes in its graph runs at other sizes than the one it was written for, once its declared input says so. */
import { ModelError } from './model-error.ts';
import { bytesField, type Field, fieldsOf, joinBytes, numberField } from './protobuf.ts';

/** Field numbers of onnx.proto3. */
const onnx = {
  model: { graph: 7 },
  graph: { input: 11, output: 12, valueInfo: 13 },
  valueInfo: { name: 1, type: 2 },
  type: { tensor: 1 },
  tensor: { elementType: 1, shape: 2 },
  shape: { dim: 1 },
  dim: { value: 1 },
} as const;

/** The message again, with what `change` makes of a field: other bytes, or nothing. */
function edit(message: Uint8Array, change: (field: Field) => Uint8Array | null): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const field of fieldsOf(message)) {
    const piece = change(field);
    if (piece !== null) pieces.push(piece);
  }
  return joinBytes(pieces);
}

const within =
  (number: number, inner: (bytes: Uint8Array) => Uint8Array) =>
  (field: Field): Uint8Array =>
    field.number === number && field.wire === 2 ? bytesField(number, inner(field.bytes)) : field.whole;

const nameOf = (info: Uint8Array): string => {
  for (const { number, bytes } of fieldsOf(info)) {
    if (number === onnx.valueInfo.name) return new TextDecoder().decode(bytes);
  }
  return '';
};

/** Of a value's declaration, its type with another shape. */
const withShape = (info: Uint8Array, shape: (bytes: Uint8Array) => Uint8Array | null): Uint8Array =>
  edit(
    info,
    within(onnx.valueInfo.type, (type) =>
      edit(
        type,
        within(onnx.type.tensor, (tensor) =>
          edit(tensor, (field) => {
            if (field.number !== onnx.tensor.shape) return field.whole;
            const changed = shape(field.bytes);
            return changed === null ? null : bytesField(onnx.tensor.shape, changed);
          }),
        ),
      ),
    ),
  );

/**
 * The same model for an input [n, channels, height, width] of another size; shapes that follow from it are left to the runtime. Throws
 * `ModelError` where the file is no ONNX file.
 */
export function resizeGraph(model: Uint8Array, input: string, size: { width: number; height: number }): Uint8Array {
  const dims = (shape: Uint8Array): Uint8Array => {
    let index = 0;
    return edit(shape, (field) => {
      if (field.number !== onnx.shape.dim) return field.whole;
      const at = index;
      index += 1;
      if (at !== 2 && at !== 3) return field.whole;
      return bytesField(onnx.shape.dim, numberField(onnx.dim.value, at === 2 ? size.height : size.width));
    });
  };
  try {
    return edit(
      model,
      within(onnx.model.graph, (graph) =>
        edit(graph, (field) => {
          switch (field.number) {
            case onnx.graph.valueInfo:
              return null;
            case onnx.graph.output:
              return bytesField(
                onnx.graph.output,
                withShape(field.bytes, () => null),
              );
            case onnx.graph.input:
              return nameOf(field.bytes) === input
                ? bytesField(onnx.graph.input, withShape(field.bytes, dims))
                : field.whole;
            default:
              return field.whole;
          }
        }),
      ),
    );
  } catch (error) {
    if (error instanceof RangeError) throw new ModelError('not-a-model', 'The file is no ONNX file.', error);
    throw error;
  }
}
