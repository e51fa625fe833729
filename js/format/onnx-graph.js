/** Every layer's evaluation rule in ONNX's operators. */

import { rangeError } from '../check.js';
import { FLOAT_ATTRIBUTE, INT_ATTRIBUTE } from './onnx-schema.js';

/** @typedef {import('../layers.js').Spec} Spec */
/** @typedef {import('../layers.js').DenseLayer} DenseLayer */

/** @param {string} name @param {number} f */
const float = (name, f) => ({ name, f, type: FLOAT_ATTRIBUTE });
/** @param {string} name @param {number} i */
const int = (name, i) => ({ name, i, type: INT_ATTRIBUTE });

/** Klambauer et al. 2017, equation 2. */
const SELU = [float('alpha', 1.6732632423543772), float('gamma', 1.0507009873554805)];

/** @type {Readonly<Record<import('../core/enums.js').Activation, string>>} */
const OPERATOR = Object.freeze({
  linear: '',
  relu: 'Relu',
  tanh: 'Tanh',
  sigmoid: 'Sigmoid',
  selu: 'Selu',
});

/** Nodes in the data's order; each one's output has its name. */
class Chain {
  /** @type {Record<string, any>[]} `NodeProto`s */
  nodes = [];

  /** @param {string} value the name of what the next node takes */
  constructor(value) {
    this.value = value;
  }

  /**
   * @param {string} name
   * @param {string} op_type
   * @param {{ beside?: string[], attribute?: object[] }} [more] `beside`: what it takes after the value
   */
  then(name, op_type, { beside = [], attribute = [] } = {}) {
    this.nodes.push({ name, op_type, input: [this.value, ...beside], output: [name], attribute });
    this.value = name;
  }

  /** @param {string} name of a scalar @param {number} value */
  constant(name, value) {
    const attribute = [float('value_float', value)];
    this.nodes.push({ name, op_type: 'Constant', output: [name], attribute });
  }

  /** Calls the value in hand by another name. @param {string} name */
  rename(name) {
    this.value = name;
    /** @type {any} */ (this.nodes.at(-1)).output = [name];
  }
}

/**
 * The share of its training output that a layer has in evaluation.
 * @param {{ p: number, scaling: import('../layers.js').Scaling } | undefined} dropping
 */
export const evaluationScale = (dropping) => (dropping?.scaling === 'eval' ? 1 - dropping.p : 1);

/**
 * Zeros, whatever the value is: dropping selects, and an infinity times 0 would be NaN.
 * @param {Chain} chain
 * @param {number} i index of the layer
 */
function dropAll(chain, i) {
  chain.then(`shape_${i}`, 'Shape');
  chain.then(`zeros_${i}`, 'ConstantOfShape');
}

/**
 * y = keep x
 * @param {Chain} chain
 * @param {number} keep
 * @param {number} i
 */
function scale(chain, keep, i) {
  if (keep === 1) return;
  if (keep === 0) {
    dropAll(chain, i);
    return;
  }
  chain.constant(`keep_${i}`, keep);
  chain.then(`dropout_${i}`, 'Mul', { beside: [`keep_${i}`] });
}

/**
 * y = f(keep W x + b), W [out, in]
 * @param {Chain} chain
 * @param {DenseLayer} layer
 * @param {number} i index of the layer
 * @param {string} parameters `layers.0`: counted among dense layers
 */
function dense(chain, { activation, dropConnect }, i, parameters) {
  const keep = evaluationScale(dropConnect);
  if (keep === 0) dropAll(chain, i);
  const factor = keep === 0 || keep === 1 ? [] : [float('alpha', keep)];
  chain.then(`dense_${i}`, 'Gemm', {
    beside: [`${parameters}.weight`, `${parameters}.bias`],
    attribute: [...factor, int('transB', 1)],
  });
  if (activation === 'linear') return;
  const attribute = activation === 'selu' ? SELU : [];
  chain.then(`${activation}_${i}`, OPERATOR[activation], { attribute });
}

/**
 * Only a mean that goes through an activation is averaged over draws, and only where p leaves a variance.
 * @param {DenseLayer} layer
 * @param {number} i index of the layer
 */
function checkDrawsNothing({ activation, dropConnect: connect }, i) {
  if (connect?.inference !== 'gaussian' || activation === 'linear') return;
  if (connect.p === 0 || connect.p === 1) return;
  throw rangeError(
    `layers[${i}].dropConnect.inference`,
    "'mean' in a file: this model's evaluation averages over random draws, and no ONNX operator " +
      "makes them (a model of the same spec with 'mean' takes its weights by setParameters)",
    connect.inference,
  );
}

/**
 * @param {Spec} spec
 * @returns {Record<string, any>[]} `NodeProto`s from 'images' to 'logits' and 'probabilities'
 * @throws {RangeError} naming the layer whose evaluation draws numbers
 */
export function evaluationNodes({ layers }) {
  const chain = new Chain('images');
  let denseLayers = 0;
  for (const [i, layer] of layers.entries()) {
    if (layer.type === 'dense') {
      checkDrawsNothing(layer, i);
      dense(chain, layer, i, `layers.${denseLayers++}`);
    } else if (layer.type === 'dropout') {
      scale(chain, evaluationScale(layer), i);
    }
  }
  chain.rename('logits');
  chain.then('probabilities', 'Softmax');
  return chain.nodes;
}
