export const attribute: {
  number(name: string, value: number): Buffer;
  float(name: string, value: number): Buffer;
  text(name: string, value: string): Buffer;
  numbers(name: string, values: readonly number[]): Buffer;
};
export function node(op: string, inputs: readonly string[], output: string, attributes?: readonly Buffer[]): Buffer;
export function tensor(name: string, dims: readonly number[], data: Float32Array | BigInt64Array): Buffer;
export function floats(name: string, dims: readonly (number | string)[]): Buffer;
export function onnxFile(file: {
  name: string;
  producer: string;
  nodes: readonly Buffer[];
  constants: readonly Buffer[];
  inputs: readonly Buffer[];
  outputs: readonly Buffer[];
}): Buffer;
