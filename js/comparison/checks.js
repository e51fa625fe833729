/** What `compare` and the settings of a comparison as text check alike. */

import {
  DEFAULTS,
  LIMITS,
  OPTIMIZERS,
  checkInteger,
  checkOneOf,
  rangeError,
  typeError,
} from '../options.js';
import { VARIANT_KEYS } from '../variants.js';

/** @typedef {import('../variants.js').Network} Network */
/** @typedef {import('../variants.js').VariantKey} VariantKey */
/** @typedef {import('../options.js').OptimizerName} OptimizerName */

/**
 * @param {OptimizerName} optimizer
 * @param {Network} network
 * @returns {number}
 */
export function defaultLearningRate(optimizer, network) {
  return optimizer === 'sgd'
    ? DEFAULTS.comparison.sgdLearningRate[network]
    : OPTIMIZERS[optimizer].defaults.learningRate;
}

/**
 * @param {unknown} names
 * @param {string} name
 * @returns {VariantKey[]}
 */
export function checkVariants(names, name) {
  if (!Array.isArray(names)) throw typeError(name, 'an array of variants', names);
  if (names.length === 0) throw rangeError(name, 'at least one variant', names);
  const checked = names.map((key) => checkOneOf(key, VARIANT_KEYS, name));
  return checkDistinct(checked, name);
}

/**
 * @param {unknown} seeds
 * @param {string} name
 * @returns {number[]}
 */
export function checkSeeds(seeds, name) {
  if (!Array.isArray(seeds)) throw typeError(name, 'an array of integers', seeds);
  checkInteger(seeds.length, `${name}.length`, LIMITS.seeds);
  const checked = seeds.map((seed, i) => checkInteger(seed, `${name}[${i}]`, LIMITS.seed));
  return checkDistinct(checked, name);
}

/**
 * The same run twice would count as evidence twice.
 * @template T
 * @param {T[]} values
 * @param {string} name
 * @returns {T[]}
 */
function checkDistinct(values, name) {
  if (new Set(values).size < values.length) throw rangeError(name, 'without repetition', values);
  return values;
}
