/**
 * A multilayer perceptron as an ONNX file, for the rival that reads one: Gemm, Relu, ..., Softmax.
 * The few messages that it takes of onnx.proto (https://github.com/onnx/onnx), in the encoding of
 * Protocol Buffers: a field is number * 8 + wire type, then a varint or a length and bytes.
 */

const VARINT = 0;
const BYTES = 2;
/** `TensorProto.FLOAT` and `AttributeProto.INT` */
const FLOAT = 1;
const INT = 2;
/** The first operator set whose Softmax works along one axis, and the file version of its time. */
const OPERATORS = 13;
const IR_VERSION = 7;

const utf8 = new TextEncoder();

/** @param {number} value */
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Uint8Array.from([...bytes, value]);
}

/** @param {Uint8Array[]} parts */
function join(parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * @param {[number, number | string | Uint8Array][]} fields number and value, in order
 * @returns {Uint8Array}
 */
function message(fields) {
  return join(
    fields.flatMap(([field, value]) => {
      if (typeof value === 'number') return [varint(8 * field + VARINT), varint(value)];
      const bytes = typeof value === 'string' ? utf8.encode(value) : value;
      return [varint(8 * field + BYTES), varint(bytes.length), bytes];
    }),
  );
}

/** @param {string} name @param {{ shape: number[], data: Float32Array }} parameter */
const tensor = (name, { shape, data }) =>
  message([
    ...shape.map((size) => /** @type {[number, number]} */ ([1, size])),
    [2, FLOAT],
    [8, name],
    [9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
  ]);

/** @param {string} type @param {string[]} inputs @param {string} output @param {Uint8Array[]} [attributes] */
const node = (type, inputs, output, attributes = []) =>
  message([
    ...inputs.map((input) => /** @type {[number, string]} */ ([1, input])),
    [2, output],
    [4, type],
    ...attributes.map((attribute) => /** @type {[number, Uint8Array]} */ ([5, attribute])),
  ]);

/** Rows of any number x columns. @param {string} name @param {number} columns */
const value = (name, columns) => {
  const shape = message([
    [1, message([[2, 'rows']])],
    [1, message([[1, columns]])],
  ]);
  const type = message([
    [1, FLOAT],
    [2, shape],
  ]);
  return message([
    [1, name],
    [2, message([[1, type]])],
  ]);
};

/** The weights are [out, in]. */
const TRANSPOSED = message([
  [1, 'transB'],
  [3, 1],
  [20, INT],
]);

/**
 * @param {{ weight: { shape: number[], data: Float32Array }, bias: { shape: number[], data: Float32Array } }[]} layers
 * @returns {Uint8Array} the file: 'images' [rows, in] to 'probabilities' [rows, out], ReLU between
 */
export function onnxFile(layers) {
  const last = layers.length - 1;
  const nodes = layers.flatMap((_, i) => {
    const from = i === 0 ? 'images' : `y${i - 1}`;
    return [
      node('Gemm', [from, `w${i}`, `b${i}`], `z${i}`, [TRANSPOSED]),
      i === last ? node('Softmax', [`z${i}`], 'probabilities') : node('Relu', [`z${i}`], `y${i}`),
    ];
  });
  const parameters = layers.flatMap(({ weight, bias }, i) => [
    tensor(`w${i}`, weight),
    tensor(`b${i}`, bias),
  ]);
  const graph = message([
    ...nodes.map((bytes) => /** @type {[number, Uint8Array]} */ ([1, bytes])),
    [2, 'mlp'],
    ...parameters.map((bytes) => /** @type {[number, Uint8Array]} */ ([5, bytes])),
    [11, value('images', layers[0].weight.shape[1])],
    [12, value('probabilities', layers[last].weight.shape[0])],
  ]);
  return message([
    [1, IR_VERSION],
    [7, graph],
    [8, message([[2, OPERATORS]])],
  ]);
}
