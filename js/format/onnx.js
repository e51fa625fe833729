/** A model as an ONNX file. */

import { rangeError, typeError } from '../check.js';
import { summarize, unitsOf } from '../summary.js';
import { VERSION } from '../version.js';
import { evaluationNodes } from './onnx-graph.js';
import { FLOAT_TENSOR, encodeModel } from './onnx-schema.js';

/** @typedef {import('../model.js').Model} Model */
/** @typedef {import('../layers.js').Spec} Spec */

/** The first operator set whose Softmax works along one axis: what every runtime since 2020 reads. */
const OPERATORS = 13;
/** The file version of that operator set's release (ONNX 1.8). */
const IR_VERSION = 7;
/**
 * Protocol Buffers read messages below 2^31 bytes; 2^22 of them are room for 1024 layers' names and
 * the spec.
 */
const MAX_PARAMETER_BYTES = 2 ** 31 - 2 ** 22;

/**
 * A trained network as one ONNX file (operator set 13) that gives what the model gives in evaluation:
 * dropout is off, and what each layer's evaluation rule multiplies by is in the graph.
 *
 * Input: `images`, float32 [rows, input], any number of rows, the values as the model takes them:
 * bytes / 255. Outputs: `logits` and `probabilities` (their softmax), float32 [rows, units of the
 * last layer]. Initializers have PyTorch's names and shapes: `layers.i.weight` [out, in],
 * `layers.i.bias` [out]. `metadata_props.spec` is the spec as JSON.
 *
 * @param {Model} model also while it trains: the file is of one step's weights
 * @returns {Promise<Uint8Array<ArrayBuffer>>} the file, in a buffer of its own
 * @throws {TypeError} where `model` is none
 * @throws {RangeError} naming the layer whose evaluation draws numbers (DropConnect's inference
 *   'gaussian', which no operator expresses), or for parameters past 2 GiB, Protocol Buffers' limit
 * @throws {import('../errors.js').DisposedError}
 */
export async function exportOnnx(model) {
  // By its methods and not by its class: two builds of the package in one program have two.
  if (typeof model?.spec !== 'function' || typeof model.parameters !== 'function') {
    throw typeError('model', 'a Model, as createModel gives it', model);
  }
  const spec = await model.spec();
  const node = evaluationNodes(spec);
  checkSize(spec);
  const parameters = Object.entries(await model.parameters());
  const initializer = parameters.map(([name, { shape, data }]) => ({
    name,
    data_type: FLOAT_TENSOR,
    dims: shape,
    raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  }));
  const units = unitsOf(spec, spec.layers.length - 1);
  const input = [rowsOf('images', spec.input, 'values as the model takes them: bytes / 255')];
  const output = [
    rowsOf('logits', units, 'what the last layer gives'),
    rowsOf('probabilities', units, 'softmax of the logits'),
  ];
  return encodeModel({
    ir_version: IR_VERSION,
    opset_import: [{ version: OPERATORS }],
    producer_name: 'dropout-wasm',
    producer_version: VERSION,
    metadata_props: [{ key: 'spec', value: JSON.stringify(spec) }],
    graph: { name: 'perceptron', node, initializer, input, output },
  });
}

/** @param {Spec} spec */
function checkSize(spec) {
  const bytes = 4 * summarize(spec).parameters;
  if (bytes > MAX_PARAMETER_BYTES) {
    throw rangeError("bytes of the model's parameters", `<= ${MAX_PARAMETER_BYTES}`, bytes);
  }
}

/** @param {string} name @param {number} columns @param {string} doc_string */
const rowsOf = (name, columns, doc_string) => ({
  name,
  doc_string,
  type: {
    tensor_type: {
      elem_type: FLOAT_TENSOR,
      shape: { dim: [{ dim_param: 'rows' }, { dim_value: columns }] },
    },
  },
});
