/** Which providers work on this computer: each is asked to run the smallest model there is. */
import type { Provider } from '../../../workers/inference/port.ts';
import { bytesField, joinBytes, numberField } from './protobuf.ts';
import type { Runtime } from './runtime.ts';

const float = 1;

/** A value of one float (onnx.proto3: ValueInfoProto). */
const value = (number: number, name: string): Uint8Array => {
  const shape = bytesField(1, numberField(1, 1));
  const tensor = joinBytes([numberField(1, float), bytesField(2, shape)]);
  return bytesField(number, joinBytes([bytesField(1, name), bytesField(2, bytesField(1, tensor))]));
};

/** y = max(x, 0), as an ONNX file. */
export function smallestModel(): Uint8Array {
  const node = joinBytes([bytesField(1, 'x'), bytesField(2, 'y'), bytesField(4, 'Relu')]);
  const graph = joinBytes([bytesField(1, node), bytesField(2, 'g'), value(11, 'x'), value(12, 'y')]);
  const opset = joinBytes([bytesField(1, ''), numberField(2, 13)]);
  return joinBytes([numberField(1, 7), bytesField(7, graph), bytesField(8, opset)]);
}

/** Of `wanted` (null: all) those that run something here, the CPU last. */
export async function probeProviders(runtime: Runtime, wanted: readonly Provider[] | null): Promise<Provider[]> {
  const known = runtime.known();
  const asked = (wanted ?? known).filter((p) => p !== 'cpu' && known.includes(p));
  const works: Provider[] = [];
  for (const provider of asked) {
    try {
      const session = await runtime.open(smallestModel(), provider, 1);
      const { y } = await session.run({ x: runtime.floats(Float32Array.of(2), [1]) });
      await session.release();
      if (y !== undefined && y.data[0] === 2) works.push(provider);
    } catch {
      // Not on this computer: a library or a device is missing.
    }
  }
  return [...works, 'cpu'];
}
