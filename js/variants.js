/**
 * The kinds of dropout that are compared, by name, on the networks of the article "Dropout is
 * Drop-Dead Easy to Implement". For one seed all of them start from the same weights.
 */

import { dense, dropout } from './layers.js';
import { DEFAULTS, checkOneOf, checkProbability } from './options.js';

/** @typedef {'printed' | 'intended' | 'relu'} Network */
/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {Omit<import('./layers.js').Spec, 'seed'>} VariantSpec */
/** @typedef {(network?: Network, p?: number) => VariantSpec} Variant */
/** @typedef {'none' | 'article' | 'article-scaled' | 'standard' | 'test-scaled' | 'unscaled' | 'dropconnect'} VariantKey */

/** Values of an MNIST image, units of a hidden layer, and digits. */
const INPUT = 784;
const HIDDEN = 512;
const CLASSES = 10;

/** @type {readonly Network[]} */
export const NETWORKS = Object.freeze(['printed', 'intended', 'relu']);

/** What each network is, for the command line and the page. @type {Readonly<Record<Network, string>>} */
export const networkInfo = Object.freeze({
  printed: '784-512-512, dropout; those 512 values are the logits, as the article prints it',
  intended: '784-512-512, dropout, 10; linear throughout, as the article means it',
  relu: '784-512-512, dropout, 10; ReLU after both hidden layers',
});

/**
 * What the variants do to a network: a layer after the hidden ones, or options of the second.
 * @type {Readonly<Record<VariantKey, { label: string, description: string, layer?: (p: number) => Layer, dropConnect?: boolean }>>}
 */
const TABLE = Object.freeze({
  none: { label: 'No dropout', description: 'nothing is dropped' },
  article: {
    label: "The article's Dropout",
    description: 'one mask for the whole batch, never scaled',
    layer: (p) => dropout(p, { mask: 'batch', scaling: 'none' }),
  },
  'article-scaled': {
    label: "The article's TrueDropout",
    description: 'one mask for the whole batch, what is kept times 1 / (1 - p) while training',
    layer: (p) => dropout(p, { mask: 'batch', scaling: 'train' }),
  },
  standard: {
    label: 'Standard dropout',
    description: 'a mask for every row, times 1 / (1 - p) while training, as in PyTorch and Keras',
    layer: (p) => dropout(p, { mask: 'element', scaling: 'train' }),
  },
  'test-scaled': {
    label: 'Scaled in evaluation',
    description: 'a mask for every row, times 1 - p in evaluation, as in Srivastava et al. 2014',
    layer: (p) => dropout(p, { mask: 'element', scaling: 'eval' }),
  },
  unscaled: {
    label: 'Never scaled',
    description: 'a mask for every row, never scaled',
    layer: (p) => dropout(p, { mask: 'element', scaling: 'none' }),
  },
  dropconnect: {
    label: 'DropConnect',
    description: 'single weights of the second layer, drawn once a step, times 1 / (1 - p)',
    dropConnect: true,
  },
});

export const VARIANT_KEYS = /** @type {readonly VariantKey[]} */ (
  Object.freeze(Object.keys(TABLE))
);

/**
 * @param {VariantKey} key
 * @param {Network} network
 * @param {number} p
 * @returns {VariantSpec}
 */
function build(key, network, p) {
  const { layer, dropConnect } = TABLE[key];
  const activation = network === 'relu' ? 'relu' : 'linear';
  return {
    input: INPUT,
    layers: [
      dense(HIDDEN, { activation }),
      dense(HIDDEN, { activation, ...(dropConnect && { dropConnect: p }) }),
      ...(layer ? [layer(p)] : []),
      ...(network === 'printed' ? [] : [dense(CLASSES)]),
    ],
  };
}

/**
 * Each variant as a function from network ('intended') and p (0.5) to a spec without a seed:
 * `createModel({ ...variants.standard('relu', 0.5), seed: 1 })`.
 * @type {Readonly<Record<VariantKey, Variant>>}
 */
export const variants = Object.freeze(
  /** @type {Record<VariantKey, Variant>} */ (
    Object.fromEntries(
      VARIANT_KEYS.map((key) => [
        key,
        (
          network = /** @type {Network} */ (DEFAULTS.comparison.network),
          p = DEFAULTS.comparison.p,
        ) => build(key, checkOneOf(network, NETWORKS, 'network'), checkProbability(p, 'p')),
      ]),
    )
  ),
);

/**
 * A name and a sentence for each variant, for the command line and the page.
 * @type {Readonly<Record<VariantKey, { label: string, description: string }>>}
 */
export const variantInfo = Object.freeze(
  /** @type {Record<VariantKey, { label: string, description: string }>} */ (
    Object.fromEntries(
      Object.entries(TABLE).map(([key, { label, description }]) => [
        key,
        Object.freeze({ label, description }),
      ]),
    )
  ),
);
