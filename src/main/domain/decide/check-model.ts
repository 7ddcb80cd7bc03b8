/** Whether an ONNX file is what its manifest says, as far as the file tells without being run. Pure. */
import type { OnnxFace, OnnxValue } from '../../media/onnx/read-onnx.ts';
import type { ModelManifest, ModelReader, ModelTask } from '../model.ts';

type Told = Pick<ModelManifest, 'task' | 'reader' | 'classes' | 'sizes'>;

const taskOf: Readonly<Record<ModelReader, ModelTask>> = {
  yolox: 'detect',
  yolo: 'detect',
  ssd: 'detect',
  'ppocr-text': 'text',
  'ppocr-read': 'plate',
  'plate-slots': 'plate',
  'silero-vad': 'speech',
  'ctc-speech': 'transcribe',
};

/** What a manifest says that cannot be, in a sentence; null: it can. */
export function checkManifest(manifest: Told): string | null {
  const { task, reader, classes } = manifest;
  if (taskOf[reader] !== task) return `The reader “${reader}” is for the task “${taskOf[reader]}”, not for “${task}”.`;
  if (task !== 'detect') return null;
  if (classes.length === 0) return 'A detector needs the list of its classes.';
  if (classes.every((c) => c === null)) return 'None of its classes is one that Vigie knows.';
  return null;
}

const floats: readonly number[] = [1, 10];
const bytes = 2;

/** In what the file is another than the manifest says, in a sentence; null: nothing speaks against it. */
export function checkModel(manifest: Told, face: OnnxFace): string | null {
  const { reader, classes } = manifest;
  const [input] = face.inputs;
  const [output] = face.outputs;
  if (input === undefined || output === undefined) return 'The file has no input or no output.';
  switch (reader) {
    case 'yolox':
      return (
        onePicture(face, input, reader) ??
        rows(output, reader, '[1, rows, 5 + classes]', 2, classes.length === 0 ? null : 5 + classes.length)
      );
    case 'yolo':
      return (
        onePicture(face, input, reader) ??
        rows(output, reader, '[1, 4 + classes, rows]', 1, classes.length === 0 ? null : 4 + classes.length)
      );
    case 'ssd':
      if (input.dims !== null && input.dims.length !== 4) return wrongInput(input, reader, 'one picture');
      return face.outputs.length < 2
        ? `A model of the kind “${reader}” gives boxes and scores; this one has ${outputsOf(face)}.`
        : null;
    case 'ppocr-text':
      return onePicture(face, input, reader) ?? rank(output, reader, 4);
    case 'ppocr-read':
      return onePicture(face, input, reader) ?? rank(output, reader, 3);
    case 'plate-slots':
      if (face.inputs.length !== 1 || input.type !== bytes || !fits(input, [null, null, null, 3]))
        return wrongInput(input, reader, 'one picture of bytes, [n, height, width, 3]');
      return rank(output, reader, 3);
    case 'silero-vad':
      return ['input', 'state', 'sr'].every((name) => face.inputs.some((i) => i.name === name))
        ? null
        : `A model of the kind “${reader}” takes input, state and sr; this one takes ${face.inputs.map((i) => i.name).join(', ')}.`;
    case 'ctc-speech':
      return onlySound(face, input, reader) ?? rank(output, reader, 3);
  }
}

/** [n, samples] of floats. */
function onlySound(face: OnnxFace, input: OnnxValue, reader: ModelReader): string | null {
  if (face.inputs.length === 1 && input.type === 1 && fits(input, [null, null])) return null;
  return wrongInput(input, reader, 'sound alone, as floats of 32 bits, [n, samples]');
}

/** [n, 3, height, width] of floats. */
function onePicture(face: OnnxFace, input: OnnxValue, reader: ModelReader): string | null {
  if (face.inputs.length === 1 && floats.includes(input.type) && fits(input, [null, 3, null, null])) return null;
  return wrongInput(input, reader, 'one picture of floats, [n, 3, height, width]');
}

function rows(output: OnnxValue, reader: ModelReader, shape: string, at: number, wanted: number | null): string | null {
  if (output.dims === null) return null;
  const size = output.dims[at];
  if (output.dims.length !== 3 || (typeof size === 'number' && size < 5))
    return `A model of the kind “${reader}” gives ${shape}; this one gives ${shapeOf(output)}.`;
  if (typeof size === 'number' && wanted !== null && size !== wanted)
    return `With the classes of its manifest it would give ${wanted} numbers a row (${shape}); this one gives ${shapeOf(output)}.`;
  return null;
}

const rank = (output: OnnxValue, reader: ModelReader, sides: number): string | null =>
  output.dims === null || output.dims.length === sides
    ? null
    : `A model of the kind “${reader}” gives ${sides} sides; this one gives ${shapeOf(output)}.`;

const wrongInput = (input: OnnxValue, reader: ModelReader, wanted: string): string =>
  `A model of the kind “${reader}” takes ${wanted}; this one takes “${input.name}” ${shapeOf(input)}.`;

/** null fits any. */
const fits = (value: OnnxValue, wanted: readonly (number | null)[]): boolean =>
  value.dims === null ||
  (value.dims.length === wanted.length &&
    value.dims.every((d, i) => d === null || wanted[i] === null || d === wanted[i]));

const shapeOf = (value: OnnxValue): string =>
  value.dims === null ? 'of an unknown shape' : `[${value.dims.map((d) => d ?? 'any').join(', ')}]`;
const outputsOf = (face: OnnxFace): string =>
  face.outputs.length === 1 ? 'one output' : `${face.outputs.length} outputs`;
