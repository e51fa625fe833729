/** What `compare` and the settings of a comparison as text check alike. */

import { LIMITS, OPTIMIZERS, checkInteger, checkOneOf, rangeError, typeError } from '../options.js';
import { VARIANT_KEYS } from '../variants.js';
import { COMPARISON_DEFAULTS, COMPARISON_LIMITS } from './defaults.js';

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
    ? COMPARISON_DEFAULTS.sgdLearningRate[network]
    : OPTIMIZERS[optimizer].defaults.learningRate;
}

/**
 * The same run twice would count as evidence twice.
 * @template T
 * @param {unknown} values
 * @param {string} name
 * @param {(value: unknown, name: string) => T} check of one, by its place
 * @returns {T[]} at least one, all different
 */
export function checkList(values, name, check) {
  if (!Array.isArray(values)) throw typeError(name, 'an array', values);
  if (values.length === 0) throw rangeError(name, 'at least one value', values);
  const checked = values.map((value, i) => check(value, `${name}[${i}]`));
  if (new Set(checked).size < checked.length) throw rangeError(name, 'without repetition', values);
  return checked;
}

/**
 * @param {unknown} names
 * @param {string} name
 * @returns {VariantKey[]}
 */
export function checkVariants(names, name) {
  return checkList(names, name, (key) => checkOneOf(key, VARIANT_KEYS, name));
}

/**
 * @param {unknown} seeds
 * @param {string} name
 * @returns {number[]}
 */
export function checkSeeds(seeds, name) {
  if (Array.isArray(seeds)) checkInteger(seeds.length, `${name}.length`, COMPARISON_LIMITS.seeds);
  return checkList(seeds, name, (seed, place) => checkInteger(seed, place, LIMITS.seed));
}
