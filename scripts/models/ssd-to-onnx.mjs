// An SSD of the TensorFlow detection API, as TensorFlow.js carries it, to ONNX: what comes before its input and after its scores
// is left out. TensorFlow keeps channels last, ONNX first: values between convolutions stay "planes", and are turned for a reshape.
import { attribute, floats, node, onnxFile, tensor } from './onnx-file.mjs';
import { numbers, readTfjs, text, texts } from './tfjs-model.mjs';

/** Names in the detection API's graph. */
const graphInput = 'Preprocessor/sub';
const graphBoxes = 'concat';
const graphScores = 'Postprocessor/convert_scores';
const graphAnchors = 'Postprocessor/ExpandDims';

/**
 * The ONNX file: `image` [n, 3, side, side] of red, green, blue −1 … 1; `boxes` [n, rows, 4] codes, `scores` [n, rows, 1 + classes],
 * `anchors` [rows, 4]. The same bytes each time.
 * @param {string} folder of model.json
 * @param {number} side
 * @returns {Buffer}
 * @throws {Error} on an operation that is not known
 */
export function ssdToOnnx(folder, side) {
  const { nodes, weights } = readTfjs(folder);
  const out = [];
  const constants = new Map();
  /** Of what is computed: how its dimensions lie. */
  const layout = new Map([[graphInput, 'planes']]);

  const constant = (name, dims, data) => {
    if (!constants.has(name)) constants.set(name, tensor(name, dims, data));
    return name;
  };
  const shape = (name, dims) => constant(name, [dims.length], BigInt64Array.from(dims.map(BigInt)));
  const emit = (op, inputs, name, attributes) => out.push(node(op, inputs, name, attributes));
  const onnxName = (name) => (name === graphInput ? 'image' : name);
  const weightOf = (name) => {
    const weight = weights.get(name);
    if (weight === undefined) throw new Error(`${name} is no constant`);
    return weight;
  };

  /** What an operation on each number takes: a constant with one number a channel gets the shape of planes. */
  const operand = (name, planes) => {
    const weight = weights.get(name);
    if (weight === undefined) return onnxName(name);
    const channels = weight.shape.at(-1) ?? 1;
    if (!planes || weight.data.length === 1) return constant(name, weight.shape, weight.data);
    if (channels !== weight.data.length) throw new Error(`${name} is not one number a channel`);
    return constant(`${name}/planes`, [1, channels, 1, 1], weight.data);
  };

  /** [height, width, in, out] to [out, in, height, width]; of a depthwise one to [in × out, 1, height, width]. */
  const kernel = (name, depthwise) => {
    const { shape: dims, data } = weightOf(name);
    const [height, width, ins, outs] = dims;
    const turned = new Float32Array(data.length);
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1)
        for (let i = 0; i < ins; i += 1)
          for (let o = 0; o < outs; o += 1) {
            const first = depthwise ? i * outs + o : o * ins + i;
            turned[(first * height + y) * width + x] = data[((y * width + x) * ins + i) * outs + o];
          }
    const onnxDims = depthwise ? [ins * outs, 1, height, width] : [outs, ins, height, width];
    return { name: constant(`${name}/kernel`, onnxDims, turned), groups: depthwise ? ins : 1 };
  };

  const activate = (op, input, name) => {
    if (op !== 'Relu6') return emit(op, [input], name);
    const limits = [constant('six/from', [], Float32Array.of(0)), constant('six/to', [], Float32Array.of(6))];
    return emit('Clip', [input, ...limits], name);
  };

  const convolve = ({ name, inputs, attributes }, depthwise) => {
    const { name: weight, groups } = kernel(inputs[1], depthwise);
    const [, strideY, strideX] = numbers(attributes.strides);
    const [, dilationY, dilationX] = numbers(attributes.dilations, [1, 1, 1, 1]);
    const fused = texts(attributes.fused_ops);
    const activation = fused.find((f) => f !== 'BiasAdd');
    const taken = [onnxName(inputs[0]), weight];
    if (fused.includes('BiasAdd')) {
      const bias = weightOf(inputs[2]);
      taken.push(constant(inputs[2], bias.shape, bias.data));
    }
    const to = activation === undefined ? name : `${name}/conv`;
    emit('Conv', taken, to, [
      attribute.numbers('strides', [strideY, strideX]),
      attribute.numbers('dilations', [dilationY, dilationX]),
      attribute.number('group', groups),
      attribute.text('auto_pad', text(attributes.padding) === 'SAME' ? 'SAME_UPPER' : 'VALID'),
    ]);
    if (activation !== undefined) activate(activation, to, name);
    layout.set(name, 'planes');
  };

  const arithmetic = (op) => (n) => {
    const lies = layout.get(n.inputs[0]) ?? layout.get(n.inputs[1]);
    emit(
      op,
      n.inputs.map((i) => operand(i, lies === 'planes')),
      n.name,
    );
    layout.set(n.name, lies);
  };
  const activation = (n) => {
    activate(n.op, operand(n.inputs[0], false), n.name);
    layout.set(n.name, layout.get(n.inputs[0]));
  };

  const normalize = (n) => {
    const parts = n.inputs.slice(1).map((name) => constant(name, weightOf(name).shape, weightOf(name).data));
    emit('BatchNormalization', [onnxName(n.inputs[0]), ...parts], n.name, [
      attribute.float('epsilon', n.attributes.epsilon?.f ?? 1e-3),
    ]);
    layout.set(n.name, 'planes');
  };

  /** Whatever the shape was computed from, the first dimension is the number of pictures: 0 leaves it as it is. */
  const reshaped = (n) => {
    const [from, by] = n.inputs;
    const dims = weights.has(by)
      ? [...weightOf(by).data]
      : nodes.get(by).inputs.map((i) => (weights.has(i) ? weightOf(i).data[0] : 0));
    let source = onnxName(from);
    if (layout.get(from) === 'planes') {
      emit('Transpose', [source], `${n.name}/last`, [attribute.numbers('perm', [0, 2, 3, 1])]);
      source = `${n.name}/last`;
    }
    emit('Reshape', [source, shape(`${n.name}/shape`, [0, ...dims.slice(1)])], n.name);
    layout.set(n.name, 'rows');
  };

  const operations = {
    Conv2D: (n) => convolve(n, false),
    _FusedConv2D: (n) => convolve(n, false),
    DepthwiseConv2dNative: (n) => convolve(n, true),
    FusedDepthwiseConv2dNative: (n) => convolve(n, true),
    Add: arithmetic('Add'),
    AddV2: arithmetic('Add'),
    AddN: arithmetic('Sum'),
    BiasAdd: arithmetic('Add'),
    Mul: arithmetic('Mul'),
    Sub: arithmetic('Sub'),
    Relu: activation,
    Relu6: activation,
    Sigmoid: activation,
    Identity: activation,
    FusedBatchNorm: normalize,
    FusedBatchNormV3: normalize,
    Reshape: reshaped,
    Squeeze: (n) => {
      const axes = numbers(n.attributes.squeeze_dims);
      emit('Squeeze', [onnxName(n.inputs[0]), shape(`${n.name}/axes`, axes)], n.name);
      layout.set(n.name, 'rows');
    },
    ConcatV2: (n) => {
      const parts = n.inputs.slice(0, -1);
      const axis = weightOf(n.inputs.at(-1)).data[0];
      const planes = layout.get(parts[0]) === 'planes';
      emit(
        'Concat',
        parts.map((p) => onnxName(p)),
        n.name,
        [attribute.number('axis', planes ? [0, 2, 3, 1].at(axis) : axis)],
      );
      layout.set(n.name, layout.get(parts[0]));
    },
  };

  const done = new Set([graphInput]);
  const visit = (name) => {
    if (done.has(name) || weights.has(name)) return;
    done.add(name);
    const n = nodes.get(name);
    if (n === undefined) throw new Error(`the graph has no ${name}`);
    const operation = operations[n.op];
    if (operation === undefined) throw new Error(`${name}: the operation ${n.op} is not known`);
    // What the shape of a reshape was computed from is not wanted.
    for (const input of n.op === 'Reshape' ? n.inputs.slice(0, 1) : n.inputs) visit(input);
    operation(n);
  };
  visit(graphBoxes);
  visit(graphScores);

  const anchors = weightOf(graphAnchors);
  const rows = anchors.data.length / 4;
  emit('Reshape', [graphBoxes, shape('boxes/shape', [0, rows, 4])], 'boxes');
  emit('Reshape', [graphScores, shape('scores/shape', [0, rows, -1])], 'scores');
  emit('Identity', [constant('anchors/all', [rows, 4], anchors.data)], 'anchors');
  return onnxFile({
    name: 'ssd',
    producer: 'vigie',
    nodes: out,
    constants: [...constants.values()],
    inputs: [floats('image', ['n', 3, side, side])],
    outputs: [floats('boxes', ['n', rows, 4]), floats('scores', ['n', rows, 'classes']), floats('anchors', [rows, 4])],
  });
}
