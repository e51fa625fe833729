/**
 * The kinds of dropout that are compared, by name, on the networks of the article "Dropout is
 * Drop-Dead Easy to Implement" and on that of Srivastava et al. 2014. For one seed all of them but
 * `alpha` start from the same weights.
 */

import { alphaDropout, dense, dropout, gaussianDropout } from './layers.js';
import { DEFAULTS, checkKeys, checkOneOf, checkProbability } from './options.js';

/** @typedef {'printed' | 'intended' | 'relu' | 'srivastava'} Network */
/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {import('./core/enums.js').Activation} Activation */
/** @typedef {Omit<import('./layers.js').Spec, 'seed'>} VariantSpec */
/** @typedef {(network?: Network, p?: number, options?: { maxNorm?: number }) => VariantSpec} Variant */
/** @typedef {'none' | 'article' | 'article-scaled' | 'standard' | 'test-scaled' | 'unscaled' | 'dropconnect' | 'gaussian' | 'alpha'} VariantKey */

/** Values of an MNIST image, and digits. */
const INPUT = 784;
const CLASSES = 10;

/** Srivastava et al. 2014 drop 0.2 of the input where they drop 0.5 of the hidden units. */
const INPUT_SHARE = 0.4;

/**
 * Two hidden layers each. `noOutput`: the second is the output, as the article prints it;
 * `everywhere`: the variant's layer stands on the input and after the first hidden layer too.
 * @type {Readonly<Record<Network, { units: number, activation: Activation, noOutput?: true, everywhere?: true }>>}
 */
const NETWORK_TABLE = Object.freeze({
  printed: { units: 512, activation: 'linear', noOutput: true },
  intended: { units: 512, activation: 'linear' },
  relu: { units: 512, activation: 'relu' },
  srivastava: { units: 800, activation: 'relu', everywhere: true },
});

export const NETWORKS = /** @type {readonly Network[]} */ (
  Object.freeze(Object.keys(NETWORK_TABLE))
);

/**
 * What the variants do to a network: a layer after the hidden ones, or options of those. `alpha` is
 * another network throughout, SELU and its initial weights, and leaves the input alone: alpha dropout
 * keeps mean 0 and variance 1, which pixels do not have.
 * @type {Readonly<Record<VariantKey, { layer?: (p: number) => Layer, dropConnect?: true, activation?: Activation, notOnInput?: true }>>}
 */
const TABLE = Object.freeze({
  none: {},
  article: { layer: (p) => dropout(p, { mask: 'batch', scaling: 'none' }) },
  'article-scaled': { layer: (p) => dropout(p, { mask: 'batch', scaling: 'train' }) },
  standard: { layer: (p) => dropout(p, { mask: 'element', scaling: 'train' }) },
  'test-scaled': { layer: (p) => dropout(p, { mask: 'element', scaling: 'eval' }) },
  unscaled: { layer: (p) => dropout(p, { mask: 'element', scaling: 'none' }) },
  dropconnect: { dropConnect: true },
  gaussian: { layer: gaussianDropout },
  alpha: { layer: alphaDropout, activation: 'selu', notOnInput: true },
});

export const VARIANT_KEYS = /** @type {readonly VariantKey[]} */ (
  Object.freeze(Object.keys(TABLE))
);

/**
 * @param {VariantKey} key
 * @param {Network} network
 * @param {number} p
 * @param {number} [maxNorm] of the hidden layers
 * @returns {VariantSpec}
 */
function build(key, network, p, maxNorm) {
  const { units, noOutput, everywhere, ...plain } = NETWORK_TABLE[network];
  const { layer, dropConnect, activation = plain.activation, notOnInput } = TABLE[key];
  const drop = (/** @type {number} */ q) => (layer ? [layer(q)] : []);
  const hidden = { activation, ...(maxNorm !== undefined && { maxNorm }) };
  return {
    input: INPUT,
    layers: [
      ...(everywhere && !notOnInput ? drop(INPUT_SHARE * p) : []),
      dense(units, hidden),
      ...(everywhere ? drop(p) : []),
      dense(units, { ...hidden, ...(dropConnect && { dropConnect: p }) }),
      ...drop(p),
      ...(noOutput ? [] : [dense(CLASSES)]),
    ],
  };
}

/**
 * Each variant as a function from network ('intended'), p (0.5) and `maxNorm` of the hidden layers
 * (none) to a spec without a seed: `createModel({ ...variants.standard('relu', 0.5), seed: 1 })`.
 * @type {Readonly<Record<VariantKey, Variant>>}
 */
export const variants = Object.freeze(
  /** @type {Record<VariantKey, Variant>} */ (
    Object.fromEntries(
      VARIANT_KEYS.map((key) => [
        key,
        (network = /** @type {Network} */ (DEFAULTS.network), p = DEFAULTS.layer.p, options = {}) =>
          build(
            key,
            checkOneOf(network, NETWORKS, 'network'),
            checkProbability(p, 'p'),
            checkKeys(options, ['maxNorm'], 'options').maxNorm,
          ),
      ]),
    )
  ),
);
