/**
 * Layers as plain objects, so that a whole network is JSON. A builder and a hand-written object go
 * through the same checks and come out the same.
 */

import { ACTIVATIONS, MASKS, SCALINGS } from './core/enums.js';
import {
  DEFAULTS,
  LIMITS,
  RUNTIME_KEYS,
  checkInteger,
  checkKeys,
  checkNumber,
  checkOneOf,
  checkProbability,
  rangeError,
  resolveSeed,
  show,
  typeError,
} from './options.js';

/** @typedef {import('./core/enums.js').Activation} Activation */
/** @typedef {import('./core/enums.js').Mask} Mask */
/** @typedef {import('./core/enums.js').Scaling} Scaling */
/** @typedef {'mean' | 'gaussian'} Inference */
/** @typedef {{ p: number, mask: Mask, scaling: Scaling, inference: Inference, draws: number }} DropConnect */
/** @typedef {{ type: 'dense', units: number, activation: Activation, dropConnect?: DropConnect, maxNorm?: number }} DenseLayer */
/** @typedef {{ type: 'dropout', p: number, mask: Mask, scaling: Scaling }} DropoutLayer */
/** @typedef {{ type: 'gaussianDropout', p: number }} GaussianDropoutLayer */
/** @typedef {{ type: 'alphaDropout', p: number }} AlphaDropoutLayer */
/** @typedef {DenseLayer | DropoutLayer | GaussianDropoutLayer | AlphaDropoutLayer} Layer */
/** @typedef {{ input: number, layers: Layer[], seed: number }} Spec */

/**
 * What a user may write for a `Layer` and a `Spec`: the same with defaults left out.
 * @typedef {Partial<Omit<DropConnect, 'p'>> & { p?: number }} DropConnectOptions
 * @typedef {{ type: 'dense', units: number, activation?: Activation, dropConnect?: number | DropConnectOptions, maxNorm?: number } | { type: 'gaussianDropout' | 'alphaDropout', p?: number } | { type: 'dropout', p?: number, mask?: Mask, scaling?: Scaling }} LayerInput
 * @typedef {{ input: number, layers: LayerInput[], seed?: number }} SpecInput
 */

/** @type {readonly Inference[]} */
const INFERENCES = ['mean', 'gaussian'];

/**
 * Every kind of layer: its keys, and how they are checked and filled in. `path` goes before each
 * key in an error's message ('layers[2].').
 * @type {Readonly<Record<string, { keys: string[], resolve: (layer: any, path: string) => Layer }>>}
 */
const KINDS = Object.freeze({
  dense: { keys: ['units', 'activation', 'dropConnect', 'maxNorm'], resolve: resolveDense },
  dropout: { keys: ['p', 'mask', 'scaling'], resolve: resolveDropout },
  gaussianDropout: { keys: ['p'], resolve: resolveGaussian },
  alphaDropout: { keys: ['p'], resolve: resolveAlpha },
});

/**
 * @param {any} layer
 * @param {string} path
 * @returns {DenseLayer}
 */
function resolveDense(
  { units, activation = DEFAULTS.layer.activation, dropConnect, maxNorm },
  path,
) {
  return {
    type: 'dense',
    units: checkInteger(units, `${path}units`, LIMITS.units),
    activation: checkOneOf(activation, ACTIVATIONS, `${path}activation`),
    ...(dropConnect !== undefined && {
      dropConnect: resolveDropConnect(dropConnect, `${path}dropConnect`),
    }),
    ...(maxNorm !== undefined && {
      maxNorm: checkNumber(maxNorm, `${path}maxNorm`, LIMITS.maxNorm),
    }),
  };
}

/**
 * @param {unknown} dropConnect a probability alone will do
 * @param {string} name
 * @returns {DropConnect}
 */
function resolveDropConnect(dropConnect, name) {
  const isShort = typeof dropConnect !== 'object' || dropConnect === null;
  if (isShort) checkProbability(dropConnect, name);
  const options = isShort ? { p: dropConnect } : dropConnect;
  const {
    p = DEFAULTS.layer.p,
    mask = DEFAULTS.layer.dropConnectMask,
    scaling = DEFAULTS.layer.scaling,
    inference = /** @type {Inference} */ (DEFAULTS.layer.inference),
    draws = DEFAULTS.layer.draws,
  } = checkKeys(/** @type {any} */ (options), DROP_CONNECT_KEYS, name);
  const resolved = {
    p: checkProbability(p, `${name}.p`),
    mask: checkOneOf(mask, MASKS, `${name}.mask`),
    scaling: checkOneOf(scaling, SCALINGS, `${name}.scaling`),
    inference: checkOneOf(inference, INFERENCES, `${name}.inference`),
    draws: checkInteger(draws, `${name}.draws`, LIMITS.draws),
  };
  if (inference === 'gaussian' && scaling === 'none') {
    throw rangeError(`${name}.inference`, "'mean' where scaling is 'none'", inference);
  }
  if (inference === 'gaussian' && scaling === 'train' && p === 1) {
    throw rangeError(`${name}.p`, 'below 1 for Gaussian inference: its variance is infinite', p);
  }
  return resolved;
}

const DROP_CONNECT_KEYS = ['p', 'mask', 'scaling', 'inference', 'draws'];

/**
 * @param {any} layer
 * @param {string} path
 * @returns {GaussianDropoutLayer}
 */
function resolveGaussian({ p = DEFAULTS.layer.p }, path) {
  checkProbability(p, `${path}p`);
  if (p === 1) throw rangeError(`${path}p`, 'below 1: the variance would be infinite', p);
  return { type: 'gaussianDropout', p };
}

/**
 * @param {any} layer
 * @param {string} path
 * @returns {AlphaDropoutLayer}
 */
function resolveAlpha({ p = DEFAULTS.layer.p }, path) {
  return { type: 'alphaDropout', p: checkProbability(p, `${path}p`) };
}

/**
 * @param {any} layer
 * @param {string} path
 * @returns {DropoutLayer}
 */
function resolveDropout(layer, path) {
  const { p, mask, scaling } = layer;
  return {
    type: 'dropout',
    p: checkProbability(p === undefined ? DEFAULTS.layer.p : p, `${path}p`),
    mask: checkOneOf(mask === undefined ? DEFAULTS.layer.mask : mask, MASKS, `${path}mask`),
    scaling: checkOneOf(
      scaling === undefined ? DEFAULTS.layer.scaling : scaling,
      SCALINGS,
      `${path}scaling`,
    ),
  };
}

/**
 * A fully connected layer: activation(W v + b), W of shape [units, inputs]. Weights and biases
 * begin uniform in (-1/sqrt(inputs), 1/sqrt(inputs)), as PyTorch's `nn.Linear`; for 'selu' weights
 * begin normal with variance 1/inputs, biases 0 (Klambauer et al. 2017).
 *
 * @param {number} units 1 to 65536
 * @param {object} [options]
 * @param {Activation} [options.activation] 'linear'
 * @param {number | DropConnectOptions} [options.dropConnect] drops single weights while training,
 *   never biases (Wan et al. 2013): a probability, or `{ p: 0.5, mask: 'batch', scaling: 'train',
 *   inference: 'mean', draws: 1000 }`. p: 0 to 1, below 1 with inference 'gaussian' and scaling
 *   'train'; draws: 1 to 1,000,000. mask: 'batch' draws once a step, 'element' for every row
 *   (slow: a draw a weight and row). inference: 'mean' evaluates with the mean weights, 'gaussian'
 *   averages the activation over `draws` of the Gaussian that has the mean and variance of W v + b
 *   over masks (section 3.2 there); not with scaling 'none'
 * @param {number} [options.maxNorm] after each step a unit's incoming weights are scaled back to this
 *   norm, 2^-126 to the largest float32 (Srivastava et al. 2014, section 5.1); none by default
 * @returns {DenseLayer}
 * @throws {TypeError | RangeError} naming the option and the value
 */
export function dense(units, options = {}) {
  checkKeys(options, KINDS.dense.keys.slice(1), 'options of dense');
  return resolveDense({ ...options, units }, '');
}

/**
 * Drops units while training (Srivastava et al. 2014). In evaluation nothing is drawn.
 *
 * @param {number} [p] 0 to 1, 0.5: the probability of dropping; keep = 1 - p
 * @param {object} [options]
 * @param {Mask} [options.mask] 'element' (default): a draw for every row and unit; 'batch': one a
 *   unit and step, shared by all rows
 * @param {Scaling} [options.scaling] 'train' (default): what is kept is multiplied by 1 / keep while
 *   training, evaluation is the identity; 'eval': evaluation multiplies by keep; 'none': neither
 * @returns {DropoutLayer}
 * @throws {TypeError | RangeError} naming the option and the value
 */
export function dropout(p = DEFAULTS.layer.p, options = {}) {
  checkKeys(options, ['mask', 'scaling'], 'options of dropout');
  return resolveDropout({ ...options, p }, '');
}

/**
 * Multiplies by N(1, variance p / keep) while training, a draw for every row and unit (Srivastava et
 * al. 2014, section 10). Evaluation is the identity.
 *
 * @param {number} [p] 0 to below 1, 0.5
 * @param {never[]} options there are none
 * @returns {GaussianDropoutLayer}
 * @throws {TypeError | RangeError} naming the option and the value
 */
export function gaussianDropout(p, ...options) {
  checkNoMore(options, 'gaussianDropout');
  return resolveGaussian({ p }, '');
}

/**
 * Dropout that keeps mean 0 and variance 1, for SELU networks (Klambauer et al. 2017). Evaluation is
 * the identity.
 *
 * @param {number} [p] 0 to 1, 0.5: the probability of dropping
 * @param {never[]} options there are none
 * @returns {AlphaDropoutLayer}
 * @throws {TypeError | RangeError} naming the option and the value
 */
export function alphaDropout(p, ...options) {
  checkNoMore(options, 'alphaDropout');
  return resolveAlpha({ p }, '');
}

/**
 * Whoever writes `{ mask: 'batch' }` must not get a mask for every row in silence.
 * @param {unknown[]} options
 * @param {string} name
 */
function checkNoMore(options, name) {
  if (options.length > 0) throw typeError(`${name}'s second argument`, 'absent', options[0]);
}

/** @param {any} spec where a model runs is no part of it */
function checkRuntimeApart(spec) {
  const key = RUNTIME_KEYS.find((name) => spec?.[name] !== undefined);
  if (key) {
    throw new TypeError(`${key} belongs in the second argument: createModel(spec, { ${key} })`);
  }
}

/**
 * A whole network checked, every default filled in.
 *
 * @param {SpecInput} spec `input`: values a row (1 to 65536); `layers`: in order, at least one of
 *   them dense; `seed`: 0
 * @returns {Spec} a new object, plain as JSON
 * @throws {TypeError | RangeError} naming the place, as `layers[2].p`
 */
export function resolveSpec(spec) {
  checkRuntimeApart(spec);
  const { input, layers, seed } = checkKeys(spec, ['input', 'layers', 'seed'], 'spec');
  checkInteger(input, 'input', LIMITS.input);
  if (!Array.isArray(layers)) throw typeError('layers', 'an array of layers', layers);
  checkInteger(layers.length, 'layers.length', LIMITS.layers);
  const resolved = Array.from(layers, (layer, i) => resolveLayer(layer, `layers[${i}]`));
  if (!resolved.some(({ type }) => type === 'dense')) {
    throw new RangeError(`layers must contain a dense layer, got ${show(layers.map(typeOf))}`);
  }
  return { input, layers: resolved, seed: resolveSeed(seed) };
}

/**
 * @param {unknown} layer
 * @param {string} name
 * @returns {Layer}
 */
function resolveLayer(layer, name) {
  const type = typeOf(layer);
  if (type === undefined) throw typeError(name, 'a layer such as dense(10)', layer);
  checkOneOf(type, Object.keys(KINDS), `${name}.type`);
  const { keys, resolve } = KINDS[type];
  checkKeys(/** @type {object} */ (layer), ['type', ...keys], name);
  return resolve(layer, `${name}.`);
}

/** @param {any} layer */
function typeOf(layer) {
  return layer?.type;
}
